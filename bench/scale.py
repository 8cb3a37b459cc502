"""What a listing weighs in memory and what a million pairs cost in processor time, from real texts.

python bench/scale.py CORPUS.jsonl.xz [QUERIES]: lines with `title` and `abstract`; the last QUERIES of them
are put to the others. Processor time on one thread (OMP_NUM_THREADS=1): a busy machine changes it little.
"""

import json
import lzma
import pickle
import sys
import time
from pathlib import Path

import numpy as np

from matcher.domain.scoring import DEFAULT_SCORER
from matcher.domain.text import TextView
from matcher.index.snapshot import build_channels
from matcher.matching.choice import Choice
from matcher.matching.rank import search_all, shortlists
from matcher.ports import Query, Vectors

DIMENSION = 1152
"""Of the default encoder; what the vectors hold changes no time."""


def unit_rows(count: int, seed: int) -> Vectors:
    """Vectors of a length of 1 in any direction."""
    rows = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def main(corpus: Path, count: int) -> None:
    """Measure, and print one figure a line."""
    with lzma.open(corpus, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    texts = [TextView(one["title"], one["abstract"]) for one in records if one.get("abstract")]
    listed, asked = texts[:-count], texts[-count:]
    start = time.process_time()
    channels = build_channels(listed, unit_rows(len(listed), 1))
    print(f"{len(listed):,} listings of {np.mean([len(text.full) for text in listed]):.0f} characters")
    print(f"index: {(time.process_time() - start) / len(listed) * 1000:.2f} ms a listing")
    print(f"memory: {len(pickle.dumps(channels, 5)) / len(listed) / 1000:.1f} kB a listing")
    vectors, titles = unit_rows(count, 2), unit_rows(count, 3)
    queries = [Query(*one) for one in zip(asked, vectors, titles, strict=True)]
    choices, pairs = [Choice(10)] * count, len(listed) * count / 1e6
    start = time.process_time()
    shortlists(queries, channels, DEFAULT_SCORER, choices)
    nearly = time.process_time() - start
    print(f"shortlists: {nearly / pairs:.3f} s a million pairs")
    start = time.process_time()
    search_all(queries, channels, DEFAULT_SCORER, choices)
    exactly = time.process_time() - start - nearly
    print(f"exact figures of the best: {exactly / count * 1000:.2f} ms a demand")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1787)
