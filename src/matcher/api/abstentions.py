"""The demands without a credible supply, to be posted as open challenges (揭榜)."""

from fastapi import APIRouter
from starlette.responses import Response

from matcher.api.auth import Caller, Installation
from matcher.api.fields import Cursor, Limit, Park
from matcher.api.openapi import problems
from matcher.api.writes import shown
from matcher.pipeline.answers import Page
from matcher.pipeline.matches import abstentions
from matcher.pipeline.matches.abstentions import AbstentionAnswer

router = APIRouter(prefix="/v1/abstentions", tags=["ledger"])


@router.get(
    "",
    operation_id="list_abstentions",
    summary="列出没有可信供给的需求",
    response_model=Page[AbstentionAnswer],
    responses=problems(401, 403, 404, 422),
)
def list_abstentions(
    service: Installation, caller: Caller, park: Park = None, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """最近一次匹配没有为之提出成果的有效需求：什么条件限制了它，最接近的成果差在哪里。"""
    return shown(
        abstentions.list_abstentions(
            service.database, caller, service.now(), park=park, cursor=cursor, limit=limit
        )
    )
