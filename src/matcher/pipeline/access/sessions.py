"""Coming in: with a key, a token of the issuer, or a browser session opened with a key or a one-time link."""

import hashlib
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from matcher.domain.access import Principal, Right, Role
from matcher.domain.labels import label
from matcher.pipeline.access.credentials import (
    end_of,
    find_valid,
    is_credential,
    issue,
    principal_of,
    refused,
)
from matcher.pipeline.access.openid import OpenIdTokens
from matcher.pipeline.answers import Answer, Moment
from matcher.pipeline.kept import Kept
from matcher.store import access, parks
from matcher.store.access import Credential
from matcher.store.database import Database, Transaction

LOGIN_LIFETIME = timedelta(hours=1)
SESSION_LIFETIME = timedelta(hours=12)
_LAST_USED_PRECISION = timedelta(minutes=1)
_MANY_CALLERS = 10_000


class WhoAnswer(Answer):
    """调用者。"""

    name: str
    role: Role
    role_label: str
    parks: list[str] | None = Field(description="可见园区的代码；null 为全部园区，空为不属于任何园区")
    subject: str = Field(description="技术经理人的姓名或研发单位的名称；其他角色为空")
    rights: list[Right] = Field(description="在可见范围内可以做什么")
    expires_at: Moment | None = Field(description="凭证自行到期的时间；null 为不到期")


class SessionAnswer(WhoAnswer):
    """新建立的浏览器会话。"""

    expires_at: Moment


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
    return _checked(database, credential, now)[0]


class KnownCallers:
    """Callers whose key or session was checked, known again until anything is written or a moment has come.

    What is kept holds for one stamp of the database (`Database.stamp`), so that a key that is revoked, here
    or by another process, opens nothing from then on. Credentials are kept as digests.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Kept[bytes, tuple[Principal, datetime, datetime]] = Kept(_MANY_CALLERS)

    def recall(self, credential: str, now: datetime, stamp: Hashable) -> Principal | None:
        """The caller as checked before at this stamp; None where it must be checked."""
        known = self._known.get(stamp, _digest(credential))
        if known is None:
            return None
        principal, checked_at, until = known
        return principal if checked_at <= now < until else None

    def authenticate(
        self, credential: str, now: datetime, stamp: Hashable, openid: OpenIdTokens | None = None
    ) -> Principal:
        """As `authenticate`, and known from now on; `stamp` was taken before.

        Raises:
            Unauthorized, Forbidden, IssuerUnavailable: as `authenticate`.
        """
        if openid is not None and not is_credential(credential):
            return openid.principal(self._database, credential)
        principal, until = _checked(self._database, credential, now)
        self._known.keep(stamp, _digest(credential), (principal, now, until))
        return principal


def _digest(credential: str) -> bytes:
    return hashlib.sha256(credential.encode()).digest()


def _checked(database: Database, credential: str, now: datetime) -> tuple[Principal, datetime]:
    """The caller behind a key or session, and until when that holds without another look: until it ends, or
    its use is to be noted again."""
    with database.reading() as session:
        stored = find_valid(session, credential, now, {"key", "session"})
        principal = principal_of(session, stored)
        ends = end_of(session, stored)
    noted = stored.last_used_at
    if noted is None or now - noted > _LAST_USED_PRECISION:
        database.note(lambda session: access.mark_used(session, _used_with(stored), now))
        return principal, now
    return principal, min(filter(None, (noted + _LAST_USED_PRECISION, *ends)))


def issue_login(database: Database, now: datetime) -> str:
    """A credential that signs one browser in as the local administrator, once, within an hour."""
    with database.writing() as session:
        return issue(session, "login", "local", Role.ADMIN, None, now, now + LOGIN_LIFETIME)[1]


def sign_in(database: Database, credential: str, now: datetime) -> tuple[str, SessionAnswer]:
    """Exchange a one-time login or an API key for a browser session: its credential, and whose it is.

    The session ends with the key at the latest.

    Raises:
        Unauthorized: unknown, expired, revoked, or a login that was used already.
    """
    with database.writing() as session:
        stored = find_valid(session, credential, now, {"login", "key"})
        is_key = stored.kind == "key"
        if is_key:
            access.mark_used(session, [stored.id], now)
        elif not access.revoke(session, stored.id, now):
            raise refused()
        ends = [now + SESSION_LIFETIME]
        if is_key and stored.expires_at is not None:
            ends.append(stored.expires_at)
        opened, issued = issue(
            session,
            "session",
            stored.name,
            stored.role,
            stored.parks,
            now,
            min(ends),
            stored.subject,
            opened_by=stored.id if is_key else None,
        )
        return issued, SessionAnswer(**_said_of(session, principal_of(session, opened)))


def who_is(database: Database, principal: Principal) -> WhoAnswer:
    """What a caller may know of who they are."""
    with database.reading() as session:
        return WhoAnswer(**_said_of(session, principal))


def sign_out(database: Database, principal: Principal, now: datetime) -> None:
    """End the caller's session."""
    with database.writing() as session:
        if principal.key_id is not None:
            access.revoke(session, principal.key_id, now)


def _used_with(credential: Credential) -> list[int]:
    """A credential and the key it was opened with: whoever uses a session uses its key."""
    return [credential.id] if credential.opened_by is None else [credential.id, credential.opened_by]


def _said_of(session: Transaction, principal: Principal) -> dict[str, Any]:
    codes = None
    if principal.scope.parks is not None:
        codes = [park.code for park in parks.page(session, principal.scope)]
    return {
        "name": principal.name,
        "role": principal.role,
        "role_label": label(principal.role, "zh"),
        "parks": codes,
        "subject": principal.subject,
        "rights": list(principal.rights),
        "expires_at": principal.expires_at,
    }
