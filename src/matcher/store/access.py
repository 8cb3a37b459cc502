"""Keys, sessions, the service's own secrets, and the record of sensitive acts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matcher.store.tables import AccessKey, AuditRow, ServiceSecret


def add_key(session: Session, key: AccessKey) -> AccessKey:
    """Keep a key's hash."""
    session.add(key)
    session.flush()
    return key


def key_by_prefix(session: Session, prefix: str) -> AccessKey | None:
    """The key with this public prefix, valid or not."""
    return session.scalar(select(AccessKey).where(AccessKey.prefix == prefix))


def key(session: Session, key_id: int) -> AccessKey | None:
    """The key with this id, valid or not."""
    return session.get(AccessKey, key_id)


def keys(session: Session, kind: str) -> Sequence[AccessKey]:
    """Every key of a kind, oldest first."""
    return session.scalars(select(AccessKey).where(AccessKey.kind == kind).order_by(AccessKey.id)).all()


def revoke(session: Session, key_id: int, at: datetime) -> bool:
    """Revoke a key that is not revoked yet; says whether there was one to revoke.

    The check and the mark are one statement, so that a one-time login is spent only once.
    """
    statement = (
        update(AccessKey).where(AccessKey.id == key_id, AccessKey.revoked_at.is_(None)).values(revoked_at=at)
    )
    return session.execute(statement.returning(AccessKey.id)).first() is not None


def mark_used(session: Session, key_ids: Sequence[int], at: datetime) -> None:
    """Note when keys were last used."""
    session.execute(update(AccessKey).where(AccessKey.id.in_(key_ids)).values(last_used_at=at))


def secret(session: Session, name: str) -> str | None:
    """A secret of the service's own."""
    found = session.get(ServiceSecret, name)
    return None if found is None else found.value


def add_secret(session: Session, name: str, value: str) -> None:
    """Keep a secret of the service's own."""
    session.add(ServiceSecret(name=name, value=value))
    session.flush()


def record(
    session: Session, *, at: datetime, actor: str, act: str, subject: str, park_id: int | None
) -> None:
    """Append one sensitive act to the audit record."""
    session.add(AuditRow(at=at, actor=actor, act=act, subject=subject, park_id=park_id))
