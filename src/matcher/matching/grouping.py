"""Rows that count as one another: of each group no more than some are chosen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.ports import Rows


@dataclass(frozen=True)
class Grouping:
    """Groups of rows: `numbers` has each row's group, −1 for none; at most `cap` rows of a group are
    chosen."""

    numbers: NDArray[np.int64]
    cap: int

    def kept(self, rows: Rows) -> NDArray[np.bool_]:
        """Whether each of `rows`, best first, is within the cap of its group."""
        numbers = self.numbers[rows]
        return (numbers < 0) | (_places_in_group(numbers) < self.cap)

    def others(self, row: int) -> list[int]:
        """The other rows of a row's group."""
        number = self.numbers[row]
        together = np.flatnonzero(self.numbers == number).tolist() if number >= 0 else []
        return [member for member in together if member != row]

    def one_of_each(self, rows: Rows, best: NDArray[np.int64], held: Rows | None) -> NDArray[np.int64]:
        """The places in `rows`, out of `best` (best first), that are within the cap; a held row takes the
        place of a better one of its group."""
        kept = best[self.kept(rows[best])]
        if held is None:
            return kept
        numbers = self.numbers[rows[kept]]
        for place in best[np.isin(rows[best], held)][::-1]:  # the best of several comes last, and stays
            number = self.numbers[rows[place]]
            if number >= 0:
                kept[numbers == number] = place
        return kept


def _places_in_group(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of its own group come before each element."""
    together = np.argsort(groups, kind="stable")
    ordered = groups[together]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else ordered
    counted = np.arange(len(ordered)) - np.repeat(starts, np.diff(np.r_[starts, len(ordered)]))
    places = np.empty_like(counted)
    places[together] = counted
    return places
