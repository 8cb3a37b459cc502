"""Who may come in: API keys, one-time logins, browser sessions and embed tokens.

A credential reads `mk_PREFIX_SECRET`. The prefix finds the row; of the secret, 256 random bits, only the
SHA-256 is stored (a slow hash protects guessable passwords, which these are not).
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import jwt
from sqlalchemy.orm import Session

from matcher.domain.access import DISTRICT, Principal, Role, Scope
from matcher.domain.errors import Forbidden, InvalidInput, NotFound, Unauthorized
from matcher.store import access, parks
from matcher.store.database import Database
from matcher.store.tables import AccessKey

LOGIN_LIFETIME = timedelta(hours=1)
SESSION_LIFETIME = timedelta(hours=12)
MAX_EMBED_LIFETIME = timedelta(hours=24)
_LAST_USED_PRECISION = timedelta(minutes=1)
_EMBED_SECRET = "embed-token"  # noqa: S105 - the secret's name


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key without its secret."""

    id: int
    prefix: str
    name: str
    role: Role
    parks: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def as_json(self) -> dict[str, object]:
        """The stable JSON form; moments are ISO 8601 in UTC."""
        return {
            "id": self.id,
            "prefix": self.prefix,
            "name": self.name,
            "role": self.role.value,
            "parks": None if self.parks is None else list(self.parks),
            "created_at": self.created_at.isoformat(),
            "expires_at": self.expires_at and self.expires_at.isoformat(),
            "revoked_at": self.revoked_at and self.revoked_at.isoformat(),
            "last_used_at": self.last_used_at and self.last_used_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class EmbedGrant:
    """What an embed token opens: one park's matches, read-only, on pages of exactly these origins."""

    park_id: int
    park_code: str
    origins: tuple[str, ...]
    expires_at: datetime


def create_key(
    database: Database,
    *,
    name: str,
    role: Role,
    park_codes: Sequence[str] | None,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[KeyView, str]:
    """Make a key; the credential is returned this once. `park_codes` None means every park.

    Raises:
        InvalidInput: an empty name, no park, or a role that has no keys.
        NotFound: an unknown park.
    """
    if not name.strip():
        raise InvalidInput("请给密钥起个名字。", "give the key a name.", field="name")
    if role is Role.EMBED:
        raise InvalidInput(
            "嵌入用令牌请通过 POST /v1/embed-tokens 签发。",
            "embed tokens are issued by POST /v1/embed-tokens.",
            field="role",
        )
    with database.writing() as session:
        park_ids = None if park_codes is None else [_park_id(session, code) for code in park_codes]
        if park_ids == []:
            raise InvalidInput("请至少指定一个园区。", "name at least one park.", field="parks")
        row, credential = _new(session, "key", name.strip(), role, park_ids, now, expires_at)
        return _view(row, _codes(session)), credential


def list_keys(database: Database) -> list[KeyView]:
    """Every API key, revoked ones included."""
    with database.reading() as session:
        codes = _codes(session)
        return [_view(row, codes) for row in access.keys(session, "key")]


def revoke_key(database: Database, key_id: int, now: datetime) -> None:
    """Revoke a key; it stops working with the next request.

    Raises:
        NotFound: no such key, or it is revoked already.
    """
    with database.writing() as session:
        row = access.key(session, key_id)
        if row is None or row.kind != "key" or not access.revoke(session, key_id, now):
            raise NotFound(f"没有编号为 {key_id} 的有效密钥。", f"there is no valid key {key_id}.")


def authenticate(database: Database, credential: str, now: datetime) -> Principal:
    """The caller behind an API key or a session.

    Raises:
        Unauthorized: unknown, expired or revoked.
    """
    with database.reading() as session:
        row = _valid(session, credential, now, {"key", "session"})
    if row.last_used_at is None or now - row.last_used_at > _LAST_USED_PRECISION:
        database.note(lambda session: access.mark_used(session, row.id, now))
    return _principal(row)


def issue_login(database: Database, now: datetime) -> str:
    """A credential that signs one browser in as the local administrator, once, within an hour."""
    with database.writing() as session:
        expires_at = now + LOGIN_LIFETIME
        return _new(session, "login", "local", Role.ADMIN, None, now, expires_at)[1]


def sign_in(database: Database, credential: str, now: datetime) -> tuple[str, Principal, datetime]:
    """Exchange a one-time login or an API key for a browser session and its end.

    Raises:
        Unauthorized: unknown, expired, revoked, or a login that was used already.
    """
    with database.writing() as session:
        row = _valid(session, credential, now, {"login", "key"})
        if row.kind == "login" and not access.revoke(session, row.id, now):
            raise _refused()
        expires_at = now + SESSION_LIFETIME
        held, issued = _new(session, "session", row.name, Role(row.role), row.parks, now, expires_at)
        held.opened_by = row.id if row.kind == "key" else None
        return issued, _principal(held), expires_at


def sign_out(database: Database, principal: Principal, now: datetime) -> None:
    """End the caller's session."""
    with database.writing() as session:
        if principal.key_id is not None:
            access.revoke(session, principal.key_id, now)


def issue_embed_token(
    database: Database,
    principal: Principal,
    park_code: str,
    origins: Sequence[str],
    lifetime: timedelta,
    now: datetime,
) -> tuple[str, EmbedGrant]:
    """A signed token (JWT, HS256) for a page on another origin.

    Raises:
        NotFound: the park is not in the caller's scope.
        InvalidInput: no origin, one that is not exactly scheme://host[:port], or a lifetime over 24 hours.
        Forbidden: the caller's role may not issue tokens.
    """
    if principal.role not in {Role.ADMIN, Role.OPERATOR}:
        raise Forbidden("该密钥不能签发嵌入令牌。", "this key may not issue embed tokens.")
    if not origins or not all(_is_origin(origin) for origin in origins):
        raise InvalidInput(
            "origins 须为完整来源，例如 https://portal.example.cn（不含路径，不用通配符）。",
            "origins must be exact, such as https://portal.example.cn: no path, no wildcard.",
            field="origins",
        )
    if not timedelta(0) < lifetime <= MAX_EMBED_LIFETIME:
        raise InvalidInput(
            "有效期须在 1 秒到 24 小时之间。",
            "the lifetime must be from 1 second to 24 hours.",
            field="lifetime",
        )
    with database.writing() as session:
        park = parks.find(session, park_code, principal.scope)
        if park is None:
            raise _no_park(park_code)
        key = _embed_secret(session)
    expires_at = (now + lifetime).replace(microsecond=0)
    grant = EmbedGrant(park.id, park.code, tuple(origins), expires_at)
    claims = {
        "aud": "matcher-embed",
        "sub": str(park.id),
        "park": park.code,
        "origins": list(origins),
        "iat": now,
        "exp": expires_at,
        "key": principal.key_id,
    }
    return jwt.encode(claims, key, algorithm="HS256"), grant


def read_embed_token(database: Database, token: str, origin: str | None, now: datetime) -> EmbedGrant:
    """What a token opens for a page of `origin`.

    Raises:
        Unauthorized: forged, expired, or issued with a key or session that is revoked or expired.
        Forbidden: the page's origin is not one the token names.
    """
    with database.reading() as session:
        key = access.secret(session, _EMBED_SECRET)
    try:
        claims = jwt.decode(
            token,
            key or secrets.token_hex(32),
            algorithms=["HS256"],
            audience="matcher-embed",
            options={"verify_exp": False, "verify_iat": False},
        )
    except jwt.InvalidTokenError:
        raise _refused() from None
    expires_at = datetime.fromtimestamp(claims["exp"], tz=now.tzinfo)
    if expires_at <= now:
        raise _refused()
    with database.reading() as session:
        issuer = None if claims["key"] is None else access.key(session, claims["key"])
    if issuer is not None and not _in_force(issuer, now):
        raise _refused()
    grant = EmbedGrant(int(claims["sub"]), claims["park"], tuple(claims["origins"]), expires_at)
    if origin not in grant.origins:
        raise Forbidden(
            f"令牌不允许来源 {origin or '（未知）'}。",
            f"the token does not allow the origin {origin or '(none)'}.",
        )
    return grant


def embed_scope(grant: EmbedGrant) -> Scope:
    """The one park an embed token opens."""
    return Scope(frozenset({grant.park_id}))


def _new(
    session: Session,
    kind: str,
    name: str,
    role: Role,
    park_ids: list[int] | None,
    now: datetime,
    expires_at: datetime | None,
) -> tuple[AccessKey, str]:
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    row = AccessKey(
        prefix=prefix,
        secret_hash=_hash(secret),
        kind=kind,
        name=name,
        role=role.value,
        parks=park_ids,
        created_at=now,
        expires_at=expires_at,
    )
    return access.add_key(session, row), f"mk_{prefix}_{secret}"


def _valid(session: Session, credential: str, now: datetime, kinds: set[str]) -> AccessKey:
    mark, _, rest = credential.partition("_")
    prefix, _, secret = rest.partition("_")
    row = access.key_by_prefix(session, prefix) if mark == "mk" else None
    if row is None or row.kind not in kinds or not secrets.compare_digest(row.secret_hash, _hash(secret)):
        raise _refused()
    opener = None if row.opened_by is None else access.key(session, row.opened_by)
    if not _in_force(row, now) or (opener is not None and not _in_force(opener, now)):
        raise _refused()
    return row


def _in_force(row: AccessKey, now: datetime) -> bool:
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > now)


def _refused() -> Unauthorized:
    return Unauthorized(
        "密钥或登录链接无效、已过期或已撤销。", "the key or login is unknown, expired or revoked."
    )


def _no_park(code: str) -> NotFound:
    return NotFound(f"没有代码为 {code} 的园区。", f"there is no park {code}.", field="park")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _principal(row: AccessKey) -> Principal:
    scope = DISTRICT if row.parks is None else Scope(frozenset(row.parks))
    return Principal(name=row.name, role=Role(row.role), scope=scope, key_id=row.id)


def _park_id(session: Session, code: str) -> int:
    park = parks.find(session, code, DISTRICT)
    if park is None:
        raise _no_park(code)
    return park.id


def _codes(session: Session) -> dict[int, str]:
    return {park.id: park.code for park in parks.page(session, DISTRICT)}


def _view(row: AccessKey, codes: Mapping[int, str]) -> KeyView:
    return KeyView(
        id=row.id,
        prefix=row.prefix,
        name=row.name,
        role=Role(row.role),
        parks=None if row.parks is None else tuple(codes[park] for park in row.parks),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )


def _is_origin(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        return (
            parts.scheme in {"http", "https"}
            and origin == f"{parts.scheme}://{parts.netloc}"
            and bool(parts.hostname and "*" not in origin and "@" not in parts.netloc)
        )
    except ValueError:
        return False


def _embed_secret(session: Session) -> str:
    found = access.secret(session, _EMBED_SECRET)
    if found is None:
        found = secrets.token_hex(32)
        access.add_secret(session, _EMBED_SECRET, found)
    return found
