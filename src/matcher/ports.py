"""What matching asks of the outside: an encoder, a retriever, a reranker where one is configured."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.domain.listing import Side
from matcher.domain.match import Hit
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
class Query:
    """What is looked for: its text, its vector of shape (d,), and of a demand its title's."""

    text: TextView
    vector: NDArray[np.float32]
    title_vector: NDArray[np.float32] | None = None


class Reranker(Protocol):
    """Reads both texts of a pair together."""

    @property
    def reranker_id(self) -> str:
        """Name and weights' revision; figures of different ids are never compared."""
        ...

    def figures(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """How well the demand and the achievement of each pair fit, from 0 to 1."""
        ...


class Retriever(Protocol):
    """One channel over a fixed list of rows. Larger is better; ties are broken by row position."""

    def __len__(self) -> int:
        """Number of rows."""
        ...

    def search(self, queries: Sequence[Query], k: int, rows: Rows | None = None) -> list[list[Hit]]:
        """The `k` best of the allowed `rows` (all, where None) for each query, best first.

        Filtering comes before searching: `min(k, len(rows))` hits come back whenever the channel
        can tell the rows apart at all.
        """
        ...

    def values(self, queries: Sequence[Query], rows: Sequence[Rows]) -> list[NDArray[np.float32]]:
        """This channel's figure of each named row, one array per query, in the order of its rows."""
        ...


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
