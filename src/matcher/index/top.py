"""The best of a row of figures, the same way in every channel."""

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Hit
from matcher.ports import Rows


def top(figures: NDArray[np.float32], rows: Rows, k: int) -> list[Hit]:
    """The `k` largest of `figures` (one per row of `rows`, ascending), best first, ties by row."""
    if k <= 0:
        return []
    if len(figures) > k:
        threshold = np.partition(figures, len(figures) - k)[len(figures) - k]
        keep = np.flatnonzero(figures >= threshold)
        figures, rows = figures[keep], rows[keep]
    best = np.lexsort((rows, -figures))[:k]
    return [Hit(row, value) for row, value in zip(rows[best].tolist(), figures[best].tolist(), strict=True)]
