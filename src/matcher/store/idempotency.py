"""Answers of writes, kept for a day so that a repeated request is answered and not done again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from matcher.store.tables import IdempotentAnswer

LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a request was answered, and the digest of what it asked."""

    digest: str
    answer: Mapping[str, Any]


def find(session: Session, caller: str, key: str, now: datetime) -> KeptAnswer | None:
    """The answer to the caller's request of this key, if it is not older than a day."""
    row = session.get(IdempotentAnswer, (caller, key))
    return None if row is None or row.at <= now - LIFETIME else KeptAnswer(row.digest, row.answer)


def keep(session: Session, caller: str, key: str, kept: KeptAnswer, now: datetime) -> None:
    """Keep an answer, and drop those older than a day."""
    session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.at <= now - LIFETIME))
    answer = dict(kept.answer)
    session.add(IdempotentAnswer(caller=caller, key=key, digest=kept.digest, answer=answer, at=now))
