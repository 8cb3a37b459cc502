"""What reading a list gives: good rows, rejected rows, and every problem by sheet, row and column."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from matcher.domain.listing import Achievement, Demand
from matcher.files.read_columns import ReadTable
from matcher.files.skipped import Skipped
from matcher.files.table_notes import NO_NOTES, TableNotes

Severity = Literal["rejected", "doubtful"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file, a row or a cell: the reason and the remedy, in both languages.

    `row` counts from 1 as a spreadsheet program shows it (the line, in JSONL); None means the whole sheet
    or file. `column` is letter and heading, such as “H 拟转化金额（万）”, or the key in JSONL. `rejected`
    means that the row (or file) was not imported, `doubtful` that it was, without what is in doubt.
    """

    file: str
    sheet: str
    row: int | None
    column: str
    code: str
    message: str
    severity: Severity
    message_en: str

    def as_json(self) -> dict[str, Any]:
        """The stable JSON form."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not imported: its original cells by heading, why, and what holds for its whole table."""

    file: str
    sheet: str
    row: int
    cells: Mapping[str, str]
    problem: Problem
    notes: TableNotes = NO_NOTES


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A good row: the listing it states, its original cells by heading, and what holds for its table."""

    file: str
    sheet: str
    row: int
    listing: Achievement | Demand
    cells: Mapping[str, str]
    notes: TableNotes = NO_NOTES

    def problem(self, code: str, zh: str, en: str, *, severity: Severity, column: str = "") -> Problem:
        """A problem of this row."""
        return Problem(self.file, self.sheet, self.row, column, code, zh, severity, en)

    def reject(self, problem: Problem) -> RejectedRow:
        """This row as one that is not imported after all."""
        return RejectedRow(self.file, self.sheet, self.row, self.cells, problem, self.notes)


@dataclass(frozen=True, slots=True)
class ParsedList:
    """One file, read. `problems` holds every problem, those of rejected rows included.

    `read` counts the rows found: good, rejected and skipped as duplicates. `tables` says what became of
    every column. `skipped` are the rows and columns that are no items or are hidden, which `read` does not
    count; `held_back` are the identities that such rows state, whose listings are to stay as they are.
    """

    rows: tuple[ParsedRow, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    read: int = 0
    tables: tuple[ReadTable, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    held_back: frozenset[str] = frozenset()
