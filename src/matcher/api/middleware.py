"""What surrounds every request: response headers, the access log, metrics, and the limit of a body."""

import logging
import re
from secrets import token_hex
from time import perf_counter

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from matcher.api.errors import TooLarge, internal_problem
from matcher.api.metrics import RequestMetrics

_access = logging.getLogger("matcher.access")
_log = logging.getLogger(__name__)

REQUEST_ID = "X-Request-Id"
_REQUEST_ID = REQUEST_ID.lower().encode()
_REQUEST_IDS = re.compile(r"[A-Za-z0-9._-]{1,64}")

JSON_LIMIT = 1_000_000
"""Bytes of a body that is not a file: three full spreadsheet cells of Chinese are a third of it."""

MULTIPART_OVERHEAD = 64_000
"""Bytes that form fields and boundaries may add to the files themselves."""

_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_API_HEADERS = (*_HEADERS, (b"cache-control", b"no-store"))


class ResponseHeaders:
    """Adds the headers that keep browsers within bounds; a header the route has set stays."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the headers added."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_api = scope["path"].removeprefix(scope.get("root_path", "")).startswith("/v1")
        wanted = _API_HEADERS if is_api else _HEADERS

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.setdefault("headers", [])
                stated = {name.lower() for name, _ in given}
                message["headers"] = [*given, *(header for header in wanted if header[0] not in stated)]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Observed:
    """Counts and logs every request by its route, never by its address, query, headers or body.

    Every line logged on the way holds the request's id, which the answer has as `X-Request-Id`. A failure
    nobody foresaw is logged with its traceback and answered with a problem that has none.
    """

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, then count and log."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        bound = bind_contextvars(request_id=request_id)
        try:
            await self._observe(scope, receive, send, request_id)
        finally:
            reset_contextvars(**bound)

    async def _observe(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        started = perf_counter()
        status = 0

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (_REQUEST_ID, request_id.encode())]
            await send(message)

        scope.setdefault("state", {})
        try:
            await self.app(scope, receive, send_and_note)
        except Exception:
            _log.exception("request failed", extra=_attributes(scope))
            if status:
                raise
            await internal_problem(Request(scope))(scope, receive, send_and_note)
        finally:
            seconds = perf_counter() - started
            self.metrics.observe(scope["method"], _route(scope), status, seconds)
            _log_request(scope, status, seconds)


def _log_request(scope: Scope, status: int, seconds: float) -> None:
    """One line of the access log. Its record is made here: `info` looks for the line that called it, and no
    line says."""
    if not _access.isEnabledFor(logging.INFO):
        return
    said = _attributes(scope) | {
        "http.response.status_code": status,
        "duration_ms": round(seconds * 1000, 1),
        "client.address": scope["client"][0] if scope.get("client") else None,
        "key_id": scope["state"].get("key_id"),
        "account": scope["state"].get("account"),
    }
    _access.handle(
        _access.makeRecord(_access.name, logging.INFO, __file__, 0, "request", (), None, extra=said)
    )


class HeadAnswered:
    """Answers HEAD as GET without the body, at every address that answers GET."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; of HEAD the status and the headers alone."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        asked = {**scope, "method": "GET"}

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self.app(asked, receive, send_without_body)
        finally:
            scope["route"] = asked.get("route")


class LimitedBody:
    """Refuses a body over the limit, whether it announces its length or not.

    Files may hold `max_upload` bytes, everything else `JSON_LIMIT`.
    """

    def __init__(self, app: ASGIApp, max_upload: int) -> None:
        self.app = app
        self.max_upload = max_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, unless the body is too large."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        is_upload = headers.get(b"content-type", b"").startswith(b"multipart/form-data")
        limit = self.max_upload if is_upload else JSON_LIMIT
        allowed = limit + MULTIPART_OVERHEAD if is_upload else limit
        announced = headers.get(b"content-length", b"0")
        too_long = announced.isdigit() and int(announced) > allowed
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            if too_long:
                raise TooLarge(limit, announced=True)
            message = await receive()
            received += len(message.get("body", b""))
            if received > allowed:
                raise TooLarge(limit, announced=False)
            return message

        await self.app(scope, receive_within_limit, send)


def _request_id(scope: Scope) -> str:
    """The caller's id of the request where it is well-formed, else a new one."""
    given = next((value.decode("latin-1") for name, value in scope["headers"] if name == _REQUEST_ID), "")
    return given if _REQUEST_IDS.fullmatch(given) else token_hex(16)


def _attributes(scope: Scope) -> dict[str, str]:
    """What was asked for, named as OpenTelemetry names it; an address itself may hold anything."""
    return {"http.request.method": scope["method"], "http.route": _route(scope)}


def _route(scope: Scope) -> str:
    path: str = getattr(scope.get("route"), "path", "unmatched")
    return path
