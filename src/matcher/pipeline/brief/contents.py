"""The morning brief of one park: what the nights changed, what is due, and what has no supply."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.days import beijing_day
from matcher.domain.entries import EntryView
from matcher.domain.labels import label
from matcher.domain.stages import DueKind, Stage
from matcher.domain.standings import Standing
from matcher.pipeline.ledger.due import due
from matcher.pipeline.ledger.past.differences import DiffAnswer, DiffItemAnswer, ledger_diff
from matcher.pipeline.ledger.past.named_runs import When
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.matches.abstentions import list_abstentions
from matcher.store import ledger, runs
from matcher.store.database import Database, Transaction

SINCE = timedelta(hours=24)
"""How far back the run lies that a brief compares with, unless told."""

DAYS = 7
"""How far ahead a next action or a return shows up; a trial's end does `TRIAL_NOTICE_DAYS` before."""

Record = Mapping[str, Any]

LISTS = ("overdue", "due", "returns", "trials", "new", "changed", "vanished", "aside", "abstentions")
"""What a brief lists, in the order in which it is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """One park's brief; each list holds records as REST shows them.

    `run` is the run whose ledger it describes and `since` the one it compares with, both None before the
    first. What is overdue is in no other list of duties; `aside` are entries that someone works on and that
    were proposed neither time, whose standing is another.
    """

    park: str
    park_name: str
    day: date
    made_at: datetime
    run: Record | None
    since: Record | None
    kept: int
    stages: Mapping[Stage, int]
    lists: Mapping[str, Sequence[Record]]

    @property
    def counts(self) -> dict[str, int]:
        """How much each list holds, and how many pairs stayed as they were."""
        return {name: len(self.lists[name]) for name in LISTS} | {"kept": self.kept}

    @property
    def headline(self) -> str:
        """The brief in one line."""
        counts = self.counts
        waiting = counts["due"] + counts["returns"] + counts["trials"]
        return (
            f"逾期 {counts['overdue']}、将到期 {waiting}、新增 {counts['new']}、"
            f"无可信供给 {counts['abstentions']}"
        )

    def as_json(self) -> dict[str, Any]:
        """The stable JSON form."""
        return {
            "park": self.park,
            "park_name": self.park_name,
            "day": self.day.isoformat(),
            "made_at": self.made_at.isoformat(),
            "run": self.run,
            "since": self.since,
            "counts": self.counts,
            "stages": [
                {"stage": stage.value, "stage_label": label(stage, "zh"), "entries": count}
                for stage, count in self.stages.items()
            ],
            **{name: list(self.lists[name]) for name in LISTS},
        }


def make_brief(
    database: Database, principal: Principal, park_code: str, now: datetime, *, since: When | None = None
) -> Brief:
    """The brief of a park in scope, against a run or the ledger before a Beijing day.

    Unless told, it is compared with the last run that ended 24 hours ago or before; where there is none,
    with the beginning.

    Raises:
        NotFound: the park is not in scope, or no such run.
        Forbidden: the caller may not read the park.
        InvalidInput: `since` is no run that left a ledger, or a later one.
    """
    principal.require(Right.READ_PARK)
    scope = principal.scope
    park = get_park(database, park_code, scope)
    diff = _difference(database, scope, park.id, now, since)
    unmatched = list_abstentions(database, principal, now, park=park_code).as_json()["items"]
    with database.reading() as session:
        duties = due(session, scope, now, park_id=park.id, days=DAYS)
        stages = ledger.count_stages(session, scope, park.id)
        changes = {} if diff is None else _changes(session, scope, diff)
    return Brief(
        park=park.code,
        park_name=park.name,
        day=beijing_day(now),
        made_at=now,
        run=None if diff is None else diff.run.as_json(),
        since=None if diff is None or diff.since is None else diff.since.as_json(),
        kept=0 if diff is None else diff.kept,
        stages={stage: stages.get(stage, 0) for stage in Stage},
        lists={
            **dict.fromkeys(LISTS, ()),
            **_by_duty(duties),
            **changes,
            "abstentions": sorted(unmatched, key=_nearest, reverse=True),
        },
    )


_BEGINNING = date(2000, 1, 1)
"""A day before any run."""


def _difference(
    database: Database, scope: Scope, park_id: int, now: datetime, since: When | None
) -> DiffAnswer | None:
    """What changed up to the last success; None before the first."""
    with database.reading() as session:
        last = runs.last_success(session)
        # A run that ended exactly so long ago counts.
        moment = now - SINCE + timedelta(microseconds=1)
        before = runs.success_finished_before(session, moment)
    if last is None:
        return None
    start = since or (_BEGINNING if before is None else before.id)
    return ledger_diff(database, scope, run_id=last.id, since=start, park_id=park_id)


def _changes(session: Transaction, scope: Scope, diff: DiffAnswer) -> dict[str, list[Record]]:
    """The lists of pairs, the best score first; of those that left, what people work on comes before all."""
    found = {"new": diff.new, "changed": diff.changed, "vanished": diff.vanished, "aside": diff.aside}
    every = [item.entry_id for items in found.values() for item in items]
    entries = ledger.entries_by_id(session, scope, every)

    def record(item: DiffItemAnswer) -> Record:
        entry = entries[item.entry_id]
        return item.as_json() | _human(entry)

    def place(item: DiffItemAnswer) -> tuple[bool, float]:
        gone = item.standing is not Standing.CURRENT
        return gone and entries[item.entry_id].touched, _score(item)

    lists = {
        name: [record(item) for item in sorted(items, key=place, reverse=True)]
        for name, items in found.items()
    }
    lists["aside"] = [one for one in lists["aside"] if one["touched"]]
    return lists


def _human(entry: EntryView) -> dict[str, Any]:
    stage = entry.work.stage
    return {
        "stage": stage.value,
        "stage_label": label(stage, "zh"),
        "owner": entry.work.owner,
        "touched": entry.touched,
    }


def _score(item: DiffItemAnswer) -> float:
    score = item.figures.get("score")
    return item.score or (score.before if score is not None else None) or 0.0


def _nearest(record: Record) -> float:
    return (record["nearest"] or {}).get("score") or 0.0


def _by_duty(duties: Sequence[Record]) -> dict[str, list[Record]]:
    open_lists = {DueKind.ACTION: "due", DueKind.RETURN: "returns", DueKind.TRIAL_END: "trials"}
    lists: dict[str, list[Record]] = {"overdue": [], "due": [], "returns": [], "trials": []}
    for one in duties:
        lists["overdue" if one["overdue"] else open_lists[DueKind(one["kind"])]].append(one)
    return lists
