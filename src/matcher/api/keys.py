"""API keys, for administrators of the whole district."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from matcher.api.auth import Installation, administrator
from matcher.api.fields import Id
from matcher.api.openapi import problems
from matcher.api.schemas.access import NewKey
from matcher.api.writes import shown
from matcher.pipeline import access
from matcher.pipeline.answers import Listed

router = APIRouter(prefix="/v1/keys", tags=["access"], dependencies=[Depends(administrator)])


@router.get(
    "",
    operation_id="list_keys",
    summary="列出密钥",
    response_model=Listed[access.KeyAnswer],
    responses=problems(401, 403),
)
def list_keys(service: Installation) -> Response:
    """全部密钥，不含密文，含已作废的。"""
    return shown(access.list_keys(service.database))


@router.post(
    "",
    operation_id="create_key",
    summary="签发密钥",
    status_code=201,
    response_model=access.IssuedKey,
    responses=problems(401, 403, 404, 413, 422),
)
def create_key(service: Installation, body: NewKey) -> Response:
    """签发一把密钥；完整密钥只在这次回答中出现。"""
    issued = access.create_key(
        service.database,
        name=body.name,
        role=body.role,
        park_codes=body.parks,
        now=service.now(),
        expires_at=body.expires_at,
        expires_in_days=body.expires_in_days,
        subject=body.subject,
    )
    return shown(issued, status=201)


@router.delete(
    "/{key_id}",
    operation_id="revoke_key",
    summary="作废密钥",
    status_code=204,
    responses=problems(401, 403, 404, 422),
)
def revoke_key(service: Installation, key_id: Id) -> None:
    """作废一把密钥，自下一次请求起失效；以它登录的会话和签发的嵌入令牌同时失效。"""
    access.revoke_key(service.database, key_id, service.now())
