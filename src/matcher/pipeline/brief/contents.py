"""The morning brief of one park: what the nights changed, what is due, and what has no supply."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import chain

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.days import beijing_day
from matcher.domain.entries import EntryView
from matcher.domain.labels import label
from matcher.domain.stages import DueKind, Stage
from matcher.domain.standings import Standing
from matcher.pipeline.answers import Answer
from matcher.pipeline.brief.answers import DAYS, LISTS, BriefAnswer, BriefCounts, BriefPair, StageCount
from matcher.pipeline.ledger.due import DueAnswer, due
from matcher.pipeline.ledger.past.differences import DiffAnswer, DiffItemAnswer, ledger_diff
from matcher.pipeline.ledger.past.named_runs import When
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.matches.abstentions import AbstentionAnswer, list_abstentions
from matcher.store import ledger, runs
from matcher.store.database import Database, Transaction

SINCE = timedelta(hours=24)
"""How far back the run lies that a brief compares with, unless told."""


def make_brief(
    database: Database, principal: Principal, park_code: str, now: datetime, *, since: When | None = None
) -> BriefAnswer:
    """The brief of a park in scope, against a run or the ledger before a Beijing day.

    Unless told, it is compared with the last run that ended 24 hours ago or before; where there is none,
    with the beginning. What is overdue is in no other list of duties; `aside` are entries that someone works
    on, proposed at neither end, whose standing has changed.

    Raises:
        NotFound: the park is not in scope, or no such run.
        Forbidden: the caller may not read the park.
        InvalidInput: `since` is no run that left a ledger, or a later one.
    """
    principal.require(Right.READ_PARK)
    scope = principal.scope
    park = get_park(database, park_code, scope)
    diff = _difference(database, scope, park.id, now, since)
    unmatched = sorted(
        list_abstentions(database, principal, now, park=park_code).items, key=_nearest, reverse=True
    )
    with database.reading() as session:
        duties = due(session, scope, now, park_id=park.id, days=DAYS)
        entries = ledger.count_stages(session, scope, park.id)
        changes = {} if diff is None else _changes(session, scope, diff)
    lists: dict[str, Sequence[Answer]] = {
        **dict.fromkeys(LISTS, ()),
        **_by_duty(duties),
        **changes,
        "abstentions": unmatched,
    }
    kept = 0 if diff is None else diff.kept
    return BriefAnswer.model_validate(
        {
            "park": park.code,
            "park_name": park.name,
            "day": beijing_day(now),
            "made_at": now,
            "run": None if diff is None else diff.run,
            "since": None if diff is None else diff.since,
            "counts": BriefCounts(**{name: len(lists[name]) for name in LISTS}, kept=kept),
            "stages": [
                StageCount(stage=stage, stage_label=label(stage, "zh"), entries=entries.get(stage, 0))
                for stage in Stage
            ],
            **lists,
        }
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


def _changes(session: Transaction, scope: Scope, diff: DiffAnswer) -> dict[str, list[BriefPair]]:
    """The lists of pairs, the best score first; of those that left, what people work on comes before all."""
    items = {"new": diff.new, "changed": diff.changed, "vanished": diff.vanished, "aside": diff.aside}
    every = chain(*items.values())
    entries = ledger.entries_by_id(session, scope, [item.entry_id for item in every])
    lists = {
        name: sorted((_pair(item, entries[item.entry_id]) for item in part), key=_place, reverse=True)
        for name, part in items.items()
    }
    return lists | {"aside": [pair for pair in lists["aside"] if pair.touched]}


def _pair(item: DiffItemAnswer, entry: EntryView) -> BriefPair:
    stage = entry.work.stage
    return BriefPair(
        **dict(item),
        stage=stage,
        stage_label=label(stage, "zh"),
        owner=entry.work.owner,
        touched=entry.touched,
    )


def _place(pair: BriefPair) -> tuple[bool, float]:
    score = pair.figures.get("score")
    was = None if score is None else score.before
    return pair.standing is not Standing.CURRENT and pair.touched, pair.score or was or 0.0


def _nearest(unmatched: AbstentionAnswer) -> float:
    return 0.0 if unmatched.nearest is None else unmatched.nearest.score or 0.0


_OPEN = {DueKind.ACTION: "due", DueKind.RETURN: "returns", DueKind.TRIAL_END: "trials"}


def _by_duty(duties: Iterable[DueAnswer]) -> dict[str, list[DueAnswer]]:
    lists: dict[str, list[DueAnswer]] = {"overdue": [], **{name: [] for name in _OPEN.values()}}
    for duty in duties:
        lists["overdue" if duty.overdue else _OPEN[duty.kind]].append(duty)
    return lists
