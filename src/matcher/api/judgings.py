"""Blind grading (盲评): start a session of a park's, grade its pairs, see how far people agree, export."""

from io import BytesIO
from typing import Annotated
from zipfile import ZIP_DEFLATED, ZipFile

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator, StringConstraints
from starlette.responses import Response

from matcher.api.auth import Asked, Caller, Installation
from matcher.api.downloads import ZIP, attachment
from matcher.api.fields import Cursor, Id, Limit, ParkCode
from matcher.api.openapi import binary, problems
from matcher.api.schemas.judgings import NewBlindGrade, NewJudging
from matcher.api.writes import shown
from matcher.pipeline.answers import Page
from matcher.pipeline.judgings import grading
from matcher.pipeline.judgings.answers import (
    AgreementAnswer,
    BlindGradeAnswer,
    JudgingAnswer,
    NextPairAnswer,
)
from matcher.pipeline.judgings.export import exported
from matcher.pipeline.judgings.start import Plan, start_judging
from matcher.pipeline.texts import plain

router = APIRouter(prefix="/v1/parks/{code}/judgings", tags=["judgings"])

Code = Annotated[ParkCode, Path(description="园区代码", examples=["hydrogen"])]
Judge = Annotated[
    Annotated[str, StringConstraints(max_length=200), AfterValidator(plain)],
    Query(description="评分人", examples=["示例评分人甲"]),
]


@router.get(
    "",
    operation_id="list_judgings",
    summary="列出盲评",
    response_model=Page[JudgingAnswer],
    responses=problems(401, 403, 404, 422),
)
def list_judgings(
    service: Installation, caller: Caller, code: Code, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """一个园区的盲评，最新的在前。"""
    return shown(grading.list_judgings(service.database, caller, park=code, cursor=cursor, limit=limit))


@router.post(
    "",
    operation_id="start_judging",
    summary="开始一场盲评",
    status_code=201,
    response_model=JudgingAnswer,
    responses=problems(401, 403, 404, 409, 413, 422, 503),
)
def start(service: Installation, asked: Asked, code: Code, body: NewJudging) -> Response:
    """抽取若干项需求，由现用评分、只看字词、只看语义三种排序各取前若干名，打乱次序，连同当时的文字存下。

    评分只用来测量，系统不从中学习。
    """
    plan = Plan(demands=body.demands, depth=body.depth, seed=body.seed, name=body.name)
    return shown(start_judging(service.refresh, asked(body.sent()), code, plan), status=201)


@router.get(
    "/{judging_id}/next",
    operation_id="read_next_pair",
    summary="读取接下来要评的一对",
    response_model=NextPairAnswer,
    responses=problems(401, 403, 404, 422),
)
def read_next(service: Installation, caller: Caller, code: Code, judging_id: Id, judge: Judge) -> Response:
    """这位评分人还没有评的第一对：只有序号和两边的文字，不含得分、名次和他人的评分。"""
    return shown(grading.next_pair(service.database, caller, judging_id, judge, park=code))


@router.post(
    "/{judging_id}/grades",
    operation_id="grade_blind",
    summary="给一对评分",
    response_model=BlindGradeAnswer,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def grade(service: Installation, asked: Asked, code: Code, judging_id: Id, body: NewBlindGrade) -> Response:
    """写下一位评分人给一对的等级；同一人此前给的由它取代。"""
    request = asked(body.sent())
    given = grading.grade_pair(
        service.database, request, judging_id, body.number, body.grade, body.judge, park=code
    )
    return shown(given)


@router.get(
    "/{judging_id}/agreement",
    operation_id="read_agreement",
    summary="读取评分人的一致程度",
    response_model=AgreementAnswer,
    responses=problems(401, 403, 404, 422),
)
def read_agreement(service: Installation, caller: Caller, code: Code, judging_id: Id) -> Response:
    """每位评分人评了多少，两两之间有多一致（二次加权 kappa）。"""
    return shown(grading.read_agreement(service.database, caller, judging_id, park=code))


@router.get(
    "/{judging_id}/export",
    operation_id="export_judging",
    summary="导出盲评",
    responses=binary(ZIP, "BEIR 格式的目录") | problems(401, 403, 404, 422),
    response_class=Response,
)
def export(service: Installation, caller: Caller, code: Code, judging_id: Id) -> Response:
    """打包的 corpus.jsonl、queries.jsonl 与 qrels.tsv，解开后供 `matcher evaluate DIR --pooled` 使用。

    一对有几人评过的，取评分的低中位数；还没有人评过时答 422。
    """
    files = exported(service.database, caller, judging_id, park=code)
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return attachment(stream.getvalue(), ZIP, f"judging-{judging_id}.zip")
