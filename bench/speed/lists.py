"""The two lists of the job: texts, their vectors and organisations, in a folder that every child reads."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matcher.domain.listing import Side, text_of
from matcher.domain.text import normalise, says_enough
from matcher.files.reading import read_lists
from matcher.ports import Encoder, Rows, Vectors

ORGANISATIONS = 50
"""So many organisations own the texts in turn, so that the filter of a query leaves out one row of fifty."""

SAMPLES = Path(__file__).parents[2] / "data" / "seed"
TITLE = 20
"""Characters of a text that stand for its title."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One list: row i of every part is the same entry. The first line of a text is its title."""

    texts: Sequence[str]
    vectors: Vectors
    owners: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True, slots=True)
class Lists:
    """What is indexed, what is looked for, and the vectors of the latter's titles."""

    offered: Listed
    wanted: Listed
    title_vectors: Vectors

    def allowed(self, owner: int) -> Rows:
        """The offered rows of all other organisations, ascending."""
        return np.flatnonzero(self.offered.owners != owner)

    def by_owner(self) -> Iterator[tuple[int, Rows]]:
        """Each organisation that looks for something, and the places of its queries."""
        for owner in np.unique(self.wanted.owners).tolist():
            yield owner, np.flatnonzero(self.wanted.owners == owner)

    def save(self, folder: Path) -> None:
        """Write everything into `folder`."""
        for name, listed in (("offered", self.offered), ("wanted", self.wanted)):
            (folder / f"{name}.json").write_text(json.dumps(listed.texts), encoding="utf-8")
            np.save(folder / f"{name}.npy", listed.vectors)
            np.save(folder / f"{name}.owners.npy", listed.owners)
        np.save(folder / "titles.npy", self.title_vectors)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        offered, wanted = (
            Listed(
                json.loads((folder / f"{name}.json").read_text("utf-8")),
                np.load(folder / f"{name}.npy"),
                np.load(folder / f"{name}.owners.npy"),
            )
            for name in ("offered", "wanted")
        )
        return cls(offered, wanted, np.load(folder / "titles.npy"))


def raw_texts(path: Path) -> Iterator[str]:
    """The texts of a file of JSON lines, each an object with `text`, as they are written."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def distinct_texts(raw: Iterable[str], count: int) -> list[str]:
    """The first `count` distinct texts, normalised; fewer where there are fewer.

    Those that say too little to be matched are passed over.
    """
    distinct: dict[str, None] = {}
    for written in raw:
        text = normalise(written).replace("\n", " ")
        if says_enough(text):
            distinct[text] = None
        if len(distinct) == count:
            break
    return [f"{text[:TITLE]}\n{text[TITLE:]}" for text in distinct]


def sample_texts() -> list[str]:
    """The distinct texts of the bundled sample lists, which are few: a size for a smoke test."""
    files = {
        Side.SUPPLY: sorted(SAMPLES.glob("achievements.*")),
        Side.DEMAND: sorted((SAMPLES / "demands").iterdir()),
    }
    texts = [
        text_of(row.listing).full
        for side, paths in files.items()
        for path in paths
        for row in read_lists([(path.name, path.read_bytes())], side).rows
    ]
    return list(dict.fromkeys(texts))


def lists_of(texts: Sequence[str], size: int, encoder: Encoder, cache: Path) -> Lists:
    """The first `size` texts as the offered list, and all others as what is looked for."""
    offered, wanted = texts[:size], texts[size:]
    titles = [text.partition("\n")[0] for text in wanted]
    return Lists(
        _listed(offered, encode(offered, Side.SUPPLY, encoder, cache)),
        _listed(wanted, encode(wanted, Side.DEMAND, encoder, cache)),
        encode(titles, Side.DEMAND, encoder, cache),
    )


def encode(texts: Sequence[str], side: Side, encoder: Encoder, cache: Path) -> Vectors:
    """The vectors of `texts`, from the cache where it has those of the very same texts."""
    told = "\0".join([encoder.encoder_id, side.value, *texts])
    path = cache / f"{sha256(told.encode()).hexdigest()[:32]}.npy"
    if path.exists():
        cached: Vectors = np.load(path)
        return cached
    vectors = encoder.encode(texts, side)
    cache.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors)
    return vectors


def _listed(texts: Sequence[str], vectors: Vectors) -> Listed:
    return Listed(texts, vectors, np.arange(len(texts), dtype=np.int64) % ORGANISATIONS)
