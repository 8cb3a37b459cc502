"""Coming in: with a key, a token of the issuer, or a browser session opened with a key or a one-time link."""

from datetime import datetime, timedelta

from matcher.domain.access import Principal, Role
from matcher.pipeline.access.credentials import find_valid, is_credential, issue, principal_of, refused
from matcher.pipeline.access.openid import OpenIdTokens
from matcher.store import access
from matcher.store.database import Database
from matcher.store.tables import AccessKey

LOGIN_LIFETIME = timedelta(hours=1)
SESSION_LIFETIME = timedelta(hours=12)
_LAST_USED_PRECISION = timedelta(minutes=1)


def authenticate(
    database: Database, credential: str, now: datetime, openid: OpenIdTokens | None = None
) -> Principal:
    """The caller behind an API key or a session, or behind a token of the issuer, where there is one.

    Raises:
        Unauthorized: unknown, expired or revoked.
        Forbidden: a genuine token that names no role of this service.
        IssuerUnavailable: the issuer cannot be asked for the keys that its tokens are signed with.
    """
    if openid is not None and not is_credential(credential):
        return openid.principal(database, credential)
    with database.reading() as session:
        row = find_valid(session, credential, now, {"key", "session"})
        principal = principal_of(session, row)
    if row.last_used_at is None or now - row.last_used_at > _LAST_USED_PRECISION:
        database.note(lambda session: access.mark_used(session, _used_with(row), now))
    return principal


def issue_login(database: Database, now: datetime) -> str:
    """A credential that signs one browser in as the local administrator, once, within an hour."""
    with database.writing() as session:
        return issue(session, "login", "local", Role.ADMIN, None, now, now + LOGIN_LIFETIME)[1]


def sign_in(database: Database, credential: str, now: datetime) -> tuple[str, Principal, datetime]:
    """Exchange a one-time login or an API key for a browser session and its end.

    The session ends with the key at the latest.

    Raises:
        Unauthorized: unknown, expired, revoked, or a login that was used already.
    """
    with database.writing() as session:
        row = find_valid(session, credential, now, {"login", "key"})
        if row.kind == "login" and not access.revoke(session, row.id, now):
            raise refused()
        ends = [now + SESSION_LIFETIME]
        if row.kind == "key" and row.expires_at is not None:
            ends.append(row.expires_at)
        role, expires_at = Role(row.role), min(ends)
        held, issued = issue(session, "session", row.name, role, row.parks, now, expires_at, row.subject)
        if row.kind == "key":
            held.opened_by = row.id
            access.mark_used(session, [row.id], now)
        return issued, principal_of(session, held), expires_at


def sign_out(database: Database, principal: Principal, now: datetime) -> None:
    """End the caller's session."""
    with database.writing() as session:
        if principal.key_id is not None:
            access.revoke(session, principal.key_id, now)


def _used_with(row: AccessKey) -> list[int]:
    """A credential and the key it was opened with: whoever uses a session uses its key."""
    return [row.id] if row.opened_by is None else [row.id, row.opened_by]
