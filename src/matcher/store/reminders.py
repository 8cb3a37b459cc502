"""Which briefs have gone out: one a day, park and channel."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from matcher.domain.reminder import ReminderChannel
from matcher.store.tables import Reminder


def sent_at(session: Session, park_id: int, day: date, channel: ReminderChannel) -> datetime | None:
    """When a park's brief of this day went out by this channel; None where it did not."""
    row = session.get(Reminder, (park_id, day.isoformat(), channel.value))
    return None if row is None else row.sent_at


def record(session: Session, park_id: int, day: date, channel: ReminderChannel, at: datetime) -> None:
    """Record that a park's brief of this day went out."""
    session.add(Reminder(park_id=park_id, day=day.isoformat(), channel=channel.value, sent_at=at))
