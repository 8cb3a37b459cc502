"""The wording's channel: cosine of weighted character n-grams, over whole texts or over titles."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Hit
from matcher.domain.text import TextView
from matcher.index.ngrams import NGramVectoriser, SparseRows
from matcher.index.top import top
from matcher.ports import Query, Rows

_BLOCK_CELLS = 4_000_000


class LexicalRetriever:
    """Cosine of unit n-gram rows, shape (n, BUCKETS); `part` says which part of a query's text is compared.

    Products are summed n-gram by n-gram in one order, so a figure depends on the two texts alone.
    """

    def __init__(
        self, rows: SparseRows, vectoriser: NGramVectoriser, part: Callable[[TextView], str]
    ) -> None:
        self._postings = rows.T.tocsr()
        self._size = rows.shape[0]
        self._vectoriser = vectoriser
        self._part = part

    def __len__(self) -> int:
        return self._size

    def search(self, queries: Sequence[Query], k: int, rows: Rows | None = None) -> list[list[Hit]]:
        """The `k` best of the allowed rows for each query, rows that share nothing (figure 0) last."""
        allowed = np.arange(self._size) if rows is None else rows
        return [
            top(figures if rows is None else figures[rows], allowed, k) for figures in self._figures(queries)
        ]

    def values(self, queries: Sequence[Query], rows: Sequence[Rows]) -> list[NDArray[np.float32]]:
        """The cosine of each query with each of its rows."""
        return [figures[part] for figures, part in zip(self._figures(queries), rows, strict=True)]

    def _figures(self, queries: Sequence[Query]) -> Iterator[NDArray[np.float32]]:
        """Each query's figure for every row; a block of queries at a time bounds the memory."""
        block = max(1, _BLOCK_CELLS // max(1, self._size))
        for start in range(0, len(queries), block):
            texts = [self._part(query.text) for query in queries[start : start + block]]
            figures = (self._vectoriser.transform(texts) @ self._postings).toarray()
            yield from np.minimum(figures, 1.0)  # float32 sums of unit rows reach 1.0000001
