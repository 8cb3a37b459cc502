"""What near misses are made of, among live and lapsed achievements alike."""

from collections.abc import Mapping, Sequence

from matcher.domain.counterfactual import Obstacle
from matcher.domain.ledger import Proposal
from matcher.domain.match import Match

Chosen = Mapping[int, Sequence[tuple[float, Proposal]]]
"""Demand id → what was chosen for it, with the figure it is ordered by."""

Missed = tuple[float, Match, int, Obstacle]
"""What a near miss is ordered by, its figures, its id, and what is in its way."""
