"""A plain script: the 100 best by character TF-IDF, the 100 best by FAISS, the sum of both figures."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.speed.contender import Contender, Hits, hit
from bench.speed.exact import best_allowed
from bench.speed.lists import Lists
from matcher.ports import Rows

_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Index:
    """scikit-learn's vectoriser, the rows it made by their n-grams, and FAISS's flat index."""

    vectoriser: Any
    postings: Any
    flat: Any


def _vectorised(lists: Lists) -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), sublinear_tf=True, dtype=np.float32)
    return vectoriser, vectoriser.fit_transform(lists.offered.texts)


def _build(lists: Lists, _folder: Path) -> Index:
    import faiss

    vectoriser, rows = _vectorised(lists)
    flat = faiss.IndexFlatIP(lists.offered.vectors.shape[1])
    flat.add(lists.offered.vectors)
    return Index(vectoriser, rows.T.tocsr(), flat)


def _search(index: Index, lists: Lists, k: int) -> Hits:
    from sparse_dot_topn import sp_matmul_topn

    asked = index.vectoriser.transform(lists.wanted.texts)
    lexical = sp_matmul_topn(asked, index.postings, top_n=_DEPTH, n_threads=os.cpu_count())
    figures, rows = index.flat.search(lists.wanted.vectors, min(_DEPTH, len(lists.offered)))
    owners = lists.offered.owners.tolist()
    hits = []
    for place, owner in enumerate(lists.wanted.owners.tolist()):
        sums = dict(zip(rows[place].tolist(), figures[place].tolist(), strict=True))
        span = slice(lexical.indptr[place], lexical.indptr[place + 1])
        for row, figure in zip(lexical.indices[span].tolist(), lexical.data[span].tolist(), strict=True):
            sums[row] = sums.get(row, 0.0) + figure
        best = sorted((pair for pair in sums.items() if owners[pair[0]] != owner), key=lambda pair: -pair[1])
        hits.append(hit(best[:k]))
    return hits


def _exact(lists: Lists, places: Rows, k: int) -> list[Rows]:
    """The best by the sum of both cosines of every row."""
    vectoriser, rows = _vectorised(lists)
    exact = []
    for place in places.tolist():
        [lexical] = (vectoriser.transform([lists.wanted.texts[place]]) @ rows.T).toarray()
        exact.append(
            best_allowed(lexical + lists.offered.vectors @ lists.wanted.vectors[place], lists, place, k)
        )
    return exact


SCRIPT = Contender(
    "plain script",
    "cosine + character TF-IDF",
    ("sklearn", "sparse_dot_topn", "faiss"),
    _build,
    _search,
    _exact,
)
