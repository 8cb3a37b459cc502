"""Document frequencies of hashed character n-grams: the background statistic of the lexical channel.

    python -m training.background --corpus papers.jsonl.xz --output src/matcher/index/background/idf.npz

A document is one paper's title, abstract and keywords, or one body paragraph of similar length. Texts are NFKC-folded
and stripped of white space before they are hashed; held-out papers are left out.
"""

import argparse
import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer

from training.corpus import Paper, read_papers

VECTORISER = {
    "analyzer": "char",
    "ngram_range": (1, 3),
    "n_features": 2**20,
    "alternate_sign": False,
    "norm": None,
    "lowercase": True,
}
PARAGRAPH_CHARACTERS = range(80, 601)  # 5th and 95th percentile of all body paragraphs: 72 and 621
BATCH = 4096


def main() -> None:
    arguments = _arguments()
    papers = (paper for paper in read_papers(arguments.corpus) if not paper.held_out)
    texts = (text for paper in papers for text in documents(paper, arguments.paragraphs_per_paper))
    df, n = document_frequencies(texts)
    idf = np.log((1 + n) / (1 + df)) + 1
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        arguments.output, idf=idf.astype(np.float16), n=np.int64(n), vectoriser=np.array(json.dumps(VECTORISER))
    )
    print(f"{n} documents, {np.count_nonzero(df)} of {df.size} buckets used, {arguments.output.stat().st_size} bytes")


def fold(text: str) -> str:
    """NFKC, all white space removed. Lower-casing is the vectoriser's."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def documents(paper: Paper, paragraphs: int) -> Iterator[str]:
    """The paper's own record, then at most `paragraphs` evenly spaced body paragraphs of an abstract's length."""
    yield fold(paper.title + paper.abstract + "".join(paper.keywords))
    body = [folded for _, text in paper.sections if len(folded := fold(text)) in PARAGRAPH_CHARACTERS]
    step = max(1, -(-len(body) // paragraphs))
    yield from body[::step]


def document_frequencies(texts: Iterator[str]) -> tuple[NDArray[np.int64], int]:
    """Number of texts holding each hash bucket, shape (n_features,), and the number of texts."""
    vectoriser = HashingVectorizer(**VECTORISER, binary=True)
    df = np.zeros(vectoriser.n_features, dtype=np.int64)
    n = 0
    while batch := list(islice(texts, BATCH)):
        df += np.bincount(vectoriser.transform(batch).indices, minlength=df.size)
        n += len(batch)
    return df, n


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--paragraphs-per-paper", type=int, default=8)
    return parser.parse_args()


if __name__ == "__main__":
    main()
