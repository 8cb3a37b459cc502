"""Who is calling: a bearer key or token, an `X-API-Key`, or the cookie of a session on this origin."""

from collections.abc import Callable, Hashable, Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URL
from starlette.requests import HTTPConnection

from matcher.api.fields import IdempotencyKey
from matcher.bootstrap import Service
from matcher.domain.access import Principal, Right
from matcher.domain.errors import Forbidden, Unauthorized
from matcher.pipeline import idempotency
from matcher.pipeline.idempotency import digest_of

_COOKIE = "matcher_session"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def session_cookie(request: HTTPConnection) -> str:
    """The name of the session's cookie: with the port, where the address has one.

    Browsers send cookies to every port of a host, so two installations on one host need two names.
    """
    try:
        port = URL(f"//{request.headers.get('host', '')}").port
    except ValueError:
        port = None
    return _COOKIE if port is None else f"{_COOKIE}_{port}"


class _SessionCookie(APIKeyCookie):
    """The session's cookie, whatever its name at this address."""

    async def __call__(self, request: HTTPConnection) -> str | None:
        """The cookie's value; None where there is none."""
        return request.cookies.get(session_cookie(request))


_bearer = HTTPBearer(
    auto_error=False,
    description="API 密钥 `Authorization: Bearer mk_…`，或所配置的身份认证系统签发的 OpenID Connect 令牌",
)
_header = APIKeyHeader(name="X-API-Key", auto_error=False, description="API 密钥：`X-API-Key: mk_…`")
_cookie = _SessionCookie(
    name=_COOKIE,
    auto_error=False,
    description="浏览器会话，由 POST /v1/session 建立；地址带端口时名称也带端口，如 matcher_session_8000",
)


async def installation(request: Request) -> Service:
    """The installation that this application serves."""
    service: Service = request.app.state.service
    return service


Installation = Annotated[Service, Depends(installation)]


async def caller(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    key: Annotated[str | None, Depends(_header)],
    cookie: Annotated[str | None, Depends(_cookie)],
) -> Principal:
    """The caller of this request. A header goes before the cookie.

    Raises:
        Unauthorized: no credential, or one that is unknown, expired or revoked.
        Forbidden: a change asked for with the cookie by a page of another origin, or a token without a role.
        IssuerUnavailable: a token, and its issuer cannot be asked.
    """
    credential = bearer.credentials if bearer is not None else key
    request.state.by_cookie = credential is None and cookie is not None
    if request.state.by_cookie:
        if request.method not in _SAFE_METHODS:
            require_same_origin(request)
        credential = cookie
    if credential is None:
        raise Unauthorized(
            "请提供 API 密钥（Authorization: Bearer mk_…）或先登录。",
            "give an API key (Authorization: Bearer mk_…) or sign in.",
        )
    service = await installation(request)
    stamp = request.state.stamp = await _stamp(service)
    now = service.now()
    principal = service.callers.recall(credential, now, stamp)
    if principal is None:
        openid = None if bearer is None else service.openid
        principal = await run_in_threadpool(service.callers.authenticate, credential, now, stamp, openid)
    request.state.key_id = principal.key_id
    request.state.account = principal.account or None
    return principal


async def _stamp(service: Service) -> Hashable:
    database = service.database
    return database.stamp() if database.stamps_at_once else await run_in_threadpool(database.stamp)


Caller = Annotated[Principal, Depends(caller)]


Asking = Callable[[Mapping[str, Any]], idempotency.Request]


async def _asking(
    request: Request, service: Installation, caller: Caller, idempotency_key: IdempotencyKey = None
) -> Asking:
    operation = request.scope["route"].operation_id
    path = dict(request.path_params)

    def asked(body: Mapping[str, Any]) -> idempotency.Request:
        digest = digest_of(operation, {"path": path, "body": body})
        return idempotency.Request(caller, service.now(), "rest", idempotency_key, digest)

    return asked


Asked = Annotated[Asking, Depends(_asking)]
"""Gives, for the body that was sent, the request as the use cases take it."""


async def administrator(principal: Caller) -> Principal:
    """The caller, who must be an administrator of the whole district.

    Raises:
        Forbidden: any other caller.
    """
    principal.require(Right.ADMINISTER)
    return principal


def require_same_origin(request: Request) -> None:
    """Refuse a request that a page of another origin sends.

    Raises:
        Forbidden: `Origin` is present and does not name the host that was asked.
    """
    origin = request.headers.get("origin")
    if origin is None:
        return
    try:
        named = urlsplit(origin).netloc
    except ValueError:
        named = ""
    if named != request.headers.get("host"):
        raise Forbidden("不接受来自其他网站页面的操作。", "a page of another origin may not ask for this.")
