"""Rows that an import did not take, kept with it so that they can be mended and taken after all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.store.catalogue import Shelf
from matcher.store.tables import ImportBatch, RejectedRowRow

LIFETIME = timedelta(days=90)
"""How long rows are kept: they hold contacts of people as the file has them."""

MAX_ROWS = 2_000
"""Rows that are kept of one import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRow:
    """A row that was not imported: where it stands, its cells by heading, the problem, and what its file says
    beside its table, as JSON."""

    id: int = 0
    file: str
    sheet: str
    row: int
    cells: Mapping[str, str]
    problem: Mapping[str, Any]
    notes: Mapping[str, Any] | None = None


def add(session: Session, shelf: Shelf, import_id: int, rows: Sequence[KeptRow], at: datetime) -> None:
    """Keep the first rows of an import to `shelf`, and drop those of earlier ones that are too old.

    Those of another source of the supply list are another shelf's, whatever their age.
    """
    session.execute(delete(RejectedRowRow).where(_on(shelf), RejectedRowRow.at < at - LIFETIME))
    for kept in rows[:MAX_ROWS]:
        session.add(
            RejectedRowRow(
                import_id=import_id,
                park_id=shelf.park_id,
                file=kept.file,
                sheet=kept.sheet,
                row=kept.row,
                cells=dict(kept.cells),
                problem=dict(kept.problem),
                notes=None if kept.notes is None else dict(kept.notes),
                at=at,
            )
        )
    session.flush()


def of_import(
    session: Session, shelf: Shelf, import_id: int, *, after: int = 0, limit: int | None = None
) -> list[KeptRow]:
    """The rows of an import to `shelf` that are not taken yet, in the order of the file."""
    query = (
        select(RejectedRowRow)
        .where(RejectedRowRow.import_id == import_id, _on(shelf))
        .where(RejectedRowRow.id > after)
        .order_by(RejectedRowRow.id)
        .limit(limit)
    )
    return [
        KeptRow(
            id=row.id,
            file=row.file,
            sheet=row.sheet,
            row=row.row,
            cells=row.cells,
            problem=row.problem,
            notes=row.notes,
        )
        for row in session.scalars(query)
    ]


def same_import(session: Session, shelf: Shelf, rows: Sequence[KeptRow]) -> int | None:
    """The last import to `shelf`, where it left exactly these rows behind; None otherwise."""
    last = session.scalar(
        select(ImportBatch.id)
        .where(ImportBatch.side == shelf.side.value, ImportBatch.source == shelf.source)
        .where(ImportBatch.park_id == shelf.park_id)
        .order_by(ImportBatch.id.desc())
        .limit(1)
    )
    if last is None:
        return None
    left = [_content(row) for row in of_import(session, shelf, last)]
    return last if left == [_content(row) for row in rows[:MAX_ROWS]] else None


def _content(row: KeptRow) -> tuple[object, ...]:
    return row.file, row.sheet, row.row, row.cells, row.notes


def counts(session: Session, scope: Scope, import_ids: Sequence[int]) -> dict[int, int]:
    """Import id → how many of its rows are not taken yet, where there are any; of imports in scope."""
    query = (
        select(RejectedRowRow.import_id, func.count())
        .join(ImportBatch, ImportBatch.id == RejectedRowRow.import_id)
        .where(RejectedRowRow.import_id.in_(import_ids))
        .group_by(RejectedRowRow.import_id)
    )
    if scope.parks is not None:
        query = query.where(RejectedRowRow.park_id.in_(scope.parks) | RejectedRowRow.park_id.is_(None))
    return {import_id: number for import_id, number in session.execute(query)}  # noqa: C416


def keep(session: Session, shelf: Shelf, kept: KeptRow) -> None:
    """Keep a row of `shelf` as it was sent back, with what is wrong with it now."""
    session.execute(
        update(RejectedRowRow)
        .where(RejectedRowRow.id == kept.id, _on(shelf))
        .values(cells=dict(kept.cells), problem=dict(kept.problem))
    )


def drop(session: Session, shelf: Shelf, identifiers: Sequence[int]) -> None:
    """Forget rows of `shelf` that are taken."""
    session.execute(delete(RejectedRowRow).where(RejectedRowRow.id.in_(identifiers), _on(shelf)))


def _on(shelf: Shelf) -> ColumnElement[bool]:
    """Whether a row is of an import to this shelf: of its park, or of its source of the supply list."""
    batches = select(ImportBatch.id).where(
        ImportBatch.side == shelf.side.value,
        ImportBatch.source == shelf.source,
        ImportBatch.park_id == shelf.park_id,
    )
    return and_(RejectedRowRow.park_id == shelf.park_id, RejectedRowRow.import_id.in_(batches))
