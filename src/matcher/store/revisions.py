"""Writing the two lists, and what listings said before.

Invariant: every change of a listing goes through `add` or `write`, or `staging` where there are many, which
append a revision; whoever calls them raises the catalogue revision once in the same transaction. Rows are
withdrawn, never deleted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from matcher.domain.listing import Demand, Listing, Side, content_digest, identity_key
from matcher.store.catalogue import HeldListing, Shelf
from matcher.store.records import from_record, to_record
from matcher.store.tables import (
    AchievementRevision,
    AchievementRow,
    DemandRevision,
    DemandRow,
    ListingRow,
    RevisionRow,
)

ROWS: Mapping[Side, type[ListingRow]] = {Side.SUPPLY: AchievementRow, Side.DEMAND: DemandRow}
REVISIONS: Mapping[Side, type[RevisionRow]] = {
    Side.SUPPLY: AchievementRevision,
    Side.DEMAND: DemandRevision,
}

_CHUNK = 500
"""Ids in one query: databases take a limited number of parameters."""


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes listings, when and through what (`import`, `rest` or `cli`)."""

    actor: str
    at: datetime
    via: str
    import_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """A listing and what it is to say; it is on its list where `withdrawn_at` is None.

    `via` is what it counts as changed through from now on and `key` its identity, where they are not those
    of the change and of the content. `replaced_by` is the listing that it is merged into.
    """

    held: HeldListing
    listing: Listing
    withdrawn_at: datetime | None = None
    via: str | None = None
    key: str | None = None
    replaced_by: int | None = None


@dataclass(frozen=True, slots=True)
class Former:
    """What a listing said before a version, whether it was withdrawn or merged, and through what it came."""

    listing: Listing
    withdrawn: bool
    replaced_by: int | None
    via: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRevision:
    """One state a listing was in: what it said, and who made it say so, when and through what."""

    version: int
    listing: Listing
    withdrawn: bool
    replaced_by: int | None
    via: str
    actor: str
    import_id: int | None
    at: datetime


def add(session: Session, shelf: Shelf, listings: Sequence[Listing], change: Change) -> list[HeldListing]:
    """Put new listings on a shelf; their identities must be free."""
    if not listings:
        return []
    table = ROWS[shelf.side]
    origin = {"version": 1, "created_at": change.at}
    origin |= {"source": shelf.source} if shelf.side is Side.SUPPLY else {"park_id": shelf.park_id}
    rows = [columns_of(listing, change) | origin for listing in listings]
    ids = session.scalars(insert(table).returning(table.id, sort_by_parameter_order=True), rows)
    added = [
        HeldListing(id=identifier, shelf=shelf, listing=listing, **_kept(row))
        for identifier, listing, row in zip(ids, listings, rows, strict=True)
    ]
    _append(session, added, change)
    return added


def write(session: Session, rewrites: Sequence[Rewrite], change: Change) -> list[HeldListing]:
    """Make listings of one side say what they are to say: their newest revisions, live or withdrawn."""
    rows, written = [], []
    for rewrite in rewrites:
        listed = rewrite.held
        row = columns_of(rewrite.listing, change) | {
            "id": listed.id,
            "version": listed.version + 1,
            "withdrawn_at": rewrite.withdrawn_at,
            "replaced_by": rewrite.replaced_by,
        }
        row |= {"via": rewrite.via} if rewrite.via is not None else {}
        row |= {"key": rewrite.key} if rewrite.key is not None else {}
        rows.append(row if listed.shelf.park_id is None else row | {"park_id": listed.park_id})
        written.append(replace(listed, listing=rewrite.listing, **_kept(row)))
    if rows:
        session.execute(update(ROWS[written[0].shelf.side]), rows)
        _append(session, written, change)
    return written


def written_by_import(session: Session, shelf: Shelf, import_id: int) -> dict[int, int]:
    """Listing id → the version that one import to `shelf` made of it."""
    table = REVISIONS[shelf.side]
    query = select(table.listing_id, table.version).order_by(table.id)
    rows = session.execute(query.where(table.import_id == import_id, *_of_park(shelf)))
    return {listing_id: version for listing_id, version in rows}  # noqa: C416


