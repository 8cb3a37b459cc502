"""Edited ledgers that were read back, so that each can be undone as a whole."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.store.tables import HumanChange, LedgerImport, Park

IMPORT = "import"
ERASE = "erase"


def add(session: Session, record: LedgerImport) -> LedgerImport:
    """Record an import."""
    session.add(record)
    session.flush()
    return record


def find(session: Session, import_id: int, scope: Scope) -> LedgerImport | None:
    """One import, in scope."""
    query = select(LedgerImport).where(LedgerImport.id == import_id, *_in_scope(scope))
    return session.scalar(query.with_for_update())


def page(
    session: Session, scope: Scope, *, park_id: int | None, before: int | None, limit: int
) -> Sequence[tuple[LedgerImport, str]]:
    """Imports in scope, newest first, with their park's code."""
    query = (
        select(LedgerImport, Park.code)
        .join(Park, Park.id == LedgerImport.park_id)
        .where(*_in_scope(scope))
        .order_by(LedgerImport.id.desc())
        .limit(limit)
    )
    if park_id is not None:
        query = query.where(LedgerImport.park_id == park_id)
    if before is not None:
        query = query.where(LedgerImport.id < before)
    return [(record, code) for record, code in session.execute(query)]


def changes_of(session: Session, record: LedgerImport) -> Sequence[HumanChange]:
    """What an import changed, by entry."""
    query = select(HumanChange).where(
        HumanChange.import_id == record.id,
        HumanChange.park_id == record.park_id,
        HumanChange.act == IMPORT,
    )
    return session.scalars(query.order_by(HumanChange.entry_id)).all()


def last_erasures(session: Session, park_id: int) -> dict[int, int]:
    """Entry id → the human version that the last erasing of a person's data led to, where there was one."""
    query = (
        select(HumanChange.entry_id, func.max(HumanChange.version))
        .where(HumanChange.park_id == park_id, HumanChange.act == ERASE)
        .group_by(HumanChange.entry_id)
    )
    return dict(session.execute(query).all())


def _in_scope(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return () if scope.parks is None else (LedgerImport.park_id.in_(scope.parks),)
