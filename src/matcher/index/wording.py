"""Whether the wording of two texts can be compared at all: not where one is Chinese and the other is not."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Hit
from matcher.domain.text import CHINESE, LATIN, TextView, chinese_share
from matcher.ports import Query, Rows


class WordingComparable:
    """A channel that finds nothing by itself; its figure is 1 for comparable texts, else 0."""

    def __init__(self, texts: Sequence[TextView]) -> None:
        shares = np.array([chinese_share(text.full) for text in texts], dtype=np.float64)
        self._latin, self._chinese = shares < LATIN, shares >= CHINESE

    def __len__(self) -> int:
        return len(self._latin)

    def search(self, queries: Sequence[Query], k: int, rows: Rows | None = None) -> list[list[Hit]]:
        """Nothing: languages alone bring no two texts together."""
        del k, rows
        return [[] for _ in queries]

    def values(self, queries: Sequence[Query], rows: Sequence[Rows]) -> list[NDArray[np.float32]]:
        """Whether each query's wording can be compared with that of each of its rows."""
        comparable = []
        for query, part in zip(queries, rows, strict=True):
            share = chinese_share(query.text.full)
            apart = np.zeros(len(part), dtype=np.bool_)
            if share < LATIN:
                apart = self._chinese[part]
            elif share >= CHINESE:
                apart = self._latin[part]
            comparable.append((~apart).astype(np.float32))
        return comparable
