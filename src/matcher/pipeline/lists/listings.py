"""The lists over REST: list, read, create, update and withdraw, each within the caller's scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from matcher.domain.access import Principal, Right, Role, Scope
from matcher.domain.days import beijing_day
from matcher.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleVersion
from matcher.domain.listing import (
    Contact,
    Demand,
    Listing,
    Maturity,
    Money,
    Side,
    content_digest,
    is_valid_on,
)
from matcher.domain.text import fold, mask_contacts, mask_name, mask_number, normalise
from matcher.pipeline.lists.parks import get_park, park_named
from matcher.store import access, catalogue, parks, repeats
from matcher.store.catalogue import Change, Shelf, listing_of
from matcher.store.database import Database, Transaction
from matcher.store.records import to_record
from matcher.store.tables import AchievementRow, DemandRow, ListingRow

_WORDS = {Side.SUPPLY: ("成果", "achievement"), Side.DEMAND: ("需求", "demand")}


@dataclass(frozen=True, slots=True)
class ListingView:
    """A listing as callers see it; contacts are masked unless `unmasked`.

    `repeats` are those in scope that the last run found to say the same.
    """

    id: int
    version: int
    status: str
    source: str | None
    park: str | None
    updated_at: datetime
    listing: Listing
    repeats: tuple[int, ...] = ()
    unmasked: bool = False

    def as_json(self) -> dict[str, Any]:
        """The stable JSON form: the listing's fields and the service's own."""
        record = to_record(self.listing if self.unmasked else masked(self.listing))
        own = {
            "id": self.id,
            "version": self.version,
            "status": self.status,
            "updated_at": self.updated_at.isoformat(),
            "repeats": list(self.repeats),
        }
        shelf = {"source": self.source} if self.park is None else {"park": self.park}
        return own | shelf | record


def masked(listing: Listing) -> Listing:
    """The listing with its contact, and contacts inside every text of it, hidden."""
    contact = Contact(
        name=mask_name(listing.contact.name),
        phone=mask_number(listing.contact.phone),
        email=mask_contacts(listing.contact.email),
    )
    texts = {
        name: _hidden(getattr(listing, name)) for name in listing.__dataclass_fields__ if name != "contact"
    }
    return replace(listing, **texts, contact=contact)


def _hidden(value: Any) -> Any:
    match value:
        case StrEnum():
            return value
        case str():
            return mask_contacts(value)
        case tuple():
            return tuple(mask_contacts(item) for item in value)
        case Mapping():
            return {heading: mask_contacts(item) for heading, item in value.items()}
        case Money() | Maturity():
            return replace(value, text=mask_contacts(value.text))
        case _:
            return value


def list_listings(
    database: Database,
    side: Side,
    scope: Scope,
    now: datetime,
    *,
    park: str | None = None,
    search: str = "",
    after: int = 0,
    limit: int = 50,
    include_withdrawn: bool = False,
) -> tuple[list[ListingView], int | None]:
    """One page of a list in scope, and the id to continue after, None on the last page.

    Raises:
        NotFound: the park is not in scope.
    """
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
        views = _views(session, side, rows[:limit], scope, now)
    return views, views[-1].id if len(rows) > limit else None


def get_listing(
    database: Database,
    side: Side,
    listing_id: int,
    principal: Principal,
    now: datetime,
    *,
    unmask: bool = False,
) -> ListingView:
    """One listing in scope; unmasking is logged with who asked.

    Raises:
        NotFound: no such listing, or another park's.
        Forbidden: the caller's role may not see contacts.
    """
    with database.reading() as session:
        row = _find(session, side, listing_id, principal.scope)
        [view] = _views(session, side, [row], principal.scope, now)
    if not unmask:
        return view
    principal.require(Right.UNMASK)
    with database.writing() as session:
        access.record(
            session,
            at=now,
            actor=principal.name,
            act="unmask_contact",
            subject=f"{side.value}:{listing_id}",
            park_id=row.park_id if isinstance(row, DemandRow) else None,
        )
    return replace(view, unmasked=True)


def create_listing(
    database: Database,
    principal: Principal,
    listing: Listing,
    now: datetime,
    *,
    park: str | None = None,
    source: str = "",
) -> ListingView:
    """Add a listing: a demand to `park`, an achievement to the list of `source`.

    A research unit's achievement goes to the list of its own name.

    Raises:
        Conflict: the list holds an item of the same identity.
        NotFound: the park is not in scope.
        InvalidInput: a research unit's achievement is said to be another organisation's.
        Forbidden: the caller may not write this list.
    """
    side = Side.DEMAND if isinstance(listing, Demand) else Side.SUPPLY
    require_writer(principal, side)
    listing = _of_own_organisation(principal, listing)
    if principal.role is Role.RESEARCH_UNIT:
        source = principal.subject
    with database.writing() as session:
        if side is Side.DEMAND:
            shelf = Shelf(side, park_id=park_named(session, park or "", principal.scope).id)
        else:
            shelf = Shelf(side, source=source)
        held = catalogue.find_by_key(session, shelf, listing)
        if held is not None:
            raise _taken(held, principal)
        row = catalogue.add(session, shelf, listing, _change(principal, now))
        catalogue.raise_revision(session)
        return _views(session, side, [row], principal.scope, now)[0]


def update_listing(
    database: Database,
    principal: Principal,
    listing_id: int,
    listing: Listing,
    now: datetime,
    *,
    version: int | None = None,
) -> ListingView:
    """Replace what a listing says; a withdrawn one is live again. The same content changes nothing.

    `version` is the one the caller has read; None overwrites whatever is there.

    Raises:
        NotFound: no such listing in scope.
        StaleVersion: it is at another version.
        Conflict: the new identity is taken.
        InvalidInput: a research unit's achievement is said to be another organisation's.
        Forbidden: the caller may not write this list.
    """
    side = Side.DEMAND if isinstance(listing, Demand) else Side.SUPPLY
    require_writer(principal, side)
    listing = _of_own_organisation(principal, listing)
    with database.writing() as session:
        row = _find(session, side, listing_id, principal.scope, version=version)
        held = catalogue.find_by_key(session, _shelf_of(row), listing)
        if held is not None and held.id != row.id:
            raise _taken(held, principal)
        if row.withdrawn_at is not None or row.digest != content_digest(listing):
            catalogue.write(session, row, listing, _change(principal, now))
            catalogue.raise_revision(session)
        return _views(session, side, [row], principal.scope, now)[0]


def withdraw_listing(
    database: Database,
    principal: Principal,
    side: Side,
    listing_id: int,
    now: datetime,
    *,
    version: int | None = None,
) -> ListingView:
    """Take a listing off its list; withdrawing it again changes nothing.

    Raises:
        NotFound, Conflict, Forbidden: as `update_listing`.
    """
    require_writer(principal, side)
    with database.writing() as session:
        row = _find(session, side, listing_id, principal.scope, version=version)
        if row.withdrawn_at is None:
            catalogue.withdraw(session, row, _change(principal, now))
            catalogue.raise_revision(session)
        return _views(session, side, [row], principal.scope, now)[0]


def import_shelf(
    database: Database, side: Side, principal: Principal, *, park: str | None, source: str
) -> Shelf:
    """The list an import by this caller goes to.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not write this list as a whole, as a research unit may not.
    """
    require_writer(principal, side)
    if principal.role is Role.RESEARCH_UNIT:
        raise Forbidden(
            "研发单位请逐项填报成果；整份清单由区级管理员导入。",
            "a research unit enters its achievements one by one; whole lists are the district's to import.",
        )
    if side is Side.SUPPLY:
        return Shelf(side, source=normalise(source))
    return Shelf(side, park_id=get_park(database, park or "", principal.scope).id)


def require_writer(principal: Principal, side: Side) -> None:
    """Refuse a caller who may not change this side's list.

    Raises:
        Forbidden: the caller may not write this list.
    """
    principal.require(Right.WRITE_DEMANDS if side is Side.DEMAND else Right.WRITE_SUPPLY)


def _find(
    session: Transaction, side: Side, listing_id: int, scope: Scope, *, version: int | None = None
) -> ListingRow:
    row = catalogue.find(session, side, listing_id, scope, lock=version is not None)
    zh, en = _WORDS[side]
    if row is None:
        raise NotFound(f"没有编号为 {listing_id} 的{zh}。", f"there is no {en} {listing_id}.")
    if version is not None and row.version != version:
        raise StaleVersion(
            f"该{zh}已被修改为第 {row.version} 版，您依据的是第 {version} 版；请重新读取后再改。",
            f"this {en} is at version {row.version}, yours is {version}: read it again.",
            field="version",
        )
    return row


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


def _taken(held: ListingRow, principal: Principal) -> Conflict:
    organisations = principal.scope.organisations
    if organisations is not None and held.organisation not in organisations:
        return Conflict(
            "该编号已用于清单中的另一项成果；请换一个编号。",
            "the list has another achievement of this code: take another code.",
            field="code",
        )
    return Conflict(
        f"清单中已有同一条目（编号 {held.id}，“{held.title}”）；请修改那一条。",
        f"the list holds this item already (id {held.id}): update that one.",
        field="code",
    )


def _change(principal: Principal, now: datetime) -> Change:
    return Change(principal.name, now, "rest")


def _shelf_of(row: ListingRow) -> Shelf:
    if isinstance(row, DemandRow):
        return Shelf(Side.DEMAND, park_id=row.park_id)
    assert isinstance(row, AchievementRow)
    return Shelf(Side.SUPPLY, source=row.source)


def _park_codes(session: Transaction, rows: Sequence[ListingRow]) -> dict[int, str]:
    wanted = frozenset(row.park_id for row in rows if isinstance(row, DemandRow))
    return {park.id: park.code for park in parks.page(session, Scope(wanted))} if wanted else {}


def _views(
    session: Transaction, side: Side, rows: Sequence[ListingRow], scope: Scope, now: datetime
) -> list[ListingView]:
    codes = _park_codes(session, rows)
    alike = repeats.others(session, side, [row.id for row in rows], scope)
    return [_view(row, codes, alike.get(row.id, ()), now) for row in rows]


def _view(row: ListingRow, codes: dict[int, str], alike: tuple[int, ...], now: datetime) -> ListingView:
    listing = listing_of(row)
    status = "live" if is_valid_on(listing, beijing_day(now)) else "expired"
    return ListingView(
        id=row.id,
        version=row.version,
        status="withdrawn" if row.withdrawn_at is not None else status,
        source=row.source if isinstance(row, AchievementRow) else None,
        park=codes[row.park_id] if isinstance(row, DemandRow) else None,
        updated_at=row.updated_at,
        listing=listing,
        repeats=alike,
    )
