"""Evidence of an entry: links, and files, which are only ever given out to be saved."""

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from starlette.responses import Response

from matcher.api.auth import Asked, Caller, Installation
from matcher.api.downloads import attachment
from matcher.api.fields import Id
from matcher.api.openapi import binary, problems
from matcher.api.schemas.ledger_bodies import NewLink
from matcher.api.writes import shown
from matcher.pipeline.answers import Listed
from matcher.pipeline.ledger import evidence
from matcher.pipeline.texts import FilledLine

_ANY_FILE = "application/octet-stream"

router = APIRouter(prefix="/v1/ledger/{entry_id}/evidence", tags=["ledger"])


@router.get(
    "",
    operation_id="list_evidence",
    summary="列出佐证",
    response_model=Listed[evidence.EvidenceAnswer],
    responses=problems(401, 403, 404, 422),
)
def list_evidence(service: Installation, caller: Caller, entry_id: Id) -> Response:
    """一条台账的链接和文件，最早的在前。"""
    return shown(evidence.list_evidence(service.database, caller, entry_id))


@router.post(
    "",
    operation_id="add_link",
    summary="添加链接",
    status_code=201,
    response_model=evidence.EvidenceAnswer,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def add_link(service: Installation, asked: Asked, entry_id: Id, body: NewLink) -> Response:
    """添加一个 http 或 https 链接。"""
    answer = evidence.add_link(service.database, asked(body.sent()), entry_id, body.title, body.url)
    return shown(answer, status=201)


@router.post(
    "/files",
    operation_id="add_file",
    summary="添加文件",
    status_code=201,
    response_model=evidence.EvidenceAnswer,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def add_file(
    service: Installation,
    asked: Asked,
    entry_id: Id,
    title: Annotated[FilledLine, Form(description="名称")],
    file: Annotated[UploadFile, File(description="文件，不超过 20 MB")],
) -> Response:
    """添加一个文件，存在数据库中。"""
    sent = evidence.File(file.filename or "", file.content_type or "", file.file.read(evidence.MAX_FILE + 1))
    body = {"title": title, "name": sent.name, "sha256": sha256(sent.content).hexdigest()}
    answer = evidence.add_file(service.database, asked(body), entry_id, title, sent)
    return shown(answer, status=201)


@router.get(
    "/{evidence_id}/file",
    operation_id="read_file",
    summary="下载文件",
    responses=binary(_ANY_FILE, "文件，只供保存") | problems(401, 403, 404, 422),
    response_class=Response,
)
def read_file(service: Installation, caller: Caller, entry_id: Id, evidence_id: Id) -> Response:
    """下载作为佐证的文件。不论什么文件，浏览器都只保存，不打开。"""
    file = evidence.read_file(service.database, caller, entry_id, evidence_id)
    return attachment(file.content, _ANY_FILE, file.name)


@router.delete(
    "/{evidence_id}",
    operation_id="remove_evidence",
    summary="移除佐证",
    response_model=evidence.EvidenceAnswer,
    responses=problems(401, 403, 404, 409, 422),
)
def remove_evidence(service: Installation, asked: Asked, entry_id: Id, evidence_id: Id) -> Response:
    """移除一个链接或文件；历史中留有名称，内容不留。"""
    return shown(evidence.remove_evidence(service.database, asked({}), entry_id, evidence_id))
