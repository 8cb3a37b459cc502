"""A list made searchable: its matchable listings, their vectors and the channels over them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from matcher.domain.listing import Demand, LiveListing, Side, fields_of, text_of
from matcher.domain.terms import Phrases
from matcher.domain.text import TextView, fold, says_enough
from matcher.ports import Channels, Listed, Progress, Query, Rows, Vectors, silent

OpenChannels = Callable[[str, Sequence[TextView], Vectors, Vectors | None], Channels]
"""Builds the channels over a named list, with what the cache on disk holds of them."""


@dataclass(frozen=True, slots=True)
class TextVectors:
    """The vectors of some texts, shape (n, d); `encoded` of the texts had none yet, and `cut_short` of those
    were longer than the encoder reads."""

    vectors: Vectors
    encoded: int
    cut_short: int


VectorsOf = Callable[[Side, Sequence[TextView], Progress], TextVectors]
"""Gives the vectors of texts of one side, and how many of them had to be encoded."""

EncodeAll = Callable[[Sequence[TextView]], Vectors]
"""Gives the vectors of texts of one side."""


@dataclass(frozen=True)
class Searchable:
    """Listings that say enough to be judged; row i of every part is the same listing.

    `fields` are the vectors of a demand list's single fields by `domain.listing.fields_of`'s names, zero rows
    where a field says nothing; an achievement list has none.
    """

    listings: tuple[LiveListing, ...]
    texts: tuple[TextView, ...]
    vectors: Vectors
    channels: Channels
    fields: Mapping[str, Vectors] = field(default_factory=dict)

    @cached_property
    def row_of(self) -> Mapping[int, int]:
        """Listing id → its row."""
        return {listing.id: row for row, listing in enumerate(self.listings)}

    @cached_property
    def organisations(self) -> tuple[str, ...]:
        """Each row's organisation as it is compared; empty where none is named."""
        return tuple(fold(listing.listing.organisation) for listing in self.listings)

    @cached_property
    def phrases(self) -> "PhrasesByRow":
        """Each row's text, prepared for comparison with many others when it is first asked for."""
        return PhrasesByRow(self.texts)

    def rows(self, wanted: Callable[[LiveListing], bool]) -> Rows:
        """The rows whose listing is wanted."""
        rows = (row for row, listing in enumerate(self.listings) if wanted(listing))
        return np.fromiter(rows, dtype=np.int64)

    def queries(self) -> list[Query]:
        """Every row as a query against the other list."""
        return [self.query(row) for row in range(len(self.listings))]

    def query(self, row: int) -> Query:
        """One row as a query."""
        title = self.fields["title"][row] if self.fields else None
        listed = Listed(self.channels, row) if self.channels else None
        return Query(self.texts[row], self.vectors[row], title, listed)

    def part(self, rows: Rows) -> "Searchable":
        """Some rows as a list of their own, without channels."""
        return Searchable(
            tuple(self.listings[row] for row in rows),
            tuple(self.texts[row] for row in rows),
            self.vectors[rows],
            {},
            {name: vectors[rows] for name, vectors in self.fields.items()},
        )


class PhrasesByRow(dict[int, Phrases]):
    """The prepared texts of some rows."""

    def __init__(self, texts: Sequence[TextView]) -> None:
        super().__init__()
        self._texts = texts

    def __missing__(self, row: int) -> Phrases:
        self[row] = Phrases(self._texts[row])
        return self[row]


def judgeable(listings: Iterable[LiveListing]) -> tuple[tuple[LiveListing, ...], tuple[TextView, ...]]:
    """The listings whose text says enough to be matched, and their texts."""
    with_texts = ((listed, text_of(listed.listing)) for listed in listings)
    kept = [(listed, text) for listed, text in with_texts if says_enough(text.full)]
    return tuple(listed for listed, _ in kept), tuple(text for _, text in kept)


def field_vectors(demands: Sequence[LiveListing], encode: EncodeAll) -> dict[str, Vectors]:
    """The vectors of the demands' single fields, a zero row where one says nothing."""
    fields = [fields_of(demand.listing) for demand in demands if isinstance(demand.listing, Demand)]
    by_name = {}
    for name in fields_of(Demand(title="")):
        spoken = [row for row, texts in enumerate(fields) if texts[name]]
        vectors = encode([TextView(fields[row][name]) for row in spoken])
        by_name[name] = np.zeros((len(fields), vectors.shape[1]), dtype=np.float32)
        by_name[name][spoken] = vectors
    return by_name


class Encoded:
    """Makes lists searchable; `count` is how many listings' texts had no vector yet, `cut_short` how many of
    those are longer than the encoder reads."""

    def __init__(
        self,
        vectors: VectorsOf,
        progress: Progress,
    ) -> None:
        self._vectors = vectors
        self._progress = progress
        self.count = 0
        self.cut_short = 0

    def supply(self, listings: Sequence[LiveListing], open_channels: OpenChannels) -> Searchable:
        """The achievements, with the channels over them."""
        kept, texts = judgeable(listings)
        vectors = self._of(Side.SUPPLY, texts)
        return Searchable(kept, texts, vectors, open_channels("supply", texts, vectors, None))

    def demands(self, listings: Sequence[LiveListing], open_channels: OpenChannels) -> Searchable:
        """The demands, with the vectors of their single fields and the channels over them."""
        kept, texts = judgeable(listings)
        vectors = self._of(Side.DEMAND, texts)
        fields = field_vectors(kept, lambda field: self._vectors(Side.DEMAND, field, silent).vectors)
        channels = open_channels("demand", texts, vectors, fields["title"])
        return Searchable(kept, texts, vectors, channels, fields)

    def _of(self, side: Side, texts: Sequence[TextView]) -> Vectors:
        made = self._vectors(side, texts, self._progress)
        self.count += made.encoded
        self.cut_short += made.cut_short
        return made.vectors
