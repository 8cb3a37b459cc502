"""Texts as unit TF-IDF rows over hashed character n-grams: what the lexical channels compare.

A text is NFKC-folded and lower-cased; punctuation, white space and boilerplate cut it into segments, and the
1-, 2- and 3-grams inside a segment are its features. A weight is (1 + ln tf) · idf, halved for 3-grams, which
mostly repeat the two 2-grams inside them. The inverse document frequencies are a background statistic that
ships with the package: a figure depends on the two texts alone, whatever else the lists hold.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from matcher.domain.boilerplate import GENERIC

BUCKETS = 2**20
WEIGHT_BY_LENGTH = np.array([0.0, 1.0, 1.0, 0.5])
"""What an n-gram's weight is multiplied by, at position n."""

COMMONPLACE = 7.0
"""Inverse document frequency up to which a pair of characters says nothing of a text's subject: one text of
400 has it, such as 成本 or 质量."""

SparseRows = sp.csr_array[np.float32, tuple[int, int]]
"""Unit rows, shape (n, BUCKETS), with ascending column indices."""

_NO_ROWS: SparseRows = sp.csr_array(np.zeros((0, BUCKETS), dtype=np.float32))
_CUT = re.compile("|".join([r"[\W_]+", *sorted(GENERIC, key=len, reverse=True)]))
_BATCH_CHARACTERS = 500_000
_CODE_POINT_BITS = 21
_BUCKET_BITS = 20


class Measured(NamedTuple):
    """Texts as unit rows, and for each the sum, over its different pairs of characters, of what their inverse
    document frequency exceeds `COMMONPLACE` by."""

    rows: SparseRows
    information: NDArray[np.float64]


class NGramVectoriser:
    """Turns texts into unit rows. `idf` has shape (BUCKETS,)."""

    def __init__(self, idf: NDArray[np.float32]) -> None:
        self._idf = idf
        self.version = sha256(idf.tobytes() + WEIGHT_BY_LENGTH.tobytes() + _CUT.pattern.encode()).hexdigest()
        """Changes whenever the same text could get another row."""

    def transform(self, texts: Sequence[str]) -> SparseRows:
        """One unit row per text; a text without a countable n-gram gets a zero row."""
        return self.measure(texts).rows

    def measure(self, texts: Sequence[str]) -> "Measured":
        """The unit row of each text, and its information."""
        parts = [self._measured(batch) for batch in _batches(texts)]
        if not parts:
            return Measured(_NO_ROWS, np.zeros(0))
        rows = sp.csr_array(sp.vstack([part.rows for part in parts], format="csr"))
        return Measured(rows, np.concatenate([part.information for part in parts]))

    def _measured(self, texts: Sequence[str]) -> "Measured":
        row, bucket, length, count = count_ngrams(texts)
        pairs = length == 2
        rare = np.maximum(0.0, self._idf[bucket[pairs]].astype(np.float64) - COMMONPLACE)
        information = np.bincount(row[pairs], rare, minlength=len(texts)).astype(np.float64)
        weights = (1 + np.log(count)) * self._idf[bucket] * WEIGHT_BY_LENGTH[length]
        places = (row.astype(np.int32), bucket.astype(np.int32))
        rows = sp.csr_array((weights, places), shape=(len(texts), BUCKETS))
        position = np.repeat(np.arange(len(texts)), np.diff(rows.indptr))
        norms = np.sqrt(np.bincount(position, rows.data**2, minlength=len(texts)))
        unit = (rows.data / norms[position]).astype(np.float32)
        return Measured(sp.csr_array((unit, rows.indices, rows.indptr), shape=rows.shape), information)


@cache
def background_vectoriser() -> NGramVectoriser:
    """The vectoriser over the frequencies that ship with the package (training/background.py)."""
    with as_file(files("matcher.index") / "background" / "idf.npz") as path:
        return NGramVectoriser(read_idf(path))


def read_idf(path: Path) -> NDArray[np.float32]:
    """Inverse document frequencies written by training/background.py, shape (BUCKETS,)."""
    with np.load(path) as stored:
        return np.asarray(stored["idf"], dtype=np.float32)


def count_ngrams(
    texts: Sequence[str],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Text number, hash bucket, n and count of every n-gram, ascending by text number and bucket."""
    segments = ["\0" + _CUT.sub("\0", unicodedata.normalize("NFKC", text).lower()) for text in texts]
    points = np.frombuffer("".join(segments).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(
        np.uint64
    )
    owner = np.repeat(np.arange(len(texts)), [len(segment) for segment in segments])
    keys, gram = [], np.zeros_like(points)
    for n in range(1, len(WEIGHT_BY_LENGTH)):
        gram = gram[: len(points) - n + 1] | (points[n - 1 :] << np.uint64(_CODE_POINT_BITS * (n - 1)))
        whole = np.logical_and.reduce([points[i : len(points) - n + 1 + i] != 0 for i in range(n)])
        bucket = _mix(gram[whole]) >> np.uint64(64 - _BUCKET_BITS)
        keys.append((((owner[: len(gram)][whole] << _BUCKET_BITS) | bucket.astype(np.int64)) << 2) | n)
    key, count = np.unique(np.concatenate(keys), return_counts=True)
    return key >> (_BUCKET_BITS + 2), (key >> 2) & (BUCKETS - 1), key & 3, count


def _mix(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit moves every output bit."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start = size = 0
    for end, text in enumerate(texts):
        if size > _BATCH_CHARACTERS:
            yield texts[start:end]
            start, size = end, 0
        size += len(text) + 1
    if size:
        yield texts[start:]
