"""Why an entry was proposed, so that people can check it."""

from fastapi import APIRouter
from starlette.responses import Response

from matcher.api.auth import Caller, Installation
from matcher.api.fields import Id
from matcher.api.openapi import problems
from matcher.api.writes import shown
from matcher.pipeline.ledger.explanation_answers import ExplanationAnswer
from matcher.pipeline.ledger.explanations import read_explanation

router = APIRouter(prefix="/v1/ledger/{entry_id}/explanation", tags=["ledger"])


@router.get(
    "",
    operation_id="read_explanation",
    summary="读取一条台账的理由",
    response_model=ExplanationAnswer,
    responses=problems(401, 403, 404, 422),
)
def explain_entry(service: Installation, caller: Caller, entry_id: Id) -> Response:
    """为什么提出这一对：得分的组成、共有词语在文中的位置、双方写明的内容、规则是否满足、相近的已评案例。"""
    return shown(read_explanation(service.database, caller, entry_id))
