"""What is due: next actions, returns from pauses and ends of trials, overdue ones first."""

from datetime import datetime, timedelta
from typing import Any

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.days import beijing_day
from matcher.domain.due import TRIAL_NOTICE_DAYS, due_within
from matcher.domain.errors import InvalidInput
from matcher.domain.labels import label
from matcher.pipeline.ledger.answers import EntryAnswer
from matcher.pipeline.lists.parks import get_park
from matcher.store import human_columns as stored
from matcher.store import ledger
from matcher.store.database import Database, Transaction

MAX_DAYS = 366


def list_due(
    database: Database,
    principal: Principal,
    now: datetime,
    *,
    park: str | None = None,
    person: str | None = None,
    days: int = 7,
) -> list[dict[str, Any]]:
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
        return due(session, principal.scope, now, park_id=park_id, person=person, days=days)


def due(
    session: Transaction,
    scope: Scope,
    now: datetime,
    *,
    park_id: int | None = None,
    person: str | None = None,
    days: int = 7,
) -> list[dict[str, Any]]:
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
    found = [
        (day, entry.id, kind, entry)
        for entry in entries.values()
        for kind, day in due_within(entry.work, today, days).items()
    ]
    return [
        {
            "kind": kind.value,
            "kind_label": label(kind, "zh"),
            "due_on": day.isoformat(),
            "days": (day - today).days,
            "overdue": day < today,
            "entry": EntryAnswer.of(entry).as_json(),
        }
        for day, _, kind, entry in sorted(found, key=lambda one: one[:3])
    ]
