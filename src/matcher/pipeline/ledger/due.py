"""What is due: next actions, returns from pauses and ends of trials, overdue ones first."""

from datetime import date, datetime, timedelta

from pydantic import Field

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.days import beijing_day
from matcher.domain.due import TRIAL_NOTICE_DAYS, due_within
from matcher.domain.errors import InvalidInput
from matcher.domain.labels import label
from matcher.domain.stages import DueKind
from matcher.pipeline.answers import Answer, Listed
from matcher.pipeline.ledger.answers import EntryAnswer
from matcher.pipeline.lists.parks import get_park
from matcher.store import human_columns as stored
from matcher.store import ledger
from matcher.store.database import Database, Transaction

MAX_DAYS = 366


class DueAnswer(Answer):
    """一件到期的事。"""

    kind: DueKind = Field(description="action 下一步、return 暂缓到期、trial_end 试用到期")
    kind_label: str
    due_on: date = Field(description="到期日")
    days: int = Field(description="还有几天；负数为已逾期的天数")
    overdue: bool
    entry: EntryAnswer


def list_due(
    database: Database,
    principal: Principal,
    now: datetime,
    *,
    park: str | None = None,
    person: str | None = None,
    days: int = 7,
) -> Listed[DueAnswer]:
    """What is due in scope by `days` days after today, and all that is overdue; see `due`.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not read entries.
        InvalidInput: no such number of days.
    """
    principal.require(Right.READ_PARK)
    if not 0 <= days <= MAX_DAYS:
        raise InvalidInput(f"天数须为 0 到 {MAX_DAYS}。", f"days are from 0 to {MAX_DAYS}.", field="days")
    park_id = None if park is None else get_park(database, park, principal.scope).id
    with database.reading() as session:
        items = due(session, principal.scope, now, park_id=park_id, person=person, days=days)
    return Listed[DueAnswer](items=items)


def due(
    session: Transaction,
    scope: Scope,
    now: datetime,
    *,
    park_id: int | None = None,
    person: str | None = None,
    days: int = 7,
) -> list[DueAnswer]:
    """Due items by day and entry, each with its entry; `days` are left until it is due, negative when late.

    `person` is an owner or technology manager. A trial's end shows up `TRIAL_NOTICE_DAYS` before.
    """
    today = beijing_day(now)
    wanted = stored.DueBy(
        day=today + timedelta(days=days),
        trial_end=today + timedelta(days=max(days, TRIAL_NOTICE_DAYS)),
        park_id=park_id,
        person=person,
    )
    entries = ledger.entries_by_id(session, scope, stored.due_entries(session, scope, wanted))
    dates = [
        (day, entry.id, kind)
        for entry in entries.values()
        for kind, day in due_within(entry.work, today, days).items()
    ]
    return [
        DueAnswer(
            kind=kind,
            kind_label=label(kind, "zh"),
            due_on=day,
            days=(day - today).days,
            overdue=day < today,
            entry=EntryAnswer.of(entries[entry_id]),
        )
        for day, entry_id, kind in sorted(dates)
    ]
