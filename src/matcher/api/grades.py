"""Grades of every entry a caller may see: what a research unit answers to."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from matcher.api.auth import Caller, Installation
from matcher.api.fields import Cursor, Limit
from matcher.api.openapi import problems
from matcher.api.writes import shown
from matcher.pipeline.answers import Page
from matcher.pipeline.ledger import grades

router = APIRouter(prefix="/v1/grades", tags=["ledger"])


@router.get(
    "",
    operation_id="list_all_grades",
    summary="列出评分",
    response_model=Page[grades.GradeAnswer],
    responses=problems(401, 403, 422),
)
def list_all_grades(
    service: Installation,
    caller: Caller,
    awaiting_reply: Annotated[bool, Query(description="只看尚未答复的")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """一页评分，最早的在前；研发单位看到对本单位成果的评分。"""
    return shown(
        grades.list_all_grades(
            service.database, caller, awaiting_reply=awaiting_reply, cursor=cursor, limit=limit
        )
    )
