"""What a mean over queries is worth: its interval over resampled queries, and whether two rankings differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
SEED = 0

Column = Sequence[float | None]
"""A figure of each query, None where it is undefined."""

Verdict = Literal["better", "worse", "noise"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with the middle 95 % of the means of resampled queries."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure of one ranking beside another's, over the queries that both define.

    The difference is `mean` − `against`. It is noise where its interval holds 0, and where there are fewer
    than two queries, for one shows nothing.
    """

    mean: float
    against: float
    difference: Interval
    queries: int

    @property
    def verdict(self) -> Verdict:
        """Whether the first ranking is better or worse, or the difference is noise."""
        if self.queries < 2 or self.difference.low <= 0 <= self.difference.high:
            return "noise"
        return "better" if self.difference.low > 0 else "worse"

    def as_json(self) -> dict[str, Any]:
        """One figure of `comparison` in `matcher evaluate --json`."""
        return {
            "mean": self.mean,
            "against": self.against,
            "difference": self.difference.mean,
            "low": self.difference.low,
            "high": self.difference.high,
            "queries": self.queries,
            "verdict": self.verdict,
        }


def interval(column: Column) -> Interval:
    """The mean of a column and its interval.

    Raises ValueError where nothing is defined.
    """
    return _resampled(np.array([figure for figure in column if figure is not None], dtype=np.float64))


def difference(column: Column, other: Column) -> Interval:
    """The mean of column − other over the queries that both define, resampled in pairs.

    Raises ValueError where there is none.
    """
    return _resampled(np.array([a - b for a, b in _paired(column, other)]))


def compare(column: Column, other: Column) -> Comparison | None:
    """A figure of one ranking beside another's of the same queries; None where no query defines both."""
    pairs = _paired(column, other)
    if not pairs:
        return None
    means = np.array(pairs).mean(axis=0)
    return Comparison(float(means[0]), float(means[1]), difference(column, other), len(pairs))


def _paired(column: Column, other: Column) -> list[tuple[float, float]]:
    return [(a, b) for a, b in zip(column, other, strict=True) if a is not None and b is not None]


def _resampled(figures: NDArray[np.float64]) -> Interval:
    if not len(figures):
        raise ValueError("no query defines this figure")
    drawn = np.random.default_rng(SEED).integers(len(figures), size=(RESAMPLES, len(figures)))
    low, high = np.percentile(figures[drawn].mean(axis=1), [2.5, 97.5])
    return Interval(float(figures.mean()), float(low), float(high))
