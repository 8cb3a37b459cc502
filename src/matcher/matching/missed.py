"""What near misses are made of, among live and lapsed achievements alike."""

from collections.abc import Mapping, Sequence

from matcher.domain.counterfactual import Obstacle
from matcher.domain.ledger import Proposal
from matcher.domain.match import Match

Chosen = Mapping[int, Sequence[tuple[float, Proposal]]]
"""Demand id → the proposals of it, each with the figure it is ordered by."""

Missed = tuple[float, Match, int, Obstacle]
"""A near miss: the figure it is ordered by, its match, its achievement's id, and its obstacle."""
