"""What scoring decides: a ranked match."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Match:
    """A ranked candidate. `score` is the sum of `contributions`; `similarity` is the encoder's cosine.

    `probability` is None where the scorer has no calibration. `terms` are phrases both texts share.
    `explored` marks one that is shown to learn about it, not because it ranks so high.
    """

    row: int
    rank: int
    similarity: float
    score: float
    contributions: Mapping[str, float]
    terms: tuple[str, ...] = field(default=())
    probability: float | None = None
    explored: bool = False
