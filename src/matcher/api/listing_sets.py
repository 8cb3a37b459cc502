"""Several listings of one list at once: changed in bulk."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from matcher.api.auth import Asked, Installation
from matcher.api.list_kinds import ListKind
from matcher.api.openapi import problems
from matcher.api.writes import shown
from matcher.pipeline.lists.bulk import BulkAnswer, change_listings


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

    return router
