"""What near misses are made of, among live and lapsed achievements alike."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from matcher.domain.counterfactual import Obstacle
from matcher.domain.ledger import Proposal
from matcher.domain.match import Match

Chosen = Mapping[int, Sequence[tuple[float, Proposal]]]
"""Demand id → the proposals of it, each with the figure it is ordered by."""


class Missed(NamedTuple):
    """What only its `obstacle` keeps out; `preference` is the figure it is ordered by."""

    preference: float
    match: Match
    achievement_id: int
    obstacle: Obstacle
