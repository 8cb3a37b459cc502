"""Every failure as an RFC 9457 problem with a stable code, in Chinese and in English."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from matcher.api.language import language_of
from matcher.domain.errors import (
    Conflict,
    DatabaseAway,
    EncoderError,
    Forbidden,
    IllegalMove,
    InvalidInput,
    IssuerUnavailable,
    MatcherError,
    NotFound,
    RefreshRunning,
    StaleVersion,
    StoreError,
    Unauthorized,
    UndoBlocked,
)
from matcher.domain.field_names import path_words
from matcher.pipeline.invalid_values import said_of
from matcher.pipeline.lists.import_answers import BlockingAnswer

_log = logging.getLogger(__name__)

STATUSES: Mapping[type[MatcherError], int] = {
    InvalidInput: 422,
    NotFound: 404,
    StaleVersion: 412,
    Conflict: 409,
    IllegalMove: 409,
    RefreshRunning: 409,
    Unauthorized: 401,
    Forbidden: 403,
    IssuerUnavailable: 503,
    EncoderError: 503,
    StoreError: 503,
    MatcherError: 500,
}
"""Error class → HTTP status; a class that is not named answers as the one it derives from."""

TITLES: Mapping[int, tuple[str, str]] = {
    400: ("请求有误", "Bad request"),
    401: ("需要有效的凭证", "A valid credential is needed"),
    403: ("无权进行此操作", "Not allowed"),
    404: ("未找到", "Not found"),
    405: ("不支持该方法", "Method not allowed"),
    409: ("与现状冲突", "Conflict"),
    412: ("内容已被他人修改", "Changed since you read it"),
    413: ("内容过大", "Too large"),
    422: ("内容有误", "Invalid content"),
    500: ("服务内部错误", "Internal error"),
    503: ("服务暂不可用", "Service unavailable"),
}
"""HTTP status → (Chinese, English) title of its problems."""

PROBLEM_TYPE = "application/problem+json"

_AWAY = (
    "数据库没有应答；请稍后再试，或告知系统管理员。",
    "the database does not answer: try again later, or tell the administrator.",
)
"""What callers are told of a `DatabaseAway`: anyone may ask, so nothing of where the database is."""

_HTTP_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
_HTTP_DETAILS = {
    400: ("无法读取请求正文。", "the request's body cannot be read."),
    404: ("没有这个地址。", "there is nothing at this address."),
    405: ("该地址不支持此方法。", "this address does not take this method."),
}


class TooLarge(HTTPException):
    """A request body over the limit, in bytes. Raised while the body is read, under FastAPI's own parsing.

    A body that did not announce its length may never end, so its connection is closed.
    """

    def __init__(self, limit: int, *, announced: bool) -> None:
        super().__init__(413, headers=None if announced else {"Connection": "close"})
        self.limit = limit


def problem(
    request: Request,
    status: int,
    code: str,
    zh: str,
    en: str,
    *,
    field: str | None = None,
    errors: Sequence[Mapping[str, Any]] = (),
    blocked_by: Sequence[BlockingAnswer] = (),
) -> JSONResponse:
    """A problem document; `title` and `detail` are in the caller's language."""
    language = language_of(request)
    titles = TITLES.get(status, TITLES[500])
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    origin = getattr(request.state, "allowed_origin", None)
    if origin is not None:
        headers |= {"Access-Control-Allow-Origin": origin, "Vary": "Accept-Language, Origin"}
    body = {
        "type": f"urn:matcher:problem:{code}",
        "title": titles[0] if language == "zh" else titles[1],
        "status": status,
        "detail": zh if language == "zh" else en,
        "code": code,
        "detail_zh": zh,
        "detail_en": en,
        "field": field,
        "errors": list(errors),
        "blocked_by": [blocking.as_json() for blocking in blocked_by],
    }
    return JSONResponse(body, status, headers, media_type=PROBLEM_TYPE)


def status_of(error: MatcherError) -> int:
    """The HTTP status of an error."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def internal_problem(request: Request) -> JSONResponse:
    """The answer to a failure nobody foresaw; it tells nothing of the cause, which is in the log."""
    return problem(
        request,
        500,
        MatcherError.code,
        "服务内部出错，已记入日志；请稍后再试。",
        "something went wrong here and is in the log: try again later.",
    )


def install(app: FastAPI) -> None:
    """Answer every foreseen failure of `app` with a problem."""
    app.add_exception_handler(MatcherError, _on_matcher_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)


def _on_matcher_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, MatcherError)
    zh, en = error.zh, error.en
    if isinstance(error, DatabaseAway):
        _log.error("%s", error)
        zh, en = _AWAY
    blocked_by = error.blocked_by if isinstance(error, UndoBlocked) else ()
    return problem(
        request,
        status_of(error),
        error.code,
        zh,
        en,
        field=error.field,
        blocked_by=[BlockingAnswer.made_of(blocking) for blocking in blocked_by],
    )


def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error, TooLarge):
        megabytes = f"{error.limit / 1_000_000:g}"
        zh, en = f"内容超过 {megabytes} MB 的上限。", f"the body is over the limit of {megabytes} MB."
    else:
        zh, en = _HTTP_DETAILS.get(error.status_code, _HTTP_DETAILS[400])
    code = _HTTP_CODES.get(error.status_code, "bad_request")
    answer = problem(request, error.status_code, code, zh, en)
    answer.headers.update(error.headers or {})
    return answer


def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [_validation_error(fault) for fault in error.errors()]
    first = errors[0]
    zh, en = path_words(_path(error.errors()[0])) if first["field"] else ("请求正文", "the body")
    return problem(
        request,
        422,
        "validation_failed",
        f"{zh}：{first['detail_zh']}",
        f"{en}: {first['detail_en']}",
        field=first["field"] or None,
        errors=errors,
    )


def _validation_error(error: Mapping[str, Any]) -> dict[str, Any]:
    # What FastAPI itself refuses as a ValueError is an upload that is none.
    zh = "不是可上传的文件。" if error["type"] == "value_error" else said_of(error)
    return {
        "in": error["loc"][0],
        "field": ".".join(str(step) for step in _path(error)),
        "code": error["type"],
        "detail_zh": zh,
        "detail_en": error["msg"],
    }


def _path(error: Mapping[str, Any]) -> tuple[str | int, ...]:
    """The field within the body, or the parameter; none of a body that is no JSON."""
    return () if error["type"] == "json_invalid" else tuple(error["loc"][1:])
