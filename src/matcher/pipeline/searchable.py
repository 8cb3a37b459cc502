"""A list made searchable: its matchable listings, their vectors and the channels over them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.domain.listing import text_of
from matcher.domain.text import TextView, says_enough
from matcher.ports import Channels, Query, Rows, Vectors
from matcher.store.catalogue import LiveListing

OpenChannels = Callable[[str, Sequence[TextView], Vectors], Channels]
"""Builds the channels over a named list, with what the cache on disk holds of them."""


@dataclass(frozen=True, slots=True)
class Searchable:
    """Listings that say enough to be judged; row i of every part is the same listing."""

    listings: tuple[LiveListing, ...]
    texts: tuple[TextView, ...]
    vectors: Vectors
    channels: Channels

    def rows(self, wanted: Callable[[LiveListing], bool]) -> Rows:
        """The rows whose listing is wanted."""
        found = (row for row, listing in enumerate(self.listings) if wanted(listing))
        return np.fromiter(found, dtype=np.int64)

    def queries(self) -> list[Query]:
        """Every row as a query against the other list."""
        return [Query(text, vector) for text, vector in zip(self.texts, self.vectors, strict=True)]


def judgeable(listings: Iterable[LiveListing]) -> tuple[tuple[LiveListing, ...], tuple[TextView, ...]]:
    """The listings whose text says enough to be matched, and their texts."""
    said = ((one, text_of(one.listing)) for one in listings)
    kept = [(one, text) for one, text in said if says_enough(text.full)]
    return tuple(one for one, _ in kept), tuple(text for _, text in kept)
