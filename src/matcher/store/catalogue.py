"""The two lists in the database: current rows, their revisions, and the revision counter.

Invariant: every change of a listing goes through `write`, which appends a revision and raises the
catalogue revision in the same transaction. Rows are withdrawn, never deleted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.listing import (
    Achievement,
    Confidentiality,
    Demand,
    Listing,
    LiveListing,
    Side,
    content_digest,
    identity_key,
)
from matcher.store.records import from_record, to_record
from matcher.store.tables import (
    AchievementRevision,
    AchievementRow,
    Catalogue,
    DemandRevision,
    DemandRow,
    ListingRow,
    RevisionRow,
)

_CHUNK = 500
"""Ids asked for at once; SQLite binds at most 32,766 parameters."""

_ROWS: dict[Side, type[ListingRow]] = {Side.SUPPLY: AchievementRow, Side.DEMAND: DemandRow}
_REVISIONS: dict[Side, type[RevisionRow]] = {Side.SUPPLY: AchievementRevision, Side.DEMAND: DemandRevision}


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


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes a listing, when and through what (`import` or `rest`)."""

    actor: str
    at: datetime
    via: str
    import_id: int | None = None


def side_of(row: ListingRow) -> Side:
    """Which list a row is of."""
    return Side.DEMAND if isinstance(row, DemandRow) else Side.SUPPLY


def listing_of(row: ListingRow) -> Listing:
    """What the row says now."""
    return from_record(side_of(row), row.data)


def in_scope(side: Side, scope: Scope) -> ColumnElement[bool] | None:
    """The tenant condition: a demand's park, an achievement's organisation; None hides nothing."""
    if side is Side.SUPPLY:
        if scope.organisations is None:
            return None
        return AchievementRow.organisation.in_(scope.organisations)
    return None if scope.parks is None else DemandRow.park_id.in_(scope.parks)


def find(
    session: Session, side: Side, listing_id: int, scope: Scope, *, lock: bool = False
) -> ListingRow | None:
    """One row within scope; `lock` holds it until the transaction ends (SQLite has one writer)."""
    row = _ROWS[side]
    query = _scoped(select(row).where(row.id == listing_id), side, scope)
    found: ListingRow | None = session.scalar(query.with_for_update() if lock else query)
    return found


def find_by_key(session: Session, shelf: Shelf, listing: Listing) -> ListingRow | None:
    """The row on `shelf` that is the same item as `listing`."""
    row = _ROWS[shelf.side]
    return session.scalar(select(row).where(shelf.contains(), row.key == identity_key(listing)))


def on_shelf(session: Session, shelf: Shelf) -> dict[str, ListingRow]:
    """Every row of a shelf by identity key, withdrawn ones included."""
    rows = session.scalars(select(_ROWS[shelf.side]).where(shelf.contains()))
    return {row.key: row for row in rows}


def page(
    session: Session,
    side: Side,
    scope: Scope,
    *,
    after: int = 0,
    limit: int = 50,
    search: str = "",
    park_id: int | None = None,
    include_withdrawn: bool = False,
) -> Sequence[ListingRow]:
    """Rows in scope after id `after`, at most `limit`, whose title, code or organisation holds `search`."""
    row = _ROWS[side]
    query = _scoped(select(row).where(row.id > after).order_by(row.id).limit(limit), side, scope)
    if park_id is not None:
        query = query.where(DemandRow.park_id == park_id)
    if not include_withdrawn:
        query = query.where(row.withdrawn_at.is_(None))
    if search:
        pattern = f"%{_escape_like(search)}%"
        columns = (row.title, row.code, row.organisation)
        query = query.where(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    return session.scalars(query).all()


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
    row = _ROWS[side]
    query = select(row).where(*live_conditions(row, day)).order_by(row.id)
    rows = session.scalars(query if park_id is None else query.where(DemandRow.park_id == park_id))
    return [
        LiveListing(
            id=found.id,
            version=found.version,
            listing=listing_of(found),
            park_id=found.park_id if isinstance(found, DemandRow) else None,
            stated_at=found.updated_at,
        )
        for found in rows
    ]


def add(session: Session, shelf: Shelf, listing: Listing, change: Change) -> ListingRow:
    """Put a new listing on a shelf."""
    if shelf.side is Side.SUPPLY:
        row: ListingRow = AchievementRow(source=shelf.source)
    else:
        row = DemandRow(park_id=shelf.park_id)
    row.created_at = change.at
    row.version = 0
    write(session, row, listing, change)
    return row


def write(
    session: Session, row: ListingRow, listing: Listing, change: Change, *, withdrawn: bool = False
) -> None:
    """Make `listing` the row's newest revision, live or withdrawn."""
    row.key = identity_key(listing)
    row.code = listing.code
    row.title = listing.title
    row.organisation = listing.organisation
    row.data = to_record(listing)
    row.digest = content_digest(listing)
    row.version += 1
    row.confidentiality = listing.confidentiality.value
    row.valid_until = listing.valid_until
    row.withdrawn_at = change.at if withdrawn else None
    row.via = change.via
    row.updated_at = change.at
    if isinstance(row, DemandRow):
        assert isinstance(listing, Demand)
        row.released = listing.released
    else:
        assert isinstance(listing, Achievement)
    session.add(row)
    session.add(_revision(row, change, withdrawn=withdrawn))


def withdraw(session: Session, row: ListingRow, change: Change) -> None:
    """Take a row off its list; its content stays in its revisions."""
    write(session, row, listing_of(row), change, withdrawn=True)


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


def revisions_of_import(session: Session, shelf: Shelf, import_id: int) -> Sequence[RevisionRow]:
    """What one import to `shelf` wrote."""
    table = _REVISIONS[shelf.side]
    query = select(table).where(table.import_id == import_id, *_of_park(shelf)).order_by(table.id)
    return session.scalars(query).all()


def revision_before(session: Session, shelf: Shelf, listing_id: int, version: int) -> RevisionRow | None:
    """The state a listing on `shelf` was in before `version`."""
    table = _REVISIONS[shelf.side]
    return session.scalar(
        select(table)
        .where(table.listing_id == listing_id, table.version < version, *_of_park(shelf))
        .order_by(table.version.desc())
        .limit(1)
    )


def rows_by_id(
    session: Session, side: Side, identifiers: Iterable[int], scope: Scope
) -> dict[int, ListingRow]:
    """Rows in scope by id."""
    row = _ROWS[side]
    wanted = sorted(set(identifiers))
    found: dict[int, ListingRow] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = select(row).where(row.id.in_(wanted[start : start + _CHUNK]))
        found.update({one.id: one for one in session.scalars(_scoped(query, side, scope))})
    return found


def _revision(row: ListingRow, change: Change, *, withdrawn: bool) -> RevisionRow:
    columns: dict[str, Any] = {
        "version": row.version,
        "data": row.data,
        "withdrawn": withdrawn,
        "via": change.via,
        "actor": change.actor,
        "import_id": change.import_id,
        "at": change.at,
    }
    if isinstance(row, DemandRow):
        return DemandRevision(listing=row, park_id=row.park_id, **columns)
    assert isinstance(row, AchievementRow)
    return AchievementRevision(listing=row, **columns)


def _of_park(shelf: Shelf) -> tuple[ColumnElement[bool], ...]:
    return () if shelf.side is Side.SUPPLY else (DemandRevision.park_id == shelf.park_id,)


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
