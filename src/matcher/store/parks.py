"""Parks: the tenants."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.store.tables import Park


@dataclass(frozen=True, slots=True)
class HeldPark:
    """A park as it is kept."""

    id: int
    code: str
    name: str
    industry: str


def add(session: Session, code: str, name: str, industry: str, at: datetime) -> HeldPark:
    """Add a park; its code must be free."""
    row = Park(code=code, name=name, industry=industry, created_at=at)
    session.add(row)
    session.flush()
    return _held(row)


def find(session: Session, code: str, scope: Scope) -> HeldPark | None:
    """The park with this code, in scope."""
    row = session.scalar(select(Park).where(Park.code == code))
    return _held(row) if row is not None and scope.covers(row.id) else None


def page(session: Session, scope: Scope) -> list[HeldPark]:
    """Every park in scope, by code."""
    query = select(Park).order_by(Park.code)
    rows = session.scalars(query if scope.parks is None else query.where(Park.id.in_(scope.parks)))
    return [_held(row) for row in rows]


def _held(row: Park) -> HeldPark:
    return HeldPark(row.id, row.code, row.name, row.industry)
