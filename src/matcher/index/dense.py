"""The embeddings' channel: exact inner products, with FAISS where there is much to search."""

from collections.abc import Callable, Sequence
from operator import attrgetter

import faiss
import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Hit
from matcher.index.top import top
from matcher.ports import Query, Rows, Vectors

_NEAR_TIE = 1e-5
"""FAISS multiplies in float32; two figures this close may come in either order (error below 1e-6)."""

_BLOCK_CELLS = 8_000_000


class DenseRetriever:
    """Cosine of unit vectors, shape (n, d); `part` says which vector of a query is compared.

    A figure is the float64 inner product, rounded to float32: it depends on the two vectors alone, not on
    where they stand or what is searched with them.
    """

    def __init__(
        self, vectors: Vectors, part: Callable[[Query], NDArray[np.float32]] = attrgetter("vector")
    ) -> None:
        self._vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self._part = part

    def __len__(self) -> int:
        return len(self._vectors)

    def search(self, queries: Sequence[Query], k: int, rows: Rows | None = None) -> list[list[Hit]]:
        """The `k` nearest of the allowed rows for each query; filtering gathers those rows first."""
        allowed = np.arange(len(self._vectors)) if rows is None else rows
        if not queries or k <= 0 or len(allowed) == 0:
            return [[] for _ in queries]
        gathered = self._vectors if rows is None else self._vectors[rows]
        if k + 1 >= len(allowed):
            figures = _products(self._stack(queries), gathered)
            return [top(row, allowed, k) for row in figures]
        asked = self._stack(queries)
        cosines, near = faiss.knn(asked, gathered, k + 1, metric=faiss.METRIC_INNER_PRODUCT)
        hits = []
        for query, values, positions in zip(asked, cosines, near, strict=True):
            if values[k - 1] - values[k] > _NEAR_TIE:
                positions = np.sort(positions[:k])
            else:  # the k-th best is not clear-cut: more rows may share its figure than FAISS returned
                positions = np.flatnonzero(gathered @ query >= values[k - 1] - _NEAR_TIE)
            hits.append(top(_products(query[None], gathered[positions])[0], allowed[positions], k))
        return hits

    def values(self, queries: Sequence[Query], rows: Sequence[Rows]) -> list[NDArray[np.float32]]:
        """The cosine of each query with each of its rows."""
        if not queries:
            return []
        asked = self._stack(queries)
        if any(part is not rows[0] for part in rows):
            return [
                _products(query[None], self._vectors[at])[0] for query, at in zip(asked, rows, strict=True)
            ]
        gathered = self._vectors[rows[0]]
        block = max(1, _BLOCK_CELLS // max(1, len(gathered)))
        return [
            figures
            for start in range(0, len(queries), block)
            for figures in _products(asked[start : start + block], gathered)
        ]

    def _stack(self, queries: Sequence[Query]) -> Vectors:
        return np.stack([self._part(query) for query in queries]).astype(np.float32, copy=False)


def _products(queries: Vectors, rows: Vectors) -> NDArray[np.float32]:
    return np.clip(queries.astype(np.float64) @ rows.astype(np.float64).T, -1.0, 1.0).astype(np.float32)
