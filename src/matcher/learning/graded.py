"""One graded pair with its figures: what is learned from."""

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.domain.stages import DeclineCode


@dataclass(frozen=True, slots=True)
class Graded:
    """One graded pair.

    `demand` is the demand's text, or what stands for it: grades of one demand are never split between
    learning and judging. `figures` are raw figures by `domain.features.WEIGHED_FEATURES`' names, an unknown
    one absent; `grade` is 0 to 3. `explored` says that the pair was shown to learn about it.
    """

    demand: str
    figures: Mapping[str, float]
    grade: int
    decline: DeclineCode | None = None
    explored: bool = False
