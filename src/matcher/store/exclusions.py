"""Pairs that people excluded for good, until the exclusion is lifted."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.store.tables import AchievementRow, DemandRow, Exclusion, Park

Row = tuple[Exclusion, DemandRow, AchievementRow, str]
"""An exclusion, its two sides, and its park's code."""


def active(session: Session, park_id: int | None = None) -> set[tuple[int, int]]:
    """Every (demand id, achievement id) that is excluded now: of every park, for the batch, or of one."""
    query = select(Exclusion.demand_id, Exclusion.achievement_id).where(Exclusion.lifted_at.is_(None))
    if park_id is not None:
        query = query.where(Exclusion.park_id == park_id)
    return {(demand_id, achievement_id) for demand_id, achievement_id in session.execute(query)}


def add(session: Session, exclusion: Exclusion) -> Exclusion:
    """Keep an exclusion."""
    session.add(exclusion)
    session.flush()
    return exclusion


def of_pair(session: Session, *, park_id: int, demand_id: int, achievement_id: int) -> Exclusion | None:
    """The exclusion that holds of a pair now."""
    return session.scalar(
        select(Exclusion).where(
            Exclusion.park_id == park_id,
            Exclusion.demand_id == demand_id,
            Exclusion.achievement_id == achievement_id,
            Exclusion.lifted_at.is_(None),
        )
    )


def find(session: Session, scope: Scope, exclusion_id: int) -> Row | None:
    """One exclusion in scope, lifted or not."""
    return next(iter(_rows(session, scope, Exclusion.id == exclusion_id, limit=1)), None)


def page(
    session: Session, scope: Scope, *, park_id: int | None = None, after: int = 0, limit: int = 50
) -> Sequence[Row]:
    """Exclusions in scope that hold now, by id, after the id `after`."""
    conditions = [Exclusion.id > after, Exclusion.lifted_at.is_(None)]
    if park_id is not None:
        conditions.append(Exclusion.park_id == park_id)
    return _rows(session, scope, *conditions, limit=limit)


def lift(session: Session, exclusion: Exclusion, *, at: datetime, by: str) -> None:
    """End an exclusion; its row stays."""
    session.execute(
        update(Exclusion)
        .where(Exclusion.id == exclusion.id, Exclusion.park_id == exclusion.park_id)
        .values(lifted_at=at, lifted_by=by)
    )


def _rows(session: Session, scope: Scope, *conditions: ColumnElement[bool], limit: int) -> list[Row]:
    query = (
        select(Exclusion, DemandRow, AchievementRow, Park.code)
        .join(DemandRow, DemandRow.id == Exclusion.demand_id)
        .join(AchievementRow, AchievementRow.id == Exclusion.achievement_id)
        .join(Park, Park.id == Exclusion.park_id)
        .where(*conditions)
        .order_by(Exclusion.id)
        .limit(limit)
    )
    if scope.parks is not None:
        query = query.where(Exclusion.park_id.in_(scope.parks))
    return [(one, demand, achievement, code) for one, demand, achievement, code in session.execute(query)]
