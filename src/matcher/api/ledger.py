"""The docking ledger: pages and single entries."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from matcher.api.auth import Caller, Installation
from matcher.api.fields import AsOf, Cursor, Id, Limit, OriginalColumns, Park, Person, Unmask
from matcher.api.openapi import problems
from matcher.api.writes import kept, shown
from matcher.domain.access import Right
from matcher.domain.bands import Band
from matcher.domain.entries import MAX_ID, EntryFilter
from matcher.domain.stages import Stage
from matcher.domain.standings import Standing
from matcher.pipeline.ledger import edits
from matcher.pipeline.ledger.answers import EntryAnswer
from matcher.pipeline.ledger.entries import EntryPage, page_of_entries
from matcher.pipeline.ledger.past.named_runs import read_when
from matcher.pipeline.lists.parks import get_park

router = APIRouter(prefix="/v1/ledger", tags=["ledger"])


@router.get(
    "",
    operation_id="list_entries",
    summary="列出台账",
    response_model=EntryPage,
    responses=problems(401, 403, 404, 422),
)
async def list_entries(
    request: Request,
    service: Installation,
    caller: Caller,
    park: Park = None,
    demand_id: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
    achievement_id: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
    stage: Stage | None = None,
    standing: Annotated[
        Literal["in_view", "current", "vanished", "void", "added", "all"],
        Query(
            description="in_view 当前的和有人处理过的、current 当前、vanished 已消失、void 失效、"
            "added 人工添加、all 全部"
        ),
    ] = "in_view",
    person: Person = None,
    min_score: Annotated[
        float | None, Query(ge=0, le=1, allow_inf_nan=False, description="得分不低于")
    ] = None,
    band: Annotated[Band | None, Query(description="概率所在的档，按各园区自己的线")] = None,
    work: Annotated[bool, Query(description="只要可信的、没有概率的和有人处理过的，即要做的工作")] = False,
    as_of: AsOf = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """一页台账，按需求和名次排列；只含调用者可见的园区。有 `as_of` 时是当时的台账，并给出那次运行。"""
    caller.require(Right.READ_PARK)
    wanted = EntryFilter(
        demand_id=demand_id,
        achievement_id=achievement_id,
        stage=stage,
        min_score=min_score,
        band=band,
        work=work,
        standing=None if standing in {"all", "in_view"} else Standing(standing),
        in_view=standing == "in_view",
        person=person,
    )
    database, scope = service.database, caller.scope

    def page() -> EntryPage:
        of_park = wanted if park is None else replace(wanted, park_id=get_park(database, park, scope).id)
        when = None if as_of is None else read_when(as_of, "as_of")
        return page_of_entries(database, scope, of_park, as_of=when, cursor=cursor, limit=limit)

    return await kept(request, ("ledger", scope, park, wanted, as_of, cursor, limit), page)


@router.get(
    "/{entry_id}",
    operation_id="read_entry",
    summary="读取一条台账",
    response_model=EntryAnswer,
    responses=problems(401, 403, 404, 422),
)
def read_entry(
    service: Installation,
    caller: Caller,
    entry_id: Id,
    original_columns: OriginalColumns = False,
    unmask: Unmask = False,
) -> Response:
    """一条台账，不论现状，联系方式默认隐去；ETag 为其版本。"""
    entry = edits.read_entry(
        service.database,
        caller,
        entry_id,
        service.now(),
        unmask=unmask,
        original_columns=original_columns,
    )
    return shown(entry)
