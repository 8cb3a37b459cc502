"""Parks: the tenants."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.store.tables import Park


def add(session: Session, code: str, name: str, industry: str, at: datetime) -> Park:
    """Add a park; its code must be free."""
    park = Park(code=code, name=name, industry=industry, created_at=at)
    session.add(park)
    session.flush()
    return park


def find(session: Session, code: str, scope: Scope) -> Park | None:
    """The park with this code, in scope."""
    park = session.scalar(select(Park).where(Park.code == code))
    return park if park is not None and scope.covers(park.id) else None


def page(session: Session, scope: Scope) -> Sequence[Park]:
    """Every park in scope, by code."""
    query = select(Park).order_by(Park.code)
    return session.scalars(query if scope.parks is None else query.where(Park.id.in_(scope.parks))).all()
