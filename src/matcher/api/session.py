"""Browser sessions: sign in with a one-time link or a key, see who one is, sign out."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from matcher.api.auth import Caller, Installation, require_same_origin, session_cookie
from matcher.api.openapi import problems
from matcher.api.schemas.access import SignIn
from matcher.api.writes import shown
from matcher.domain.errors import NotFound
from matcher.pipeline import access

router = APIRouter(prefix="/v1/session", tags=["access"])


@router.post(
    "",
    operation_id="sign_in",
    summary="登录",
    status_code=201,
    response_model=access.SessionAnswer,
    responses=problems(401, 403, 413, 422),
)
def sign_in(request: Request, service: Installation, body: SignIn) -> Response:
    """以一次性登录令牌或 API 密钥换取浏览器会话（HttpOnly、SameSite=Strict 的 cookie）。"""
    require_same_origin(request)
    credential, session = access.sign_in(service.database, body.token, service.now())
    response = shown(session, status=201)
    response.set_cookie(
        session_cookie(request),
        credential,
        expires=session.expires_at,
        httponly=True,
        samesite="strict",
        path=_home(request),
        secure=request.url.scheme == "https",
    )
    return response


@router.get(
    "",
    operation_id="read_session",
    summary="我是谁",
    response_model=access.WhoAnswer,
    responses=problems(401),
)
def read_session(service: Installation, caller: Caller) -> Response:
    """调用者的名字、角色、权限、可见的园区，以及凭证何时到期。"""
    return shown(access.who_is(service.database, caller))


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
    answer.delete_cookie(session_cookie(request), httponly=True, samesite="strict", path=_home(request))
    return answer


def _home(request: Request) -> str:
    """The path that the session's cookie is for: two installations may share a host."""
    return request.scope.get("root_path") or "/"
