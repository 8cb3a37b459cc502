"""The best rows by the exact cosine of every pair: what the search of embeddings alone should give."""

import numpy as np
from numpy.typing import NDArray

from bench.speed.lists import Lists
from matcher.ports import Rows


def by_cosine(lists: Lists, places: Rows, k: int) -> list[Rows]:
    """The `k` best of each of these queries."""
    offered = lists.offered.vectors
    return [best_allowed(offered @ lists.wanted.vectors[place], lists, place, k) for place in places.tolist()]


def best_allowed(scores: NDArray[np.floating], lists: Lists, place: int, k: int) -> Rows:
    """The `k` best rows that the filter of a query leaves, ties by row."""
    allowed = lists.allowed(int(lists.wanted.owners[place]))
    order = np.lexsort((allowed, -scores[allowed]))[:k]
    return allowed[order]
