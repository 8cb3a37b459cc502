"""Days: the Beijing calendar day of a moment. Every use case takes the moment as an argument."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


def beijing_day(moment: datetime) -> date:
    """The Beijing calendar day of a moment: what validity is measured against."""
    return moment.astimezone(BEIJING).date()


def years_since(moment: datetime, day: date) -> int:
    """How many whole years before a Beijing day a moment was; 0 for one that is not past."""
    return max(0, (day - beijing_day(moment)).days) // 365
