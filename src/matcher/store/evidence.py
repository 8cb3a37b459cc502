"""Links and files that back an entry."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, undefer

from matcher.domain.access import Scope
from matcher.store.tables import Evidence


def add(session: Session, evidence: Evidence) -> Evidence:
    """Keep a link or a file."""
    session.add(evidence)
    session.flush()
    return evidence


def of_entry(session: Session, scope: Scope, entry_id: int) -> Sequence[Evidence]:
    """What backs an entry in scope, oldest first, without the files' content."""
    query = select(Evidence).where(Evidence.entry_id == entry_id, Evidence.removed_at.is_(None))
    if scope.parks is not None:
        query = query.where(Evidence.park_id.in_(scope.parks))
    return session.scalars(query.order_by(Evidence.id)).all()


def find(
    session: Session, scope: Scope, entry_id: int, evidence_id: int, *, with_content: bool = False
) -> Evidence | None:
    """One piece of evidence of an entry in scope that was not taken off it."""
    query = select(Evidence).where(
        Evidence.id == evidence_id, Evidence.entry_id == entry_id, Evidence.removed_at.is_(None)
    )
    if scope.parks is not None:
        query = query.where(Evidence.park_id.in_(scope.parks))
    return session.scalar(query.options(undefer(Evidence.content)) if with_content else query)


def remove(session: Session, evidence: Evidence, *, at: datetime, by: str) -> None:
    """Take evidence off its entry: its row stays, its content goes."""
    session.execute(
        update(Evidence)
        .where(Evidence.id == evidence.id, Evidence.park_id == evidence.park_id)
        .values(url=None, content=None, removed_at=at, removed_by=by)
    )
