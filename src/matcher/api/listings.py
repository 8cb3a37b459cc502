"""The two lists: one set of operations, made once for achievements and once for demands."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from matcher.api.auth import Caller, Installation
from matcher.api.bodies import (
    AchievementBody,
    AchievementChanges,
    DemandBody,
    DemandChanges,
    ListingChanges,
    NewAchievement,
    NewDemand,
)
from matcher.api.fields import Cursor, Id, IfMatch, Limit, Line, Park, version_of
from matcher.api.openapi import problems
from matcher.api.schemas.lists import AchievementAnswer, AchievementPage, DemandAnswer, DemandPage
from matcher.api.schemas.matches import MatchesAnswer
from matcher.bootstrap import Service
from matcher.domain.access import Principal
from matcher.domain.listing import Contact, Listing, Side
from matcher.pipeline import cursors
from matcher.pipeline.answers import Answer
from matcher.pipeline.lists import listings
from matcher.pipeline.lists.listings import ListingView, masked
from matcher.pipeline.matches.written import WrittenMatches, matches_of_achievement, matches_of_demand


@dataclass(frozen=True, slots=True)
class ListKind:
    """What the two lists differ in over REST."""

    side: Side
    noun: str
    zh: str
    new: type[NewAchievement | NewDemand]
    body: type[ListingChanges]
    changes: type[ListingChanges]
    answer: type[Answer]
    page: type[Answer]
    matches: Callable[..., WrittenMatches]
    matches_summary: str

    @property
    def one(self) -> str:
        """The noun in the singular."""
        return self.noun.removesuffix("s")


ACHIEVEMENTS = ListKind(
    side=Side.SUPPLY,
    noun="achievements",
    zh="科技成果",
    new=NewAchievement,
    body=AchievementBody,
    changes=AchievementChanges,
    answer=AchievementAnswer,
    page=AchievementPage,
    matches=matches_of_achievement,
    matches_summary="成果的反向推送：园区已发布的需求",
)
DEMANDS = ListKind(
    side=Side.DEMAND,
    noun="demands",
    zh="企业需求",
    new=NewDemand,
    body=DemandBody,
    changes=DemandChanges,
    answer=DemandAnswer,
    page=DemandPage,
    matches=matches_of_demand,
    matches_summary="需求的匹配结果",
)


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
    ) -> JSONResponse:
        """一个条目，联系方式默认隐去；ETag 为其版本。"""
        view = listings.get_listing(
            service.database, kind.side, listing_id, caller, service.now(), unmask=unmask
        )
        return _answer(view)

    @router.post(
        "",
        operation_id=f"create_{kind.one}",
        summary=f"新增{kind.zh}",
        status_code=201,
        response_model=kind.answer,
        responses=problems(401, 403, 404, 409, 413, 422),
    )
    def create(service: Installation, caller: Caller, body: kind.new) -> JSONResponse:  # type: ignore[name-defined]
        """新增一个条目；清单中已有同一条目时答 409。"""
        view = listings.create_listing(
            service.database,
            caller,
            body.listing(),
            service.now(),
            park=getattr(body, "park", None),
            source=getattr(body, "source", ""),
        )
        answer = _answer(view, status=201)
        answer.headers["Location"] = f"/v1/{kind.noun}/{view.id}"
        return answer

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
    ) -> JSONResponse:
        """以正文取代全部字段，未写的字段清空；隐去的联系方式原样传回时保留原值；已撤回的条目重新生效。"""
        sent = set(Listing.__dataclass_fields__) | set(kind.body.model_fields)
        return _answer(_write(service, caller, kind, listing_id, body.listing(), sent, if_match))

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
    ) -> JSONResponse:
        """只修改正文中的字段，其余不变；已撤回的条目重新生效。"""
        return _answer(
            _write(service, caller, kind, listing_id, body.listing(), body.model_fields_set, if_match)
        )

    @router.post(
        "/{listing_id}/withdraw",
        operation_id=f"withdraw_{kind.one}",
        summary=f"撤回{kind.zh}",
        response_model=kind.answer,
        responses=problems(401, 403, 404, 412, 422),
    )
    def withdraw(
        service: Installation, caller: Caller, listing_id: Id, if_match: IfMatch = None
    ) -> JSONResponse:
        """撤回后不再参与匹配；再次撤回不作改变。"""
        view = listings.withdraw_listing(
            service.database,
            caller,
            kind.side,
            listing_id,
            service.now(),
            version=version_of(if_match),
        )
        return _answer(view)

    @router.get(
        "/{listing_id}/matches",
        operation_id=f"list_{kind.one}_matches",
        summary=kind.matches_summary,
        response_model=MatchesAnswer,
        responses=problems(401, 404, 422),
    )
    def matches(service: Installation, caller: Caller, listing_id: Id) -> JSONResponse:
        """上一次匹配写下的结果，最好的在前；没有结果时 `reason` 说明原因。"""
        written = kind.matches(service.database, listing_id, caller.scope, service.now())
        reason = written.reason
        return JSONResponse(
            {
                "items": [match.as_json() for match in written.items],
                "reason": None if reason is None else {"code": reason.code, "zh": reason.zh, "en": reason.en},
            }
        )

    _add_pages(router, kind)
    return router


def _add_pages(router: APIRouter, kind: ListKind) -> None:
    """The list itself; only demands are asked for by park."""
    described: dict[str, Any] = {
        "operation_id": f"list_{kind.noun}",
        "summary": f"列出{kind.zh}",
        "response_model": kind.page,
        "responses": problems(401, 404, 422),
    }
    search = Query(description="名称、编号或单位中的文字", examples=["隔膜"])
    withdrawn = Query(description="包括已撤回的")

    if kind.side is Side.SUPPLY:

        @router.get("", **described)
        def list_achievements(
            service: Installation,
            caller: Caller,
            q: Annotated[Line, search] = "",
            cursor: Cursor = None,
            limit: Limit = 50,
            include_withdrawn: Annotated[bool, withdrawn] = False,
        ) -> JSONResponse:
            """一页条目，按编号排列。"""
            return _page(service, caller, kind, None, q, cursor, limit, include_withdrawn)

    else:

        @router.get("", **described)
        def list_demands(
            service: Installation,
            caller: Caller,
            park: Park = None,
            q: Annotated[Line, search] = "",
            cursor: Cursor = None,
            limit: Limit = 50,
            include_withdrawn: Annotated[bool, withdrawn] = False,
        ) -> JSONResponse:
            """一页条目，按编号排列；只含调用者可见的园区。"""
            return _page(service, caller, kind, park, q, cursor, limit, include_withdrawn)


def _page(
    service: Service,
    caller: Principal,
    kind: ListKind,
    park: str | None,
    search: str,
    cursor: str | None,
    limit: int,
    include_withdrawn: bool,
) -> JSONResponse:
    place = cursors.decode(kind.noun, 1, cursor)
    views, following = listings.list_listings(
        service.database,
        kind.side,
        caller.scope,
        service.now(),
        park=park,
        search=search,
        after=0 if place is None else place[0],
        limit=limit,
        include_withdrawn=include_withdrawn,
    )
    return JSONResponse(
        {
            "items": [view.as_json() for view in views],
            "next_cursor": None if following is None else cursors.encode(kind.noun, following),
        }
    )


def _write(
    service: Service,
    caller: Principal,
    kind: ListKind,
    listing_id: int,
    stated: Listing,
    sent: set[str],
    if_match: str | None,
) -> ListingView:
    """Write the fields that were sent over what stands, unless it changes meanwhile."""
    listings.require_writer(caller, kind.side)
    demanded = version_of(if_match)
    current = listings.get_listing(service.database, kind.side, listing_id, caller, service.now())
    changed = replace(
        current.listing,
        **{field.name: getattr(stated, field.name) for field in fields(stated) if field.name in sent},
    )
    return listings.update_listing(
        service.database,
        caller,
        listing_id,
        _unmasked(changed, current.listing),
        service.now(),
        version=current.version if demanded is None else demanded,
    )


def _unmasked(sent: Listing, current: Listing) -> Listing:
    """What was sent, with every text that is the masked form of the present one left as it is.

    So a caller may read a listing, change a word and send it back without losing the contacts it never saw.
    """
    shown = masked(current)

    def restored(sent: Any, shown: Any, current: Any) -> dict[str, Any]:
        return {
            field.name: getattr(current, field.name)
            for field in fields(current)
            if getattr(sent, field.name) == getattr(shown, field.name)
        }

    contact: Contact = replace(sent.contact, **restored(sent.contact, shown.contact, current.contact))
    extra = {
        heading: current.extra[heading] if shown.extra.get(heading) == text else text
        for heading, text in sent.extra.items()
    }
    same = restored(sent, shown, current) | {"contact": contact, "extra": extra}
    return replace(sent, **same)


def _answer(view: ListingView, *, status: int = 200) -> JSONResponse:
    return JSONResponse(view.as_json(), status, {"ETag": f'"{view.version}"'})
