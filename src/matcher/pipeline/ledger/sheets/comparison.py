"""The rows of an edited sheet beside the park's entries: what is to be written, and what is not and why.

A row is to be written whole or not at all: not where someone has changed its entry since the sheet was
written (a conflict), nor where a cell breaks a rule (rejected). Changed cells of the machine's columns are
ignored.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from matcher.domain.columns import Work
from matcher.domain.days import beijing_day
from matcher.domain.entries import EntryFilter, EntryView
from matcher.files.ledger_reading import ReadRow
from matcher.files.ledger_sheet import FILLED_IN
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.edits import assigned
from matcher.pipeline.ledger.explanations import lines
from matcher.pipeline.ledger.sheets.answers import CellChange, CellConflict, CellRefusal
from matcher.pipeline.ledger.sheets.names import TITLES, PairNames, is_nameless, shown_pairs
from matcher.pipeline.ledger.sheets.refusals import (
    COLUMN_OF,
    DOUBLED,
    NAMELESS,
    NOT_ASSIGNED,
    UNKNOWN_ENTRY,
    UNKNOWN_VERSION,
    Refusal,
    another_entry,
    any_of_several,
    machine_cell,
    names_missing,
    place_of,
    refused,
)
from matcher.pipeline.ledger.sheets.rows import (
    GRADED,
    applied,
    cell_of,
    edits_of,
    is_intact,
    machine_edits,
)
from matcher.ports import Progress
from matcher.store import human_columns, ledger, ledger_imports
from matcher.store.database import Transaction
from matcher.store.records import work_from_record, work_to_record

_ROWS_BETWEEN_REPORTS = 200


class Outcome(StrEnum):
    """What becomes of a row."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CONFLICTING = "conflicting"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Edited:
    """An entry that a row changes, and the columns that it makes."""

    entry: EntryView
    work: Work
    graded: bool


