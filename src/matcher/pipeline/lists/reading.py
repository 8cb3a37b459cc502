"""The lists as they are read: page by page, and one listing, each within the caller's scope."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.days import beijing_day
from matcher.domain.errors import NotFound, StaleVersion
from matcher.domain.listing import Side
from matcher.domain.text import normalise
from matcher.pipeline import cursors
from matcher.pipeline.answers import Page
from matcher.pipeline.lists.answers import (
    AchievementAnswer,
    DemandAnswer,
    ListingAnswer,
    ListingPage,
    answers_of,
)
from matcher.pipeline.lists.parks import park_named
from matcher.store import access, catalogue
from matcher.store.catalogue import HeldListing
from matcher.store.database import Database, Transaction

_WORDS = {Side.SUPPLY: ("成果", "achievement"), Side.DEMAND: ("需求", "demand")}
_PAGES: Mapping[Side, tuple[str, type[Page[Any]]]] = {
    Side.SUPPLY: ("achievements", Page[AchievementAnswer]),
    Side.DEMAND: ("demands", Page[DemandAnswer]),
}


def list_listings(
    database: Database,
    side: Side,
    scope: Scope,
    now: datetime,
    *,
    park: str | None = None,
    search: str = "",
    cursor: str | None = None,
    limit: int = 50,
    include_withdrawn: bool = False,
) -> ListingPage:
    """One page of a list in scope, by id.

    Raises:
        NotFound: the park is not in scope.
        InvalidCursor: it is not one of this list's.
    """
    kind, page = _PAGES[side]
    after = cursors.after_id(kind, cursor)
    with database.reading() as session:
        park_id = None if park is None else park_named(session, park, scope).id
        rows = catalogue.page(
            session,
            side,
            scope,
            after=after,
            limit=limit + 1,
            search=normalise(search),
            park_id=park_id,
            include_withdrawn=include_withdrawn,
        )
        listings, following = cursors.cut(rows, limit, lambda item: cursors.encode(kind, item.id))
        items = answers_of(session, listings, scope, beijing_day(now))
    return page(items=items, next_cursor=following)


def get_listing(
    database: Database,
    side: Side,
    listing_id: int,
    principal: Principal,
    now: datetime,
    *,
    unmask: bool = False,
) -> ListingAnswer:
    """One listing in scope; unmasking is logged with who asked.

    Raises:
        NotFound: no such listing, or another park's.
        Forbidden: the caller's role may not see contacts.
    """
    with database.reading() as session:
        item = held_listing(session, side, listing_id, principal.scope)
        [answer] = answers_of(session, [item], principal.scope, beijing_day(now), unmask=unmask)
    if unmask:
        principal.require(Right.UNMASK)
        with database.writing() as session:
            access.record(
                session,
                at=now,
                actor=principal.name,
                act="unmask_contact",
                subject=f"{side.value}:{listing_id}",
                park_id=item.shelf.park_id,
            )
    return answer


def held_listing(
    session: Transaction, side: Side, listing_id: int, scope: Scope, *, version: int | None = None
) -> HeldListing:
    """One listing in scope; with `version`, at that version and locked until the transaction ends.

    Raises:
        NotFound: no such listing, or another park's.
        StaleVersion: it is at another version.
    """
    item = catalogue.find(session, side, listing_id, scope, lock=version is not None)
    zh, en = _WORDS[side]
    if item is None:
        raise NotFound(f"没有编号为 {listing_id} 的{zh}。", f"there is no {en} {listing_id}.")
    if version is not None and item.version != version:
        raise StaleVersion(
            f"该{zh}已被修改为第 {item.version} 版，您依据的是第 {version} 版；请重新读取后再改。",
            f"this {en} is at version {item.version}, yours is {version}: read it again.",
            field="version",
        )
    return item
