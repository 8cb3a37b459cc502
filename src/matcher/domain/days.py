"""The one place where the pipeline asks what time it is; every use case takes the moment as an argument."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def beijing_day(moment: datetime) -> date:
    """The Beijing calendar day of a moment: what validity is measured against."""
    return moment.astimezone(BEIJING).date()


def years_since(moment: datetime, day: date) -> int:
    """How many whole years before a Beijing day a moment was; 0 for one that is not past."""
    return max(0, (day - beijing_day(moment)).days) // 365
