"""Links and files that back an entry."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, undefer

from matcher.domain.access import Scope
from matcher.domain.entries import EntryView
from matcher.store.rows import from_row
from matcher.store.tables import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """What backs an entry: a link (`url`), or a file (what else may be None)."""

    title: str
    url: str | None = None
    file_name: str | None = None
    media_type: str | None = None
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEvidence(Backing):
    """A link or a file that was put on an entry; the file's content is not part of it."""

    id: int
    park_id: int
    entry_id: int
    added_at: datetime
    added_by: str


def add(
    session: Session, entry: EntryView, backing: Backing, content: bytes | None, *, at: datetime, by: str
) -> HeldEvidence:
    """Put a link, or a file with its content, on an entry."""
    row = Evidence(
        park_id=entry.park_id,
        entry_id=entry.id,
        **asdict(backing),
        content=content,
        added_at=at,
        added_by=by,
    )
    session.add(row)
    session.flush()
    return from_row(HeldEvidence, row)


def of_entry(session: Session, scope: Scope, entry_id: int) -> list[HeldEvidence]:
    """What backs an entry in scope, oldest first."""
    return [
        from_row(HeldEvidence, row)
        for row in session.scalars(_on_entry(scope, entry_id).order_by(Evidence.id))
    ]


def find(session: Session, scope: Scope, entry_id: int, evidence_id: int) -> HeldEvidence | None:
    """A link or a file on an entry in scope that was not taken off it."""
    row = session.scalar(_on_entry(scope, entry_id).where(Evidence.id == evidence_id))
    return None if row is None else from_row(HeldEvidence, row)


def find_file(
    session: Session, scope: Scope, entry_id: int, evidence_id: int
) -> tuple[HeldEvidence, bytes] | None:
    """A file on an entry in scope with its content; a link is none."""
    query = _on_entry(scope, entry_id).where(Evidence.id == evidence_id).options(undefer(Evidence.content))
    row = session.scalar(query)
    return None if row is None or row.content is None else (from_row(HeldEvidence, row), row.content)


def remove(session: Session, evidence: HeldEvidence, *, at: datetime, by: str) -> None:
    """Take evidence off its entry: its row stays, its content goes."""
    session.execute(
        update(Evidence)
        .where(Evidence.id == evidence.id, Evidence.park_id == evidence.park_id)
        .values(url=None, content=None, removed_at=at, removed_by=by)
    )


def _on_entry(scope: Scope, entry_id: int) -> Select[Evidence]:
    query = select(Evidence).where(Evidence.entry_id == entry_id, Evidence.removed_at.is_(None))
    return query if scope.parks is None else query.where(Evidence.park_id.in_(scope.parks))
