"""An edited ledger read back: compared cell by cell, written in one transaction, and undone as a whole."""

from matcher.domain.access import Right
from matcher.files.ledger_reading import read_ledger
from matcher.pipeline.idempotency import Request, done_once
from matcher.pipeline.ledger.sheets.answers import LedgerImportAnswer
from matcher.pipeline.ledger.sheets.comparison import Comparison
from matcher.pipeline.ledger.sheets.rearranged import rearranged
from matcher.pipeline.ledger.sheets.refusals import strange_column
from matcher.pipeline.lists.parks import get_park
from matcher.ports import Progress, silent
from matcher.store import grades, human_columns, ledger_imports
from matcher.store.database import Database, Transaction


def import_ledger(
    database: Database,
    request: Request,
    park_code: str,
    file: str,
    content: bytes,
    *,
    dry_run: bool = False,
    progress: Progress = silent,
) -> LedgerImportAnswer:
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

    def done(session: Transaction) -> LedgerImportAnswer:
        comparison = Comparison(session, request, park.id, rows)
        comparison.read(progress)
        import_id = None
        if comparison.edited and not dry_run:
            import_id = _write(session, request, park.id, file, comparison)
        return LedgerImportAnswer(
            import_id=import_id,
            dry_run=dry_run,
            park=park.code,
            file=file,
            **comparison.counts,
            changes=comparison.changes,
            conflicts=comparison.conflicts,
            rejected=comparison.rejected,
            ignored=[*map(strange_column, strange), *comparison.ignored],
            doubtful=tuple(rearranged(comparison.changes)),
        )

    if not dry_run:
        return done_once(database, request, LedgerImportAnswer, done)
    with database.reading() as session:
        return done(session)


def _write(session: Transaction, request: Request, park_id: int, file: str, comparison: Comparison) -> int:
    """Write what the sheet's rows changed; returns the import's id."""
    by, at = request.principal.name, request.now
    counts = {**comparison.counts, "cells": len(comparison.changes)}
    import_id = ledger_imports.add(session, park_id, file, counts, by=by, at=at)
    act = human_columns.Act(by, at, ledger_imports.IMPORT, "workbook", import_id)
    for edited in comparison.edited.values():
        if edited.graded:
            grades.add(session, edited.entry, edited.work, by=by, at=at)
        human_columns.write(session, edited.entry, edited.work, act)
    return import_id
