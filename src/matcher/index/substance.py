"""How much a demand says that other texts do not: little where it is boilerplate or a single common word."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Hit
from matcher.domain.text import CHINESE, TextView, chinese_share
from matcher.index.ngrams import NGramVectoriser
from matcher.ports import Query, Rows

ENOUGH = 8.0
"""Information at which a demand says enough: two or three words of a trade. All of 28 real demands have more;
“关键技术研究，提高产品质量，降低生产成本” has 2."""

LEAST = 0.1
"""The share of a demand that says nothing: it counts for little, and its candidates keep their order. At 0
some of 1,862 lists of keyphrases ranked nothing (mean reciprocal rank 0.641 instead of 0.662)."""


class Substance:
    """A channel that finds nothing by itself; its figure is a demand's information over `ENOUGH`, from
    `LEAST` to 1.

    The demand is the query or, where `demands` are given, the row: a pair has one figure, whichever is asked.
    A text that is not mostly Chinese counts as saying enough.
    """

    def __init__(
        self, size: int, vectoriser: NGramVectoriser, demands: Sequence[TextView] | None = None
    ) -> None:
        self._size = size
        self._vectoriser = vectoriser
        self._of_rows = None if demands is None else self._shares(demands)

    def __len__(self) -> int:
        return self._size

    def search(self, queries: Sequence[Query], k: int, rows: Rows | None = None) -> list[list[Hit]]:
        """Nothing: saying much brings no two texts together."""
        del k, rows
        return [[] for _ in queries]

    def values(self, queries: Sequence[Query], rows: Sequence[Rows]) -> list[NDArray[np.float32]]:
        """The figure of each query with each of its rows."""
        if self._of_rows is not None:
            return [self._of_rows[part] for part in rows]
        shares = self._shares([query.text for query in queries])
        return [np.full(len(part), share, dtype=np.float32) for share, part in zip(shares, rows, strict=True)]

    def _shares(self, texts: Sequence[TextView]) -> NDArray[np.float32]:
        found = self._vectoriser.information([text.full for text in texts])
        chinese = np.array([chinese_share(text.full) >= CHINESE for text in texts], dtype=np.bool_)
        shares = np.where(chinese, np.clip(found / ENOUGH, LEAST, 1.0), 1.0)
        return shares.astype(np.float32)
