"""Lists as files: uploads, their rejected rows, templates, past imports and undoing them."""

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, Query, UploadFile
from starlette.responses import Response

from matcher.api.auth import Asked, Caller, Installation, caller
from matcher.api.downloads import XLSX, workbook
from matcher.api.fields import Cursor, Id, Limit, ParkCode, Unmask
from matcher.api.list_kinds import ACHIEVEMENTS, DEMANDS, ListKind
from matcher.api.openapi import binary, problems
from matcher.api.schemas.lists import MendedRowsBody
from matcher.api.writes import DryRunOfFile, shown
from matcher.domain.hidden_parts import HiddenParts
from matcher.domain.listing import Side
from matcher.domain.text import normalise
from matcher.pipeline.answers import Page
from matcher.pipeline.lists.import_answers import ImportAnswer, PastImport
from matcher.pipeline.lists.import_plan import ImportRequest, Renames
from matcher.pipeline.lists.importing import import_list, import_shelf
from matcher.pipeline.lists.mappings import given_mapping
from matcher.pipeline.lists.mending import (
    MendedRowsAnswer,
    MendOptions,
    RejectedRowAnswer,
    list_rejected_rows,
    mend_rows,
)
from matcher.pipeline.lists.templates import rejects_workbook, template_workbook
from matcher.pipeline.lists.undoing import import_history, undo_import
from matcher.pipeline.texts import Line

_MAX_FILES = 20

Files = Annotated[
    list[UploadFile],
    File(max_length=_MAX_FILES, description="清单文件：.xlsx、.xls、.csv 或 .jsonl，可以多个"),
]
Full = Annotated[bool, Form(description="文件即完整清单：其中没有的条目撤回")]
Overwrite = Annotated[bool, Form(description="文件优先于此后在系统中的修改")]
MapField = Annotated[
    list[str],
    Form(
        alias="map",
        description="列的对应，每项“表头=字段”，如 难题描述=detail；keep 原样保留，ignore 不读取。"
        "导入后按报送方和表头记住",
        max_length=200,
    ),
]
RenamesField = Annotated[
    Renames, Form(description="疑似改名的条目：ask 报告，same 视为同一条，new 视为新条目")
]
HiddenField = Annotated[
    HiddenParts, Form(description="工作簿中隐藏或筛选掉的行、列和工作表：skip 略过并列出，include 一并读取")
]

router = APIRouter(prefix="/v1", tags=["imports"])


def _supply_target(source: Annotated[Line, Form(description="哪一家的清单")] = "") -> dict[str, Any]:
    return {"park": None, "source": source}


def _demand_target(park: Annotated[ParkCode, Form(description="园区代码")]) -> dict[str, Any]:
    return {"park": park, "source": ""}


