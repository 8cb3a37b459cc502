"""The wording's channel: cosine of weighted character n-grams, over whole texts or over titles."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from matcher.domain.text import TextView
from matcher.index.listed import on_one_list
from matcher.index.ngrams import NGramVectoriser, SparseRows
from matcher.index.pairs import by_query, pair_blocks
from matcher.ports import Query, Rows, Vectors

COMMON = 1 / 32
"""The share of a list's rows from which an n-gram's products are left to a dense product. Of 3,000 × 16,648
paragraphs nine tenths of the products that an inverted index walks through are of 500 n-grams; one product
costs it some 2 ns, and 0.02 ns in a dense one."""

MOST_COMMON = 1024
"""So many n-grams at most, 4 KiB a row."""


class LexicalRetriever:
    """Cosine of unit n-gram rows, shape (n, BUCKETS); `part` says which part of a query's text is compared,
    and `name` what the channel is called in a list's channels.

    A figure is the sum of the products of the n-grams that two texts share, in float64 and rounded to
    float32, so it depends on the two texts alone.
    """

    def __init__(
        self, name: str, rows: SparseRows, vectoriser: NGramVectoriser, part: Callable[[TextView], str]
    ) -> None:
        self._name = name
        self._rows = rows
        self._vectoriser = vectoriser
        self._part = part

    def __len__(self) -> int:
        return int(self._rows.shape[0])

    def ask(self, queries: Sequence[Query]) -> "AskedLexical":
        """Put some queries to the channel."""
        return AskedLexical(self._rows_of(queries), self)

    def _rows_of(self, queries: Sequence[Query]) -> SparseRows:
        """The queries' n-gram rows: taken from the list that they all stand on, else worked out."""
        if known := on_one_list(queries, self._name, LexicalRetriever):
            channel, rows = known
            return sp.csr_array(channel._rows[rows])
        return self._vectoriser.transform([self._part(query.text) for query in queries])

    def products(self, asked: SparseRows) -> NDArray[np.float32]:
        """The product of every asked row with every row, summed in float32."""
        inverted = self._inverted
        common, rare = inverted.split(asked)
        products: NDArray[np.float32] = (rare @ inverted.postings).toarray()
        products += common @ inverted.common.T
        return products

    @cached_property
    def _inverted(self) -> "_Inverted":
        """Made when all rows are asked for at once; pairs need it not."""
        split = _Split(self._rows)
        common, rare = split(self._rows)
        return _Inverted(split, common, rare.T.tocsr())

    def pairs(self, asked: SparseRows, rows: Rows) -> NDArray[np.float64]:
        """The exact product of each asked row with the row at the same place."""
        shared = sp.csr_array(asked.astype(np.float64).multiply(self._rows[rows]))
        places = np.repeat(np.arange(len(rows)), np.diff(shared.indptr))
        sums: NDArray[np.float64] = np.bincount(places, shared.data, minlength=len(rows)).astype(np.float64)
        return sums


class _Inverted(NamedTuple):
    """The rows by n-gram: the commonest as dense rows, of the others the rows that have them."""

    split: "_Split"
    common: Vectors
    postings: SparseRows


class AskedLexical:
    """Queries put to the wording: their n-gram rows, and the channel."""

    def __init__(self, asked: SparseRows, channel: LexicalRetriever) -> None:
        self._asked = asked
        self._channel = channel

    def nearly(self) -> NDArray[np.float32]:
        """The cosine of every query with every row, summed in float32."""
        return self._channel.products(self._asked)

    def values(self, rows: Sequence[Rows]) -> list[NDArray[np.float32]]:
        """The cosine of each query with each of its rows."""
        blocks = pair_blocks(rows)
        return by_query([self._channel.pairs(self._asked[places], at) for places, at in blocks], rows)


class _Split:
    """Parts rows into the commonest n-grams of a list, as dense rows, and all others, as sparse ones."""

    def __init__(self, listed: SparseRows) -> None:
        used = np.bincount(listed.indices, minlength=listed.shape[1])
        common = np.flatnonzero(used > COMMON * listed.shape[0])
        common = np.sort(common[np.argsort(-used[common], kind="stable")[:MOST_COMMON]])
        self._count = len(common)
        self._place = np.full(listed.shape[1], -1, dtype=np.int32)
        self._place[common] = np.arange(len(common))

    def __call__(self, rows: SparseRows) -> tuple[Vectors, SparseRows]:
        place = self._place[rows.indices]
        is_common = place >= 0
        owner = np.repeat(np.arange(rows.shape[0], dtype=np.int32), np.diff(rows.indptr))[is_common]
        common = np.zeros((rows.shape[0], self._count), dtype=np.float32)
        common[owner, place[is_common]] = rows.data[is_common]
        left = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=rows.shape[0]))])
        starts = (rows.indptr - left).astype(rows.indptr.dtype)
        rare = (rows.data[~is_common], rows.indices[~is_common], starts)
        return common, sp.csr_array(rare, shape=rows.shape)
