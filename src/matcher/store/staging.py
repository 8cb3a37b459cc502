"""Many listings written at once: laid out aside, then put in place by a few statements.

What takes long, making the rows and handing them to the database, needs no lock: they go to a temporary
table of one connection. `put_in_place` moves them within the database. Both keep the invariant of
`revisions`: every change of a listing appends a revision.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Select,
    Table,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from matcher.domain.listing import Listing, Side
from matcher.store.catalogue import Shelf
from matcher.store.revisions import REVISIONS, ROWS, Change, Rewrite, columns_of
from matcher.store.tables import AchievementRow, Base, DemandRow

_CHUNK = 1_000
"""Rows handed to the database at once."""

_CONTENT = tuple(
    column.name
    for column in AchievementRow.__table__.columns
    if column.name not in {"id", "source", "created_at"}
)
"""What a change may set of either list's rows."""

_staged = Table(
    "staged_listing",
    MetaData(),
    Column("place", Integer, primary_key=True),
    Column("listing_id", Integer, index=True),
    *(Column(name, AchievementRow.__table__.c[name].type) for name in _CONTENT),
    Column("released", DemandRow.__table__.c.released.type),
    prefixes=["TEMPORARY"],
)
"""Rows to come, in the order of their revisions; `listing_id` is that of the listing they are to change."""


def lay_out(session: Session, rewrites: Sequence[Rewrite], added: Sequence[Listing], change: Change) -> None:
    """Put what is to be written into a table that this connection alone sees; it is made anew.

    `rewrites` and `added` are of one shelf; see `revisions.write` and `revisions.add`.
    """
    connection = session.connection()
    _staged.drop(connection, checkfirst=True)
    _staged.create(connection)
    rows = chain(
        (_changed(rewrite, change) for rewrite in rewrites),
        (columns_of(listing, change) | {"listing_id": None, "version": 1} for listing in added),
    )
    numbered: Iterator[Mapping[str, Any]] = (
        {"released": None, **row, "place": place} for place, row in enumerate(rows, start=1)
    )
    while chunk := list(islice(numbered, _CHUNK)):
        session.execute(insert(_staged), chunk)


def put_in_place(session: Session, shelf: Shelf, change: Change) -> None:
    """Write what was laid out to a shelf and its history.

    Identities of what is new must be free, as for `revisions.add`.
    """
    rows = _table(ROWS[shelf.side])
    content = [*_CONTENT, "released"] if shelf.side is Side.DEMAND else [*_CONTENT]
    its_place = {"source": shelf.source} if shelf.side is Side.SUPPLY else {"park_id": shelf.park_id}
    on_shelf = [rows.c[name] == value for name, value in its_place.items()]
    old, new = _staged.c.listing_id == rows.c.id, _staged.c.listing_id.is_(None)
    # A join would copy every row to a table of its own before it is set: the lock was held twice as long.
    changed = [name for name in content if name != "key"]
    said = select(*(_staged.c[name] for name in changed)).where(old).scalar_subquery()
    session.execute(
        update(rows)
        .values({tuple_(*(rows.c[name] for name in changed)): said})
        .where(rows.c.id.in_(select(_staged.c.listing_id)), *on_shelf)
    )
    # An identity stands in an index, which is written anew for each row whose identity is set.
    session.execute(update(rows).values(key=_staged.c.key).where(old, *on_shelf, _other_key(rows)))
    _append(session, shelf, change, select(*_said(_staged.c.listing_id)).where(~new))
    origin = [literal(value, rows.c[name].type) for name, value in its_place.items()]
    arriving = select(
        *(_staged.c[name] for name in content), literal(change.at, rows.c.created_at.type), *origin
    )
    session.execute(
        insert(rows).from_select(
            [*content, "created_at", *its_place], arriving.where(new).order_by(_staged.c.place)
        )
    )
    same = rows.c.key == _staged.c.key
    _append(session, shelf, change, select(*_said(rows.c.id)).where(new, same, *on_shelf))


def _table(row: type[Base]) -> Table:
    table = row.__table__
    assert isinstance(table, Table)
    return table


def _other_key(rows: Table) -> ColumnElement[bool]:
    return rows.c.key != _staged.c.key


def _said(listing_id: ColumnElement[int]) -> tuple[ColumnElement[Any], ...]:
    """What a revision holds of a laid out row."""
    withdrawn = _staged.c.withdrawn_at.is_not(None)
    return listing_id, _staged.c.version, _staged.c.data, withdrawn, _staged.c.replaced_by


def _append(session: Session, shelf: Shelf, change: Change, said: Select[Any]) -> None:
    """Append laid out rows to their listings' history, in their order."""
    history = _table(REVISIONS[shelf.side])
    of_change: dict[str, Any] = {
        "via": change.via,
        "actor": change.actor,
        "import_id": change.import_id,
        "at": change.at,
    }
    if shelf.side is Side.DEMAND:
        of_change["park_id"] = shelf.park_id
    columns = [literal(value, history.c[name].type) for name, value in of_change.items()]
    session.execute(
        insert(history).from_select(
            ["listing_id", "version", "data", "withdrawn", "replaced_by", *of_change],
            said.add_columns(*columns).order_by(_staged.c.place),
        )
    )


def _changed(rewrite: Rewrite, change: Change) -> dict[str, Any]:
    row = columns_of(rewrite.listing, change) | {
        "listing_id": rewrite.held.id,
        "version": rewrite.held.version + 1,
        "withdrawn_at": rewrite.withdrawn_at,
        "replaced_by": rewrite.replaced_by,
    }
    row |= {"via": rewrite.via} if rewrite.via is not None else {}
    return row | ({"key": rewrite.key} if rewrite.key is not None else {})
