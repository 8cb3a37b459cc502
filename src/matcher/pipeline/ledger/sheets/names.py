"""Whether a row of an edited sheet names the pair of its entry, or another one.

After sorting or pasting some of the columns, the hidden entry id stands beside another pair's names. A name
is the entry's where its listing has it now or ever had it, so that a listing renamed since the export stays
the one it is. A blank cell names nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from matcher.domain.entries import EntryView
from matcher.domain.listing import Side
from matcher.domain.text import fold, mask_contacts
from matcher.files.ledger_reading import ReadRow
from matcher.files.ledger_sheet import in_gbk
from matcher.files.safe_cells import plain
from matcher.store import revisions
from matcher.store.catalogue import Shelf
from matcher.store.database import Transaction

_CELLS: Mapping[Side, tuple[str, str, str]] = {
    Side.DEMAND: ("demand_title", "demand_code", "enterprise"),
    Side.SUPPLY: ("achievement_title", "achievement_code", "organisation"),
}
"""The cells that name a side: title, code, organisation."""

TITLES = tuple(cells[0] for cells in _CELLS.values())


@dataclass(frozen=True, slots=True)
class _Named:
    """What a side is called, in the form in which names are compared; "" is a blank."""

    title: str
    code: str
    organisation: str

    @classmethod
    def of(cls, title: str, code: str, organisation: str) -> "_Named":
        return cls(_comparable(title), _comparable(code), _comparable(organisation))


class PairNames:
    """The names of a park's entries, beside which the rows of a sheet are held."""

    def __init__(self, session: Transaction, park_id: int, entries: Sequence[EntryView]) -> None:
        self._session = session
        self._entries = entries
        self._shelves = {Side.DEMAND: Shelf(Side.DEMAND, park_id=park_id), Side.SUPPLY: Shelf(Side.SUPPLY)}
        self._former: dict[tuple[Side, int], frozenset[_Named]] = {}

    def contradicts(self, row: ReadRow, entry: EntryView) -> bool:
        """Whether the row names another pair than `entry` on either side."""
        return any(self._is_another(row, side, entry) for side in Side)

    def _is_another(self, row: ReadRow, side: Side, entry: EntryView) -> bool:
        said = _Named.of(*(row.cells.get(name, "") for name in _CELLS[side]))
        listing, current = _side_of(entry, side)
        if said == current:
            return False
        known = self._had(side, listing) | {current}
        if said.title:
            if said.title not in {name.title for name in known}:
                return True
            return said not in known and self._others[side].get(said, listing) != listing
        strange_code = said.code and said.code not in {name.code for name in known}
        organisations = {name.organisation for name in known}
        return bool(strange_code or (said.organisation and said.organisation not in organisations))

    def _had(self, side: Side, listing: int) -> frozenset[_Named]:
        """Every name that a listing has had."""
        if (side, listing) not in self._former:
            names = revisions.names(self._session, self._shelves[side], listing)
            self._former[side, listing] = frozenset(_Named.of(*map(mask_contacts, name)) for name in names)
        return self._former[side, listing]

    @cached_property
    def _others(self) -> Mapping[Side, Mapping[_Named, int]]:
        """Which listing of the ledger is called so, on each side."""
        return {
            side: {name: listing for listing, name in (_side_of(entry, side) for entry in self._entries)}
            for side in Side
        }


def shown_pair(row: ReadRow) -> str:
    """The pair as the row names it, contacts masked."""
    return _pair(row.cells.get(name, "") for name in TITLES)


def shown_entry(entry: EntryView) -> str:
    """The pair as its entry names it, contacts masked."""
    return _pair((entry.demand_title, entry.achievement_title))


def _pair(titles: Iterator[str] | tuple[str, ...]) -> str:
    return " × ".join(mask_contacts(title.strip())[:40] or "（空）" for title in titles)


def _side_of(entry: EntryView, side: Side) -> tuple[int, _Named]:
    if side is Side.DEMAND:
        names = entry.demand_title, entry.demand_code, entry.demand_organisation
        return entry.demand_id, _Named.of(*map(mask_contacts, names))
    names = entry.achievement_title, entry.achievement_code, entry.achievement_organisation
    return entry.achievement_id, _Named.of(*map(mask_contacts, names))


def _comparable(text: str) -> str:
    """A name without what saving, widths and white space do to it; contacts are hidden as in an export."""
    return fold(in_gbk(plain(mask_contacts(text))))
