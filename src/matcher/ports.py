"""What matching asks of the outside: an encoder, a retriever, a reranker where one is configured."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.domain.listing import Side
from matcher.domain.text import TextView

Vectors = NDArray[np.float32]
"""Unit rows, shape (n, d)."""

Rows = NDArray[np.int64]
"""Row positions in an index, ascending."""

Figures = Mapping[str, NDArray[np.float64]]
"""A figure's name → its value for each of some rows, 0 where it is unknown."""


Progress = Callable[[str, int, int], None]
"""Called with a stage's name, how much of it is done, and how much there is."""


def silent(_stage: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""


class Encoder(Protocol):
    """Turns texts into unit vectors whose inner product is the similarity."""

    @property
    def encoder_id(self) -> str:
        """Name, weights' revision and dimension; vectors of different ids are never compared."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def max_tokens(self) -> int | None:
        """How many tokens it reads of a text, its prompt included; None where it reads every text whole."""
        ...

    def encode(self, texts: Sequence[str], side: Side) -> Vectors:
        """Encode `texts` of one side; a text without any known token becomes a zero row."""
        ...

    def cut_short(self, texts: Sequence[str], side: Side) -> NDArray[np.bool_]:
        """Which of `texts` are longer than `max_tokens`, so that their ends go unread; shape (n,)."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a list, with the channels over that list: what they worked out for it holds for it as a query,
    too."""

    channels: "Channels"
    row: int


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: its text, its vector of shape (d,), of a demand its title's, and where it stands on
    a list itself, if it does."""

    text: TextView
    vector: NDArray[np.float32]
    title_vector: NDArray[np.float32] | None = None
    listed: Listed | None = None


class Reranker(Protocol):
    """Reads both texts of a pair together."""

    @property
    def reranker_id(self) -> str:
        """Name and weights' revision; figures of different ids are never compared."""
        ...

    def figures(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """How well the demand and the achievement of each pair fit, from 0 to 1."""
        ...


class Asked(Protocol):
    """A batch of queries put to one channel."""

    def nearly(self) -> NDArray[np.float32]:
        """This channel's figure of every row for every query, each within `NEARLY` of the exact one.

        Its shape broadcasts to (queries, rows): one column where a figure is the query's alone.
        """
        ...

    def values(self, rows: Sequence[Rows]) -> list[NDArray[np.float32]]:
        """This channel's exact figure of each named row, one array per query, in the order of its rows."""
        ...


class Retriever(Protocol):
    """One channel over a fixed list of rows. A larger figure is better."""

    def __len__(self) -> int:
        """Number of rows."""
        ...

    def ask(self, queries: Sequence[Query]) -> Asked:
        """Put some queries to the channel."""
        ...


NEARLY = 1e-5
"""How far a figure worked out for every row at once may be from the exact one: a float32 sum over 1,000 terms
of unit vectors stays within 1e-6."""

SIMILARITY = "dense"
"""The channel whose figure is a match's similarity."""

COMPARABLE = "wording"
"""The channel that says whether the wording of a pair can be compared."""

SUBSTANCE = "substance"
"""The channel that says how much of a demand is more than boilerplate."""

DECIMALS = 6
"""A figure is kept to so many decimals: float32 sums differ in the seventh with the size of a batch, and a
figure that flickers from night to night would count as changed."""

Channels = Mapping[str, Retriever]
"""The channels over one list, by the name their contribution carries in a score."""

BuildChannels = Callable[[Sequence[TextView], Vectors, Vectors | None], Channels]
"""Builds the channels over a list's texts and vectors, and of a demand list its titles' (row i of each is
row i of the index)."""
