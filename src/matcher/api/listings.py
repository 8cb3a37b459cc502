"""The two lists: one set of operations, made once for achievements and once for demands."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from matcher.api.auth import Caller, Installation
from matcher.api.fields import Cursor, Id, IfMatch, Limit, version_of
from matcher.api.list_kinds import ListKind
from matcher.api.openapi import problems
from matcher.api.writes import kept, shown
from matcher.domain.days import beijing_day
from matcher.pipeline.lists import reading, writing
from matcher.pipeline.matches.answers import MatchesAnswer
from matcher.pipeline.texts import Line


def listing_router(kind: ListKind) -> APIRouter:
    """The operations on one list."""
    router = APIRouter(prefix=f"/v1/{kind.noun}", tags=[kind.noun])

    @router.get(
        "/{listing_id}",
        operation_id=f"read_{kind.one}",
        summary=f"读取{kind.zh}",
        response_model=kind.answer,
        responses=problems(401, 403, 404, 422),
    )
    def read(
        service: Installation,
        caller: Caller,
        listing_id: Id,
        unmask: Annotated[bool, Query(description="显示联系方式；须有写权限，并会记录")] = False,
    ) -> Response:
        """一个条目，联系方式默认隐去；ETag 为其版本。"""
        return shown(
            reading.get_listing(service.database, kind.side, listing_id, caller, service.now(), unmask=unmask)
        )

    @router.post(
        "",
        operation_id=f"create_{kind.one}",
        summary=f"新增{kind.zh}",
        status_code=201,
        response_model=kind.answer,
        responses=problems(401, 403, 404, 409, 413, 422),
    )
    def create(service: Installation, caller: Caller, body: kind.new) -> Response:  # type: ignore[name-defined]
        """新增一个条目；清单中已有同一条目时答 409。"""
        created = writing.create_listing(
            service.database,
            caller,
            body.listing(),
            service.now(),
            park=getattr(body, "park", None),
            source=getattr(body, "source", ""),
        )
        return shown(created, status=201, location=f"/v1/{kind.noun}/{created.id}")

    @router.put(
        "/{listing_id}",
        operation_id=f"replace_{kind.one}",
        summary=f"整体修改{kind.zh}",
        response_model=kind.answer,
        responses=problems(401, 403, 404, 409, 412, 413, 422),
    )
    def put(
        service: Installation,
        caller: Caller,
        listing_id: Id,
        body: kind.body,  # type: ignore[name-defined]
        if_match: IfMatch = None,
    ) -> Response:
        """以正文取代全部字段，未写的字段清空；隐去的联系方式原样传回时保留原值；已撤回的条目重新生效。"""
        updated = writing.update_listing(
            service.database,
            caller,
            listing_id,
            body.listing(),
            service.now(),
            version=version_of(if_match),
        )
        return shown(updated)

    @router.patch(
        "/{listing_id}",
        operation_id=f"update_{kind.one}",
        summary=f"修改{kind.zh}的部分字段",
        response_model=kind.answer,
        responses=problems(401, 403, 404, 409, 412, 413, 422),
    )
    def patch(
        service: Installation,
        caller: Caller,
        listing_id: Id,
        body: kind.changes,  # type: ignore[name-defined]
        if_match: IfMatch = None,
    ) -> Response:
        """只修改正文中的字段，其余不变；已撤回的条目重新生效。"""
        updated = writing.update_listing(
            service.database,
            caller,
            listing_id,
            body.listing(),
            service.now(),
            only=body.model_fields_set,
            version=version_of(if_match),
        )
        return shown(updated)

    @router.post(
        "/{listing_id}/withdraw",
        operation_id=f"withdraw_{kind.one}",
        summary=f"撤回{kind.zh}",
        response_model=kind.answer,
        responses=problems(401, 403, 404, 412, 422),
    )
    def withdraw(service: Installation, caller: Caller, listing_id: Id, if_match: IfMatch = None) -> Response:
        """撤回后不再参与匹配；再次撤回不作改变。"""
        withdrawn = writing.withdraw_listing(
            service.database,
            caller,
            kind.side,
            listing_id,
            service.now(),
            version=version_of(if_match),
        )
        return shown(withdrawn)

    @router.post(
        "/{listing_id}/restore",
        operation_id=f"restore_{kind.one}",
        summary=f"恢复已撤回的{kind.zh}",
        response_model=kind.answer,
        responses=problems(401, 403, 404, 412, 422),
    )
    def restore(service: Installation, caller: Caller, listing_id: Id, if_match: IfMatch = None) -> Response:
        """原样放回清单；没有撤回的不作改变。"""
        restored = writing.restore_listing(
            service.database,
            caller,
            kind.side,
            listing_id,
            service.now(),
            version=version_of(if_match),
        )
        return shown(restored)

    @router.get(
        "/{listing_id}/matches",
        operation_id=f"list_{kind.one}_matches",
        summary=kind.matches_summary,
        response_model=MatchesAnswer,
        responses=problems(401, 404, 422),
    )
    async def matches(request: Request, service: Installation, caller: Caller, listing_id: Id) -> Response:
        """上一次匹配写下的结果，最好的在前；没有结果时 `reason` 说明原因。"""
        now = service.now()
        return await kept(
            request,
            ("matches", kind.noun, listing_id, caller.scope, beijing_day(now)),
            lambda: kind.matches(service.database, listing_id, caller.scope, now),
        )

    @router.get(
        "",
        operation_id=f"list_{kind.noun}",
        summary=f"列出{kind.zh}",
        description=kind.page_description,
        response_model=kind.page,
        responses=problems(401, 404, 422),
    )
    def list_page(
        service: Installation,
        caller: Caller,
        park: Annotated[str | None, Depends(kind.park)],
        where: Annotated[Mapping[str, str], Depends(kind.where)],
        q: Annotated[Line, Query(description="名称、编号或单位中的文字", examples=["隔膜"])] = "",
        cursor: Cursor = None,
        limit: Limit = 50,
        include_withdrawn: Annotated[bool, Query(description="包括已撤回的")] = False,
    ) -> Response:
        return shown(
            reading.list_listings(
                service.database,
                kind.side,
                caller.scope,
                service.now(),
                park=park,
                search=q,
                where=where,
                cursor=cursor,
                limit=limit,
                include_withdrawn=include_withdrawn,
            )
        )

    return router
