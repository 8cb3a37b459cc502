"""Embed tokens: short-lived rights to read one park's public matches on pages of named origins."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import jwt

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.errors import Forbidden, InvalidInput, NotFound
from matcher.pipeline.access.credentials import is_in_force, refused
from matcher.pipeline.answers import Answer, Moment
from matcher.store import access, parks
from matcher.store.database import Database, Transaction

MAX_EMBED_LIFETIME = timedelta(hours=24)
_SECRET = "embed-token"  # noqa: S105 - the secret's name


@dataclass(frozen=True, slots=True)
class EmbedGrant:
    """What an embed token opens: one park's matches, read-only, on pages of exactly these origins."""

    park_id: int
    park_code: str
    origins: tuple[str, ...]
    expires_at: datetime


class EmbedTokenAnswer(Answer):
    """签发的嵌入令牌（JWT），只读。"""

    token: str
    park: str
    origins: list[str]
    expires_at: Moment


def issue_embed_token(
    database: Database,
    principal: Principal,
    park_code: str,
    origins: Sequence[str],
    lifetime: timedelta,
    now: datetime,
) -> EmbedTokenAnswer:
    """A signed token (JWT, HS256) for a page on another origin; it ends with the caller's credential.

    Raises:
        NotFound: the park is not in the caller's scope.
        InvalidInput: no origin, one that is not exactly scheme://host[:port], or a lifetime over 24 hours.
        Forbidden: the caller's role may not issue tokens.
    """
    principal.require(Right.ISSUE_EMBED)
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
            raise NotFound(f"没有代码为 {park_code} 的园区。", f"there is no park {park_code}.", field="park")
        key = _signing_secret(session)
    ends = now + lifetime
    if principal.expires_at is not None:
        ends = min(ends, principal.expires_at)
    ends = ends.replace(microsecond=0)
    claims = {
        "aud": "matcher-embed",
        "sub": str(park.id),
        "park": park.code,
        "origins": list(origins),
        "iat": now,
        "exp": ends,
        "key": principal.key_id,
    }
    token = jwt.encode(claims, key, algorithm="HS256")
    return EmbedTokenAnswer(token=token, park=park.code, origins=list(origins), expires_at=ends)


def read_embed_token(database: Database, token: str, origin: str | None, now: datetime) -> EmbedGrant:
    """What a token opens for a page of `origin`.

    Raises:
        Unauthorized: forged, expired, or issued with a key or session that is revoked or expired.
        Forbidden: the page's origin is not one the token names.
    """
    with database.reading() as session:
        key = access.secret(session, _SECRET)
    try:
        claims = jwt.decode(
            token,
            key or secrets.token_hex(32),
            algorithms=["HS256"],
            audience="matcher-embed",
            options={"verify_exp": False, "verify_iat": False},
        )
    except jwt.InvalidTokenError:
        raise refused() from None
    expires_at = datetime.fromtimestamp(claims["exp"], tz=now.tzinfo)
    if expires_at <= now:
        raise refused()
    with database.reading() as session:
        issuer = None if claims["key"] is None else access.by_id(session, claims["key"])
        if issuer is not None and not is_in_force(session, issuer, now):
            raise refused()
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


def _signing_secret(session: Transaction) -> str:
    secret = access.secret(session, _SECRET)
    if secret is None:
        secret = secrets.token_hex(32)
        access.add_secret(session, _SECRET, secret)
    return secret
