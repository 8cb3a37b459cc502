"""An edited ledger read back: cell by cell, in one transaction, and undone as a whole.

A row is written whole or not at all: not where someone has changed its entry since the sheet was written
(a conflict), nor where a cell breaks a rule (rejected). Changed cells of the machine's columns are ignored.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from matcher.domain.access import Right
from matcher.domain.columns import Work
from matcher.domain.days import beijing_day
from matcher.domain.entries import EntryFilter, EntryView
from matcher.files.ledger_reading import ReadRow, read_ledger
from matcher.files.ledger_sheet import FILLED_IN
from matcher.pipeline.idempotency import Request, once
from matcher.pipeline.ledger.edits import assigned
from matcher.pipeline.ledger.explanations import lines
from matcher.pipeline.ledger.sheets.refusals import (
    ANOTHER_ENTRY,
    DOUBLED,
    NOT_ASSIGNED,
    UNKNOWN_ENTRY,
    UNKNOWN_VERSION,
    Refusal,
    machine_cell,
    place_of,
    refused,
    strange_column,
)
from matcher.pipeline.ledger.sheets.rows import (
    applied,
    edits_of,
    is_of_another_entry,
    machine_edits,
    shown,
)
from matcher.pipeline.lists.parks import get_park
from matcher.ports import Progress, silent
from matcher.store import grades, human_columns, ledger, ledger_imports
from matcher.store.database import Database, Transaction
from matcher.store.records import work_from_record, work_to_record
from matcher.store.tables import LedgerImport

_ROWS_BETWEEN_REPORTS = 200


def import_ledger(
    database: Database,
    request: Request,
    park_code: str,
    file: str,
    content: bytes,
    *,
    dry_run: bool = False,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Read an edited sheet and write what people changed in it; the answer reports every cell.

    `dry_run` reports the same and writes nothing. Cells are reported as the sheet shows them: choices by
    label, days as text, contacts masked.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not work the ledger.
        InvalidInput: the file is no sheet of the ledger.
    """
    request.principal.require(Right.WORK_LEDGER)
    park = get_park(database, park_code, request.principal.scope)
    rows, strange = read_ledger(content)
    record = LedgerImport(
        park_id=park.id,
        file=file,
        counts={},
        actor=request.principal.name,
        created_at=request.now,
    )

    def write(session: Transaction) -> dict[str, Any]:
        done = _Importer(session, request, record, progress).run(rows)
        done["ignored"] = [strange_column(column) for column in strange] + done["ignored"]
        return {
            "import_id": done.pop("import_id"),
            "dry_run": dry_run,
            "park": park.code,
            "file": file,
        } | done

    if not dry_run:
        return once(database, request, write)
    with database.writing(dry_run=True) as session:
        return write(session) | {"import_id": None}


@dataclass(slots=True)
class _Report:
    changes: list[dict[str, Any]] = field(default_factory=list)
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    ignored: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, row: ReadRow, entry_id: int | None, *refusals: Refusal) -> None:
        """Say why a row is not written."""
        self.rejected += [refused(row, entry_id, one) for one in refusals]


