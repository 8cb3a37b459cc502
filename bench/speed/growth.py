"""How the time of ours grows with the list: the exponent of a power fitted to some sizes."""

from collections.abc import Mapping
from statistics import median

import numpy as np

from bench.speed.results import Results


def exponent(seconds: Mapping[int, float]) -> float:
    """The slope of log time over log size, by least squares; needs at least two sizes."""
    slope, _ = np.polyfit(np.log(list(seconds)), np.log(list(seconds.values())), 1)
    return float(slope)


def build(results: Results, contender: str) -> dict[int, float]:
    """The median seconds of indexing, by size."""
    return {
        size: median(run.build for run in runs)
        for size in results.sizes
        if (runs := results.of(contender, size))
    }


def search(results: Results, contender: str) -> dict[int, float]:
    """The median seconds of searching for one query, by size."""
    return {
        size: median(run.search / run.queries for run in runs)
        for size in results.sizes
        if (runs := results.of(contender, size))
    }
