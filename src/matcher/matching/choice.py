"""How the matches of one query are chosen from what is scored."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from matcher.matching.grouping import Grouping
from matcher.ports import NEARLY, Rows

EXPLORED = 5
"""Explored rows are drawn from so many times `k` of the next best."""

Feedback = Callable[[Rows], NDArray[np.float64]]
"""Takes some rows, and gives what people's opinions of others come to for each."""


@dataclass(frozen=True, slots=True)
class Exploration:
    """The last `slots` of a choice go to rows that would not be shown, drawn by `seed` and the rows' `ids`.

    The draw depends on the two ids alone, so that the same pair is drawn night after night.
    """

    slots: int
    seed: int
    ids: NDArray[np.int64]

    def draw(self, rows: Rows) -> NDArray[np.int64]:
        """The places in `rows` of those drawn, ascending."""
        lots = [sha256(f"{self.seed}/{identifier}".encode()).digest() for identifier in self.ids[rows]]
        return np.sort(sorted(range(len(lots)), key=lots.__getitem__)[: self.slots])


@dataclass(frozen=True, slots=True)
class Choice:
    """How the matches of one query are chosen: the `k` best of the `allowed` rows (all, where None).

    `weights` (one for each row of the index) multiply a score for the order alone; what scores below `floor`
    is left out, and what is over the cap of a grouping: rows that repeat one another, or of one unit. Of rows
    that repeat one another the best is chosen and one of `held` is shown, where there is one. What `feedback`
    gives is added to the score; None where people have no opinions.
    """

    k: int
    allowed: Rows | None = None
    weights: NDArray[np.float64] | None = None
    floor: float | None = None
    repeats: Grouping | None = None
    held: Rows | None = None
    units: Grouping | None = None
    exploration: Exploration | None = None
    feedback: Feedback | None = None

    @property
    def groupings(self) -> tuple[Grouping, ...]:
        """Those there are, in the order in which they are applied."""
        return tuple(grouping for grouping in (self.repeats, self.units) if grouping is not None)

    @property
    def pool(self) -> int:
        """How many more than `k` are drawn from."""
        return 0 if self.exploration is None else EXPLORED * self.k

    @property
    def best_places(self) -> int:
        """How many of the `k` places always go to the best."""
        return self.k - (0 if self.exploration is None else self.exploration.slots)

    @property
    def error(self) -> float:
        """How far a score that is nearly right, weighted for the order, may be from the exact one."""
        return NEARLY * (1.0 if self.weights is None else float(np.abs(self.weights).max(initial=1.0)))

    @property
    def held_allowed(self) -> Rows:
        """The held rows that are allowed, ascending."""
        held = np.zeros(0, dtype=np.int64) if self.held is None else self.held
        return held if self.allowed is None else np.intersect1d(held, self.allowed)

    def reach(self, rows: Rows) -> int:
        """How many of these rows, best first, it takes for `k` that fit their groups, or for all that do."""
        fitting = self._fitting(rows)
        return int(fitting[: self.k][-1]) + 1 if self.k > 0 and len(fitting) else 0

    def reach_of(self, rows: Rows, count: int) -> int | None:
        """How many of these rows, best first, it takes for `count` that fit; None where fewer do."""
        fitting = self._fitting(rows)
        return int(fitting[count - 1]) + 1 if len(fitting) >= count else None

    def shown(self, rows: Rows, best: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
        """The chosen places, and how many of the last were drawn; none where everything is shown anyway."""
        k = max(self.k, 0)
        if self.exploration is None or len(best) <= k:
            return best[:k], 0
        shown = k - self.exploration.slots
        pool = best[shown : k + EXPLORED * k]
        drawn = pool[self.exploration.draw(rows[pool])]
        return np.concatenate([best[:shown], drawn]), len(drawn)

    def _fitting(self, rows: Rows) -> NDArray[np.int64]:
        """The places of those of `rows`, best first, that fit their groups."""
        fitting = np.arange(len(rows))
        for grouping in self.groupings:
            fitting = fitting[grouping.kept(rows[fitting])]
        return fitting