class Comparison:
    """What a sheet's rows make of a park's entries, as one transaction reads them; nothing is written."""

    def __init__(self, session: Transaction, request: Request, park_id: int, rows: Sequence[ReadRow]) -> None:
        self._session = session
        self._request = request
        self._rows = rows
        held = ledger.entries(session, request.principal.scope, EntryFilter(park_id=park_id))
        self._entries = {entry.id: entry for entry in held}
        self._names = PairNames(session, park_id, held)
        self._bases = self._read_bases()
        self._doubled = _doubled(rows)
        self._erased = ledger_imports.last_erasures(session, park_id)
        self.outcomes: Counter[Outcome] = Counter()
        self.edited: dict[int, Edited] = {}
        self.changes: list[CellChange] = []
        self.conflicts: list[CellConflict] = []
        self.rejected: list[CellRefusal] = []
        self.ignored: list[CellRefusal] = _unnamed(rows)

    def read(self, progress: Progress) -> None:
        """Compare every row with its entry."""
        for number, row in enumerate(self._rows, start=1):
            self.outcomes[self._outcome(row)] += 1
            if number % _ROWS_BETWEEN_REPORTS == 0 or number == len(self._rows):
                progress("compare rows", number, len(self._rows))

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are, and what becomes of them."""
        return {"rows": len(self._rows)} | {f"rows_{outcome}": self.outcomes[outcome] for outcome in Outcome}

    @cached_property
    def _reasons(self) -> Mapping[int, str]:
        """Every entry's line of reasons as it is now; read where a machine's cell seems changed."""
        return lines(self._session, self._request.principal.scope, list(self._entries.values()))

    def _read_bases(self) -> Mapping[int, Work]:
        """The columns that the sheet was written from, of entries that have changed since."""
        versions = {}
        for row in self._rows:
            entry, version = self._entry_of(row), row.number("version")
            if entry is not None and version is not None and version < entry.human_version:
                versions[entry.id] = version
        return human_columns.at_versions(self._session, self._request.principal.scope, versions)

    def _entry_of(self, row: ReadRow) -> EntryView | None:
        entry_id = row.number("entry_id")
        return None if entry_id is None else self._entries.get(entry_id)

    def _outcome(self, row: ReadRow) -> Outcome:
        entry, version = self._entry_of(row), row.number("version")
        if is_nameless(row):
            return self._reject(row, row.number("entry_id"), NAMELESS)
        if entry is None:
            return self._reject(row, row.number("entry_id"), UNKNOWN_ENTRY)
        if version is None or version > entry.human_version:
            return self._reject(row, entry.id, UNKNOWN_VERSION)
        if entry.id in self._doubled:
            return self._reject(row, entry.id, DOUBLED)
        if not is_intact(row, entry.id) and (refusal := self._misnamed(row, entry)) is not None:
            return self._reject(row, entry.id, refusal)
        machine = machine_edits(row, entry, lambda: self._reasons[entry.id])
        self.ignored += [refused(row, entry.id, machine_cell(column)) for column in machine]
        base = entry.work if version == entry.human_version else self._bases[entry.id]
        edits, refusals = edits_of(row, base)
        if refusals:
            return self._reject(row, entry.id, *refusals)
        new = {name: value for name, value in edits.items() if value != getattr(entry.work, name)}
        if not new:
            return Outcome.UNCHANGED
        if base != entry.work or self._erased.get(entry.id, 0) > version:
            return self._conflict(row, entry, base, new)
        return Outcome.UNCHANGED if entry.id in self.edited else self._edit(row, entry, new)

    def _misnamed(self, row: ReadRow, entry: EntryView) -> Refusal | None:
        """Why the names in a row are not surely those of its entry; None where they are."""
        if self._names.contradicts(row, entry):
            return another_entry(entry.id, *shown_pairs(row, entry))
        lacking = self._names.lacking(row, entry)
        if lacking is None:
            return None
        return any_of_several(entry.id, shown_pairs(row, entry)[0], [COLUMN_OF[name].zh for name in lacking])

    def _reject(self, row: ReadRow, entry_id: int | None, *refusals: Refusal) -> Outcome:
        self.rejected += [refused(row, entry_id, refusal) for refusal in refusals]
        return Outcome.REJECTED

    def _conflict(self, row: ReadRow, entry: EntryView, base: Work, edits: Mapping[str, Any]) -> Outcome:
        yours = work_from_record(work_to_record(base) | dict(edits))
        self.conflicts += [
            CellConflict(
                **place_of(row, name, entry.id),
                base=cell_of(COLUMN_OF[name], base),
                yours=cell_of(COLUMN_OF[name], yours),
                theirs=cell_of(COLUMN_OF[name], entry.work),
                changed_by=entry.updated_by,
                changed_at=entry.updated_at,
            )
            for name in edits
        ]
        return Outcome.CONFLICTING

    def _edit(self, row: ReadRow, entry: EntryView, edits: Mapping[str, Any]) -> Outcome:
        if not assigned(self._request.principal, entry.work):
            return self._reject(row, entry.id, NOT_ASSIGNED)
        work = applied(entry.work, edits, beijing_day(self._request.now))
        if isinstance(work, Refusal):
            return self._reject(row, entry.id, work)
        self.edited[entry.id] = Edited(entry, work, graded=bool(edits.keys() & GRADED))
        self.changes += [
            CellChange(
                **place_of(row, column.name, entry.id),
                before=cell_of(column, entry.work),
                after=cell_of(column, work),
            )
            for column in FILLED_IN
            if getattr(entry.work, column.name) != getattr(work, column.name)
        ]
        return Outcome.CHANGED


def _doubled(rows: Sequence[ReadRow]) -> frozenset[int]:
    """The ids of entries that the sheet holds several times, in rows that differ."""
    rows_of: defaultdict[int, set[tuple[Any, ...]]] = defaultdict(set)
    for row in rows:
        entry_id = row.number("entry_id")
        if entry_id is not None:
            rows_of[entry_id].add((row.number("version"), *sorted(row.human.items())))
    return frozenset(entry_id for entry_id, different in rows_of.items() if len(different) > 1)


def _unnamed(rows: Sequence[ReadRow]) -> list[CellRefusal]:
    """The columns of titles that a sheet with rows lacks, said once for each sheet."""
    first: dict[str, ReadRow] = {}
    for row in rows:
        first.setdefault(row.sheet, row)
    return [
        names_missing(sheet, row.row, [COLUMN_OF[name].zh for name in TITLES if name not in row.cells])
        for sheet, row in first.items()
        if any(name not in row.cells for name in TITLES)
    ]
