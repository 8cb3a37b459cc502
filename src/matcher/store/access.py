"""Keys, sessions, the service's own secrets, and the record of sensitive acts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from matcher.domain.access import Role
from matcher.store.tables import AccessKey, AuditRow, ServiceSecret


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCredential:
    """A credential to keep: its public prefix, the SHA-256 of its secret, and whom it makes a caller.

    `kind` is key, login (one use), session or embed; `parks` None means every park; a session or an embed
    token ends with the key (`opened_by`) that it was opened with. An embed token's `subject` are its origins.
    """

    prefix: str
    secret_hash: str
    kind: str
    name: str
    role: Role
    subject: str
    parks: tuple[int, ...] | None
    created_at: datetime
    expires_at: datetime | None
    opened_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential(NewCredential):
    """A credential that is kept, in force or not."""

    id: int
    revoked_at: datetime | None
    last_used_at: datetime | None

    def in_force(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired itself."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


def add(session: Session, new: NewCredential) -> Credential:
    """Keep a credential's hash."""
    columns = asdict(new) | {"role": new.role.value, "parks": None if new.parks is None else list(new.parks)}
    row = AccessKey(**columns)
    session.add(row)
    session.flush()
    return _credential(row)


def by_prefix(session: Session, prefix: str) -> Credential | None:
    """The credential with this public prefix, in force or not."""
    row = session.scalar(select(AccessKey).where(AccessKey.prefix == prefix))
    return None if row is None else _credential(row)


def by_id(session: Session, key_id: int) -> Credential | None:
    """The credential with this id, in force or not."""
    row = session.get(AccessKey, key_id)
    return None if row is None else _credential(row)


def keys(session: Session) -> list[Credential]:
    """Every API key, oldest first."""
    return of_kind(session, "key")


def of_kind(session: Session, kind: str) -> list[Credential]:
    """Every credential of a kind, oldest first."""
    rows = session.scalars(select(AccessKey).where(AccessKey.kind == kind).order_by(AccessKey.id))
    return [_credential(row) for row in rows]


def forget_expired(session: Session, kind: str, now: datetime) -> None:
    """Delete the credentials of a kind that have expired."""
    session.execute(delete(AccessKey).where(AccessKey.kind == kind, AccessKey.expires_at <= now))


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
    row = session.get(ServiceSecret, name)
    return None if row is None else row.value


def add_secret(session: Session, name: str, value: str) -> None:
    """Keep a secret of the service's own."""
    session.add(ServiceSecret(name=name, value=value))
    session.flush()


def record(
    session: Session, *, at: datetime, actor: str, act: str, subject: str, park_id: int | None
) -> None:
    """Append one sensitive act to the audit record."""
    session.add(AuditRow(at=at, actor=actor, act=act, subject=subject, park_id=park_id))


def _credential(row: AccessKey) -> Credential:
    return Credential(
        id=row.id,
        prefix=row.prefix,
        secret_hash=row.secret_hash,
        kind=row.kind,
        name=row.name,
        role=Role(row.role),
        subject=row.subject,
        parks=None if row.parks is None else tuple(row.parks),
        created_at=row.created_at,
        expires_at=row.expires_at,
        opened_by=row.opened_by,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