class _Importer:
    """One import's transaction: the park's entries, and what the sheet's rows make of them."""

    def __init__(
        self, session: Transaction, request: Request, record: LedgerImport, progress: Progress
    ) -> None:
        self.session = session
        self.request = request
        self.record = record
        self.progress = progress
        self.report = _Report()
        self.counts: Counter[str] = Counter()
        self.written: set[int] = set()
        found = ledger.entries(session, request.principal.scope, EntryFilter(park_id=record.park_id))
        self.entries = {entry.id: entry for entry in found}
        self.erased = ledger_imports.last_erasures(session, record.park_id)

    def run(self, rows: Sequence[ReadRow]) -> dict[str, Any]:
        """Write every row that may be, and record the import where one was."""
        ledger_imports.add(self.session, self.record)
        bases = self._bases(rows)
        doubled = _doubled(rows)
        for number, row in enumerate(rows, start=1):
            self.counts[self._row(row, bases, doubled)] += 1
            if number % _ROWS_BETWEEN_REPORTS == 0 or number == len(rows):
                self.progress("compare rows", number, len(rows))
        counts = {
            "rows": len(rows),
            "rows_changed": self.counts["changed"],
            "rows_unchanged": self.counts["unchanged"],
            "rows_conflicting": self.counts["conflicting"],
            "rows_rejected": self.counts["rejected"],
        }
        import_id = self.record.id if self.counts["changed"] else None
        if import_id is None:
            self.session.delete(self.record)
        else:
            self.record.counts = {**counts, "cells": len(self.report.changes)}
        return {
            "import_id": import_id,
            **counts,
            "changes": self.report.changes,
            "conflicts": self.report.conflicts,
            "rejected": self.report.rejected,
            "ignored": self.report.ignored,
        }

    @cached_property
    def _reasons(self) -> Mapping[int, str]:
        """Every entry's line of reasons as it is now; read where a machine's cell seems changed."""
        return lines(self.session, self.request.principal.scope, list(self.entries.values()))

    def _bases(self, rows: Sequence[ReadRow]) -> Mapping[int, Work]:
        """The columns that the sheet was written from, of entries that have changed since."""
        versions = {}
        for row in rows:
            entry, version = self._entry(row), row.number("version")
            if entry is not None and version is not None and version < entry.human_version:
                versions[entry.id] = version
        return human_columns.at_versions(self.session, self.request.principal.scope, versions)

    def _entry(self, row: ReadRow) -> EntryView | None:
        entry_id = row.number("entry_id")
        return None if entry_id is None else self.entries.get(entry_id)

    def _row(self, row: ReadRow, bases: Mapping[int, Work], doubled: Mapping[int, int]) -> str:
        """Write one row where it may be; says what became of it."""
        entry, version = self._entry(row), row.number("version")
        if entry is None:
            self.report.refuse(row, row.number("entry_id"), UNKNOWN_ENTRY)
            return "rejected"
        if version is None or version > entry.human_version:
            self.report.refuse(row, entry.id, UNKNOWN_VERSION)
            return "rejected"
        if doubled[entry.id] > 1:
            self.report.refuse(row, entry.id, DOUBLED)
            return "rejected"
        changed = machine_edits(row, entry, lambda: self._reasons[entry.id])
        base = entry.work if version == entry.human_version else bases[entry.id]
        edits, refusals = edits_of(row, base)
        if is_of_another_entry(row, changed):
            self.report.refuse(row, entry.id, ANOTHER_ENTRY)
            return "rejected"
        self.report.ignored += [refused(row, entry.id, machine_cell(column)) for column in changed]
        if refusals:
            self.report.refuse(row, entry.id, *refusals)
            return "rejected"
        now = {name: value for name, value in edits.items() if value != getattr(entry.work, name)}
        if not now:
            return "unchanged"
        if base != entry.work or self.erased.get(entry.id, 0) > version:
            self._conflict(row, entry, base, now)
            return "conflicting"
        return "unchanged" if entry.id in self.written else self._write(row, entry, now)

    def _write(self, row: ReadRow, entry: EntryView, edits: Mapping[str, Any]) -> str:
        if not assigned(self.request.principal, entry.work):
            self.report.refuse(row, entry.id, NOT_ASSIGNED)
            return "rejected"
        after = applied(entry.work, edits, beijing_day(self.request.now))
        if isinstance(after, Refusal):
            self.report.refuse(row, entry.id, after)
            return "rejected"
        if "grade" in edits or "grade_reason" in edits:
            grades.add(self.session, entry, after, by=self.request.principal.name, at=self.request.now)
        put(self.session, self.request, entry, after, ledger_imports.IMPORT, self.record.id)
        self.written.add(entry.id)
        self.report.changes += [
            place_of(row, column.name, entry.id)
            | {"before": shown(column.name, entry.work), "after": shown(column.name, after)}
            for column in FILLED_IN
            if getattr(entry.work, column.name) != getattr(after, column.name)
        ]
        return "changed"

    def _conflict(self, row: ReadRow, entry: EntryView, base: Work, edits: Mapping[str, Any]) -> None:
        for name, value in edits.items():
            yours = work_from_record(work_to_record(base) | {name: value})
            self.report.conflicts.append(
                place_of(row, name, entry.id)
                | {
                    "base": shown(name, base),
                    "yours": shown(name, yours),
                    "theirs": shown(name, entry.work),
                    "changed_by": entry.updated_by,
                    "changed_at": None if entry.updated_at is None else entry.updated_at.isoformat(),
                }
            )


def put(
    session: Transaction, request: Request, entry: EntryView, after: Work, act: str, import_id: int
) -> None:
    """Write an entry's human columns, as an import or its undoing does."""
    done = human_columns.Act(
        actor=request.principal.name, at=request.now, act=act, via="workbook", import_id=import_id
    )
    human_columns.write(session, entry, after, done)


def _doubled(rows: Sequence[ReadRow]) -> Mapping[int, int]:
    """Entry id → how many different rows the sheet holds of it."""
    said: defaultdict[int, set[tuple[Any, ...]]] = defaultdict(set)
    for row in rows:
        entry_id = row.number("entry_id")
        if entry_id is not None:
            said[entry_id].add((row.number("version"), *sorted(row.human.items())))
    return {entry_id: len(different) for entry_id, different in said.items()}
