"""A list made searchable: its matchable listings, their vectors and the channels over them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.domain.listing import Listing, Side, text_of
from matcher.domain.text import TextView, fold, says_enough
from matcher.pipeline.encode import Progress, silent, vectors_of
from matcher.ports import Channels, Encoder, Query, Rows, Vectors
from matcher.store.catalogue import LiveListing
from matcher.store.database import Database

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


def judgeable(listings: Iterable[LiveListing]) -> list[LiveListing]:
    """The listings whose text says enough to be matched."""
    return [one for one in listings if says_enough(text_of(one.listing).full)]


def encoded_texts(
    database: Database,
    encoder: Encoder,
    side: Side,
    listings: Sequence[LiveListing],
    progress: Progress = silent,
) -> tuple[tuple[TextView, ...], Vectors, int]:
    """The texts of listings, their vectors of shape (n, d), and how many had to be encoded."""
    texts = tuple(text_of(one.listing) for one in listings)
    vectors, encoded = vectors_of(database, encoder, side, texts, progress)
    return texts, vectors, encoded


class OwnOrganisation:
    """Hard constraint: nobody is matched with what their own organisation lists."""

    def __init__(self, listings: Sequence[LiveListing]) -> None:
        self._everything: Rows = np.arange(len(listings), dtype=np.int64)
        rows: dict[str, list[int]] = {}
        for row, one in enumerate(listings):
            if name := fold(one.listing.organisation):
                rows.setdefault(name, []).append(row)
        self._rows = {name: np.array(own, dtype=np.int64) for name, own in rows.items()}

    def allowed(self, listing: Listing) -> Rows | None:
        """The rows that `listing` may be matched with; None where that is all of them."""
        own = self._rows.get(fold(listing.organisation))
        return None if own is None else np.setdiff1d(self._everything, own, assume_unique=True)
