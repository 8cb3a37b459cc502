"""Held-out figures of a table of piece vectors: does a text find its own partner among the others?"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.corpus import Paper


def held_out_figures(
    weights: NDArray[np.float32], tokenizer: Tokenizer, papers: Sequence[Paper]
) -> dict[str, float]:
    """MRR@10 of finding the Chinese abstract by title, by two keywords, and by English title."""
    papers = [paper for paper in papers if paper.title and paper.abstract]
    abstracts = embed(weights, tokenizer, [paper.abstract for paper in papers])
    queries = {
        "title": [paper.title for paper in papers],
        "keywords": [" ".join(paper.keywords[:2]) for paper in papers],
        "title_en": [paper.title_en for paper in papers],
    }
    figures = {}
    for name, texts in queries.items():
        asked = np.array([bool(text) for text in texts])
        figures[name] = mean_reciprocal_rank(embed(weights, tokenizer, texts), abstracts, asked)
    return figures


def embed(weights: NDArray[np.float32], tokenizer: Tokenizer, texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit rows: the normalised mean of each text's piece vectors; zero where no piece is known."""
    ids = [encoding.ids for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False)]
    sums = np.stack([weights[row].sum(axis=0) for row in ids])
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.where(norms > 0, norms, 1), dtype=np.float32)


def mean_reciprocal_rank(
    queries: NDArray[np.float32], documents: NDArray[np.float32], asked: NDArray[np.bool_]
) -> float:
    """MRR@10 where query i's only answer is document i, over the queries `asked`; ties count against it."""
    scores = queries @ documents.T
    rank = (scores >= np.diag(scores)[:, None]).sum(axis=1)
    reciprocal = np.where(rank <= 10, 1 / rank, 0)
    return float(reciprocal[asked].mean())
