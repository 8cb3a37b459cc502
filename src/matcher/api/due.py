"""Who has what to do: what is due, handing it over, and the suppliers of one demand side by side."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from matcher.api.auth import Asked, Caller, Installation
from matcher.api.fields import Id, Park, Person
from matcher.api.openapi import problems
from matcher.api.schemas.due import DueList, HandOverAnswer, SuppliersAnswer
from matcher.api.schemas.work import HandOver
from matcher.api.writes import written
from matcher.pipeline.ledger import due, suppliers
from matcher.pipeline.ledger import hand_over as handover

router = APIRouter(prefix="/v1", tags=["ledger"])


@router.get(
    "/ledger/due",
    operation_id="list_due",
    summary="列出到期事项",
    response_model=DueList,
    responses=problems(401, 403, 404, 422),
)
def list_due(
    service: Installation,
    caller: Caller,
    park: Park = None,
    person: Person = None,
    days: Annotated[int, Query(ge=0, le=due.MAX_DAYS, description="今天以后几天以内到期的")] = 7,
) -> Any:
    """逾期的和即将到期的事项，日期早的在前；试用到期提前 30 天列出。"""
    items = due.list_due(service.database, caller, service.now(), park=park, person=person, days=days)
    return {"items": items}


@router.post(
    "/ledger/hand-over",
    operation_id="hand_over",
    summary="交接一个人的台账",
    response_model=HandOverAnswer,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def hand_over(service: Installation, asked: Asked, body: HandOver) -> JSONResponse:
    """一个人在一个园区的全部台账改由另一人负责，一次提交；逐条写入历史，交接本身也有记录。"""
    answer = handover.hand_over_entries(service.database, asked(body.sent()), body.park, body.one, body.other)
    return written(answer)


@router.get(
    "/demands/{demand_id}/suppliers",
    operation_id="compare_suppliers",
    summary="比较一项需求的几家供方",
    response_model=SuppliersAnswer,
    responses=problems(401, 403, 404, 422),
)
def compare_suppliers(service: Installation, caller: Caller, demand_id: Id) -> Any:
    """一项需求下有人办理的各条台账（联合攻关或赛马），按里程碑比较。"""
    return suppliers.compare_suppliers(service.database, caller, demand_id, service.now())
