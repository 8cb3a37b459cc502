"""Work on one entry: adding, editing, moving, grading, answering, and what was done before."""

from fastapi import APIRouter
from starlette.responses import Response

from matcher.api.auth import Asked, Caller, Installation
from matcher.api.fields import Id, IfMatch, version_of
from matcher.api.openapi import problems
from matcher.api.schemas.ledger_bodies import EntryChanges, NewEntry, NewGrade, NewReply, StageMove
from matcher.api.writes import shown
from matcher.pipeline.answers import Listed
from matcher.pipeline.ledger import edits, grades, history
from matcher.pipeline.ledger.answers import EntryAnswer

router = APIRouter(prefix="/v1/ledger", tags=["ledger"])


@router.post(
    "",
    operation_id="add_entry",
    summary="人工添加一对",
    status_code=201,
    response_model=EntryAnswer,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def add_entry(service: Installation, asked: Asked, body: NewEntry) -> Response:
    """添加批处理没有提出的一对；已在台账中时答 409，并给出条目编号。此后批处理提出它时，人工各列不变。"""
    answer = edits.add_entry(
        service.database,
        asked(body.sent()),
        body.demand_id,
        body.achievement_id,
        stage=body.stage,
        changes=body.columns(),
    )
    return shown(answer, status=201, location=f"/v1/ledger/{answer.entry_id}")


@router.patch(
    "/{entry_id}",
    operation_id="update_entry",
    summary="填写一条台账",
    response_model=EntryAnswer,
    responses=problems(401, 403, 404, 409, 412, 413, 422),
)
def update_entry(
    service: Installation, asked: Asked, entry_id: Id, body: EntryChanges, if_match: IfMatch = None
) -> Response:
    """只修改正文中的列，其余不变，写入历史。阶段、评分和答复各有自己的操作。"""
    answer = edits.edit_entry(
        service.database, asked(body.sent()), entry_id, body.columns(), version=version_of(if_match)
    )
    return shown(answer)


@router.post(
    "/{entry_id}/stage",
    operation_id="move_entry",
    summary="转到另一阶段",
    response_model=EntryAnswer,
    responses=problems(401, 403, 404, 409, 412, 413, 422),
)
def move_entry(
    service: Installation, asked: Asked, entry_id: Id, body: StageMove, if_match: IfMatch = None
) -> Response:
    """转到 `moves` 中的一个阶段；其他阶段答 409（illegal_move）。终止须写原因，暂缓须写恢复日期。"""
    answer = edits.move_entry(
        service.database,
        asked(body.sent()),
        entry_id,
        body.stage,
        reason=body.reason,
        return_on=body.return_on,
        version=version_of(if_match),
    )
    return shown(answer)


@router.post(
    "/{entry_id}/grade",
    operation_id="grade_entry",
    summary="企业评分",
    response_model=EntryAnswer,
    responses=problems(401, 403, 404, 409, 412, 413, 422),
)
def grade_entry(
    service: Installation, asked: Asked, entry_id: Id, body: NewGrade, if_match: IfMatch = None
) -> Response:
    """记下企业的评分，连同评分人当时看到的数值；再次评分时，此前的答复清空，各次评分都保留。"""
    answer = edits.grade_entry(
        service.database,
        asked(body.sent()),
        entry_id,
        body.grade,
        body.reason,
        version=version_of(if_match),
    )
    return shown(answer)


@router.post(
    "/{entry_id}/reply",
    operation_id="reply_to_grade",
    summary="研发单位答复评分",
    response_model=grades.GradeAnswer,
    responses=problems(401, 403, 404, 409, 412, 413, 422),
)
def reply_to_grade(
    service: Installation, asked: Asked, entry_id: Id, body: NewReply, if_match: IfMatch = None
) -> Response:
    """答复最近一次评分。研发单位只能答复对本单位成果的评分。"""
    answer = edits.reply_to_grade(
        service.database, asked(body.sent()), entry_id, body.reply, version=version_of(if_match)
    )
    return shown(answer)


@router.get(
    "/{entry_id}/grades",
    operation_id="list_grades",
    summary="一条台账的各次评分",
    response_model=Listed[grades.GradeAnswer],
    responses=problems(401, 403, 404, 422),
)
def list_grades(service: Installation, caller: Caller, entry_id: Id) -> Response:
    """各次评分，最早的在前，各附评分人当时看到的数值和研发单位的答复。"""
    return shown(grades.list_grades(service.database, caller, entry_id))


@router.get(
    "/{entry_id}/history",
    operation_id="read_history",
    summary="一条台账的历史",
    response_model=history.HistoryAnswer,
    responses=problems(401, 403, 404, 422),
)
def read_history(service: Installation, caller: Caller, entry_id: Id) -> Response:
    """谁在何时改了什么，前后各是什么，最早的在前；批处理所作的改动附原因。文字中的联系方式已隐去。"""
    return shown(history.read_history(service.database, caller, entry_id))
