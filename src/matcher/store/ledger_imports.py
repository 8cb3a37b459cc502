"""Edited ledgers that were read back, so that each can be undone as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.store.rows import from_row
from matcher.store.tables import HumanChange, LedgerImport, Park

IMPORT = "import"
ERASE = "erase"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldImport:
    """An import that is kept; `park` is the park's code, `counts` are those of its rows and changed cells."""

    id: int
    park_id: int
    park: str
    file: str
    counts: Mapping[str, int]
    actor: str
    created_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class ImportedChange:
    """What an import changed of one entry: the human version it led to, and the columns as they were."""

    entry_id: int
    version: int
    former: Mapping[str, Any]


def add(
    session: Session, park_id: int, file: str, counts: Mapping[str, int], *, by: str, at: datetime
) -> int:
    """Record an import; returns its id."""
    row = LedgerImport(park_id=park_id, file=file, counts=dict(counts), actor=by, created_at=at)
    session.add(row)
    session.flush()
    return row.id


def close(session: Session, made: HeldImport, at: datetime) -> None:
    """Record that an import is undone."""
    undone = update(LedgerImport).where(LedgerImport.id == made.id, LedgerImport.park_id == made.park_id)
    session.execute(undone.values(undone_at=at))


def find(session: Session, import_id: int, scope: Scope) -> HeldImport | None:
    """One import, in scope; it is held until the transaction ends."""
    query = _imports(scope).where(LedgerImport.id == import_id).with_for_update(of=LedgerImport)
    row = session.execute(query).first()
    return None if row is None else _held(*row)


def page(
    session: Session, scope: Scope, *, park_id: int | None, before: int | None, limit: int
) -> list[HeldImport]:
    """Imports in scope, newest first, older than the id `before`."""
    query = _imports(scope).order_by(LedgerImport.id.desc()).limit(limit)
    if park_id is not None:
        query = query.where(LedgerImport.park_id == park_id)
    if before is not None:
        query = query.where(LedgerImport.id < before)
    return [_held(row, park) for row, park in session.execute(query)]


def changes_of(session: Session, made: HeldImport) -> list[ImportedChange]:
    """What an import changed, by entry."""
    query = select(HumanChange).where(
        HumanChange.import_id == made.id,
        HumanChange.park_id == made.park_id,
        HumanChange.act == IMPORT,
    )
    return [
        from_row(ImportedChange, row, former={name: before for name, (before, _) in row.changes.items()})
        for row in session.scalars(query.order_by(HumanChange.entry_id))
    ]


def last_erasures(session: Session, park_id: int) -> dict[int, int]:
    """Entry id → the human version that the last erasing of a person's data led to, where there was one."""
    query = (
        select(HumanChange.entry_id, func.max(HumanChange.version))
        .where(HumanChange.park_id == park_id, HumanChange.act == ERASE)
        .group_by(HumanChange.entry_id)
    )
    return dict(session.execute(query).all())


def _imports(scope: Scope) -> Select[LedgerImport, str]:
    query = select(LedgerImport, Park.code).join(Park, Park.id == LedgerImport.park_id)
    return query if scope.parks is None else query.where(LedgerImport.park_id.in_(scope.parks))


def _held(row: LedgerImport, park: str) -> HeldImport:
    return from_row(HeldImport, row, park=park)
