"""The two lists as they stand in the database, and the counter of their changes; `revisions` writes them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.listing import (
    Confidentiality,
    Listing,
    LiveListing,
    Side,
    identity_key,
    is_valid_on,
)
from matcher.store.records import from_record
from matcher.store.tables import AchievementRow, Catalogue, DemandRow, ListingRow

_CHUNK = 500
"""Ids asked for at once; SQLite binds at most 32,766 parameters."""

_ROWS: dict[Side, type[ListingRow]] = {Side.SUPPLY: AchievementRow, Side.DEMAND: DemandRow}


@dataclass(frozen=True, slots=True)
class Shelf:
    """The list a row stands on: an achievement list's source, or a park's demands."""

    side: Side
    source: str = ""
    park_id: int | None = None

    def __post_init__(self) -> None:
        if (self.side is Side.DEMAND) != (self.park_id is not None):
            raise ValueError("demands belong to a park, achievements to none")

    def contains(self) -> ColumnElement[bool]:
        """The condition that a row stands on this shelf."""
        if self.side is Side.SUPPLY:
            return AchievementRow.source == self.source
        return DemandRow.park_id == self.park_id


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldListing:
    """A listing as its list holds it now.

    `replaced_by` is the listing that it was merged into, `digest` is that of its content, `via` what it was
    last changed through (`import`, `rest` or `cli`).
    """

    id: int
    version: int
    shelf: Shelf
    listing: Listing
    digest: str
    via: str
    withdrawn_at: datetime | None
    updated_at: datetime
    replaced_by: int | None = None

    @property
    def title(self) -> str:
        """What it is called."""
        return self.listing.title

    @property
    def code(self) -> str:
        """The list's own code of it."""
        return self.listing.code

    @property
    def organisation(self) -> str:
        """Whose it is."""
        return self.listing.organisation

    @property
    def park_id(self) -> int:
        """The park of a demand; an achievement has none."""
        assert self.shelf.park_id is not None
        return self.shelf.park_id

    def status_on(self, day: date) -> Literal["live", "expired", "withdrawn"]:
        """Whether it is on its list on a day (in Beijing)."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "live" if is_valid_on(self.listing, day) else "expired"


def listing_of(row: ListingRow) -> Listing:
    """What the row says now."""
    return from_record(Side.DEMAND if isinstance(row, DemandRow) else Side.SUPPLY, row.data)


def held(row: ListingRow) -> HeldListing:
    """The listing that a row holds."""
    if isinstance(row, DemandRow):
        shelf = Shelf(Side.DEMAND, park_id=row.park_id)
    else:
        assert isinstance(row, AchievementRow)
        shelf = Shelf(Side.SUPPLY, source=row.source)
    return HeldListing(
        id=row.id,
        version=row.version,
        shelf=shelf,
        listing=listing_of(row),
        digest=row.digest,
        via=row.via,
        withdrawn_at=row.withdrawn_at,
        updated_at=row.updated_at,
        replaced_by=row.replaced_by,
    )


def in_scope(side: Side, scope: Scope) -> ColumnElement[bool] | None:
    """The tenant condition: a demand's park, an achievement's organisation; None hides nothing."""
    if side is Side.SUPPLY:
        if scope.organisations is None:
            return None
        return AchievementRow.organisation.in_(scope.organisations)
    return None if scope.parks is None else DemandRow.park_id.in_(scope.parks)


def find(
    session: Session, side: Side, listing_id: int, scope: Scope, *, lock: bool = False
) -> HeldListing | None:
    """One listing within scope; `lock` holds it until the transaction ends (SQLite has one writer)."""
    table = _ROWS[side]
    query = _scoped(select(table).where(table.id == listing_id), side, scope)
    row: ListingRow | None = session.scalar(query.with_for_update() if lock else query)
    return None if row is None else held(row)


def find_by_key(session: Session, shelf: Shelf, listing: Listing) -> HeldListing | None:
    """The listing on `shelf` that is the same item as `listing`."""
    table = _ROWS[shelf.side]
    row = session.scalar(select(table).where(shelf.contains(), table.key == identity_key(listing)))
    return None if row is None else held(row)


def on_shelf(session: Session, shelf: Shelf) -> dict[str, HeldListing]:
    """Every listing of a shelf by identity key, withdrawn ones included."""
    rows = session.scalars(select(_ROWS[shelf.side]).where(shelf.contains()))
    return {row.key: held(row) for row in rows}


def stamp(session: Session, shelf: Shelf) -> int:
    """A number that every change of a shelf raises: two that are equal had nothing written in between."""
    row = _ROWS[shelf.side]
    return session.scalar(select(func.coalesce(func.sum(row.version), 0)).where(shelf.contains())) or 0


def page(
    session: Session,
    side: Side,
    scope: Scope,
    *,
    after: int = 0,
    limit: int | None = 50,
    search: str = "",
    park_id: int | None = None,
    source: str | None = None,
    stating: Mapping[str, str] | None = None,
    include_withdrawn: bool = False,
) -> list[HeldListing]:
    """At most `limit` listings in scope after id `after`, with `search` in title, code or organisation.

    `park_id` leaves one park's demands, `source` the achievements of one source's list, `stating` those whose
    field says just this: a field that is one text → the text.
    """
    row = _ROWS[side]
    query = _scoped(select(row).where(row.id > after).order_by(row.id).limit(limit), side, scope)
    if park_id is not None:
        query = query.where(DemandRow.park_id == park_id)
    if source is not None:
        query = query.where(AchievementRow.source == source)
    for name, text in (stating or {}).items():
        stated = row.organisation if name == "organisation" else row.data[name].as_string()
        query = query.where(stated == text)
    if not include_withdrawn:
        query = query.where(row.withdrawn_at.is_(None))
    if search:
        pattern = f"%{_escape_like(search)}%"
        columns = (row.title, row.code, row.organisation)
        query = query.where(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    return [held(row) for row in session.scalars(query)]


def paged(
    session: Session, side: Side, scope: Scope, *, park_id: int | None, source: str | None
) -> Iterator[list[HeldListing]]:
    """Every listing that `page` gives of a park or a source, a few hundred at a time."""
    after = 0
    while items := page(session, side, scope, after=after, limit=_CHUNK, park_id=park_id, source=source):
        yield items
        after = items[-1].id


def organisations(session: Session) -> Sequence[str]:
    """Every organisation that the supply list names, withdrawn achievements included."""
    return session.scalars(select(AchievementRow.organisation).distinct()).all()


def live_versions(session: Session, side: Side, day: date) -> list[tuple[int, int]]:
    """(id, version) of everything that may be matched on `day`, by id: what a run's fingerprint covers."""
    row = _ROWS[side]
    rows = session.execute(select(row.id, row.version).where(*live_conditions(row, day)).order_by(row.id))
    return [(identifier, version) for identifier, version in rows]


