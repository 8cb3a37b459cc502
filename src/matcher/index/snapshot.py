"""The lexical rows of a list on disk: a cache that can be rebuilt from the texts at any time.

Hashing is what an index costs (0.4 ms a text; transposing and searching are cheap), so the n-gram rows are
kept, and the rows of texts that did not change are taken from the newest snapshot there is. Vectors are the
database's and are not kept twice. A snapshot is built aside, carries its version in its name, is verified
when it is read and appears by one rename, so that a reader sees a whole one or none; whatever cannot be read
is rebuilt without a word.
"""

import json
import shutil
import tempfile
import time
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from matcher.domain.text import TextView
from matcher.index.dense import DenseRetriever
from matcher.index.lexical import LexicalRetriever
from matcher.index.ngrams import BUCKETS, NGramVectoriser, SparseRows, background_vectoriser
from matcher.index.substance import Substance, shares
from matcher.index.wording import WordingComparable
from matcher.ports import Channels, Query, Vectors

_FORMAT = "2"
_KEPT = 2
"""Snapshots kept: the current one and the one before, which another process may still be reading."""

_ABANDONED_SECONDS = 3600
_ARRAYS = ("data", "indices", "indptr")


@dataclass(frozen=True, slots=True)
class LexicalRows:
    """The n-gram rows of a list's texts and titles, and the texts' information; row i of each belongs to the
    text with `digests[i]`."""

    digests: tuple[str, ...]
    text: SparseRows
    title: SparseRows
    information: NDArray[np.float64]

    @classmethod
    def of(cls, texts: Sequence[TextView], vectoriser: NGramVectoriser, cached: Self | None = None) -> Self:
        """The rows of `texts`; those `cached` already are copied, the others hashed."""
        digests = tuple(text.digest for text in texts)
        place = {digest: row for row, digest in enumerate(cached.digests)} if cached else {}
        fresh = [text for text, digest in zip(texts, digests, strict=True) if digest not in place]
        whole = vectoriser.measure([text.full for text in fresh])
        titles = vectoriser.transform([text.title for text in fresh])
        hashed = cls(tuple(text.digest for text in fresh), whole.rows, titles, whole.information)
        if cached is None:
            return hashed
        place.update((digest, len(cached.digests) + row) for row, digest in enumerate(hashed.digests))
        order = [place[digest] for digest in digests]
        return cls(
            digests,
            _stacked(cached.text, hashed.text)[order],
            _stacked(cached.title, hashed.title)[order],
            np.concatenate([cached.information, hashed.information])[order],
        )


def build_channels(texts: Sequence[TextView], vectors: Vectors, titles: Vectors | None = None) -> Channels:
    """The channels over a list, in memory alone; `titles` are the vectors of a demand list's titles."""
    vectoriser = background_vectoriser()
    return _channels(texts, LexicalRows.of(texts, vectoriser), vectors, titles)


def open_channels(
    directory: Path, texts: Sequence[TextView], vectors: Vectors, titles: Vectors | None = None
) -> Channels:
    """The channels over a list, with their rows from the cache in `directory` as far as it holds them.

    One directory serves one list. Safe with several processes at once; a cache that cannot be written costs
    time and nothing else.
    """
    vectoriser = background_vectoriser()
    name = _version(texts, vectoriser)
    rows = _read(directory / name)
    if rows is None:
        cached = next(filter(None, map(_read, _snapshots(directory, vectoriser))), None)
        rows = LexicalRows.of(texts, vectoriser, cached)
        with suppress(OSError):
            _write(directory, name, rows)
            _prune(directory, name)
    return _channels(texts, rows, vectors, titles)


