"""Several listings of one list at once: exported, changed in bulk, or merged as duplicates."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from matcher.api.auth import Asked, Caller, Installation
from matcher.api.bodies import Duplicates
from matcher.api.downloads import XLSX
from matcher.api.exported import Exported
from matcher.api.fields import Id, IfMatch, ParkCode, Unmask, version_of
from matcher.api.list_kinds import ListKind
from matcher.api.openapi import binary, problems
from matcher.api.writes import shown
from matcher.domain.listing import Side
from matcher.pipeline.export_process import order
from matcher.pipeline.lists.bulk import BulkAnswer, change_listings
from matcher.pipeline.lists.export import TITLES, ListFormat, list_export
from matcher.pipeline.lists.merging import MergeAnswer, merge_listings
from matcher.pipeline.texts import Line

_TYPES = {ListFormat.XLSX: XLSX, ListFormat.CSV: "text/csv"}
_SHEET: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "一张清单，可修改后再导入",
        "content": {kind: binary(kind, "")[200]["content"][kind] for kind in _TYPES.values()},
    }
}


def _supply_target(
    source: Annotated[Line | None, Query(description="只要这一家的清单；不写为全部")] = None,
) -> dict[str, Any]:
    return {"source": source}


def _demand_target(park: Annotated[ParkCode, Query(description="园区代码")]) -> dict[str, Any]:
    return {"park": park}


def listing_set_router(kind: ListKind) -> APIRouter:
    """The operations on several listings of one list."""
    router = APIRouter(prefix=f"/v1/{kind.noun}", tags=[kind.noun])
    target_of = _supply_target if kind.side is Side.SUPPLY else _demand_target

    @router.get(
        "/export",
        operation_id=f"export_{kind.noun}",
        summary=f"导出{kind.zh}清单",
        responses=_SHEET | problems(401, 403, 404, 422),
        response_class=Response,
    )
    def export(
        request: Request,
        service: Installation,
        caller: Caller,
        target: Annotated[dict[str, Any], Depends(target_of)],
        form: Annotated[
            ListFormat, Query(alias="format", description="xlsx 工作簿、csv 文本")
        ] = ListFormat.XLSX,
        unmask: Unmask = False,
    ) -> Response:
        """没有撤回的条目，列与上一次导入的清单相同，清单没有的字段另加列；可再导入，隐去的联系方式不会丢失。"""
        allowed = list_export(
            service.database, caller, kind.side, service.now(), form=form, unmask=unmask, **target
        )
        name = f"{TITLES[kind.side]}.{form}"
        return Exported(request, order(service.database, allowed.write), _TYPES[form], name)

    @router.post(
        "/bulk",
        operation_id=f"change_{kind.noun}",
        summary=f"批量修改{kind.zh}",
        response_model=BulkAnswer,
        responses=problems(401, 403, 404, 409, 412, 413, 422),
    )
    def bulk(
        service: Installation,
        asked: Asked,
        body: kind.bulk,  # type: ignore[name-defined]
        dry_run: Annotated[bool, Query(description="只报告会怎样，不写入")] = False,
    ) -> Response:
        """设置多个条目的字段，或撤回、恢复它们，全部在一次提交中：有一条不能改，就都不改。

        设置字段时，已撤回的仍是撤回的；名称、编号和清单中的其他列不能批量设置。
        """
        request = asked({"asked": body.model_dump(mode="json", exclude_unset=True), "dry_run": dry_run})
        changed = change_listings(
            service.database, request, kind.side, body.selection(), body.change(), dry_run=dry_run
        )
        return shown(changed)

    @router.post(
        "/{listing_id}/merge",
        operation_id=f"merge_{kind.noun}",
        summary=f"合并重复的{kind.zh}",
        response_model=MergeAnswer,
        responses=problems(401, 403, 404, 409, 412, 413, 422),
    )
    def merge(
        service: Installation, asked: Asked, listing_id: Id, body: Duplicates, if_match: IfMatch = None
    ) -> Response:
        """保留路径中的条目，其余的撤回并指向它；台账中人写的内容原样保留，并写明由哪一条代替。

        恢复（restore）并入的条目即撤销合并。
        """
        version = version_of(if_match)
        request = asked({**body.model_dump(mode="json"), "if_match": version})
        merged = merge_listings(
            service.database, request, kind.side, listing_id, body.versions, version=version
        )
        return shown(merged)

    return router
