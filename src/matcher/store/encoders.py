"""Which encoder is in use, and the cached vectors of every encoder there has been.

Invariant: who puts an encoder to use raises the catalogue revision in the same transaction, as the pipeline
does.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from matcher.store.tables import EncoderChoice, VectorRow


@dataclass(frozen=True, slots=True)
class Choice:
    """That an encoder was put to use; a `spec` of None is the bundled model."""

    spec: str | None
    encoder_id: str
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class CachedVectors:
    """How many vectors of an encoder are cached, and their size in bytes."""

    encoder_id: str
    vectors: int
    size: int


def newest_choice(session: Session) -> Choice | None:
    """The choice that holds; None where nothing was ever chosen."""
    row = session.scalar(select(EncoderChoice).order_by(EncoderChoice.id.desc()).limit(1))
    return None if row is None else _choice(row)


def choices(session: Session) -> list[Choice]:
    """Every choice, newest first."""
    rows = session.scalars(select(EncoderChoice).order_by(EncoderChoice.id.desc()))
    return [_choice(row) for row in rows]


def choose(session: Session, choice: Choice) -> None:
    """Put an encoder to use."""
    session.add(EncoderChoice(**asdict(choice)))
    session.flush()


def cached(session: Session) -> list[CachedVectors]:
    """What is cached, by encoder id."""
    size = func.coalesce(func.sum(func.length(VectorRow.data)), 0)
    rows = session.execute(
        select(VectorRow.encoder_id, func.count(), size)
        .group_by(VectorRow.encoder_id)
        .order_by(VectorRow.encoder_id)
    )
    return [CachedVectors(encoder_id, count, int(total)) for encoder_id, count, total in rows]


def forget(session: Session, encoder_id: str) -> int:
    """Delete an encoder's cached vectors; returns how many there were."""
    return _deleted(session, VectorRow.encoder_id == encoder_id)


def keep_only(session: Session, encoder_ids: Collection[str]) -> int:
    """Delete every other encoder's cached vectors; returns how many there were."""
    return _deleted(session, VectorRow.encoder_id.not_in(sorted(encoder_ids)))


def _choice(row: EncoderChoice) -> Choice:
    return Choice(row.spec, row.encoder_id, row.at, row.actor)


def _deleted(session: Session, condition: ColumnElement[bool]) -> int:
    done = session.execute(delete(VectorRow).where(condition))
    assert isinstance(done, CursorResult)
    return done.rowcount
