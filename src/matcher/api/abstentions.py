"""The demands without a credible supply, to be posted as open challenges (揭榜)."""

from typing import Any

from fastapi import APIRouter

from matcher.api.auth import Caller, Installation
from matcher.api.fields import Cursor, Limit, Park
from matcher.api.openapi import problems
from matcher.api.schemas.rules import AbstentionPage
from matcher.pipeline import cursors
from matcher.pipeline.matches import abstentions

router = APIRouter(prefix="/v1/abstentions", tags=["ledger"])


@router.get(
    "",
    operation_id="list_abstentions",
    summary="列出没有可信供给的需求",
    response_model=AbstentionPage,
    responses=problems(401, 403, 404, 422),
)
def list_abstentions(
    service: Installation, caller: Caller, park: Park = None, cursor: Cursor = None, limit: Limit = 50
) -> Any:
    """最近一次匹配没有为之提出成果的有效需求：什么条件限制了它，最接近的成果差在哪里。"""
    place = cursors.decode("abstentions", 1, cursor)
    page, following = abstentions.list_abstentions(
        service.database,
        caller,
        service.now(),
        park=park,
        after=0 if place is None else place[0],
        limit=limit,
    )
    return {
        "items": page,
        "next_cursor": None if following is None else cursors.encode("abstentions", following),
    }
