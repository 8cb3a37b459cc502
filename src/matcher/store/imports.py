"""Imports that were made, so that each can be undone as a whole."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.store.tables import ImportBatch, Park


def add(session: Session, batch: ImportBatch) -> ImportBatch:
    """Record an import."""
    session.add(batch)
    session.flush()
    return batch


def find(session: Session, import_id: int, scope: Scope) -> ImportBatch | None:
    """One import, in scope; imports of the supply list are the district's, and no research unit's."""
    query = select(ImportBatch).where(ImportBatch.id == import_id, *_in_scope(scope))
    return session.scalar(query.with_for_update())


def page(
    session: Session, scope: Scope, *, before: int | None, limit: int
) -> Sequence[tuple[ImportBatch, str | None]]:
    """Imports in scope, newest first, with their park's code."""
    query = (
        select(ImportBatch, Park.code)
        .outerjoin(Park, Park.id == ImportBatch.park_id)
        .where(*_in_scope(scope))
        .order_by(ImportBatch.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(ImportBatch.id < before)
    return [(batch, code) for batch, code in session.execute(query)]


def _in_scope(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    if scope.parks is None:
        return ()
    of_parks = ImportBatch.park_id.in_(scope.parks)
    if scope.organisations is not None:
        return (of_parks,)
    return (or_(ImportBatch.park_id.is_(None), of_parks),)
