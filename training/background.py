"""Document frequencies of hashed character n-grams: the background statistic of the lexical channels.

    python -m training.background --corpus papers.jsonl.xz --output src/matcher/index/background/idf.npz

A document is one paper's title, abstract and keywords, or one body paragraph of similar length; held-out
papers are left out. What counts as an n-gram, and its bucket, is the package's own `count_ngrams`: an
`idf.npz` counted with any other hash is of no use to it.
"""

import argparse
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.index.ngrams import BUCKETS, count_ngrams
from training.corpus import Paper, read_papers, spaced

PARAGRAPH_CHARACTERS = range(80, 601)  # 5th and 95th percentile of all body paragraphs: 72 and 621
BATCH = 1024


def main() -> None:
    """Count and write."""
    arguments = _arguments()
    papers = (paper for paper in read_papers(arguments.corpus) if not paper.held_out)
    texts = (text for paper in papers for text in documents(paper, arguments.paragraphs_per_paper))
    df, n = document_frequencies(texts)
    idf = np.log((1 + n) / (1 + df)) + 1
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(arguments.output, idf=idf.astype(np.float16), n=np.int64(n))
    print(f"{n} documents, {np.count_nonzero(df)} of {df.size} buckets used")


def documents(paper: Paper, paragraphs: int) -> Iterator[str]:
    """The paper's own record, then at most `paragraphs` evenly spaced paragraphs as long as abstracts."""
    yield "\n".join((paper.title, paper.abstract, *paper.keywords))
    body = [text for _, text in paper.sections if len("".join(text.split())) in PARAGRAPH_CHARACTERS]
    yield from spaced(body, paragraphs)


def document_frequencies(texts: Iterator[str]) -> tuple[NDArray[np.int64], int]:
    """Number of texts holding each hash bucket, shape (BUCKETS,), and the number of texts."""
    df = np.zeros(BUCKETS, dtype=np.int64)
    n = 0
    while batch := list(islice(texts, BATCH)):
        text, bucket, _, _ = count_ngrams(batch)
        df += np.bincount(np.unique(text * BUCKETS + bucket) % BUCKETS, minlength=BUCKETS)
        n += len(batch)
    return df, n


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--paragraphs-per-paper", type=int, default=8)
    return parser.parse_args()


if __name__ == "__main__":
    main()