def before_import(session: Session, shelf: Shelf, import_id: int) -> dict[int, Former]:
    """Listing id → the state it was in before one import to `shelf`, for those that were there before."""
    table = REVISIONS[shelf.side]
    made, earlier = aliased(table), aliased(table)
    last = (
        select(func.max(earlier.version))
        .where(earlier.listing_id == made.listing_id, earlier.version < made.version)
        .where(*_of_park(shelf, earlier))
        .scalar_subquery()
    )
    query = (
        select(table.listing_id, table.data, table.withdrawn, table.replaced_by, table.via)
        .join(made, and_(made.listing_id == table.listing_id, table.version == last))
        .where(made.import_id == import_id, *_of_park(shelf), *_of_park(shelf, made))
    )
    return {
        listing_id: Former(from_record(shelf.side, data), withdrawn, replaced_by, via)
        for listing_id, data, withdrawn, replaced_by, via in session.execute(query)
    }


def names(session: Session, shelf: Shelf, listing_ids: Iterable[int]) -> dict[int, set[tuple[str, str, str]]]:
    """Title, code and organisation of listings on `shelf`, by id, as each of their revisions has them."""
    table = REVISIONS[shelf.side]
    named: defaultdict[int, set[tuple[str, str, str]]] = defaultdict(set)
    wanted = sorted(listing_ids)
    for start in range(0, len(wanted), _CHUNK):
        of_these = table.listing_id.in_(wanted[start : start + _CHUNK])
        query = select(table.listing_id, table.data).where(of_these, *_of_park(shelf))
        for listing_id, data in session.execute(query):
            listing = from_record(shelf.side, data)
            named[listing_id].add((listing.title, listing.code, listing.organisation))
    return dict(named)


def page(
    session: Session, shelf: Shelf, listing_id: int, *, before: int | None, limit: int
) -> list[PastRevision]:
    """At most `limit` states of a listing on `shelf`, newest first, from the version below `before` down."""
    table = REVISIONS[shelf.side]
    query = select(table).where(table.listing_id == listing_id, *_of_park(shelf))
    if before is not None:
        query = query.where(table.version < before)
    return [
        PastRevision(
            version=row.version,
            listing=from_record(shelf.side, row.data),
            withdrawn=row.withdrawn,
            replaced_by=row.replaced_by,
            via=row.via,
            actor=row.actor,
            import_id=row.import_id,
            at=row.at,
        )
        for row in session.scalars(query.order_by(table.version.desc()).limit(limit))
    ]


def columns_of(listing: Listing, change: Change) -> dict[str, Any]:
    """What a row holds of a listing's content and of its last change."""
    columns: dict[str, Any] = {
        "key": identity_key(listing),
        "code": listing.code,
        "title": listing.title,
        "organisation": listing.organisation,
        "data": to_record(listing),
        "digest": content_digest(listing),
        "confidentiality": listing.confidentiality.value,
        "valid_until": listing.valid_until,
        "withdrawn_at": None,
        "replaced_by": None,
        "via": change.via,
        "updated_at": change.at,
    }
    return columns | {"released": listing.released} if isinstance(listing, Demand) else columns


def _kept(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a held listing that come from its row, beside the content."""
    names = ("version", "digest", "via", "withdrawn_at", "replaced_by", "updated_at")
    return {name: row[name] for name in names}


def _append(session: Session, listings: Sequence[HeldListing], change: Change) -> None:
    """Append what listings of one side say now to their history."""
    shelf = listings[0].shelf
    rows = [
        {
            "listing_id": listed.id,
            "version": listed.version,
            "data": to_record(listed.listing),
            "withdrawn": listed.withdrawn_at is not None,
            "replaced_by": listed.replaced_by,
            "via": change.via,
            "actor": change.actor,
            "import_id": change.import_id,
            "at": change.at,
        }
        | ({} if listed.shelf.park_id is None else {"park_id": listed.park_id})
        for listed in listings
    ]
    session.execute(insert(REVISIONS[shelf.side]), rows)


def _of_park(
    shelf: Shelf, table: type[DemandRevision] | Any = DemandRevision
) -> tuple[ColumnElement[bool], ...]:
    return () if shelf.side is Side.SUPPLY else (table.park_id == shelf.park_id,)
