"""Who has what to do: what is due, handing it over, and the suppliers of one demand side by side."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from matcher.api.auth import Asked, Caller, Installation
from matcher.api.fields import Id, Park, Person
from matcher.api.openapi import problems
from matcher.api.schemas.ledger_bodies import HandOver
from matcher.api.writes import shown
from matcher.pipeline.answers import Listed
from matcher.pipeline.ledger import due
from matcher.pipeline.ledger.hand_over import HandOverAnswer, hand_over_entries
from matcher.pipeline.ledger.suppliers import SuppliersAnswer, compare_suppliers

router = APIRouter(prefix="/v1", tags=["ledger"])


@router.get(
    "/ledger/due",
    operation_id="list_due",
    summary="列出到期事项",
    response_model=Listed[due.DueAnswer],
    responses=problems(401, 403, 404, 422),
)
def list_due(
    service: Installation,
    caller: Caller,
    park: Park = None,
    person: Person = None,
    days: Annotated[int, Query(ge=0, le=due.MAX_DAYS, description="今天以后几天以内到期的")] = 7,
) -> Response:
    """逾期的和即将到期的事项，日期早的在前；试用到期提前 30 天列出。"""
    return shown(due.list_due(service.database, caller, service.now(), park=park, person=person, days=days))


@router.post(
    "/ledger/hand-over",
    operation_id="hand_over",
    summary="交接一个人的台账",
    response_model=HandOverAnswer,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def hand_over(service: Installation, asked: Asked, body: HandOver) -> Response:
    """一个人在一个园区的全部台账改由另一人负责，一次提交；逐条写入历史，交接本身也有记录。"""
    answer = hand_over_entries(service.database, asked(body.sent()), body.park, body.giver, body.taker)
    return shown(answer)


@router.get(
    "/demands/{demand_id}/suppliers",
    operation_id="compare_suppliers",
    summary="比较一项需求的几家供方",
    response_model=SuppliersAnswer,
    responses=problems(401, 403, 404, 422),
)
def read_suppliers(service: Installation, caller: Caller, demand_id: Id) -> Response:
    """一项需求下有人办理的各条台账（联合攻关或赛马），按里程碑比较。"""
    return shown(compare_suppliers(service.database, caller, demand_id, service.now()))
