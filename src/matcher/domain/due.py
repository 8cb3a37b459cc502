"""What an entry waits for, and when."""

from datetime import date

from matcher.domain.columns import Work
from matcher.domain.stages import CLOSED, DueKind, Stage

TRIAL_NOTICE_DAYS = 30
"""How long before its end a trial period shows up as due."""


def due_dates(work: Work) -> dict[DueKind, date]:
    """What is due, and when; nothing of a closed entry. A paused entry waits for its return alone."""
    if work.stage in CLOSED:
        return {}
    if work.stage is Stage.PAUSED:
        return {} if work.return_on is None else {DueKind.RETURN: work.return_on}
    waited = {DueKind.ACTION: work.due, DueKind.TRIAL_END: work.trial_end}
    return {kind: day for kind, day in waited.items() if day is not None}


def due_within(work: Work, today: date, days: int) -> dict[DueKind, date]:
    """What is due by `days` days after `today`, or overdue; a trial's end shows up a month before it."""
    notice = {DueKind.TRIAL_END: max(days, TRIAL_NOTICE_DAYS)}
    return {
        kind: day for kind, day in due_dates(work).items() if (day - today).days <= notice.get(kind, days)
    }
