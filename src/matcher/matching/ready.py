"""A list that is ready to be matched: searchable, and with what of it repeats itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.domain.listing import LiveListing, Side
from matcher.matching.grouping import Grouping
from matcher.matching.repeats import repeats
from matcher.matching.searchable import Encoded, OpenChannels, Searchable


@dataclass(frozen=True, slots=True)
class Ready:
    """A list that is searchable, and what of it repeats itself."""

    index: Searchable
    repeats: Grouping

    @classmethod
    def of(
        cls, side: Side, listings: Sequence[LiveListing], encoded: Encoded, open_channels: OpenChannels
    ) -> "Ready":
        """The listings of one side made ready."""
        make = encoded.supply if side is Side.SUPPLY else encoded.demands
        index = make(listings, open_channels)
        return cls(index, repeats(index))
