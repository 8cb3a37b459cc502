"""How much a demand says that other texts do not: little where it is boilerplate or a single common word."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.domain.text import CHINESE, TextView, chinese_share
from matcher.index.listed import on_one_list
from matcher.index.ngrams import NGramVectoriser
from matcher.ports import Query, Rows

ENOUGH = 8.0
"""Information at which a demand says enough: two or three words of a trade. All of 28 real demands have more;
“关键技术研究，提高产品质量，降低生产成本” has 2."""

LEAST = 0.1
"""The share of a demand that says nothing: it counts for little, and its candidates keep their order. At 0
some of 1,862 lists of keyphrases ranked nothing (mean reciprocal rank 0.641 instead of 0.662)."""


def shares(texts: Sequence[TextView], information: NDArray[np.float64]) -> NDArray[np.float32]:
    """The figures of demands, by the information of their texts."""
    chinese = np.array([chinese_share(text.full) >= CHINESE for text in texts], dtype=np.bool_)
    enough = np.where(chinese, np.clip(information / ENOUGH, LEAST, 1.0), 1.0)
    return enough.astype(np.float32)


class Substance:
    """A channel whose figure is a demand's information over `ENOUGH`, from
    `LEAST` to 1.

    The demand is the query or, where `of_rows` has the rows' figures, the row: a pair has one figure,
    whichever is asked. A text that is not mostly Chinese counts as saying enough.
    """

    def __init__(
        self, size: int, vectoriser: NGramVectoriser, of_rows: NDArray[np.float32] | None = None
    ) -> None:
        self._size = size
        self._vectoriser = vectoriser
        self._of_rows = of_rows

    def __len__(self) -> int:
        return self._size

    def ask(self, queries: Sequence[Query]) -> "AskedSubstance":
        """Put some queries to the channel."""
        if self._of_rows is not None:
            return AskedSubstance(self._of_rows[None, :], self._size)
        return AskedSubstance(self._of_queries(queries)[:, None], self._size)

    def _of_queries(self, queries: Sequence[Query]) -> NDArray[np.float32]:
        """The queries' figures: taken from the list of demands that they all stand on, else worked out."""
        known = on_one_list(queries, "substance", Substance)
        if known is not None and (of_demands := known[0]._of_rows) is not None:
            return of_demands[known[1]]
        texts = [query.text for query in queries]
        return shares(texts, self._vectoriser.measure([text.full for text in texts]).information)


class AskedSubstance:
    """The figures of queries with rows: one column where the queries are demands, one row where the rows
    are."""

    def __init__(self, figures: NDArray[np.float32], size: int) -> None:
        self._figures = figures
        self._size = size

    def nearly(self) -> NDArray[np.float32]:
        """The figure of each query with each row."""
        return self._figures

    def values(self, rows: Sequence[Rows]) -> list[NDArray[np.float32]]:
        """The figure of each query with each of its rows."""
        of_all = np.broadcast_to(self._figures, (len(rows), self._size))
        return [of_query[part] for of_query, part in zip(of_all, rows, strict=True)]
