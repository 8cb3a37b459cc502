"""Single listings as they are written: created, edited, withdrawn and restored, within the caller's scope."""

from collections.abc import Set
from dataclasses import fields, replace
from datetime import datetime

from matcher.domain.access import Principal, Right, Role
from matcher.domain.days import beijing_day
from matcher.domain.errors import Conflict, InvalidInput
from matcher.domain.listing import Demand, Listing, Side, content_digest
from matcher.domain.text import fold
from matcher.pipeline.lists.answers import ListingAnswer, answers_of
from matcher.pipeline.lists.held import held_listing
from matcher.pipeline.lists.masking import unmasked
from matcher.pipeline.lists.parks import park_named
from matcher.store import catalogue, revisions
from matcher.store.catalogue import HeldListing, Shelf
from matcher.store.database import Database, Transaction
from matcher.store.revisions import Change, Rewrite


def create_listing(
    database: Database,
    principal: Principal,
    listing: Listing,
    now: datetime,
    *,
    park: str | None = None,
    source: str = "",
    via: str = "rest",
) -> ListingAnswer:
    """Add a listing: a demand to `park`, an achievement to the list of `source`.

    A research unit's achievement goes to the list of its own name.

    Raises:
        Conflict: the list holds an item of the same identity.
        NotFound: the park is not in scope.
        InvalidInput: a research unit's achievement is said to be another organisation's.
        Forbidden: the caller may not write this list.
    """
    side = _side_of(listing)
    require_writer(principal, side)
    listing = _of_own_organisation(principal, listing)
    if principal.role is Role.RESEARCH_UNIT:
        source = principal.subject
    with database.writing() as session:
        if side is Side.DEMAND:
            shelf = Shelf(side, park_id=park_named(session, park or "", principal.scope).id)
        else:
            shelf = Shelf(side, source=source)
        require_free(session, principal, shelf, listing)
        [added] = revisions.add(session, shelf, [listing], Change(principal.name, now, via))
        catalogue.raise_revision(session)
        return _answer(session, added, principal, now)


def update_listing(
    database: Database,
    principal: Principal,
    listing_id: int,
    listing: Listing,
    now: datetime,
    *,
    only: Set[str] | None = None,
    version: int | None = None,
    via: str = "rest",
) -> ListingAnswer:
    """Make a listing say what `listing` says, in the fields `only` where they are given; a withdrawn one is
    live again. The same content changes nothing, and a text that is sent back masked stays as it is.

    `version` is the one the caller has read; None overwrites whatever is there.

    Raises:
        NotFound: no such listing in scope.
        StaleVersion: it is at another version.
        Conflict: the new identity is taken.
        InvalidInput: a research unit's achievement is said to be another organisation's.
        Forbidden: the caller may not write this list.
    """
    side = _side_of(listing)
    require_writer(principal, side)
    with database.writing() as session:
        item = held_listing(session, side, listing_id, principal.scope, version=version)
        listing = edited(principal, item, listing, only)
        require_free(session, principal, item.shelf, listing, but=item.id)
        if item.withdrawn_at is not None or item.digest != content_digest(listing):
            change = Change(principal.name, now, via)
            [item] = revisions.write(session, [Rewrite(held=item, listing=listing)], change)
            catalogue.raise_revision(session)
        return _answer(session, item, principal, now)


def withdraw_listing(
    database: Database,
    principal: Principal,
    side: Side,
    listing_id: int,
    now: datetime,
    *,
    version: int | None = None,
    via: str = "rest",
) -> ListingAnswer:
    """Take a listing off its list; withdrawing it again changes nothing.

    Raises:
        NotFound, StaleVersion, Forbidden: as `update_listing`.
    """
    require_writer(principal, side)
    with database.writing() as session:
        item = held_listing(session, side, listing_id, principal.scope, version=version)
        if item.withdrawn_at is None:
            gone = Rewrite(held=item, listing=item.listing, withdrawn_at=now)
            [item] = revisions.write(session, [gone], Change(principal.name, now, via))
            catalogue.raise_revision(session)
        return _answer(session, item, principal, now)


def restore_listing(
    database: Database,
    principal: Principal,
    side: Side,
    listing_id: int,
    now: datetime,
    *,
    version: int | None = None,
    via: str = "rest",
) -> ListingAnswer:
    """Put a withdrawn listing back on its list as it was; restoring it again changes nothing.

    Raises:
        NotFound, StaleVersion, Forbidden: as `update_listing`.
    """
    require_writer(principal, side)
    with database.writing() as session:
        item = held_listing(session, side, listing_id, principal.scope, version=version)
        if item.withdrawn_at is not None:
            back = Rewrite(held=item, listing=item.listing)
            [item] = revisions.write(session, [back], Change(principal.name, now, via))
            catalogue.raise_revision(session)
        return _answer(session, item, principal, now)


def edited(principal: Principal, item: HeldListing, sent: Listing, only: Set[str] | None = None) -> Listing:
    """What a held listing says once `sent` is written to it, in the fields `only` where they are given; a
    text that is sent back masked stays as it is.

    Raises:
        InvalidInput: a research unit's achievement is said to be another organisation's.
    """
    if only is not None:
        named = {field.name for field in fields(sent)} & only
        sent = replace(item.listing, **{name: getattr(sent, name) for name in named})
    return _of_own_organisation(principal, unmasked(sent, item.listing))


def require_writer(principal: Principal, side: Side) -> None:
    """Refuse a caller who may not change this side's list.

    Raises:
        Forbidden: the caller may not write this list.
    """
    principal.require(Right.WRITE_DEMANDS if side is Side.DEMAND else Right.WRITE_SUPPLY)


def _side_of(listing: Listing) -> Side:
    return Side.DEMAND if isinstance(listing, Demand) else Side.SUPPLY


def _of_own_organisation(principal: Principal, listing: Listing) -> Listing:
    """The listing, which a research unit may only write in its own name."""
    if principal.role is not Role.RESEARCH_UNIT:
        return listing
    if not listing.organisation:
        return replace(listing, organisation=principal.subject)
    if fold(listing.organisation) != fold(principal.subject):
        raise InvalidInput(
            f"只能填报本单位（{principal.subject}）的成果。",
            f"only achievements of {principal.subject} may be entered with this key.",
            field="organisation",
        )
    return listing


def require_free(
    session: Transaction, principal: Principal, shelf: Shelf, listing: Listing, *, but: int | None = None
) -> None:
    """Refuse an identity that another listing of the shelf has; a listing of another organisation is not
    shown to who may not see it.

    Raises:
        Conflict: the identity is taken.
    """
    namesake = catalogue.find_by_key(session, shelf, listing)
    if namesake is None or namesake.id == but:
        return
    organisations = principal.scope.organisations
    if organisations is not None and namesake.organisation not in organisations:
        raise Conflict(
            "该编号已用于清单中的另一项成果；请换一个编号。",
            "the list has another achievement of this code: take another code.",
            field="code",
        )
    raise Conflict(
        f"清单中已有同一条目（编号 {namesake.id}，“{namesake.title}”）；请修改那一条。",
        f"the list holds this item already (id {namesake.id}): update that one.",
        field="code",
    )


def _answer(session: Transaction, item: HeldListing, principal: Principal, now: datetime) -> ListingAnswer:
    [answer] = answers_of(session, [item], principal.scope, beijing_day(now))
    return answer
