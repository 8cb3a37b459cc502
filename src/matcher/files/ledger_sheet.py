"""The ledger's sheet: its columns, shared by writing and reading, and what each cell of a row says."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache

from matcher.domain.columns import GRADES, MACHINE, ORIGINAL, PEOPLE, Column, Kind, View, Work, Writer
from matcher.domain.labels import label
from matcher.domain.text import fold
from matcher.files.safe_cells import plain

Value = str | float | date | None
"""What a cell holds; None is a blank one."""


COLUMNS = tuple(
    sorted(
        (column for column in MACHINE + PEOPLE if View.SHEET in column.views),
        key=lambda column: column.hidden,
    )
)
"""Every column of the sheet, in the order they are written: the machine's, people's, the hidden ones."""

_MACHINES = sum(1 for column in COLUMNS if column in MACHINE and not column.hidden)

FILLED_IN = tuple(column for column in COLUMNS if column.filled_in)
"""What people fill in; an import reads these."""

KEPT = tuple(column for column in COLUMNS[1:] if not column.filled_in and not column.hidden)
"""What people are not to change; the position is left out, for it belongs to no entry."""

ADDED_LATER = frozenset({"reason", "band"}) | {
    column.name for column in MACHINE if "_contact_" in column.name
}
"""Machine columns that sheets written by earlier versions lack."""

_ORIGINAL_WIDTH = 20
_ORIGINAL_STARTS = tuple(fold(start) for start in ORIGINAL.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One ledger entry as it is printed; `band`, `standing` and `cause` are labels, not
    codes.

    `version` is that of the human columns, `work`. `original` is what the lists say in columns of their own,
    by heading; each heading starts as `ORIGINAL` says of its side.
    """

    entry_id: int
    version: int
    work: Work
    rank: int | None
    demand_code: str
    demand_title: str
    enterprise: str
    achievement_code: str
    achievement_title: str
    organisation: str
    industry: str
    similarity: float | None
    score: float | None
    probability: float | None
    band: str
    terms: str
    reason: str
    standing: str
    cause: str
    run_id: int | None
    first_seen: date
    demand_contact_name: str = ""
    demand_contact_phone: str = ""
    demand_contact_email: str = ""
    achievement_contact_name: str = ""
    achievement_contact_phone: str = ""
    achievement_contact_email: str = ""
    original: Mapping[str, str] = field(default_factory=dict)


def sheet_columns(original: Iterable[str] = ()) -> tuple[Column, ...]:
    """The columns of a sheet: after the machine's those of the lists' own, demands' first.

    `original` are the headings of the lists' own columns that rows have (`LedgerRow.original`).
    """
    own = [
        Column(heading, heading, Writer.RUN, name=heading, width=_ORIGINAL_WIDTH)
        for start in ORIGINAL.values()
        for heading in dict.fromkeys(original)
        if heading.startswith(start)
    ]
    return (*COLUMNS[:_MACHINES], *own, *COLUMNS[_MACHINES:])


def is_original(heading: str) -> bool:
    """Whether a heading is that of a list's own column, which is shown and never read back."""
    return fold(heading).startswith(_ORIGINAL_STARTS)


def choices(column: Column) -> tuple[str, ...]:
    """The drop-down of a column of choices; empty for any other."""
    if column.kind is Kind.GRADE:
        return tuple(str(grade) for grade in GRADES)
    return () if column.codes is None else tuple(label(code, "zh") for code in column.codes)


def human_value(column: Column, work: Work) -> Value:
    """What a human column's cell says of these columns; choices are shown by their labels."""
    value = getattr(work, column.name)
    if isinstance(value, StrEnum):
        return label(value, "zh")
    return value or None if isinstance(value, str) else value


def values_of(position: int, row: LedgerRow) -> dict[str, Value]:
    """Every cell of a row, by column."""
    values: dict[str, Value] = {column.name: human_value(column, row.work) for column in FILLED_IN}
    machine: dict[str, Value] = {
        column.name: getattr(row if column.written_by is Writer.RUN else row.work, column.name)
        for column in KEPT
    }
    cells = {name: cell_text(value) for name, value in machine.items()}
    return {
        "position": position,
        **machine,
        **row.original,
        **values,
        "entry_id": row.entry_id,
        "version": row.version,
        "check": checksum(row.entry_id, cells),
    }


def cell_text(value: Value) -> str:
    """A cell's value as text: dates as 2027-12-31, whole numbers without “.0”, a blank as nothing."""
    match value:
        case None:
            return ""
        case date():
            return value.isoformat()
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case _:
            return str(value)


def same_machine_cell(left: str, right: str) -> bool:
    """Whether two texts of a machine column's cell say the same, however a program has saved them."""
    return _comparable(left) == _comparable(right)


def checksum(entry_id: int, cells: Mapping[str, str]) -> str:
    """What the machine's cells of a row say, in short; it shows whether someone has changed one."""
    there = [column.name for column in KEPT if column.name in cells or column.name not in ADDED_LATER]
    parts = [str(entry_id), *(_comparable(cells.get(name, "")) for name in there)]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


UNKNOWN = "—"

_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T].*)?")


@lru_cache(maxsize=1 << 12)
def _comparable(text: str) -> str:
    """A cell's text without what saving does to it; a spreadsheet keeps 15 digits of a figure."""
    text = in_gbk(plain(text)).strip()
    if text == UNKNOWN:
        return ""
    if day := _DATE.fullmatch(text):
        return f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}"
    try:
        return f"{float(f'{float(text):.15g}'):.3f}"
    except ValueError:
        return text


def in_gbk(text: str) -> str:
    """The text as spreadsheet programs save a CSV file in GBK: “?” for what that cannot hold."""
    if _fits(text):
        return text
    return "".join(sign if _fits(sign) else "?" * (2 if ord(sign) > 0xFFFF else 1) for sign in text)


def _fits(text: str) -> bool:
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True
