"""Grades of every entry a caller may see: what a research unit answers to."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from matcher.api.auth import Caller, Installation
from matcher.api.fields import Cursor, Limit
from matcher.api.openapi import problems
from matcher.api.schemas.grades import GradePage
from matcher.pipeline import cursors
from matcher.pipeline.ledger import grades

router = APIRouter(prefix="/v1/grades", tags=["ledger"])


@router.get(
    "",
    operation_id="list_all_grades",
    summary="列出评分",
    response_model=GradePage,
    responses=problems(401, 403, 422),
)
def list_all_grades(
    service: Installation,
    caller: Caller,
    awaiting_reply: Annotated[bool, Query(description="只看尚未答复的")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:
    """一页评分，最早的在前；研发单位看到对本单位成果的评分。"""
    place = cursors.decode("grades", 1, cursor)
    page, following = grades.list_all_grades(
        service.database,
        caller,
        awaiting_reply=awaiting_reply,
        after=0 if place is None else place[0],
        limit=limit,
    )
    return {
        "items": page,
        "next_cursor": None if following is None else cursors.encode("grades", following),
    }
