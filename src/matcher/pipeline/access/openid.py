"""OpenID Connect: a bearer token that an issuer signed, read as a caller of this service."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt

from matcher.domain.access import DISTRICT, Principal, Role
from matcher.domain.errors import Forbidden, Unauthorized
from matcher.domain.labels import label
from matcher.domain.text import fold, normalise
from matcher.pipeline.access.credentials import scope_of
from matcher.pipeline.access.issuer_keys import IssuerKeys
from matcher.store import parks
from matcher.store.database import Database, Transaction

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a private key alone: never `none`, never a secret that both sides hold."""

LEEWAY = 30
"""Seconds by which the issuer's clock may differ from this one."""

EVERY_PARK = "*"

_LONGEST_NAME = 100
_LONGEST_ACCOUNT = 200
_ROLES = {role.value: role for role in Role if role is not Role.EMBED}
_DISTRICT_ROLES = {Role.ADMIN, Role.BATCH}
_WITH_SUBJECT = {Role.TECHNOLOGY_MANAGER, Role.RESEARCH_UNIT}


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """Which claims of a token name the role, the parks and the subject; `a.b` is claim b within claim a."""

    role: str
    parks: str
    subject: str


class OpenIdTokens:
    """Tokens of one issuer for one audience, and whom they make a caller.

    The role claim holds one role of this service, alone or in a list with others' roles. The parks claim
    holds park codes; without it the caller sees no park, and `*` means every park to an administrator and
    the batch alone. The subject claim names a technology manager's person or a research unit's organisation.
    """

    def __init__(self, issuer: str, audience: str, keys: IssuerKeys, claims: ClaimNames) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._claims = claims

    def principal(self, database: Database, token: str) -> Principal:
        """The caller behind a token.

        Raises:
            Unauthorized: not a token, not the issuer's, not for this service, expired or not valid yet.
            Forbidden: it names no role of this service, or not what the role needs.
            IssuerUnavailable: the issuer cannot be asked for its keys.
        """
        claims, expires_at = self._verified(token)
        role = self._role(claims)
        subject = _text(_claim(claims, self._claims.subject)) if role in _WITH_SUBJECT else ""
        if role in _WITH_SUBJECT and not fold(subject):
            raise Forbidden(
                f"登录令牌没有写明{label(role, 'zh')}是谁（{self._claims.subject}）。",
                f"the token does not say who the {label(role, 'en')} is ({self._claims.subject}).",
            )
        with database.reading() as session:
            park_ids = self._park_ids(session, role, claims)
            scope = scope_of(session, role, park_ids, subject)
        return Principal(
            name=_name(claims),
            role=role,
            scope=scope,
            subject=subject,
            account=claims["sub"],
            expires_at=expires_at,
        )

    def _verified(self, token: str) -> tuple[Mapping[str, Any], datetime]:
        """The claims of a genuine token, and its end; its times are held against this machine's clock."""
        try:
            identifier = jwt.get_unverified_header(token).get("kid")
            if not isinstance(identifier, str):
                raise _refused()
            claims: dict[str, Any] = jwt.decode(
                token,
                self._keys.find(identifier),
                algorithms=ALGORITHMS,
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY,
                options={
                    "require": ["iss", "aud", "exp", "iat", "sub"],
                    "enforce_minimum_key_length": True,
                },
            )
            expires_at = datetime.fromtimestamp(int(claims["exp"]), UTC)
        except (jwt.PyJWTError, ValueError, OverflowError, OSError):
            raise _refused() from None
        if not 0 < len(claims["sub"]) <= _LONGEST_ACCOUNT:
            raise _refused()
        return claims, expires_at

    def _role(self, claims: Mapping[str, Any]) -> Role:
        roles = {_ROLES[name] for name in _texts(_claim(claims, self._claims.role)) if name in _ROLES}
        if len(roles) == 1:
            return roles.pop()
        names = "、".join(sorted(roles)) or "无"
        raise Forbidden(
            f"登录令牌须恰好带有本系统的一个角色（{self._claims.role}），现为：{names}。",
            f"the token must name exactly one role of this service in {self._claims.role}; it names "
            f"{', '.join(sorted(roles)) or 'none'}.",
        )

    def _park_ids(self, session: Transaction, role: Role, claims: Mapping[str, Any]) -> list[int] | None:
        codes = _texts(_claim(claims, self._claims.parks))
        if EVERY_PARK in codes and role in _DISTRICT_ROLES:
            return None
        return [park.id for park in parks.page(session, DISTRICT) if park.code in codes]


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, or by its path where claims lie within claims."""
    if name in claims:
        return claims[name]
    outer, _, inner = name.partition(".")
    claim = claims.get(outer)
    return _claim(claim, inner) if inner and isinstance(claim, dict) else None


def _texts(raw: Any) -> frozenset[str]:
    """The texts of a claim: one text, several with blanks or commas between, or a list of them."""
    if isinstance(raw, str):
        return frozenset(re.split(r"[\s,]+", raw.strip())) - {""}
    return frozenset(text for text in raw if isinstance(text, str)) if isinstance(raw, list) else frozenset()


def _text(value: Any) -> str:
    return normalise(value) if isinstance(value, str) else ""


def _name(claims: Mapping[str, Any]) -> str:
    """Who this is, as logs and the ledger's history say it."""
    names = (_text(claims.get(name)) for name in ("preferred_username", "email", "sub"))
    return next(filter(None, names), claims["sub"])[:_LONGEST_NAME]


def _refused() -> Unauthorized:
    return Unauthorized(
        "登录令牌无效、已过期，或不是签发给本系统的；请重新登录。",
        "the token is not valid, has expired, or is not for this service: sign in again.",
    )
