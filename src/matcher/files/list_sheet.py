"""A list as a sheet, under the headings it arrived with: which columns, and what each cell says.

What is written reads back as the same listings. A field that no column takes gets one of its own, with a
heading by which it is known.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import chain, count
from typing import Any

from matcher.domain.labels import label
from matcher.domain.list_columns import ListColumn, aliases, list_fields, vague_titles
from matcher.domain.listing import (
    Confidentiality,
    Contact,
    Demand,
    DemandKind,
    Listing,
    Maturity,
    Money,
    Side,
)
from matcher.files.contacts import ReadContact, parse_contact, read_contact, read_name, read_phone
from matcher.files.headings import field_of
from matcher.files.mapping import UNREAD
from matcher.files.report import ParsedList
from matcher.files.rows import Cell, Place, RowReader

_CONTACT = ("contact_name", "contact_phone", "contact_email")
_ALWAYS = ("title", "organisation")
"""Fields that a list has a column for, whether any listing states them: by them its header is known."""


@dataclass(frozen=True, slots=True)
class ListSheet:
    """The headings of a list, and the cells below them, row by row."""

    headings: Sequence[str]
    rows: Iterable[Sequence[str]]


def columns_read(parsed: ParsedList) -> list[ListColumn]:
    """The columns of what was read, in their order, each heading once."""
    told = {
        (column.file, column.sheet, column.heading): column
        for table in parsed.tables
        for column in table.columns
    }
    columns: dict[str, ListColumn] = {}
    for row in parsed.rows:
        for heading in row.cells:
            column = told.get((row.file, row.sheet, heading.replace("\n", "")))
            if heading not in columns and column is not None:
                ignored = column.state == "ignored" and column.maps_to is None
                field = UNREAD if ignored else column.maps_to
                columns[heading] = ListColumn(heading, field, column.by in ("map", "profile"))
    return list(columns.values())


def columns_for(side: Side, listings: Iterable[Listing], original: Sequence[ListColumn]) -> list[ListColumn]:
    """The columns that some listings of one side need; `original` are those that their list arrived with."""
    columns = [*original]
    for listing in listings:
        columns += _missing(side, listing, columns)
    for name in _ALWAYS:
        if name not in {column.field for column in columns}:
            columns.append(_own_column(side, name, columns))
    if not original:
        order = list(list_fields(side))
        columns.sort(key=lambda column: order.index(column.field) if column.field in order else len(order))
    return _known_by_themselves(side, columns) if len(columns) > len(original) else columns


def row_of(listing: Listing, columns: Sequence[ListColumn], number: int) -> list[str]:
    """A listing's cells under some columns; `number` is its place on the sheet, from 1."""
    cells, _ = _cells(listing, columns, number)
    return [cells.get(place, "") for place in range(len(columns))]


def _missing(side: Side, listing: Listing, columns: Sequence[ListColumn]) -> list[ListColumn]:
    """The columns that a listing needs beside those there are."""
    placed = _cells(listing, columns, 0)[1]
    more: list[ListColumn] = []
    for name in _stated(listing):
        if name not in placed:
            more.append(_own_column(side, name, [*columns, *more]))
    headings = {column.heading for column in columns}
    return more + [ListColumn(heading, None) for heading in listing.extra if heading not in headings]


def _own_column(side: Side, name: str, columns: Sequence[ListColumn]) -> ListColumn:
    """A column for a field, under its most usual heading that is still free."""
    taken = {column.heading for column in columns}
    usual = [
        heading
        for heading in aliases(side)[name]
        if heading not in vague_titles(side) and field_of(heading, side) == name
    ]
    numbered = (f"{usual[0]}（{number}）" for number in count(2))
    return ListColumn(next(heading for heading in chain(usual, numbered) if heading not in taken), name)


def _known_by_themselves(side: Side, columns: Sequence[ListColumn]) -> list[ListColumn]:
    """The columns with those that were mapped by hand under usual headings: a mapping is remembered of a
    whole header, and this is another one."""
    known: list[ListColumn] = []
    for place, column in enumerate(columns):
        name = column.field
        if column.by_hand and name not in (None, UNREAD) and field_of(column.heading, side) != name:
            column = _own_column(side, str(name), [*known, *columns[place:]])
        known.append(column)
    return known


