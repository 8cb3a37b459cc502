"""Pairs of a query and a row, whose exact figures a channel works out some thousand at a time."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.ports import Rows

_PAIRS = 4096
"""Pairs at a time: two float64 vectors of 512 each take 32 MiB."""


def pair_blocks(rows: Sequence[Rows]) -> Iterator[tuple[Rows, Rows]]:
    """The pairs of each query with each of its rows in blocks: the queries' places, and the rows."""
    if not rows:
        return
    places = np.repeat(np.arange(len(rows)), [len(part) for part in rows])
    together = np.concatenate(rows)
    for start in range(0, len(together), _PAIRS):
        yield places[start : start + _PAIRS], together[start : start + _PAIRS]


def by_query(figures: Sequence[NDArray[np.float64]], rows: Sequence[Rows]) -> list[NDArray[np.float32]]:
    """The figures of the blocks of pairs, cosines all of them, as one array for each query."""
    if not rows:
        return []
    together = np.concatenate([*figures, np.zeros(0)])
    bounded = np.clip(together, -1.0, 1.0).astype(np.float32)
    return np.split(bounded, np.cumsum([len(part) for part in rows])[:-1])