def _channels(
    texts: Sequence[TextView], rows: LexicalRows, vectors: Vectors, titles: Vectors | None
) -> Channels:
    """A demand's title is compared with achievements as a whole, on whichever side the index stands."""
    vectoriser = background_vectoriser()
    return {
        "wording": WordingComparable(texts),
        "substance": Substance(
            len(texts), vectoriser, None if titles is None else shares(texts, rows.information)
        ),
        "dense": DenseRetriever(vectors),
        "dense_title": DenseRetriever(vectors, _title_vector) if titles is None else DenseRetriever(titles),
        **{
            name: LexicalRetriever(name, part_rows, vectoriser, attrgetter(part))
            for name, part_rows, part in (
                ("lexical_text", rows.text, "full"),
                ("lexical_title", rows.title, "title"),
            )
        },
    }


def _title_vector(query: Query) -> NDArray[np.float32]:
    """The vector of a demand's title, of its whole text where it has none.

    Raises ValueError for a query without one, which is no demand.
    """
    if query.title_vector is None:
        raise ValueError("a query against achievements needs the vector of its title")
    return query.title_vector if query.title_vector.any() else query.vector


def _version(texts: Sequence[TextView], vectoriser: NGramVectoriser) -> str:
    """Directory name: what a row is computed with, then the list's texts in their order."""
    listed = sha256("".join(text.digest for text in texts).encode()).hexdigest()
    return f"{_family(vectoriser)}-{listed[:32]}"


def _family(vectoriser: NGramVectoriser) -> str:
    return f"{_FORMAT}-{vectoriser.version[:16]}"


def _snapshots(directory: Path, vectoriser: NGramVectoriser) -> list[Path]:
    """Snapshots whose rows can be taken over, newest first."""
    return _newest_first(directory, f"{_family(vectoriser)}-*")


def _newest_first(directory: Path, pattern: str) -> list[Path]:
    dated = []
    for path in directory.glob(pattern):
        with suppress(OSError):  # another process may prune it meanwhile
            dated.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(dated, reverse=True)]


def _write(directory: Path, name: str, rows: LexicalRows) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".building-", dir=directory))
    try:
        arrays = {"information": rows.information}
        for part, matrix in (("text", rows.text), ("title", rows.title)):
            arrays |= {f"{part}.{array}": getattr(matrix, array) for array in _ARRAYS}
        checksums = {}
        for stem, values in arrays.items():
            path = aside / f"{stem}.npy"
            np.save(path, values, allow_pickle=False)
            checksums[path.name] = zlib.crc32(path.read_bytes())
        manifest = {"digests": rows.digests, "checksums": checksums}
        (aside / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        if (directory / name).exists():  # it could not be read, or another process was quicker
            (directory / name).replace(Path(tempfile.mkdtemp(prefix=".building-", dir=directory)) / name)
        aside.replace(directory / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _read(path: Path) -> LexicalRows | None:
    """The snapshot at `path`, or None where there is none or it is damaged."""
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        for name, checksum in manifest["checksums"].items():
            if zlib.crc32((path / name).read_bytes()) != checksum:
                return None
        digests = tuple(manifest["digests"])
        information = np.load(path / "information.npy", allow_pickle=False)
        text, title = (_matrix(path, part, len(digests)) for part in ("text", "title"))
        return LexicalRows(digests, text, title, information)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _matrix(path: Path, part: str, rows: int) -> SparseRows:
    data, indices, indptr = (np.load(path / f"{part}.{array}.npy", allow_pickle=False) for array in _ARRAYS)
    return sp.csr_array((data, indices, indptr), shape=(rows, BUCKETS))


def _prune(directory: Path, current: str) -> None:
    old = [path for path in _newest_first(directory, "[!.]*") if path.name != current]
    abandoned = [
        path
        for path in _newest_first(directory, ".building-*")
        if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS
    ]
    for path in [*old[_KEPT - 1 :], *abandoned]:
        shutil.rmtree(path, ignore_errors=True)


def _stacked(above: SparseRows, below: SparseRows) -> SparseRows:
    return sp.csr_array(sp.vstack([above, below], format="csr"))
