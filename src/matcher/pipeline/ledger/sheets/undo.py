"""Past imports of edited ledgers, and undoing one."""

from matcher.domain.access import Principal, Right
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.errors import Conflict, NotFound
from matcher.files.ledger_sheet import FILLED_IN
from matcher.pipeline import cursors
from matcher.pipeline.answers import Page
from matcher.pipeline.idempotency import Request, done_once
from matcher.pipeline.ledger.edits import assigned
from matcher.pipeline.ledger.sheets.answers import (
    KeptEntry,
    LedgerUndoAnswer,
    PastLedgerImport,
    RestoredCell,
)
from matcher.pipeline.ledger.sheets.refusals import NOT_ASSIGNED
from matcher.pipeline.ledger.sheets.rows import cell_of
from matcher.pipeline.lists.parks import get_park
from matcher.store import grades, human_columns, ledger, ledger_imports
from matcher.store.database import Database, Transaction
from matcher.store.ledger_imports import HeldImport
from matcher.store.records import work_from_record, work_to_record


def list_imports(
    database: Database,
    principal: Principal,
    *,
    park_code: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[PastLedgerImport]:
    """Past imports of edited ledgers in the caller's scope, newest first.

    Raises:
        InvalidCursor: it is not one of this list's.
        NotFound: the park is not in scope.
        Forbidden: the caller may not see parks' data.
    """
    principal.require(Right.READ_PARK)
    before = cursors.before_id("ledger-imports", cursor)
    park_id = None if park_code is None else get_park(database, park_code, principal.scope).id
    with database.reading() as session:
        made = ledger_imports.page(session, principal.scope, park_id=park_id, before=before, limit=limit + 1)
    shown, following = cursors.cut(made, limit, lambda held: cursors.encode("ledger-imports", held.id))
    items = [PastLedgerImport.made_of(held, import_id=held.id) for held in shown]
    return Page[PastLedgerImport](items=items, next_cursor=following)


def undo_import(database: Database, request: Request, import_id: int) -> LedgerUndoAnswer:
    """Put back the columns that an import changed, on every entry that nobody has changed since.

    The others keep what they say and are reported as conflicts. Where nothing could be put back, or entries
    are not the caller's to work on, others may still undo the import; a grade that is put back is kept as a
    grade of its own.

    Raises:
        NotFound: no such import in the caller's scope.
        Forbidden: the caller may not work the ledger.
        Conflict: it is undone already.
    """
    request.principal.require(Right.WORK_LEDGER)

    def write(session: Transaction) -> LedgerUndoAnswer:
        done = ledger_imports.find(session, import_id, request.principal.scope)
        if done is None:
            raise NotFound(f"没有编号为 {import_id} 的台账导入。", f"there is no ledger import {import_id}.")
        if done.undone_at is not None:
            raise Conflict(
                f"台账导入 {import_id} 已经撤销过。", f"the ledger import {import_id} is undone already."
            )
        return _undo(session, request, done)

    return done_once(database, request, LedgerUndoAnswer, write)


def _undo(session: Transaction, request: Request, done: HeldImport) -> LedgerUndoAnswer:
    held = ledger.entries(session, request.principal.scope, EntryFilter(park_id=done.park_id))
    entries = {entry.id: entry for entry in held}
    act = human_columns.Act(request.principal.name, request.now, "undo", "workbook", done.id)
    changes: list[RestoredCell] = []
    conflicts: list[KeptEntry] = []
    restored = withheld = 0
    for change in ledger_imports.changes_of(session, done):
        entry = entries[change.entry_id]
        former = work_from_record(work_to_record(entry.work) | dict(change.former))
        mine = assigned(request.principal, entry.work) or assigned(request.principal, former)
        if entry.human_version != change.version or not mine:
            conflicts.append(_kept(entry, mine=mine))
            withheld += not mine
            continue
        if "grade" in change.former and former.grade is not None:
            grades.add(session, entry, former, by=request.principal.name, at=request.now)
        human_columns.write(session, entry, former, act)
        restored += 1
        changes += [
            RestoredCell(
                entry_id=entry.id,
                field=column.name,
                heading=column.zh,
                before=cell_of(column, entry.work),
                after=cell_of(column, former),
            )
            for column in FILLED_IN
            if column.name in change.former
        ]
    if restored and not withheld:
        ledger_imports.close(session, done, request.now)
    return LedgerUndoAnswer(import_id=done.id, rows_restored=restored, changes=changes, conflicts=conflicts)


def _kept(entry: EntryView, *, mine: bool) -> KeptEntry:
    return KeptEntry(
        entry_id=entry.id,
        changed_by=entry.updated_by,
        changed_at=entry.updated_at,
        reason="此次导入之后该条又被修改，保留现状。" if mine else NOT_ASSIGNED.reason,
        reason_en="changed since this import: kept as it is." if mine else NOT_ASSIGNED.reason_en,
    )
