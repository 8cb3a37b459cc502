"""Achievements whose validity has ended and that nothing else keeps from being matched."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from matcher.domain.listing import Confidentiality, LiveListing
from matcher.store.catalogue import listing_of
from matcher.store.tables import AchievementRow

LATELY = timedelta(days=365)
"""What ended longer ago is no longer anybody's offer."""


def lapsed(session: Session, day: date) -> list[LiveListing]:
    """Achievements whose validity ended before `day` and within a year of it, by id."""
    rows = session.scalars(select(AchievementRow).where(*_conditions(day)).order_by(AchievementRow.id))
    return [LiveListing(row.id, row.version, listing_of(row), stated_at=row.updated_at) for row in rows]


def versions(session: Session, day: date) -> list[tuple[int, int]]:
    """(id, version) of the achievements that `lapsed` gives, by id."""
    row = AchievementRow
    rows = session.execute(select(row.id, row.version).where(*_conditions(day)).order_by(row.id))
    return [(identifier, version) for identifier, version in rows]


def _conditions(day: date) -> tuple[ColumnElement[bool], ...]:
    row = AchievementRow
    return (
        row.withdrawn_at.is_(None),
        row.valid_until < day,
        row.valid_until >= day - LATELY,
        row.confidentiality != Confidentiality.SECRET.value,
    )
