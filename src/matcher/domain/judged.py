"""Cases that people have judged, and which of them are nearest to a pair."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from matcher.domain.stages import DeclineCode
from matcher.domain.text import fold

LEAST = 0.02
"""The least nearness of a case that is named; below it titles share no more than by chance."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair of one park with the grade that stands (0–3)."""

    entry_id: int
    grade: int
    demand_title: str
    achievement_title: str


Version = tuple[int, int]
"""A listing's id and version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingGrade:
    """A grade (0–3) that stands, with the pair it is of in the versions that the person saw.

    `declined` is why the enterprise declined it, `explored` whether it was shown to learn about it.
    """

    entry_id: int
    demand_seen: Version
    achievement_seen: Version
    grade: int
    at: datetime
    declined: DeclineCode | None
    explored: bool

    @property
    def demand_id(self) -> int:
        """The demand, in whatever version."""
        return self.demand_seen[0]


@dataclass(frozen=True, slots=True)
class Near:
    """A judged case and how near it is: 1 where both titles are the same, never under `LEAST`."""

    case: Judged
    nearness: float


def nearest_judged(
    cases: Iterable[Judged], demand_title: str, achievement_title: str, limit: int = 3
) -> tuple[Near, ...]:
    """The nearest cases, the nearest first, ties by entry; what shares little on a side is never near.

    Nearness is the likeness of the demands' titles times that of the achievements' titles.
    """
    cases = list(cases)
    asked, offered = _pairs(demand_title), _pairs(achievement_title)
    demands = {title: _likeness(asked, _pairs(title)) for title in {case.demand_title for case in cases}}
    nearest: list[Near] = []
    for case in sorted(cases, key=lambda case: -demands[case.demand_title]):
        at_most = demands[case.demand_title]
        if at_most < LEAST or (len(nearest) == limit and at_most < nearest[-1].nearness):
            break
        nearness = at_most * _likeness(offered, _pairs(case.achievement_title))
        if nearness >= LEAST:
            nearest.append(Near(case, nearness))
            nearest.sort(key=lambda near: (-near.nearness, near.case.entry_id))
            del nearest[limit:]
    return tuple(nearest)


def likeness(left: str, right: str) -> float:
    """The Dice coefficient of two titles' pairs of characters: 0 where they share none, 1 where all."""
    return _likeness(_pairs(left), _pairs(right))


def _likeness(first: frozenset[str], second: frozenset[str]) -> float:
    both = len(first) + len(second)
    return 2 * len(first & second) / both if both else 0.0


def _pairs(title: str) -> frozenset[str]:
    folded = fold(title)
    return frozenset(folded[at : at + 2] for at in range(max(1, len(folded) - 1))) - {""}
