"""What keys, one-time logins and browser sessions have in common: how a credential is made and held.

A credential reads `mk_PREFIX_SECRET`. The prefix finds the row; of the secret, 256 random bits, only the
SHA-256 is stored (a slow hash protects guessable passwords, which these are not).
"""

import hashlib
import secrets
from datetime import datetime

from matcher.domain.access import DISTRICT, Principal, Role, Scope
from matcher.domain.errors import Unauthorized
from matcher.domain.text import fold
from matcher.store import access, catalogue
from matcher.store.database import Transaction
from matcher.store.tables import AccessKey

_MARK = "mk_"


def is_credential(text: str) -> bool:
    """Whether a text has the form of a credential of this service."""
    return text.startswith(_MARK)


def issue(
    session: Transaction,
    kind: str,
    name: str,
    role: Role,
    park_ids: list[int] | None,
    now: datetime,
    expires_at: datetime | None,
    subject: str = "",
) -> tuple[AccessKey, str]:
    """Make and keep a credential of a kind (`key`, `login`, `session`); it is returned this once."""
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    row = AccessKey(
        prefix=prefix,
        secret_hash=_hash(secret),
        kind=kind,
        name=name,
        role=role.value,
        subject=subject,
        parks=park_ids,
        created_at=now,
        expires_at=expires_at,
    )
    return access.add_key(session, row), f"{_MARK}{prefix}_{secret}"


def find_valid(session: Transaction, credential: str, now: datetime, kinds: set[str]) -> AccessKey:
    """The row of a credential of one of these kinds.

    Raises:
        Unauthorized: unknown, expired or revoked, itself or the key it was opened with.
    """
    prefix, _, secret = credential.removeprefix(_MARK).partition("_")
    row = access.key_by_prefix(session, prefix) if is_credential(credential) else None
    if row is None or row.kind not in kinds or not secrets.compare_digest(row.secret_hash, _hash(secret)):
        raise refused()
    if not is_in_force(session, row, now):
        raise refused()
    return row


def is_in_force(session: Transaction, row: AccessKey, now: datetime) -> bool:
    """Whether a credential is neither revoked nor expired, nor the key it was opened with."""
    opener = None if row.opened_by is None else access.key(session, row.opened_by)
    return all(
        one.revoked_at is None and (one.expires_at is None or one.expires_at > now)
        for one in (row, opener)
        if one is not None
    )


def principal_of(session: Transaction, row: AccessKey) -> Principal:
    """The caller who holds a credential."""
    return Principal(
        name=row.name,
        role=Role(row.role),
        scope=scope_of(session, Role(row.role), row.parks, row.subject),
        key_id=row.id,
        subject=row.subject,
        expires_at=row.expires_at,
    )


def scope_of(session: Transaction, role: Role, park_ids: list[int] | None, subject: str) -> Scope:
    """What a role sees: a research unit its own achievements, others their parks and the supply list."""
    if role is Role.RESEARCH_UNIT:
        own = fold(subject)
        spellings = (name for name in catalogue.organisations(session) if fold(name) == own)
        return Scope(frozenset(), frozenset(spellings))
    return DISTRICT if park_ids is None else Scope(frozenset(park_ids))


def refused() -> Unauthorized:
    """The one answer to every credential that does not open anything; it tells not why."""
    return Unauthorized(
        "密钥或登录链接无效、已过期或已撤销。", "the key or login is unknown, expired or revoked."
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
