"""Embed tokens: short-lived rights to read one park's public matches on pages of named origins."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import jwt
from pydantic import Field

from matcher.domain.access import DISTRICT, Principal, Right, Role, Scope
from matcher.domain.errors import Forbidden, InvalidInput, NotFound, TokenRevoked
from matcher.pipeline.access.credentials import is_in_force, issue, refused
from matcher.pipeline.answers import Answer, Listed, Moment
from matcher.store import access, parks
from matcher.store.database import Database, Transaction

MAX_EMBED_LIFETIME = timedelta(hours=24)
_SECRET = "embed-token"  # noqa: S105 - the secret's name
_KIND = "embed"
_PORTS = {"http": 80, "https": 443}


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
    token_id: int = Field(description="撤销时所用的编号")
    park: str
    origins: list[str]
    expires_at: Moment


class HeldTokenAnswer(Answer):
    """一个尚未到期的嵌入令牌，不含密文。"""

    token_id: int
    name: str = Field(description="由谁签发")
    park: str
    origins: list[str]
    created_at: Moment
    expires_at: Moment
    revoked_at: Moment | None


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
    pages = [_normal_origin(origin) for origin in origins]
    if not pages or "" in pages:
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
        access.forget_expired(session, _KIND, now)
        held, _ = issue(
            session,
            _KIND,
            principal.name,
            Role.EMBED,
            [park.id],
            now,
            ends,
            subject=" ".join(pages),
            opened_by=principal.key_id,
        )
    claims = {
        "aud": "matcher-embed",
        "sub": str(park.id),
        "park": park.code,
        "origins": pages,
        "iat": now,
        "exp": ends,
        "key": principal.key_id,
        "jti": str(held.id),
    }
    token = jwt.encode(claims, key, algorithm="HS256")
    return EmbedTokenAnswer(token=token, token_id=held.id, park=park.code, origins=pages, expires_at=ends)


def read_embed_token(database: Database, token: str, origin: str | None, now: datetime) -> EmbedGrant:
    """What a token opens for a page of `origin`.

    Raises:
        Unauthorized: forged or expired.
        Forbidden: the page's origin is not one the token names.
        TokenRevoked: it is revoked, or was issued with a key or session that is revoked or expired.
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
    grant = EmbedGrant(int(claims["sub"]), claims["park"], tuple(claims["origins"]), expires_at)
    if origin not in grant.origins:
        raise Forbidden(
            f"令牌不允许来源 {origin or '（未知）'}。",
            f"the token does not allow the origin {origin or '(none)'}.",
        )
    with database.reading() as session:
        # Tokens of a version before had no row of their own, only that of the key.
        holders = [access.by_id(session, int(claims[name])) for name in ("jti", "key") if claims.get(name)]
        if not all(is_in_force(session, holder, now) for holder in holders if holder is not None):
            raise TokenRevoked("访问令牌已被撤销。", "the access token was revoked.")
    return grant


def list_embed_tokens(database: Database, now: datetime) -> Listed[HeldTokenAnswer]:
    """Every embed token that has not expired, revoked ones included."""
    with database.reading() as session:
        codes = {park.id: park.code for park in parks.page(session, DISTRICT)}
        return Listed[HeldTokenAnswer](
            items=[
                HeldTokenAnswer(
                    token_id=held.id,
                    name=held.name,
                    park=", ".join(codes[park_id] for park_id in held.parks or ()),
                    origins=held.subject.split(),
                    created_at=held.created_at,
                    expires_at=held.expires_at,
                    revoked_at=held.revoked_at,
                )
                for held in access.of_kind(session, _KIND)
                if held.expires_at is not None and held.expires_at > now
            ]
        )


def revoke_embed_token(database: Database, token_id: int, now: datetime) -> None:
    """Revoke one embed token: it opens nothing from the next request on.

    Raises:
        NotFound: no such token, or it is revoked already.
    """
    with database.writing() as session:
        held = access.by_id(session, token_id)
        if held is None or held.kind != _KIND or not access.revoke(session, token_id, now):
            raise NotFound(
                f"没有编号为 {token_id} 的有效嵌入令牌。", f"there is no valid embed token {token_id}."
            )


def embed_scope(grant: EmbedGrant) -> Scope:
    """The one park an embed token opens."""
    return Scope(frozenset({grant.park_id}))


def _normal_origin(origin: str) -> str:
    """An origin as browsers send it: in small letters, a name in its ASCII form, without the scheme's own
    port; "" for what is no origin."""
    try:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port
        if ":" not in host:
            host = host.encode("idna").decode("ascii").lower()
    except ValueError:
        return ""
    exact = origin.lower() == f"{parts.scheme}://{parts.netloc}".lower()
    if parts.scheme not in _PORTS or not exact or not host or {"*", "@"} & {*parts.netloc}:
        return ""
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + ("" if port in {None, _PORTS[parts.scheme]} else f":{port}")


def _signing_secret(session: Transaction) -> str:
    secret = access.secret(session, _SECRET)
    if secret is None:
        secret = secrets.token_hex(32)
        access.add_secret(session, _SECRET, secret)
    return secret
