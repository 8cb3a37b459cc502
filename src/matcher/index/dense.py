"""The embeddings' channel: inner products of unit vectors, every one of them by one matrix product."""

from collections.abc import Callable, Sequence
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from matcher.index.pairs import by_query, pair_blocks
from matcher.ports import Query, Rows, Vectors

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

    def ask(self, queries: Sequence[Query]) -> "AskedDense":
        """Put some queries to the channel."""
        dimension = self._vectors.shape[1]
        asked = np.array([self._part(query) for query in queries], dtype=np.float32)
        return AskedDense(asked.reshape(len(queries), dimension), self._vectors)


class AskedDense:
    """Queries put to the embeddings."""

    def __init__(self, asked: Vectors, vectors: Vectors) -> None:
        self._asked = asked
        self._vectors = vectors

    def nearly(self) -> NDArray[np.float32]:
        """The cosine of every query with every row, summed in float32."""
        return self._asked @ self._vectors.T

    def values(self, rows: Sequence[Rows]) -> list[NDArray[np.float32]]:
        """The cosine of each query with each of its rows."""
        if rows and all(part is rows[0] for part in rows):
            return self._of_shared(rows[0])
        figures = [
            np.einsum(
                "ij,ij->i",
                self._asked[places].astype(np.float64),
                self._vectors[at].astype(np.float64),
            )
            for places, at in pair_blocks(rows)
        ]
        return by_query(figures, rows)

    def _of_shared(self, rows: Rows) -> list[NDArray[np.float32]]:
        gathered = self._vectors[rows].astype(np.float64)
        block = max(1, _BLOCK_CELLS // max(1, len(gathered)))
        return [
            figures
            for start in range(0, len(self._asked), block)
            for figures in _bounded(self._asked[start : start + block].astype(np.float64) @ gathered.T)
        ]


def _bounded(products: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.clip(products, -1.0, 1.0).astype(np.float32)
