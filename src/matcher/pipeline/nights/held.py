"""Both lists as they were last made searchable, held in memory for nights by day and for free texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.domain.listing import LiveListing, Side
from matcher.matching.ready import Ready

Versions = Sequence[tuple[int, int]]
"""(id, version) of a list's listings, by id."""


@dataclass(frozen=True, slots=True)
class HeldList:
    """A list as it is ready with the vectors of one encoder."""

    versions: Versions
    encoder_id: str
    live: Sequence[LiveListing]
    ready: Ready


class HeldLists:
    """The newest of each list. Safe to share between threads: what is held never changes, and is replaced
    whole."""

    def __init__(self) -> None:
        self._by_side: dict[Side, HeldList] = {}

    def find(self, side: Side, versions: Versions) -> HeldList | None:
        """The list, if these are its listings, whichever encoder made it searchable."""
        held = self._by_side.get(side)
        return held if held is not None and [*held.versions] == [*versions] else None

    def keep(self, side: Side, held: HeldList) -> None:
        """Hold a list in the place of the one before."""
        self._by_side[side] = held
