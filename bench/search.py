"""Our search and a naive one side by side, in one run, as ratios of wall time.

    python -m bench.search [--rows 10000] [--queries 500]

Random unit vectors and texts of random Chinese characters with a Zipf-like frequency; every pair of figures
printed comes from equal results.
"""

import argparse
import resource
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from matcher.domain.scoring import DEFAULT_SCORER
from matcher.domain.text import TextView
from matcher.index.snapshot import build_channels
from matcher.matching.choice import Choice
from matcher.matching.rank import rank, scores
from matcher.ports import Channels, Query, Vectors

K = 20
DIMENSION = 768

T = TypeVar("T")


def main() -> None:
    """Print one line per comparison."""
    arguments = _arguments()
    rng = np.random.default_rng(0)
    vectors, texts = _vectors(rng, arguments.rows), _texts(rng, arguments.rows)
    wanted, asked = _vectors(rng, arguments.queries), _texts(rng, arguments.queries)
    queries = [Query(text, vector, vector) for text, vector in zip(asked, wanted, strict=True)]
    channels, seconds = _timed(lambda: build_channels(texts, vectors), runs=1)
    print(f"build {arguments.rows} rows: {seconds:.2f} s")
    ours, seconds = _timed(lambda: rank(queries, channels, DEFAULT_SCORER, K, [None] * len(queries)))
    plain, plain_seconds = _timed(lambda: [_plainly(query, channels) for query in queries], runs=1)
    assert [[match.row for match in matches] for matches in ours] == plain
    print(
        f"rank {len(queries)} queries: {seconds:.2f} s, each row exactly {plain_seconds / seconds:.1f} × that"
    )
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def _plainly(query: Query, channels: Channels) -> list[int]:
    """The best rows by the exact score of every row."""
    exact = scores(query, channels, DEFAULT_SCORER, Choice(K))
    best: list[int] = np.lexsort((np.arange(len(exact)), -exact))[:K].tolist()
    return best


def _vectors(rng: np.random.Generator, rows: int) -> Vectors:
    vectors = rng.standard_normal((rows, DIMENSION)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _texts(rng: np.random.Generator, rows: int) -> list[TextView]:
    characters = 0x4E00 + np.minimum(rng.zipf(1.2, (rows, 320)), 6000)
    written = ["".join(map(chr, row)) for row in characters.tolist()]
    return [TextView(text[:20], text[20:]) for text in written]


def _timed(work: Callable[[], T], runs: int = 3) -> tuple[T, float]:
    """The result and the best wall time, in seconds."""
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - started)
    return result, min(seconds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=500)
    return parser.parse_args()


if __name__ == "__main__":
    main()
