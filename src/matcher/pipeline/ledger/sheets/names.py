"""Whether the names in a row of an edited sheet are those of its entry, another one's, or leave that open.

After sorting or pasting some of the columns, the hidden entry id stands beside another pair's names. A name
is a listing's where it has it now or ever had it, so that a listing renamed since the export stays the one it
is; names side by side are to be those of one of its revisions. A blank cell names nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
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

NAMING = tuple(name for cells in _CELLS.values() for name in cells)
"""Every cell that names a side of a pair."""

_LONGEST_SHOWN = 40

_Name = tuple[str, str, str]
"""Title, code and organisation; "" is a blank."""

_Cell = tuple[int, str]
"""One of a name's parts, by its place in it."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the listings of one side are or were called, in the form in which names are compared.

    `names` gives each listing's names, `having` the listings that have one part of a name.
    """

    names: Mapping[int, AbstractSet[_Name]]
    having: Mapping[_Cell, AbstractSet[int]]

    @classmethod
    def of(cls, names: Mapping[int, AbstractSet[_Name]]) -> "_Known":
        having: defaultdict[_Cell, set[int]] = defaultdict(set)
        for listing, its_names in names.items():
            for name in its_names:
                for cell in enumerate(name):
                    having[cell].add(listing)
        return cls(names, dict(having))

    def called(self, said: _Name) -> AbstractSet[int]:
        """The listings that may be meant: with every part that is said in one of their names.

        Beside a title, a code or an organisation that no listing ever had was typed over, and tells nothing.
        """
        cells = {(place, text) for place, text in enumerate(said) if text}
        if said[0]:
            cells = {cell for cell in cells if cell[0] == 0 or cell in self.having}
        if not cells:
            return self.names.keys()
        having_all = set[int].intersection(*(set(self.having.get(cell, ())) for cell in cells))
        return {
            listing
            for listing in having_all
            if any(cells <= set(enumerate(name)) for name in self.names[listing])
        }


class PairNames:
    """The names of a park's entries, beside which the rows of a sheet are held."""

    def __init__(self, session: Transaction, park_id: int, entries: Sequence[EntryView]) -> None:
        self._session = session
        self._entries = entries
        self._shelves = {Side.DEMAND: Shelf(Side.DEMAND, park_id=park_id), Side.SUPPLY: Shelf(Side.SUPPLY)}

    def contradicts(self, row: ReadRow, entry: EntryView) -> bool:
        """Whether the row names another pair than `entry` on either side."""
        return any(_side_of(entry, side)[0] not in self._called(row, side) for side in Side)

    def lacking(self, row: ReadRow, entry: EntryView) -> list[str] | None:
        """The blank or missing cells for want of which other listings of the ledger may be meant as well.

        None where the row names the sides of `entry` and no others.
        """
        open_sides = [side for side in _CELLS if self._called(row, side) != {_side_of(entry, side)[0]}]
        if not open_sides:
            return None
        return [name for side in open_sides for name in _CELLS[side] if not row.cells.get(name)]

    def _called(self, row: ReadRow, side: Side) -> AbstractSet[int]:
        title, code, organisation = (_comparable(row.cells.get(name, "")) for name in _CELLS[side])
        return self._known[side].called((title, code, organisation))

    @cached_property
    def _known(self) -> Mapping[Side, _Known]:
        """What the listings of the ledger are or were called; read where the first row needs it."""
        return {side: _Known.of(self._names(side)) for side in Side}

    def _names(self, side: Side) -> Mapping[int, AbstractSet[_Name]]:
        names: defaultdict[int, set[_Name]] = defaultdict(set)
        for entry in self._entries:
            listing, name = _side_of(entry, side)
            names[listing].add(_form(name))
        for listing, former in revisions.names(self._session, self._shelves[side], names.keys()).items():
            names[listing] |= {_form(name) for name in former}
        return names


def is_nameless(row: ReadRow) -> bool:
    """Whether the sheet lacks every column that names a side."""
    return not any(name in row.cells for name in NAMING)


def shown_pairs(row: ReadRow, entry: EntryView) -> tuple[str, str]:
    """The pair as the row names it and as its entry does, contacts masked.

    Titles tell pairs apart; codes and organisations are shown where titles do not.
    """
    said: list[str] = []
    meant: list[str] = []
    for side in _CELLS:
        title, code, organisation = (row.cells.get(name, "") for name in _CELLS[side])
        name = _side_of(entry, side)[1]
        whole = _comparable(title) in ("", _comparable(name[0]))
        said.append(_shown((title, code, organisation), whole=whole))
        meant.append(_shown(name, whole=whole))
    return " × ".join(said), " × ".join(meant)


def _shown(name: _Name, *, whole: bool) -> str:
    title, code, organisation = (_cut(part) for part in name)
    beside = "，".join(filter(None, (code, organisation))) if whole else ""
    if title and beside:
        return f"{title}（{beside}）"
    return title or beside or "未写名称"


def _cut(text: str) -> str:
    return mask_contacts(text.strip())[:_LONGEST_SHOWN]


def _side_of(entry: EntryView, side: Side) -> tuple[int, _Name]:
    """The listing on a side of an entry, and what it is called."""
    if side is Side.DEMAND:
        return entry.demand_id, (entry.demand_title, entry.demand_code, entry.demand_organisation)
    return entry.achievement_id, (
        entry.achievement_title,
        entry.achievement_code,
        entry.achievement_organisation,
    )


def _form(name: Iterable[str]) -> _Name:
    title, code, organisation = (_comparable(mask_contacts(part)) for part in name)
    return title, code, organisation


def _comparable(text: str) -> str:
    """A name without what saving, widths and white space do to it; contacts are hidden as in an export."""
    return fold(in_gbk(plain(mask_contacts(text))))
