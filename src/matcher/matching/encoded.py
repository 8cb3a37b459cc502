"""Lists made searchable, with their texts encoded."""

from collections.abc import Callable, Sequence

from matcher.domain.listing import Side
from matcher.domain.text import TextView
from matcher.matching.searchable import OpenChannels, Searchable, field_vectors, judgeable
from matcher.pipeline.nights.vectors import Progress, silent
from matcher.ports import Vectors
from matcher.store.catalogue import LiveListing

VectorsOf = Callable[[Side, Sequence[TextView], Progress], tuple[Vectors, int]]
"""Gives the vectors of texts of one side, and how many of them had to be encoded."""


class Encoded:
    """Makes lists searchable; `count` is how many listings' texts had no vector yet."""

    def __init__(
        self,
        vectors: VectorsOf,
        progress: Progress,
    ) -> None:
        self._vectors = vectors
        self._progress = progress
        self.count = 0

    def supply(self, listings: Sequence[LiveListing], open_channels: OpenChannels) -> Searchable:
        """The achievements, with the channels over them."""
        kept, texts = judgeable(listings)
        vectors = self._of(Side.SUPPLY, texts)
        return Searchable(kept, texts, vectors, open_channels("supply", texts, vectors, None))

    def demands(self, listings: Sequence[LiveListing]) -> Searchable:
        """The demands, with the vectors of their single fields; without channels."""
        kept, texts = judgeable(listings)
        vectors = self._of(Side.DEMAND, texts)
        fields = field_vectors(kept, lambda said: self._vectors(Side.DEMAND, said, silent)[0])
        return Searchable(kept, texts, vectors, {}, fields)

    def _of(self, side: Side, texts: Sequence[TextView]) -> Vectors:
        vectors, encoded = self._vectors(side, texts, self._progress)
        self.count += encoded
        return vectors
