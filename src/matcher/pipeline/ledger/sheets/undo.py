"""Past imports of edited ledgers, and undoing one."""

from typing import Any

from matcher.domain.access import Principal, Right
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.errors import Conflict, NotFound
from matcher.files.ledger_sheet import FILLED_IN
from matcher.pipeline.idempotency import Request, once
from matcher.pipeline.ledger.edits import assigned
from matcher.pipeline.ledger.sheets.importing import put
from matcher.pipeline.ledger.sheets.refusals import NOT_ASSIGNED
from matcher.pipeline.ledger.sheets.rows import shown
from matcher.pipeline.lists.parks import get_park
from matcher.store import grades, ledger, ledger_imports
from matcher.store.database import Database, Transaction
from matcher.store.records import work_from_record, work_to_record
from matcher.store.tables import LedgerImport


def list_imports(
    database: Database,
    principal: Principal,
    *,
    park_code: str | None = None,
    before: int | None = None,
    limit: int = 20,
) -> list[dict[str, Any]]:
    """Past imports of edited ledgers in the caller's scope, newest first.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not see parks' data.
    """
    principal.require(Right.READ_PARK)
    park_id = None if park_code is None else get_park(database, park_code, principal.scope).id
    with database.reading() as session:
        found = ledger_imports.page(session, principal.scope, park_id=park_id, before=before, limit=limit)
        return [
            {
                "import_id": record.id,
                "park": code,
                "file": record.file,
                "counts": record.counts,
                "actor": record.actor,
                "created_at": record.created_at.isoformat(),
                "undone_at": None if record.undone_at is None else record.undone_at.isoformat(),
            }
            for record, code in found
        ]


def undo_import(database: Database, request: Request, import_id: int) -> dict[str, Any]:
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

    def write(session: Transaction) -> dict[str, Any]:
        record = ledger_imports.find(session, import_id, request.principal.scope)
        if record is None:
            raise NotFound(f"没有编号为 {import_id} 的台账导入。", f"there is no ledger import {import_id}.")
        if record.undone_at is not None:
            raise Conflict(
                f"台账导入 {import_id} 已经撤销过。", f"the ledger import {import_id} is undone already."
            )
        return _undo(session, request, record)

    return once(database, request, write)


def _undo(session: Transaction, request: Request, record: LedgerImport) -> dict[str, Any]:
    found = ledger.entries(session, request.principal.scope, EntryFilter(park_id=record.park_id))
    entries = {entry.id: entry for entry in found}
    changes: list[dict[str, Any]] = []
    conflicts: list[dict[str, Any]] = []
    restored = withheld = 0
    for change in ledger_imports.changes_of(session, record):
        entry = entries[change.entry_id]
        former = {name: before for name, (before, _) in change.changes.items()}
        before = work_from_record(work_to_record(entry.work) | former)
        mine = assigned(request.principal, entry.work) or assigned(request.principal, before)
        if entry.human_version != change.version or not mine:
            conflicts.append(_kept(entry, mine=mine))
            withheld += not mine
            continue
        if "grade" in former and before.grade is not None:
            grades.add(session, entry, before, by=request.principal.name, at=request.now)
        put(session, request, entry, before, "undo", record.id)
        restored += 1
        changes += [
            {
                "entry_id": entry.id,
                "field": column.name,
                "heading": column.zh,
                "before": shown(column.name, entry.work),
                "after": shown(column.name, before),
            }
            for column in FILLED_IN
            if column.name in former
        ]
    if restored and not withheld:
        record.undone_at = request.now
    return {
        "import_id": record.id,
        "rows_restored": restored,
        "changes": changes,
        "conflicts": conflicts,
    }


def _kept(entry: EntryView, *, mine: bool) -> dict[str, Any]:
    return {
        "entry_id": entry.id,
        "changed_by": entry.updated_by,
        "changed_at": None if entry.updated_at is None else entry.updated_at.isoformat(),
        "reason": "此次导入之后该条又被修改，保留现状。" if mine else NOT_ASSIGNED.reason,
        "reason_en": "changed since this import: kept as it is." if mine else NOT_ASSIGNED.reason_en,
    }
