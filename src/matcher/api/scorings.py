"""Scorings learned from a park's grades: learn one, see them, choose which is in use."""

from fastapi import APIRouter
from starlette.responses import Response

from matcher.api.auth import Asked, Caller, Installation
from matcher.api.fields import Cursor, Id, Limit, Park
from matcher.api.openapi import problems
from matcher.api.schemas.scorings import NewScoring, UseScoring
from matcher.api.writes import shown
from matcher.pipeline.scoring import scorings
from matcher.pipeline.scoring.answers import InUseAnswer, LearnedAnswer, ScoringAnswer, ScoringPage

router = APIRouter(prefix="/v1/scorings", tags=["rules"])


@router.get(
    "",
    operation_id="list_scorings",
    summary="列出学得的评分方案",
    response_model=ScoringPage,
    responses=problems(401, 403, 404, 422),
)
def list_scorings(
    service: Installation, caller: Caller, park: Park = None, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """全区的和调用者可见园区的评分方案，最新的在前；指定园区时只列该园区自己的。"""
    return shown(
        scorings.list_scorings(
            service.database, caller, service.shipped, park=park, cursor=cursor, limit=limit
        )
    )


@router.get(
    "/{scoring_id}",
    operation_id="read_scoring",
    summary="读取一个评分方案",
    response_model=ScoringAnswer,
    responses=problems(401, 403, 404, 422),
)
def read_scoring(service: Installation, caller: Caller, scoring_id: Id) -> Response:
    """一个评分方案，连同它与学习时现用评分的比较。"""
    return shown(scorings.get_scoring(service.database, caller, scoring_id))


@router.post(
    "",
    operation_id="learn_scoring",
    summary="由一个园区的评分学习",
    status_code=201,
    response_model=LearnedAnswer,
    responses=problems(401, 403, 404, 409, 413, 422, 503),
)
def learn_scoring(service: Installation, asked: Asked, body: NewScoring) -> Response:
    """以该园区台账中未被撤回的评分学习权重与概率校准，并在留出的需求上与现用的相比。

    学得的一律留存；`adopt` 为真且优于现用的才启用，下一次匹配起生效。评分太少、不足以学习的答 422。
    """
    learned = service.learn.from_ledger(asked(body.sent()), body.park, adopt=body.adopt)
    return shown(learned, status=201, location=f"/v1/scorings/{learned.scoring_id}")


@router.put(
    "/in-use",
    operation_id="use_scoring",
    summary="选用评分方案",
    response_model=InUseAnswer,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def use_scoring(service: Installation, asked: Asked, body: UseScoring) -> Response:
    """下一次匹配起，该园区（或全区）以它评分；已在用的不作改变。选用此前的一个，即退回到它。"""
    request = asked(body.sent())
    return shown(scorings.use_scoring(service.database, request, service.shipped, body.park, body.scoring_id))