def _cells(
    listing: Listing, columns: Sequence[ListColumn], number: int
) -> tuple[Mapping[int, str], frozenset[str]]:
    """The cells of a row by column, and the fields that they state."""
    cells: dict[int, str] = {}
    placed: set[str] = set()
    for place, column in enumerate(columns):
        if column.heading in listing.extra:
            rest = listing.extra[column.heading]
            text = f"{together(listing.contact)}；{rest}"
            whole = _reads_whole(text, column, ReadContact(listing.contact, rest))
            cells[place] = text if whole else rest
            placed.update(_CONTACT if whole else ())
        elif column.field == UNREAD:
            cells[place] = str(number) if field_of(column.heading, _side_of(listing)) == UNREAD else ""
        elif column.field == "contact":
            if not placed.intersection(_CONTACT) and _reads_together(listing.contact):
                cells[place] = together(listing.contact)
                placed.update(_CONTACT)
        elif column.field is not None and column.field not in placed:
            cells[place] = cell_text(listing, column)
            placed.add(column.field)
    return cells, frozenset(placed)


def _reads_whole(text: str, column: ListColumn, meant: ReadContact) -> bool:
    """Whether a cell of this column reads as the contact with what is kept beside it."""
    reads = _READS_CONTACT.get(str(column.field))
    reached = bool(meant.contact.phone or meant.contact.email)
    return reads is not None and reached and reads(text) == meant


_READS_CONTACT = {"contact": read_contact, "contact_name": read_name, "contact_phone": read_phone}


def cell_text(listing: Listing, column: ListColumn) -> str:
    """What a cell says of a listing's field, so that it reads back as the same value."""
    name = str(column.field)
    if name in _CONTACT:
        text: str = getattr(listing.contact, name.removeprefix("contact_"))
        return text
    match getattr(listing, name):
        case Money() | Maturity() as value:
            return _own_words(value, listing, column)
        case Confidentiality() | DemandKind() as code:
            return label(code, "zh")
        case bool() as yes:
            return "是" if yes else "否"
        case tuple() as terms:
            return "；".join(terms)
        case None:
            return ""
        case value:
            return str(value)


def _own_words(value: Money | Maturity, listing: Listing, column: ListColumn) -> str:
    """The list's own words of an amount or a maturity where they read back as it, else the figures."""
    side, name = _side_of(listing), str(column.field)
    reader = RowReader(Place("", "", 0), side, undecodable=False)
    cells = [("title", "0"), (name, value.text)]
    read = reader.read([Cell(column.heading, column.heading, field, text) for field, text in cells])
    return value.text if getattr(read, name, None) == value else spelt_out(value)


def spelt_out(value: Money | Maturity) -> str:
    """An amount or a maturity as a cell says it by its figures alone, such as 100万元-200万元 or TRL 5-6."""
    low, high = (None if end is None else f"{end:.15g}" for end in (value.low, value.high))
    if low is None and high is None:
        return "面议" if isinstance(value, Money) and value.negotiable else value.text
    if isinstance(value, Maturity):
        return f"TRL {low}" if low == high else f"TRL {low}-{high}"
    if low is None or high is None:
        between = f"{high}万元以下" if low is None else f"{low}万元以上"
    else:
        between = f"{low}万元" if low == high else f"{low}万元-{high}万元"
    return f"{between}，面议" if value.negotiable else between


def together(contact: Contact) -> str:
    """A contact as one cell says it."""
    return " ".join(filter(None, (contact.name, contact.phone, contact.email)))


def _reads_together(contact: Contact) -> bool:
    """Whether one cell holds a contact: it reads back, or is masked and known again by its masks."""
    text = together(contact)
    return "**" in text or parse_contact(text) == contact


def _stated(listing: Listing) -> Iterable[str]:
    """The fields in which a listing says something, as columns name them."""
    blank: Any = type(listing)(title="")
    for field in fields(listing):
        if field.name == "contact":
            yield from (name for name in _CONTACT if getattr(listing.contact, name.removeprefix("contact_")))
        elif field.name != "extra" and getattr(listing, field.name) != getattr(blank, field.name):
            yield field.name


def _side_of(listing: Listing) -> Side:
    return Side.DEMAND if isinstance(listing, Demand) else Side.SUPPLY
