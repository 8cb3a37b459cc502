"""The morning brief of one park: what the nights changed, what is due, and what has no supply."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Self

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.bands import DEFAULT_BANDS, Band
from matcher.domain.days import beijing_day
from matcher.domain.difference import Difference
from matcher.domain.entries import EntryView
from matcher.domain.labels import label
from matcher.domain.stages import DueKind, Stage
from matcher.pipeline import cursors
from matcher.pipeline.answers import Answer
from matcher.pipeline.brief.answers import DAYS, LISTS, BriefAnswer, BriefCounts, BriefPair, StageCount
from matcher.pipeline.ledger.due import DueAnswer, due
from matcher.pipeline.ledger.past.differences import Compared, DiffItemAnswer, compared, named
from matcher.pipeline.ledger.past.named_runs import When, successful_run
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.matches.abstentions import nearest_first
from matcher.pipeline.nights.runs import answer_of
from matcher.store import ledger, rule_versions, runs
from matcher.store.database import Database, Transaction
from matcher.store.runs import HeldRun

SINCE = timedelta(hours=24)
"""How far back the run lies that a brief compares with, unless told."""


def make_brief(
    database: Database,
    principal: Principal,
    park_code: str,
    now: datetime,
    *,
    since: When | None = None,
    work: bool = False,
    cursor: str | None = None,
    limit: int | None = None,
) -> BriefAnswer:
    """The brief of a park in scope, against a run or the ledger before a Beijing day.

    Unless told, it is compared with the last run that ended 24 hours ago or before; where there is none,
    with the beginning. What is overdue is in no other list of duties; `aside` are entries that someone works
    on, proposed at neither end, whose standing has changed.

    With `work` pairs that were likely at neither end and that nobody touched are left out, and counted as
    `folded`.

    Each list has at most `limit` items, all of them where there is none; `counts` are of whole lists. A
    `cursor` gives what follows in each list, of the same two runs.

    Raises:
        NotFound: the park is not in scope, or no such run.
        Forbidden: the caller may not read the park.
        InvalidInput: `since` is no run that left a ledger, or a later one.
        InvalidCursor: the cursor is not one of a brief's.
    """
    principal.require(Right.READ_PARK)
    scope = principal.scope
    park = get_park(database, park_code, scope)
    page = _Page.at(cursor, limit)
    with database.reading() as session:
        found = _compared(session, scope, park.id, now, since, page)
        duties = _by_duty(due(session, scope, now, park_id=park.id, days=DAYS))
        entries = ledger.count_stages(session, scope, park.id, work=work)
        changes = {} if found is None else _changes(session, scope, found)
        folded = 0
        if work and found is not None:
            changes, folded = _at_work(session, scope, park.id, found.run, changes)
        unmatched, abstentions = nearest_first(session, scope, beijing_day(now), park.id, page.places)
        lists: dict[str, Sequence[Answer]] = {name: part[page.places] for name, part in duties.items()}
        if found is not None:
            shown = {name: part[page.places] for name, part in changes.items()}
            lists |= _pairs(session, scope, found.run, shown)
        sizes = {name: len(part) for name, part in (duties | changes).items()} | {"abstentions": abstentions}
        run, former = (None, None) if found is None else (found.run, found.since)
        return BriefAnswer.model_validate(
            {
                **dict.fromkeys(LISTS, ()),
                "park": park.code,
                "park_name": park.name,
                "day": beijing_day(now),
                "made_at": now,
                "run": None if run is None else answer_of(session, scope, run),
                "since": None if former is None else answer_of(session, scope, former),
                "counts": BriefCounts(
                    **{name: sizes.get(name, 0) for name in LISTS},
                    kept=0 if found is None else found.kept,
                    folded=folded,
                ),
                "stages": [
                    StageCount(stage=stage, stage_label=label(stage, "zh"), entries=entries.get(stage, 0))
                    for stage in Stage
                ],
                **lists,
                "abstentions": unmatched,
                "next_cursor": page.following(run, former, max(sizes.values())),
            }
        )


@dataclass(frozen=True, slots=True)
class _Page:
    """Which items of each list are shown; `runs` are those of the page before, 0 where there was none."""

    start: int
    limit: int | None
    runs: tuple[int, int] | None

    @classmethod
    def at(cls, cursor: str | None, limit: int | None) -> Self:
        place = cursors.decode("brief", 3, cursor)
        if place is None:
            return cls(0, limit, None)
        run, since, start = place
        return cls(start, limit, (run, since))

    @property
    def places(self) -> slice:
        return slice(self.start, None if self.limit is None else self.start + self.limit)

    def following(self, run: HeldRun | None, since: HeldRun | None, longest: int) -> str | None:
        """The cursor of the next page; None where the longest list ends on this one."""
        end = self.places.stop
        if end is None or end >= longest:
            return None
        ids = (0 if held is None else held.id for held in (run, since))
        return cursors.encode("brief", *ids, end)


_BEGINNING = date(2000, 1, 1)
"""A day before any run."""


def _compared(
    session: Transaction, scope: Scope, park_id: int, now: datetime, since: When | None, page: _Page
) -> Compared | None:
    """What changed up to the last success, or between the runs of the page before; None before the first."""
    if page.runs is not None:
        run_id, since_id = page.runs
        last = successful_run(session, run_id, "cursor") if run_id else None
        start: When = since_id or _BEGINNING
    else:
        last = runs.last_success(session)
        # A run that ended exactly so long ago counts.
        before = runs.success_finished_before(session, now - SINCE + timedelta(microseconds=1))
        start = since or (_BEGINNING if before is None else before.id)
    return None if last is None else compared(session, scope, last, start, park_id)


def _changes(session: Transaction, scope: Scope, found: Compared) -> dict[str, list[Difference]]:
    """The lists of differences, the best score first; of those that left, what people work on comes first."""
    gone = [one.entry_id for one in chain(*found.lists.values()) if not one.after.is_current]
    touched = {view.id for view in ledger.entries_by_id(session, scope, gone).values() if view.touched}

    def place(difference: Difference) -> tuple[bool, float]:
        was = None if difference.before is None else difference.before.score
        return difference.entry_id in touched, difference.after.score or was or 0.0

    lists = {name: sorted(part, key=place, reverse=True) for name, part in found.lists.items()}
    return lists | {"aside": [one for one in lists["aside"] if one.entry_id in touched]}


def _at_work(
    session: Transaction, scope: Scope, park_id: int, run: HeldRun, lists: Mapping[str, Sequence[Difference]]
) -> tuple[dict[str, list[Difference]], int]:
    """The differences that are work, and how many others there are; the bands are those of the run."""
    bands = rule_versions.bands_in_versions(session, run.profiles).get(park_id, DEFAULT_BANDS)
    entries = ledger.entries_by_id(session, scope, [one.entry_id for one in chain(*lists.values())])

    def is_work(difference: Difference) -> bool:
        ends = [end for end in (difference.before, difference.after) if end is not None]
        reached = {bands.of(end.probability) for end in ends}
        return bool(reached & {Band.LIKELY, None}) or entries[difference.entry_id].touched

    at_work = {name: [one for one in part if is_work(one)] for name, part in lists.items()}
    return at_work, sum(map(len, lists.values())) - sum(map(len, at_work.values()))


def _pairs(
    session: Transaction, scope: Scope, run: HeldRun, lists: Mapping[str, Sequence[Difference]]
) -> dict[str, list[BriefPair]]:
    """The differences with their pairs and what people wrote of them."""
    items = named(session, scope, run, chain(*lists.values()))
    entries = ledger.entries_by_id(session, scope, [*items])
    return {
        name: [_pair(items[one.entry_id], entries[one.entry_id]) for one in part]
        for name, part in lists.items()
    }


def _pair(item: DiffItemAnswer, entry: EntryView) -> BriefPair:
    stage = entry.work.stage
    return BriefPair(
        **dict(item),
        stage=stage,
        stage_label=label(stage, "zh"),
        owner=entry.work.owner,
        touched=entry.touched,
    )


_OPEN = {DueKind.ACTION: "due", DueKind.RETURN: "returns", DueKind.TRIAL_END: "trials"}


def _by_duty(duties: Iterable[DueAnswer]) -> dict[str, list[DueAnswer]]:
    lists: dict[str, list[DueAnswer]] = {"overdue": [], **{name: [] for name in _OPEN.values()}}
    for duty in duties:
        lists["overdue" if duty.overdue else _OPEN[duty.kind]].append(duty)
    return lists
