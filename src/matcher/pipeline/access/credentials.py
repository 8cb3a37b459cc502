"""What keys, one-time logins and browser sessions have in common: how a credential is made and held.

A credential reads `mk_PREFIX_SECRET`. The prefix finds the row; of the secret, 256 random bits, only the
SHA-256 is stored (a slow hash protects guessable passwords, which these are not).
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence, Set
from datetime import datetime

from matcher.domain.access import DISTRICT, Principal, Role, Scope
from matcher.domain.errors import Unauthorized
from matcher.domain.text import fold
from matcher.store import access, catalogue
from matcher.store.access import Credential, NewCredential
from matcher.store.database import Transaction

_MARK = "mk_"


def is_credential(text: str) -> bool:
    """Whether a text has the form of a credential of this service."""
    return text.startswith(_MARK)


def issue(
    session: Transaction,
    kind: str,
    name: str,
    role: Role,
    park_ids: Sequence[int] | None,
    now: datetime,
    expires_at: datetime | None,
    subject: str = "",
    opened_by: int | None = None,
) -> tuple[Credential, str]:
    """Make and keep a credential of a kind (`key`, `login`, `session`); its text is returned this once."""
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    new = NewCredential(
        prefix=prefix,
        secret_hash=_hash(secret),
        kind=kind,
        name=name,
        role=role,
        subject=subject,
        parks=None if park_ids is None else tuple(park_ids),
        created_at=now,
        expires_at=expires_at,
        opened_by=opened_by,
    )
    return access.add(session, new), f"{_MARK}{prefix}_{secret}"


def find_valid(session: Transaction, text: str, now: datetime, kinds: Set[str]) -> Credential:
    """The credential that a text stands for, of one of these kinds.

    Raises:
        Unauthorized: unknown, expired or revoked, itself or the key it was opened with.
    """
    prefix, _, secret = text.removeprefix(_MARK).partition("_")
    row = access.by_prefix(session, prefix) if is_credential(text) else None
    if row is None or row.kind not in kinds or not secrets.compare_digest(row.secret_hash, _hash(secret)):
        raise refused()
    if not is_in_force(session, row, now):
        raise refused()
    return row


def is_in_force(session: Transaction, credential: Credential, now: datetime) -> bool:
    """Whether a credential is neither revoked nor expired, nor the key it was opened with."""
    opener = _opener(session, credential)
    return credential.in_force(now) and (opener is None or opener.in_force(now))


def end_of(session: Transaction, credential: Credential) -> tuple[datetime | None, datetime | None]:
    """When a credential and the key it was opened with end by themselves; None where they do not."""
    opener = _opener(session, credential)
    return credential.expires_at, None if opener is None else opener.expires_at


def _opener(session: Transaction, credential: Credential) -> Credential | None:
    return None if credential.opened_by is None else access.by_id(session, credential.opened_by)


def principal_of(session: Transaction, credential: Credential) -> Principal:
    """The caller who holds a credential."""
    return Principal(
        name=credential.name,
        role=credential.role,
        scope=scope_of(session, credential.role, credential.parks, credential.subject),
        key_id=credential.id,
        subject=credential.subject,
        expires_at=credential.expires_at,
    )


def scope_of(session: Transaction, role: Role, park_ids: Iterable[int] | None, subject: str) -> Scope:
    """What a role sees: a research unit its own achievements, others their parks and the supply list."""
    if role is Role.RESEARCH_UNIT:
        unit = fold(subject)
        spellings = (name for name in catalogue.organisations(session) if fold(name) == unit)
        return Scope(frozenset(), frozenset(spellings))
    return DISTRICT if park_ids is None else Scope(frozenset(park_ids))


def refused() -> Unauthorized:
    """The error for every credential that opens nothing; it does not say why."""
    return Unauthorized(
        "密钥或登录链接无效、已过期或已撤销。", "the key or login is unknown, expired or revoked."
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
