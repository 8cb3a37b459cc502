"""The ledger as a sheet: out as a workbook or CSV, back in cell by cell, undone; and erasing a person."""

from hashlib import sha256
from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from starlette.responses import Response

from matcher.api.auth import Asked, Caller, Installation
from matcher.api.downloads import XLSX
from matcher.api.exported import Exported
from matcher.api.fields import Cursor, Id, Limit, OriginalColumns, Park, ParkCode, Unmask
from matcher.api.openapi import binary, problems
from matcher.api.schemas.sheets import NewErasure
from matcher.api.writes import DryRunOfFile, shown
from matcher.domain.access import Right
from matcher.domain.person import person_of
from matcher.domain.text import normalise
from matcher.pipeline import idempotency
from matcher.pipeline.answers import Page
from matcher.pipeline.export_process import order
from matcher.pipeline.ledger import erasure
from matcher.pipeline.ledger.sheets import importing, undo
from matcher.pipeline.ledger.sheets.answers import LedgerImportAnswer, LedgerUndoAnswer, PastLedgerImport
from matcher.pipeline.ledger.sheets.export import SheetFormat, ledger_export

CSV = "text/csv"
_TYPES = {SheetFormat.XLSX: XLSX, SheetFormat.CSV: CSV}

router = APIRouter(prefix="/v1", tags=["ledger"])


_SHEET: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "一个园区在办的台账，可填写后导回",
        "content": {kind: binary(kind, "")[200]["content"][kind] for kind in _TYPES.values()},
    }
}


@router.get(
    "/ledger/export",
    operation_id="export_ledger",
    summary="导出台账",
    responses=_SHEET | problems(401, 403, 404, 422),
    response_class=Response,
)
def export_ledger(
    request: Request,
    service: Installation,
    caller: Caller,
    park: Annotated[ParkCode, Query(description="园区代码", examples=["hydrogen"])],
    form: Annotated[
        SheetFormat, Query(alias="format", description="xlsx 工作簿、csv 文本")
    ] = SheetFormat.XLSX,
    work: Annotated[bool, Query(description="只要可信的、没有概率的和有人处理过的")] = False,
    original_columns: OriginalColumns = False,
    unmask: Unmask = False,
) -> Response:
    """一个园区在办的台账：系统列受保护，人工列带下拉选项，填写后可用导入接口导回。"""
    caller.require(Right.READ_PARK)
    allowed = ledger_export(
        service.database,
        caller.scope,
        park,
        service.now(),
        form=form,
        work=work,
        original_columns=original_columns,
        unmask_for=caller if unmask else None,
    )
    return Exported(request, order(service.database, allowed.write), _TYPES[form], f"台账.{form}")


@router.post(
    "/ledger/import",
    operation_id="import_ledger",
    summary="导回填写过的台账",
    response_model=LedgerImportAnswer,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def import_ledger(
    service: Installation,
    asked: Asked,
    park: Annotated[ParkCode, Form(description="园区代码")],
    file: Annotated[UploadFile, File(description="导出后填写过的台账：.xlsx 或 .csv")],
    dry_run: DryRunOfFile,
) -> Response:
    """逐格比对后写入人工列，全部在一次提交中；有冲突或不合规则的行整行不写并逐格报告。"""
    name = normalise(PurePath(file.filename or "").name) or "未命名"
    content = file.file.read()
    body = {"park": park, "file": name, "sha256": sha256(content).hexdigest(), "dry_run": dry_run}
    return shown(importing.import_ledger(service.database, asked(body), park, name, content, dry_run=dry_run))


@router.get(
    "/ledger/imports",
    operation_id="list_ledger_imports",
    summary="列出台账导回记录",
    response_model=Page[PastLedgerImport],
    responses=problems(401, 403, 404, 422),
)
def list_ledger_imports(
    service: Installation, caller: Caller, park: Park = None, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """台账的导回，最新的在前。"""
    return shown(undo.list_imports(service.database, caller, park_code=park, cursor=cursor, limit=limit))


@router.post(
    "/ledger/imports/{import_id}/undo",
    operation_id="undo_ledger_import",
    summary="撤销一次台账导回",
    response_model=LedgerUndoAnswer,
    responses=problems(401, 403, 404, 409, 422),
)
def undo_ledger_import(service: Installation, asked: Asked, import_id: Id) -> Response:
    """恢复该次导回改动的列；此后又被修改的条目保留现状并列出。只能撤销一次。"""
    return shown(undo.undo_import(service.database, asked({}), import_id))


@router.post(
    "/erasures",
    operation_id="erase_person",
    summary="删除一个人的信息",
    response_model=erasure.ErasureAnswer,
    responses=problems(401, 403, 413, 422),
)
def erase_person(service: Installation, caller: Caller, body: NewErasure) -> Response:
    """在清单、台账、历史和记录中处处删除，代之以〔已删除〕；历史只留其事。作为佐证的文件须另行移除。"""
    caller.require(Right.ADMINISTER)
    person = person_of(name=body.name, phone=body.phone, email=body.email)
    request = idempotency.Request(caller, service.now())
    return shown(erasure.erase_person(service.database, request, person, dry_run=body.dry_run))
