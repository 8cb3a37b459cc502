"""The revisions of one listing, each as a diff."""

from fastapi import APIRouter
from starlette.responses import Response

from matcher.api.auth import Caller, Installation
from matcher.api.fields import Cursor, Id, Limit
from matcher.api.list_kinds import ListKind
from matcher.api.openapi import problems
from matcher.api.writes import shown
from matcher.pipeline.answers import Page
from matcher.pipeline.lists.history import RevisionAnswer, list_revisions


def history_router(kind: ListKind) -> APIRouter:
    """What was done to the listings of one list."""
    router = APIRouter(prefix=f"/v1/{kind.noun}", tags=[kind.noun])

    @router.get(
        "/{listing_id}/revisions",
        operation_id=f"list_{kind.one}_revisions",
        summary=f"{kind.zh}的修订",
        response_model=Page[RevisionAnswer],
        responses=problems(401, 404, 422),
    )
    def revisions(
        service: Installation, caller: Caller, listing_id: Id, cursor: Cursor = None, limit: Limit = 50
    ) -> Response:
        """每次修订改了哪些字段，最新的在前；联系方式已隐去。"""
        return shown(
            list_revisions(service.database, caller, kind.side, listing_id, cursor=cursor, limit=limit)
        )

    return router
