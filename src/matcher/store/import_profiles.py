"""Import profiles: how the columns of one sender's lists are mapped, by the signature of their headings.

The sender is a park, for its demands, or a source, for the supply list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.listing import Side
from matcher.store.catalogue import Shelf
from matcher.store.tables import ImportProfile, Park


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldProfile:
    """A profile as it is kept: whose, for which headings, and heading → field."""

    shelf: Shelf
    park_code: str | None
    signature: str
    headings: Sequence[str]
    mapping: Mapping[str, str]
    actor: str
    updated_at: datetime


def remembered(session: Session, shelf: Shelf) -> dict[str, Mapping[str, str]]:
    """Signature → mapping, of one sender."""
    query = select(ImportProfile).where(_of_sender(shelf)).order_by(ImportProfile.id)
    return {row.signature: row.mapping for row in session.scalars(query)}


def save(
    session: Session,
    shelf: Shelf,
    signature: str,
    headings: Sequence[str],
    mapping: Mapping[str, str],
    actor: str,
    at: datetime,
) -> None:
    """Keep a sender's mapping for headings of this signature, in place of the one there was."""
    values = {"headings": list(headings), "mapping": dict(mapping), "actor": actor, "updated_at": at}
    theirs = and_(_of_sender(shelf), ImportProfile.signature == signature)
    if session.scalar(select(ImportProfile.id).where(theirs).limit(1)) is not None:
        session.execute(update(ImportProfile).where(theirs).values(values))
        return
    whose = {"park_id": shelf.park_id, "source": shelf.source, "signature": signature}
    session.execute(insert(ImportProfile).values(whose | values))


def page(
    session: Session, scope: Scope, *, supply: bool, park_id: int | None = None, source: str | None = None
) -> list[HeldProfile]:
    """The profiles of the parks in scope, and with `supply` those of the supply list's senders; of one park
    or one source where it is given."""
    conditions: list[ColumnElement[bool]] = []
    if scope.parks is not None:
        conditions.append(or_(ImportProfile.park_id.in_(scope.parks), ImportProfile.park_id.is_(None)))
    if not supply:
        conditions.append(ImportProfile.park_id.is_not(None))
    if park_id is not None:
        conditions.append(ImportProfile.park_id == park_id)
    if source is not None:
        conditions.append(ImportProfile.park_id.is_(None) & (ImportProfile.source == source))
    query = (
        select(ImportProfile, Park.code)
        .outerjoin(Park, Park.id == ImportProfile.park_id)
        .where(*conditions)
        .order_by(ImportProfile.id)
    )
    return [_held(row, code) for row, code in session.execute(query)]


def _of_sender(shelf: Shelf) -> ColumnElement[bool]:
    if shelf.side is Side.DEMAND:
        return ImportProfile.park_id == shelf.park_id
    return ImportProfile.park_id.is_(None) & (ImportProfile.source == shelf.source)


def _held(row: ImportProfile, park_code: str | None) -> HeldProfile:
    side = Side.SUPPLY if row.park_id is None else Side.DEMAND
    return HeldProfile(
        shelf=Shelf(side, source=row.source, park_id=row.park_id),
        park_code=park_code,
        signature=row.signature,
        headings=row.headings,
        mapping=row.mapping,
        actor=row.actor,
        updated_at=row.updated_at,
    )
