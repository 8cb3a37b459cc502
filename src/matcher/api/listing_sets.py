"""Several listings of one list at once: changed in bulk, or merged as duplicates."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from matcher.api.auth import Asked, Installation
from matcher.api.bodies import Duplicates
from matcher.api.fields import Id, IfMatch, version_of
from matcher.api.list_kinds import ListKind
from matcher.api.openapi import problems
from matcher.api.writes import shown
from matcher.pipeline.lists.bulk import BulkAnswer, change_listings
from matcher.pipeline.lists.merging import MergeAnswer, merge_listings


def listing_set_router(kind: ListKind) -> APIRouter:
    """The operations on several listings of one list."""
    router = APIRouter(prefix=f"/v1/{kind.noun}", tags=[kind.noun])

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
