"""The morning brief of a park: as JSON, and as a workbook."""

from io import BytesIO
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from matcher.api.auth import Caller, Installation
from matcher.api.downloads import XLSX, workbook
from matcher.api.fields import Cursor, Limit, ParkCode
from matcher.api.openapi import binary, problems
from matcher.api.writes import shown
from matcher.bootstrap import Service
from matcher.domain.access import Principal
from matcher.pipeline.brief.answers import BriefAnswer
from matcher.pipeline.brief.contents import make_brief
from matcher.pipeline.brief.shown import brief_workbook
from matcher.pipeline.ledger.past.named_runs import read_when

router = APIRouter(prefix="/v1/parks", tags=["ledger"])

Code = Annotated[ParkCode, Path(description="园区代码", examples=["hydrogen"])]
Since = Annotated[
    str | None,
    Query(
        max_length=20,
        description="与哪一次运行（编号）或哪一天（YYYY-MM-DD）之前的台账相比；缺省为 24 小时前最后一次运行",
        examples=["2026-11-22"],
    ),
]
Work = Annotated[bool, Query(description="只列可信的和有人处理过的；其余变化只计数（`counts.folded`）")]


@router.get(
    "/{code}/brief",
    operation_id="read_brief",
    summary="读取园区晨报",
    response_model=BriefAnswer,
    responses=problems(401, 403, 404, 422),
)
def read_brief(
    service: Installation,
    caller: Caller,
    code: Code,
    since: Since = None,
    work: Work = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """一个园区的晨报：新增、变化、消失及其原因，逾期和到期事项，没有可信供给的需求。得分高的在前。

    每个列表至多 `limit` 条，`counts` 为总数；以 `next_cursor` 读取各列表接下去的条目，相比的两次运行不变。
    """
    return shown(_brief(service, caller, code, since, work, cursor=cursor, limit=limit))


@router.get(
    "/{code}/brief/export",
    operation_id="export_brief",
    summary="导出园区晨报",
    responses=binary(XLSX, "一个园区的晨报") | problems(401, 403, 404, 422),
    response_class=Response,
)
def export_brief(
    service: Installation, caller: Caller, code: Code, since: Since = None, work: Work = False
) -> Response:
    """一个园区的晨报，写成可打印的工作簿；联系方式已隐去。"""
    brief = _brief(service, caller, code, since, work)
    stream = BytesIO()
    brief_workbook(brief, stream)
    return workbook(stream.getvalue(), brief.title)


def _brief(
    service: Service,
    caller: Principal,
    code: str,
    since: str | None,
    work: bool,
    *,
    cursor: str | None = None,
    limit: int | None = None,
) -> BriefAnswer:
    when = None if since is None else read_when(since, "since")
    return make_brief(
        service.database, caller, code, service.now(), since=when, work=work, cursor=cursor, limit=limit
    )
