"""Browser sessions: sign in with a one-time link or a key, see who one is, sign out."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from matcher.api.auth import Caller, Installation, require_same_origin, session_cookie
from matcher.api.openapi import problems
from matcher.api.schemas.access import SessionAnswer, SignIn, WhoAnswer
from matcher.bootstrap import Service
from matcher.domain.access import Principal
from matcher.domain.errors import NotFound
from matcher.domain.labels import label
from matcher.pipeline import access
from matcher.pipeline.lists.parks import list_parks

router = APIRouter(prefix="/v1/session", tags=["access"])


@router.post(
    "",
    operation_id="sign_in",
    summary="登录",
    status_code=201,
    response_model=SessionAnswer,
    responses=problems(401, 403, 413, 422),
)
def sign_in(request: Request, service: Installation, body: SignIn) -> JSONResponse:
    """以一次性登录令牌或 API 密钥换取浏览器会话（HttpOnly、SameSite=Strict 的 cookie）。"""
    require_same_origin(request)
    credential, principal, expires_at = access.sign_in(service.database, body.token, service.now())
    answer = JSONResponse(_who(service, principal), 201)
    answer.set_cookie(
        session_cookie(request),
        credential,
        expires=expires_at,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


@router.get(
    "", operation_id="read_session", summary="我是谁", response_model=WhoAnswer, responses=problems(401)
)
def read_session(service: Installation, caller: Caller) -> Any:
    """调用者的名字、角色、权限、可见的园区，以及凭证何时到期。"""
    return _who(service, caller)


@router.delete(
    "",
    operation_id="sign_out",
    summary="退出登录",
    status_code=204,
    responses=problems(401, 403, 404),
)
def sign_out(request: Request, service: Installation, caller: Caller) -> Response:
    """结束浏览器会话；以密钥调用时没有会话可以结束，答 404，密钥不受影响。"""
    if not request.state.by_cookie:
        raise NotFound("没有登录会话；密钥请在密钥管理中作废。", "no session: a key is revoked under keys.")
    access.sign_out(service.database, caller, service.now())
    answer = Response(status_code=204)
    answer.delete_cookie(session_cookie(request), httponly=True, samesite="strict")
    return answer


def _who(service: Service, principal: Principal) -> dict[str, Any]:
    parks = None
    if principal.scope.parks is not None:
        parks = [park.code for park in list_parks(service.database, principal.scope)]
    return {
        "name": principal.name,
        "role": principal.role.value,
        "role_label": label(principal.role, "zh"),
        "parks": parks,
        "subject": principal.subject,
        "rights": [right.value for right in principal.rights],
        "expires_at": principal.expires_at and principal.expires_at.isoformat(),
    }
