"""Bands of probability: which pairs are worth a call, which are worth a look, and which are neither.

A band is not stored. It is worked out when a pair is read, from the probability that the run wrote and two
thresholds of the demand's park: for the ledger as it is, those of the park's newest rules, at once; for a
past ledger and for differences between runs, those of the version that the run recorded. So moving a
threshold changes no figure, and a past ledger is read as it was.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LIKELY = 0.22
"""The probability from which a pair is likely, where the park has not said. Among the first ten of 28 real
demands, graded blind, 38 pairs reached it; 58 % were leads, 63 % of all leads in those places."""

POSSIBLE = 0.10
"""The probability from which a pair is possible: of the same, 48 more reached it, and 8 % were leads."""


class Band(StrEnum):
    """How far a probability goes, best first."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Bands:
    """Where two of the bands begin, as probabilities: 0 < possible ≤ likely < 1.

    Where the two are equal, nothing is merely possible. Raises ValueError for others.
    """

    likely: float = LIKELY
    possible: float = POSSIBLE

    def __post_init__(self) -> None:
        if not 0 < self.possible <= self.likely < 1:
            raise ValueError("0 < possible ≤ likely < 1")

    @classmethod
    def stated(cls, likely: float | None, possible: float | None) -> "Bands":
        """The bands of a park that has stated both thresholds, one or none.

        One that is not stated is the default, or the stated one where that lies beyond it.
        """
        if possible is None:
            possible = POSSIBLE if likely is None else min(POSSIBLE, likely)
        return cls(max(LIKELY, possible) if likely is None else likely, possible)

    def of(self, probability: float | None) -> Band | None:
        """The band of a probability; None where there is none."""
        if probability is None:
            return None
        return next(band for band in Band if probability >= self.bounds(band)[0])

    def bounds(self, band: Band) -> tuple[float, float]:
        """The probability that a band begins with, and the one that it ends before (−∞ and ∞ at the ends)."""
        match band:
            case Band.LIKELY:
                return self.likely, math.inf
            case Band.POSSIBLE:
                return self.possible, self.likely
            case Band.BELOW:
                return -math.inf, self.possible


DEFAULT_BANDS = Bands()
"""The bands of a park that has stated nothing."""

PRECISION: Mapping[Band, float | None] = {Band.LIKELY: 0.58, Band.POSSIBLE: 0.08, Band.BELOW: 0.05}
"""Band → the share of such pairs that people graded a lead (2 or 3); None until it has been measured."""

NAMES: Mapping[StrEnum, tuple[str, str]] = {
    Band.LIKELY: ("可信", "likely"),
    Band.POSSIBLE: ("待看", "possible"),
    Band.BELOW: ("低于待看", "below possible"),
}
"""Band → its name in Chinese and English."""


def sentence(band: Band, precision: Mapping[Band, float | None] = PRECISION) -> tuple[str, str]:
    """A band's name and, where it has been measured, how many of ten such are leads; Chinese, English."""
    zh, en = NAMES[band]
    share = precision[band]
    if share is None:
        return f"{zh}：其中有多少是线索，尚未测得", f"{en}: how many of these are leads is not measured yet"
    leads = round(10 * share)
    if leads == 0:
        return f"{zh}：十条中不到一条是线索", f"{en}: of ten such, fewer than one is a lead"
    is_or_are = "is a lead" if leads == 1 else "are leads"
    return (
        f"{zh}：十条中约{_CHINESE[leads]}条是线索",
        f"{en}: of ten such, about {_ENGLISH[leads]} {is_or_are}",
    )


_CHINESE = "零一两三四五六七八九十"
_ENGLISH = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
