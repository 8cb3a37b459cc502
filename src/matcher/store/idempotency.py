"""Answers of writes, kept for a day so that a repeated request is answered and not done again."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from matcher.store.tables import IdempotentAnswer

LIFETIME = timedelta(hours=24)


def find(session: Session, caller: str, key: str, now: datetime) -> IdempotentAnswer | None:
    """The answer to the caller's request of this key, if it is not older than a day."""
    found = session.get(IdempotentAnswer, (caller, key))
    return None if found is None or found.at <= now - LIFETIME else found


def keep(session: Session, answer: IdempotentAnswer) -> None:
    """Keep an answer, and drop those older than a day."""
    session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.at <= answer.at - LIFETIME))
    session.add(answer)
