"""The public keys that an OpenID Connect issuer signs with: fetched, kept, fetched anew when they rotate."""

import json
import time
import urllib.request
from collections.abc import Callable
from threading import Lock
from typing import Any

import jwt

from matcher.domain.errors import IssuerUnavailable, Unauthorized

LIFESPAN = 3600.0
"""Seconds for which keys are trusted without asking the issuer again."""

PAUSE = 30.0
"""Seconds between two questions to the issuer: made-up key ids, and an issuer that is down, cost little."""

TIMEOUT = 5.0
"""Seconds that one question to the issuer may take."""

_MAX_DOCUMENT = 1_000_000


class IssuerKeys:
    """Signing keys by id. Whoever asks for a known key never waits; safe to share between threads."""

    def __init__(
        self, issuer: str, jwks_url: str | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer = issuer
        self._jwks_url = jwks_url
        self._clock = clock
        self._lock = Lock()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fresh_until = self._next_look = float("-inf")
        self._reachable = True

    def find(self, identifier: str) -> jwt.PyJWK:
        """The key with this id.

        Raises:
            Unauthorized: the issuer has no such key.
            IssuerUnavailable: the issuer cannot be asked.
        """
        key = self._held(identifier)
        if key is not None:
            return key
        with self._lock:
            if self._held(identifier) is None and self._clock() >= self._next_look:
                self._look()
        key = self._held(identifier)
        if key is not None:
            return key
        if not self._reachable:
            raise IssuerUnavailable(
                "暂时无法向身份认证系统核对登录令牌；请稍后再试，或改用 API 密钥。",
                "the issuer of the token cannot be asked just now: try again later, or use an API key.",
            )
        raise Unauthorized(
            "登录令牌的签名密钥未知；请重新登录后再试。", "the token's signing key is unknown: sign in again."
        )

    def _held(self, identifier: str) -> jwt.PyJWK | None:
        return self._keys.get(identifier) if self._clock() < self._fresh_until else None

    def _look(self) -> None:
        try:
            url = self._jwks_url or self._discovered()
            keys = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=TIMEOUT).get_signing_keys()
        except (jwt.PyJWTError, OSError, ValueError):
            self._reachable = False
        else:
            self._keys = {str(key.key_id): key for key in keys}
            self._fresh_until = self._clock() + LIFESPAN
            self._reachable = True
        self._next_look = self._clock() + PAUSE

    def _discovered(self) -> str:
        """Where the issuer's own discovery document says its keys are."""
        url = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310 - settings allow http(s) alone
            if answer.geturl() != url:
                raise ValueError("the discovery document is elsewhere")
            document: dict[str, Any] = json.loads(answer.read(_MAX_DOCUMENT))
        if document.get("issuer") != self._issuer:
            raise ValueError("the discovery document is another issuer's")
        self._jwks_url = str(document["jwks_uri"])
        if self._issuer.startswith("https:") and not self._jwks_url.startswith("https:"):
            self._jwks_url = None
            raise ValueError("the issuer names an address of its keys that is not encrypted")
        return self._jwks_url