def live(session: Session, side: Side, day: date, park_id: int | None = None) -> list[LiveListing]:
    """Everything that may be matched on `day`, by id: of every park, for the batch, or the demands of one."""
    table = _ROWS[side]
    query = select(table).where(*live_conditions(table, day)).order_by(table.id)
    rows = session.scalars(query if park_id is None else query.where(DemandRow.park_id == park_id))
    return [
        LiveListing(
            id=row.id,
            version=row.version,
            listing=listing_of(row),
            park_id=row.park_id if isinstance(row, DemandRow) else None,
            stated_at=row.updated_at,
        )
        for row in rows
    ]


def raise_revision(session: Session) -> int:
    """Count one change of the lists; every transaction that wrote listings calls this once."""
    raised = session.execute(
        update(Catalogue).values(revision=Catalogue.revision + 1).returning(Catalogue.revision)
    )
    number = raised.scalar_one_or_none()
    if number is None:
        session.add(Catalogue(id=1, revision=1))
        session.flush()
        return 1
    return number


def revision(session: Session) -> int:
    """How often the lists have changed."""
    return session.scalar(select(Catalogue.revision)) or 0


def count(session: Session, side: Side, scope: Scope) -> int:
    """Rows in scope that are not withdrawn."""
    row = _ROWS[side]
    query = select(func.count()).select_from(row).where(row.withdrawn_at.is_(None))
    return session.scalar(_scoped(query, side, scope)) or 0


def held_by_id(
    session: Session, side: Side, identifiers: Iterable[int], scope: Scope, *, lock: bool = False
) -> dict[int, HeldListing]:
    """Listings in scope by id; `lock` holds them until the transaction ends, as for `find`."""
    table = _ROWS[side]
    wanted = sorted(set(identifiers))
    listings: dict[int, HeldListing] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = _scoped(select(table).where(table.id.in_(wanted[start : start + _CHUNK])), side, scope)
        query = query.order_by(table.id)
        rows = session.scalars(query.with_for_update() if lock else query)
        listings.update({row.id: held(row) for row in rows})
    return listings


def live_conditions(row: type[ListingRow], day: date) -> tuple[ColumnElement[bool], ...]:
    """What makes a row matchable on `day`: not withdrawn, not expired, not secret."""
    return (
        row.withdrawn_at.is_(None),
        or_(row.valid_until.is_(None), row.valid_until >= day),
        row.confidentiality != Confidentiality.SECRET.value,
    )


def _scoped(query: Select[*tuple[Any, ...]], side: Side, scope: Scope) -> Select[*tuple[Any, ...]]:
    condition = in_scope(side, scope)
    return query if condition is None else query.where(condition)


def _escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
