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

import faiss
import numpy as np

from matcher.domain.scoring import DEFAULT_SCORER
from matcher.domain.text import TextView
from matcher.index.snapshot import build_channels
from matcher.matching.rank import rank
from matcher.ports import Channels, Query, Rows, Vectors

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
    for share in (0.5, 0.1, 0.01):
        _dense(channels, vectors, queries, _choice(rng, arguments.rows, share), share)
    _lexical(channels, queries)
    _, seconds = _timed(lambda: rank(queries, channels, DEFAULT_SCORER, K, [None] * len(queries)))
    print(f"rank {len(queries)} queries, four channels: {seconds:.2f} s")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def _dense(channels: Channels, vectors: Vectors, queries: list[Query], rows: Rows, share: float) -> None:
    """Gathering the allowed rows against a flat index that skips the others one by one."""
    index = faiss.IndexFlatIP(DIMENSION)
    index.add(vectors)
    selector = faiss.IDSelectorBatch(rows)
    parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # faiss adds it when imported
    wanted = np.stack([query.vector for query in queries])
    ours, seconds = _timed(lambda: channels["dense"].search(queries, K, rows))
    (_, naive), naive_seconds = _timed(lambda: index.search(wanted, K, params=parameters))
    assert [[hit.row for hit in hits] for hits in ours] == naive.tolist()
    print(
        f"dense, {share:.0%} allowed: {seconds:.3f} s, IDSelectorBatch {naive_seconds / seconds:.1f} × that"
    )


def _lexical(channels: Channels, queries: list[Query]) -> None:
    """One sparse product for all queries against one search for each."""
    channel = channels["lexical_text"]
    ours, seconds = _timed(lambda: channel.search(queries, K))
    naive, naive_seconds = _timed(lambda: [channel.search([query], K)[0] for query in queries])
    assert ours == naive
    print(f"lexical, all rows: {seconds:.3f} s, query by query {naive_seconds / seconds:.1f} × that")


def _vectors(rng: np.random.Generator, rows: int) -> Vectors:
    vectors = rng.standard_normal((rows, DIMENSION)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _texts(rng: np.random.Generator, rows: int) -> list[TextView]:
    characters = 0x4E00 + np.minimum(rng.zipf(1.2, (rows, 320)), 6000)
    written = ["".join(map(chr, row)) for row in characters.tolist()]
    return [TextView(text[:20], text[20:]) for text in written]


def _choice(rng: np.random.Generator, rows: int, share: float) -> Rows:
    return np.sort(rng.choice(rows, int(rows * share), replace=False)).astype(np.int64)


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
