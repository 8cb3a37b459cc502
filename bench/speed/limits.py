"""What the machine can do at best, in this minute: float32 matrix products, and moving memory."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_SIDE = 2048
_BYTES = 256 * 2**20
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """Float32 operations and bytes (read or written) a second, of NumPy on all cores."""

    flops: float
    bytes: float

    def seconds(self, rows: int, queries: int, dimension: int) -> float:
        """The least time for every query's cosine with every row: the product, and its figures written."""
        product = 2.0 * rows * queries * dimension / self.flops
        moved = 4.0 * (rows * queries + rows * dimension + queries * dimension) / self.bytes
        return max(product, moved)


def measure() -> Limits:
    """The best of a few tries."""
    rng = np.random.default_rng(0)
    left, right = rng.random((2, _SIDE, _SIDE), dtype=np.float32)
    product = np.empty_like(left)
    source = np.ones(_BYTES // 4, dtype=np.float32)
    target = np.empty_like(source)
    multiplied = _best(lambda: np.matmul(left, right, out=product))
    copied = _best(lambda: np.copyto(target, source))
    return Limits(2.0 * _SIDE**3 / multiplied, 2.0 * _BYTES / copied)


def _best(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(_TRIES):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)
