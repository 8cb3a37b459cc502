"""Whether the wording of two texts can be compared at all: not where one is Chinese and the other is not."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.domain.text import CHINESE, LATIN, TextView, chinese_share
from matcher.ports import Query, Rows


class WordingComparable:
    """A channel whose figure is 1 for comparable texts, else 0."""

    def __init__(self, texts: Sequence[TextView]) -> None:
        shares = np.array([chinese_share(text.full) for text in texts], dtype=np.float64)
        self._latin, self._chinese = shares < LATIN, shares >= CHINESE

    def __len__(self) -> int:
        return len(self._latin)

    def ask(self, queries: Sequence[Query]) -> "AskedWording":
        """Put some queries to the channel."""
        shares = np.array([chinese_share(query.text.full) for query in queries], dtype=np.float64)
        return AskedWording(shares, self._latin, self._chinese)


class AskedWording:
    """Queries and rows by the language of their texts."""

    def __init__(
        self, shares: NDArray[np.float64], latin: NDArray[np.bool_], chinese: NDArray[np.bool_]
    ) -> None:
        self._asked_latin, self._asked_chinese = shares < LATIN, shares >= CHINESE
        self._latin, self._chinese = latin, chinese

    def nearly(self) -> NDArray[np.float32]:
        """Whether each query's wording can be compared with that of each row."""
        if not self._asked_latin.any() and not self._latin.any():
            return np.ones((len(self._asked_latin), 1), dtype=np.float32)
        apart = np.logical_and.outer(self._asked_latin, self._chinese)
        apart |= np.logical_and.outer(self._asked_chinese, self._latin)
        return (~apart).astype(np.float32)

    def values(self, rows: Sequence[Rows]) -> list[NDArray[np.float32]]:
        """Whether each query's wording can be compared with that of each of its rows."""
        asked = zip(self._asked_latin, self._asked_chinese, rows, strict=True)
        return [
            (~(is_latin & self._chinese[part] | is_chinese & self._latin[part])).astype(np.float32)
            for is_latin, is_chinese, part in asked
        ]
