"""Pairs that people excluded for good, until the exclusion is lifted."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.entries import NamedPair
from matcher.store.catalogue import HeldListing
from matcher.store.rows import from_row, names_of
from matcher.store.tables import AchievementRow, DemandRow, Exclusion, Park


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldExclusion(NamedPair):
    """That a pair is excluded, or was until the exclusion was lifted."""

    id: int
    park_id: int
    reason: str
    at: datetime
    actor: str
    lifted_at: datetime | None
    lifted_by: str | None


def active(session: Session, park_id: int | None = None) -> set[tuple[int, int]]:
    """Every (demand id, achievement id) that is excluded now: of every park, for the batch, or of one."""
    query = select(Exclusion.demand_id, Exclusion.achievement_id).where(Exclusion.lifted_at.is_(None))
    if park_id is not None:
        query = query.where(Exclusion.park_id == park_id)
    return {(demand_id, achievement_id) for demand_id, achievement_id in session.execute(query)}


def add(
    session: Session,
    demand: HeldListing,
    achievement: HeldListing,
    *,
    reason: str,
    at: datetime,
    by: str,
) -> HeldExclusion:
    """Exclude a pair."""
    pair = {"park_id": demand.park_id, "demand_id": demand.id, "achievement_id": achievement.id}
    row = Exclusion(**pair, reason=reason, at=at, actor=by)
    session.add(row)
    session.flush()
    [exclusion] = _held(session, Scope(frozenset({demand.park_id})), Exclusion.id == row.id, limit=1)
    return exclusion


def of_pair(session: Session, *, park_id: int, demand_id: int, achievement_id: int) -> int | None:
    """The id of the exclusion that holds of a pair now; None where none does."""
    return session.scalar(
        select(Exclusion.id).where(
            Exclusion.park_id == park_id,
            Exclusion.demand_id == demand_id,
            Exclusion.achievement_id == achievement_id,
            Exclusion.lifted_at.is_(None),
        )
    )


def find(session: Session, scope: Scope, exclusion_id: int) -> HeldExclusion | None:
    """One exclusion in scope, lifted or not."""
    return next(iter(_held(session, scope, Exclusion.id == exclusion_id, limit=1)), None)


def page(
    session: Session, scope: Scope, *, park_id: int | None = None, after: int = 0, limit: int = 50
) -> list[HeldExclusion]:
    """Exclusions in scope that hold now, by id, after the id `after`."""
    conditions = [Exclusion.id > after, Exclusion.lifted_at.is_(None)]
    if park_id is not None:
        conditions.append(Exclusion.park_id == park_id)
    return _held(session, scope, *conditions, limit=limit)


def lift(session: Session, exclusion: HeldExclusion, *, at: datetime, by: str) -> HeldExclusion:
    """End an exclusion; its row stays."""
    statement = update(Exclusion).where(Exclusion.id == exclusion.id, Exclusion.park_id == exclusion.park_id)
    session.execute(statement.values(lifted_at=at, lifted_by=by))
    return replace(exclusion, lifted_at=at, lifted_by=by)


def _held(
    session: Session, scope: Scope, *conditions: ColumnElement[bool], limit: int
) -> list[HeldExclusion]:
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
    return [
        from_row(HeldExclusion, row, **names_of(demand, achievement, code))
        for row, demand, achievement, code in session.execute(query)
    ]
