"""Listings of one list that say the same: the same result listed twice, or by two units."""

from collections import defaultdict

import numpy as np

from matcher.pipeline.rank import Grouping
from matcher.pipeline.searchable import Searchable


def repeats(index: Searchable) -> Grouping:
    """The rows that repeat one another, at most one of which is to be shown beside another.

    Demands repeat those of their own park alone. The rows of a group are numbered by the first of them.
    """
    first: dict[tuple[int | None, str], int] = {}
    members = defaultdict[int, list[int]](list)
    for row, (listing, text) in enumerate(zip(index.listings, index.texts, strict=True)):
        members[first.setdefault((listing.park_id, text.digest), row)].append(row)
    numbers = np.full(len(index.listings), -1, dtype=np.int64)
    for number, rows in members.items():
        if len(rows) > 1:
            numbers[rows] = number
    return Grouping(numbers, cap=1)
