"""Matching a free text with either list."""

from fastapi import APIRouter
from starlette.responses import Response

from matcher.api.auth import Caller, Installation
from matcher.api.openapi import problems
from matcher.api.schemas.matches import FreeText
from matcher.api.writes import shown
from matcher.domain.access import Right
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.matches.answers import FoundAnswer

router = APIRouter(prefix="/v1/match", tags=["match"])


@router.post(
    "",
    operation_id="match_text",
    summary="按文字匹配",
    response_model=FoundAnswer,
    responses=problems(401, 404, 413, 422, 503),
)
def match_text(service: Installation, caller: Caller, body: FreeText) -> Response:
    """为一段文字找另一侧清单中最合适的条目；文字太少时答 422（too_little_text）。不写入台账。"""
    caller.require(Right.READ_PARK)
    park_id = None if body.park is None else get_park(service.database, body.park, caller.scope).id
    return shown(service.matching.match(body.text, body.side, caller.scope, body.top_k, park_id=park_id))
