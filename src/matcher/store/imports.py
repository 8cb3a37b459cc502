"""Imports that were made, so that each can be undone as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.list_columns import ListColumn
from matcher.domain.listing import Side
from matcher.store.catalogue import Shelf
from matcher.store.tables import ImportBatch, Park


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldImport:
    """An import that was made: where to, from which files, and how many listings it did what to."""

    id: int
    shelf: Shelf
    park_code: str | None
    files: Sequence[str]
    counts: Mapping[str, int]
    actor: str
    created_at: datetime
    undone_at: datetime | None


def add(
    session: Session,
    shelf: Shelf,
    files: Sequence[str],
    counts: Mapping[str, int],
    actor: str,
    at: datetime,
    *,
    columns: Sequence[ListColumn] = (),
) -> int:
    """Record an import that wrote something, and the columns of its files; returns its id."""
    row = ImportBatch(
        side=shelf.side.value,
        park_id=shelf.park_id,
        source=shelf.source,
        files=list(files),
        counts=dict(counts),
        columns=[[column.heading, column.field, column.by_hand] for column in columns],
        actor=actor,
        created_at=at,
    )
    session.add(row)
    session.flush()
    return row.id


def find(session: Session, import_id: int, scope: Scope) -> HeldImport | None:
    """One import, in scope; imports of the supply list are the district's, and no research unit's."""
    query = _held(scope).where(ImportBatch.id == import_id)
    row = session.execute(query).one_or_none()
    return None if row is None else _of(row[0], row[1])


def page(session: Session, scope: Scope, *, before: int | None, limit: int) -> list[HeldImport]:
    """Imports in scope, newest first."""
    query = _held(scope).order_by(ImportBatch.id.desc()).limit(limit)
    if before is not None:
        query = query.where(ImportBatch.id < before)
    return [_of(row, park_code) for row, park_code in session.execute(query)]


def last_columns(session: Session, shelf: Shelf) -> list[ListColumn]:
    """The columns of the last list imported to a shelf that is not undone; none where none is known."""
    query = (
        select(ImportBatch.columns)
        .where(ImportBatch.side == shelf.side.value, ImportBatch.source == shelf.source)
        .where(ImportBatch.park_id == shelf.park_id, ImportBatch.undone_at.is_(None))
        .order_by(ImportBatch.id.desc())
    )
    known: list[Any] = next((columns for columns in session.scalars(query) if columns), [])
    return [ListColumn(heading, field, by_hand) for heading, field, by_hand in known]


def close(session: Session, import_id: int, at: datetime) -> None:
    """Note that an import was undone."""
    session.execute(update(ImportBatch).where(ImportBatch.id == import_id).values(undone_at=at))


def _held(scope: Scope) -> Select[ImportBatch, str]:
    """Imports in scope with their park's code."""
    query = select(ImportBatch, Park.code).outerjoin(Park, Park.id == ImportBatch.park_id)
    if scope.parks is None:
        return query
    of_parks = ImportBatch.park_id.in_(scope.parks)
    if scope.organisations is not None:
        return query.where(of_parks)
    return query.where(or_(ImportBatch.park_id.is_(None), of_parks))


def _of(row: ImportBatch, park_code: str | None) -> HeldImport:
    return HeldImport(
        id=row.id,
        shelf=Shelf(Side(row.side), source=row.source, park_id=row.park_id),
        park_code=park_code,
        files=row.files,
        counts=row.counts,
        actor=row.actor,
        created_at=row.created_at,
        undone_at=row.undone_at,
    )