def import_router(kind: ListKind) -> APIRouter:
    """Uploading one list."""
    router = APIRouter(prefix=f"/v1/{kind.noun}/import", tags=[kind.noun])
    target_of: Callable[..., dict[str, Any]] = _supply_target if kind.side is Side.SUPPLY else _demand_target

    @router.post(
        "",
        operation_id=f"import_{kind.noun}",
        summary=f"导入{kind.zh}清单",
        response_model=ImportAnswer,
        responses=problems(401, 403, 404, 409, 413, 422),
    )
    def upload(
        service: Installation,
        principal: Caller,
        file: Files,
        dry_run: DryRunOfFile,
        target: dict[str, Any] = Depends(target_of),
        full: Full = False,
        overwrite: Overwrite = False,
        renames: RenamesField = Renames.ASK,
        hidden: HiddenField = HiddenParts.SKIP,
        mapping: MapField = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        """导入文件；有问题的行逐一报告，好的行照常导入，全部在一次提交中。"""
        shelf = import_shelf(service.database, kind.side, principal, **target)
        given = given_mapping(kind.side, mapping)
        request = ImportRequest(shelf, _contents(file), dry_run, full, overwrite, renames, hidden, given)
        return shown(import_list(service.database, request, principal, service.now()))

    @router.post(
        "/rejects",
        operation_id=f"rejects_of_{kind.noun}",
        summary=f"{kind.zh}清单中不能导入的行",
        responses=binary(XLSX, "不能导入的行及原因，改正后可再导入") | problems(401, 403, 404, 413, 422),
        response_class=Response,
    )
    def rejects(
        service: Installation,
        principal: Caller,
        file: Files,
        target: dict[str, Any] = Depends(target_of),
        full: Full = False,
        overwrite: Overwrite = False,
        renames: RenamesField = Renames.ASK,
        hidden: HiddenField = HiddenParts.SKIP,
        mapping: MapField = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        """试导入文件，把不能导入的行写成工作簿；不写入任何条目。"""
        shelf = import_shelf(service.database, kind.side, principal, **target)
        given = given_mapping(kind.side, mapping)
        request = ImportRequest(shelf, _contents(file), True, full, overwrite, renames, hidden, given)
        report = import_list(service.database, request, principal, service.now())
        return workbook(rejects_workbook(report.rejects), "未导入的行")

    return router


@router.get(
    "/imports",
    operation_id="list_imports",
    summary="列出导入记录",
    response_model=Page[PastImport],
    responses=problems(401, 422),
)
def list_imports(
    service: Installation, principal: Caller, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """调用者可见的导入，最新的在前。"""
    return shown(import_history(service.database, principal, cursor=cursor, limit=limit))


@router.post(
    "/imports/{import_id}/undo",
    operation_id="undo_import",
    summary="撤销一次导入",
    response_model=ImportAnswer,
    responses=problems(401, 403, 404, 409, 422),
)
def undo(
    service: Installation,
    principal: Caller,
    import_id: Id,
    partial: Annotated[bool, Query(description="不能恢复的条目保持现状并列出（kept），其余的恢复")] = False,
) -> Response:
    """把该次导入动过的条目全部恢复原状；其中有条目此后又被修改时答 409，什么也不改。

    `blocked_by` 逐条说明是哪一条、谁在何时改的、怎么办；`partial` 只撤销其余的。
    """
    return shown(undo_import(service.database, import_id, principal, service.now(), partial=partial))


@router.get(
    "/imports/{import_id}/rows",
    operation_id="list_rejected_rows",
    summary="一次导入中没有导入的行",
    response_model=Page[RejectedRowAnswer],
    responses=problems(401, 403, 404, 422),
)
def rejected_rows(
    service: Installation,
    principal: Caller,
    import_id: Id,
    cursor: Cursor = None,
    limit: Limit = 50,
    unmask: Unmask = False,
) -> Response:
    """还没有导入的行，按文件中的次序，各有原因；联系方式已隐去。每次导入最多保留 2000 行，保留 90 天。"""
    return shown(
        list_rejected_rows(
            service.database,
            principal,
            import_id,
            service.now(),
            cursor=cursor,
            limit=limit,
            unmask=unmask,
        )
    )


@router.post(
    "/imports/{import_id}/rows",
    operation_id="mend_rejected_rows",
    summary="把没有导入的行改正后送回",
    response_model=MendedRowsAnswer,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def mend_rejected_rows(
    service: Installation,
    asked: Asked,
    import_id: Id,
    body: MendedRowsBody,
    dry_run: Annotated[bool, Query(description="只报告会怎样，不写入")] = False,
) -> Response:
    """只须写改正的单元格，其余照旧；隐去的联系方式原样传回时保留原值。仍不能导入的行留下，并说明原因。"""
    request = asked({"asked": body.model_dump(mode="json"), "dry_run": dry_run})
    options = MendOptions(overwrite=body.overwrite, renames=body.renames, dry_run=dry_run)
    return shown(mend_rows(service.database, request, import_id, body.mended(), options))


@router.get(
    "/templates/{noun}.xlsx",
    operation_id="download_template",
    summary="下载空白清单模板",
    responses=binary(XLSX, "带下拉选项和一行示例的空白清单") | problems(401, 422),
    response_class=Response,
    dependencies=[Depends(caller)],
)
def template(noun: Literal["achievements", "demands"]) -> Response:
    """空白的清单工作簿。"""
    kind = ACHIEVEMENTS if noun == "achievements" else DEMANDS
    return workbook(template_workbook(kind.side), f"{kind.zh}清单模板")


def _contents(files: Sequence[UploadFile]) -> list[tuple[str, bytes]]:
    return [(normalise(PurePath(file.filename or "").name) or "未命名", file.file.read()) for file in files]
