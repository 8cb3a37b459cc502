"""Near misses: achievements that one change of one stated field would have proposed to a demand."""

from fastapi import APIRouter
from starlette.responses import Response

from matcher.api.auth import Caller, Installation
from matcher.api.fields import Id
from matcher.api.openapi import problems
from matcher.api.writes import shown
from matcher.pipeline.answers import Listed
from matcher.pipeline.matches.near_misses import NearMissAnswer, demand_near_misses

router = APIRouter(prefix="/v1/demands", tags=["ledger"])


@router.get(
    "/{demand_id}/near-misses",
    operation_id="list_near_misses",
    summary="列出差一点的成果",
    response_model=Listed[NearMissAnswer],
    responses=problems(401, 403, 404, 422),
)
def list_near_misses(service: Installation, caller: Caller, demand_id: Id) -> Response:
    """最近一次匹配时，只要改动一项写明的条件就会为这项需求提出的成果（至多三项，另加门槛以下最接近的一项），
    以及要改什么、改多少。"""
    return shown(demand_near_misses(service.database, caller, demand_id, service.now()))
