"""The lists as they are read: page by page, and one listing, each within the caller's scope."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.days import beijing_day
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
from matcher.pipeline.lists.held import held_listing
from matcher.pipeline.lists.parks import park_named
from matcher.pipeline.lists.selection import chosen_by
from matcher.store import access, catalogue
from matcher.store.database import Database

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
    where: Mapping[str, str] | None = None,
    cursor: str | None = None,
    limit: int = 50,
    include_withdrawn: bool = False,
) -> ListingPage:
    """One page of a list in scope, by id; `where` leaves those whose fields say just this, field → text.

    Raises:
        NotFound: the park is not in scope.
        InvalidInput: `where` names a field that listings are not chosen by.
        InvalidCursor: it is not one of this list's.
    """
    kind, page = _PAGES[side]
    after = cursors.after_id(kind, cursor)
    source, stating = chosen_by(side, where or {})
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
            source=source,
            stating=stating,
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
