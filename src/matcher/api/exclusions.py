"""Pairs that a park excludes for good."""

from fastapi import APIRouter
from starlette.responses import Response

from matcher.api.auth import Asked, Caller, Installation
from matcher.api.fields import Cursor, Id, Limit, Park
from matcher.api.openapi import problems
from matcher.api.schemas.ledger_bodies import NewExclusion
from matcher.api.writes import shown
from matcher.pipeline.answers import Page
from matcher.pipeline.ledger import exclusions

router = APIRouter(prefix="/v1/ledger/exclusions", tags=["ledger"])


@router.get(
    "",
    operation_id="list_exclusions",
    summary="列出排除的供需对",
    response_model=Page[exclusions.ExclusionAnswer],
    responses=problems(401, 403, 404, 422),
)
def list_exclusions(
    service: Installation, caller: Caller, park: Park = None, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """一页仍然有效的排除，最早的在前。"""
    return shown(exclusions.list_exclusions(service.database, caller, park=park, cursor=cursor, limit=limit))


@router.post(
    "",
    operation_id="exclude_pair",
    summary="排除一对",
    status_code=201,
    response_model=exclusions.ExclusionAnswer,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def exclude_pair(service: Installation, asked: Asked, body: NewExclusion) -> Response:
    """此后各次匹配都不再提出这一对，不论它是否已在台账中；已经排除的答 409。"""
    answer = exclusions.exclude_pair(
        service.database, asked(body.sent()), body.demand_id, body.achievement_id, body.reason
    )
    return shown(answer, status=201)


@router.delete(
    "/{exclusion_id}",
    operation_id="lift_exclusion",
    summary="解除排除",
    response_model=exclusions.ExclusionAnswer,
    responses=problems(401, 403, 404, 409, 422),
)
def lift_exclusion(service: Installation, asked: Asked, exclusion_id: Id) -> Response:
    """下一次匹配起，这一对可以重新提出；已经解除的不作改变。"""
    return shown(exclusions.lift_exclusion(service.database, asked({}), exclusion_id))
