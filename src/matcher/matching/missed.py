"""What near misses are made of, among live and lapsed achievements alike."""

from collections.abc import Mapping, Sequence

from matcher.domain.counterfactual import Obstacle
from matcher.domain.ledger import Proposal
from matcher.domain.match import Match
from matcher.matching.rank import Choice

Chosen = Mapping[int, Sequence[tuple[float, Proposal]]]
"""Demand id → what was chosen for it, with the figure it is ordered by."""

Missed = tuple[float, Match, int, Obstacle]
"""What a near miss is ordered by, its figures, its id, and what is in its way."""


def best_places(choice: Choice) -> int:
    """How many places of a choice go to the best for certain."""
    return choice.k - (0 if choice.exploration is None else choice.exploration.slots)
