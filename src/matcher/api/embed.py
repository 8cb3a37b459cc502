"""Results on other sites: short-lived tokens, and the one read they open."""

from datetime import timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.responses import Response

from matcher.api.auth import Caller, Installation, administrator
from matcher.api.fields import Id
from matcher.api.openapi import problems
from matcher.api.schemas.access import NewEmbedToken
from matcher.api.writes import shown
from matcher.domain.errors import TokenRevoked, Unauthorized
from matcher.pipeline.access import (
    EmbedTokenAnswer,
    HeldTokenAnswer,
    issue_embed_token,
    list_embed_tokens,
    read_embed_token,
    revoke_embed_token,
)
from matcher.pipeline.answers import Listed
from matcher.pipeline.matches.answers import EmbeddedMatches
from matcher.pipeline.matches.embedded import embedded_matches

router = APIRouter(prefix="/v1", tags=["embed"])

_token = HTTPBearer(
    auto_error=False, scheme_name="EmbedToken", description="嵌入令牌，由 POST /v1/embed-tokens 签发"
)
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET",
    "Access-Control-Allow-Headers": "Authorization",
    "Access-Control-Max-Age": "600",
    "Vary": "Origin",
}


@router.post(
    "/embed-tokens",
    operation_id="create_embed_token",
    summary="签发嵌入令牌",
    status_code=201,
    response_model=EmbedTokenAnswer,
    responses=problems(401, 403, 404, 413, 422),
)
def create_embed_token(service: Installation, caller: Caller, body: NewEmbedToken) -> Response:
    """签发一个只读、短期的令牌，只在列出的来源的页面上可用。"""
    issued = issue_embed_token(
        service.database,
        caller,
        body.park,
        body.origins,
        timedelta(seconds=body.lifetime_seconds),
        service.now(),
    )
    return shown(issued, status=201)


@router.get(
    "/embed-tokens",
    operation_id="list_embed_tokens",
    summary="列出嵌入令牌",
    response_model=Listed[HeldTokenAnswer],
    responses=problems(401, 403),
    dependencies=[Depends(administrator)],
)
def list_tokens(service: Installation) -> Response:
    """尚未到期的嵌入令牌，不含密文，含已撤销的。"""
    return shown(list_embed_tokens(service.database, service.now()))


@router.delete(
    "/embed-tokens/{token_id}",
    operation_id="revoke_embed_token",
    summary="撤销嵌入令牌",
    status_code=204,
    responses=problems(401, 403, 404, 422),
    dependencies=[Depends(administrator)],
)
def revoke_token(service: Installation, token_id: Id) -> None:
    """撤销一个嵌入令牌，自下一次请求起失效；同一密钥签发的其他令牌不受影响。"""
    revoke_embed_token(service.database, token_id, service.now())


@router.get(
    "/embed/demands/{demand_id}/matches",
    operation_id="read_embedded_matches",
    summary="嵌入页面读取匹配结果",
    response_model=EmbeddedMatches,
    responses=problems(401, 403, 404, 422),
)
def read_embedded_matches(
    request: Request,
    service: Installation,
    demand_id: Id,
    bearer: HTTPAuthorizationCredentials | None = Depends(_token),
) -> Response:
    """令牌所属园区一项公开需求的公开结果；令牌列出的来源才能读取（CORS）。"""
    if bearer is None:
        raise Unauthorized("请提供嵌入令牌。", "give an embed token.")
    origin = request.headers.get("origin")
    now = service.now()
    try:
        grant = read_embed_token(service.database, bearer.credentials, origin, now)
    except TokenRevoked:
        request.state.allowed_origin = origin  # a page that the token names may read why
        raise
    request.state.allowed_origin = origin
    answer = shown(embedded_matches(service.database, demand_id, grant, now))
    answer.headers.update({"Access-Control-Allow-Origin": origin or "", "Vary": "Origin"})
    return answer


@router.options("/embed/demands/{demand_id}/matches", include_in_schema=False)
def preflight(request: Request) -> Response:
    """Let a page ask: a preflight carries no token, so the answer itself decides who may read it."""
    origin = request.headers.get("origin")
    allowed = {} if origin is None else {"Access-Control-Allow-Origin": origin}
    return Response(status_code=204, headers=_PREFLIGHT | allowed)
