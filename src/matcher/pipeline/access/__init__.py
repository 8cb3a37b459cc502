"""Who may come in: API keys, one-time logins, browser sessions, embed tokens and OpenID Connect tokens."""

from matcher.pipeline.access.embed_tokens import (
    MAX_EMBED_LIFETIME,
    EmbedGrant,
    EmbedTokenAnswer,
    HeldTokenAnswer,
    embed_scope,
    issue_embed_token,
    list_embed_tokens,
    read_embed_token,
    revoke_embed_token,
)
from matcher.pipeline.access.issuer_keys import IssuerKeys
from matcher.pipeline.access.keys import MAX_DAYS, IssuedKey, KeyAnswer, create_key, list_keys, revoke_key
from matcher.pipeline.access.openid import ClaimNames, OpenIdTokens
from matcher.pipeline.access.sessions import (
    KnownCallers,
    SessionAnswer,
    WhoAnswer,
    authenticate,
    issue_login,
    sign_in,
    sign_out,
    who_is,
)

__all__ = [
    "MAX_DAYS",
    "MAX_EMBED_LIFETIME",
    "ClaimNames",
    "EmbedGrant",
    "EmbedTokenAnswer",
    "HeldTokenAnswer",
    "IssuedKey",
    "IssuerKeys",
    "KeyAnswer",
    "KnownCallers",
    "OpenIdTokens",
    "SessionAnswer",
    "WhoAnswer",
    "authenticate",
    "create_key",
    "embed_scope",
    "issue_embed_token",
    "issue_login",
    "list_embed_tokens",
    "list_keys",
    "read_embed_token",
    "revoke_embed_token",
    "revoke_key",
    "sign_in",
    "sign_out",
    "who_is",
]
