"""What the nights between two runs changed of the ledger, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from pydantic import Field

from matcher.domain.access import Scope
from matcher.domain.bands import DEFAULT_BANDS, Bands
from matcher.domain.difference import Difference, differences_after
from matcher.domain.entries import NamedPair
from matcher.domain.errors import NotFound
from matcher.domain.labels import label
from matcher.domain.standings import Cause, ChangeCause, Event, Standing
from matcher.domain.verdicts import Constraint
from matcher.pipeline.answers import Answer
from matcher.pipeline.ledger.answers import FigureChange, PairColumns
from matcher.pipeline.ledger.past.named_runs import When, run_since, successful_run
from matcher.pipeline.nights.runs import RunAnswer, answer_of
from matcher.pipeline.pairs import names_record
from matcher.store import parks, rule_versions, runs, states
from matcher.store.database import Database, Transaction
from matcher.store.past import PastPairs
from matcher.store.runs import HeldRun


class DiffItemAnswer(PairColumns):
    """一对供需的变化；数值是后一次运行留下的。"""

    entry_id: int
    event: Event = Field(description="created 新增、returned 重新出现、changed 变化、vanished 消失")
    event_label: str
    standing: Standing
    standing_label: str
    causes: list[str] = Field(description="原因代码；消失的，先是原因，再是不满足的条件")
    causes_zh: list[str]
    figures: dict[str, FigureChange] = Field(
        description="变了的数值（rank、similarity、score、probability）；只改了文字的为空"
    )

    @classmethod
    def of(cls, difference: Difference, pair: NamedPair, bands: Bands) -> "DiffItemAnswer":
        """A difference with what its pair is called, contacts masked; `bands` are those of the later run."""
        after, event = difference.after, difference.event
        return cls.made_of(
            after,
            **names_record(pair),
            band=bands.of(after.probability),
            entry_id=difference.entry_id,
            event=event,
            event_label=label(event, "zh"),
            standing_label=label(after.standing, "zh"),
            causes=list(difference.causes),
            causes_zh=causes_in_chinese(difference.causes),
            figures={
                name: FigureChange(before=before, after=now)
                for name, (before, now) in difference.figures.items()
            },
        )


class DiffAnswer(Answer):
    """一次运行之后的台账与此前某次运行之后的相比；`since` 为 null 时此前没有台账，全部为新增。"""

    run: RunAnswer
    since: RunAnswer | None
    new: list[DiffItemAnswer] = Field(description="此前没有提出、现在提出的，包括重新出现的")
    changed: list[DiffItemAnswer] = Field(description="两次都提出、数值或文字变了的；变了又变回的不算")
    vanished: list[DiffItemAnswer] = Field(description="此前提出、现在不再提出的")
    aside: list[DiffItemAnswer] = Field(description="两次都没有提出、但现状变了的，如一方撤回而失效")
    kept: int = Field(description="两次都提出、没有任何变化的有多少")


@dataclass(frozen=True, slots=True)
class Compared:
    """The ledger after `run` against that after `since`; without it everything is new.

    `lists` has the differences by the names of `DiffAnswer`'s lists, each in the ledger's order.
    """

    run: HeldRun
    since: HeldRun | None
    lists: Mapping[str, Sequence[Difference]]
    kept: int


def ledger_diff(
    database: Database,
    scope: Scope,
    *,
    run_id: int | None = None,
    since: When | None = None,
    park_id: int | None = None,
) -> DiffAnswer:
    """What changed of the entries in scope, of one park or all, up to a run (the last success, unless told).

    `since` is the run it is compared with, or a Beijing day: then the ledger as the last run that ended
    before the day left it. Unless told, it is the success before the run. Without any, everything is new.

    Raises:
        NotFound: no such run, or none has succeeded yet.
        InvalidInput: a run that did not succeed, or a `since` that is later than the run.
    """
    with database.reading() as session:
        run = _last(session) if run_id is None else successful_run(session, run_id, "run_id")
        found = compared(session, scope, run, since, park_id)
        items = named(session, scope, run, chain(*found.lists.values()))
        return DiffAnswer(
            run=answer_of(session, scope, run),
            since=None if found.since is None else answer_of(session, scope, found.since),
            **{name: [items[one.entry_id] for one in part] for name, part in found.lists.items()},
            kept=found.kept,
        )


def compared(
    session: Transaction, scope: Scope, run: HeldRun, since: When | None, park_id: int | None
) -> Compared:
    """What differs after a run of the entries in scope, of one park or all; `since` as in `ledger_diff`.

    Raises:
        NotFound, InvalidInput: as `ledger_diff`.
    """
    start = run_since(session, since, run)
    first = 0 if start is None else start.id
    steps = states.changed_between(session, scope, first, run.id, park_id)
    before = states.before_changes(session, scope, first, run.id, park_id)
    differences = differences_after(before, steps)
    entries = states.entries_by_id(session, scope, differences)

    def place(difference: Difference) -> tuple[int, float, int]:
        demand_id, _ = entries[difference.entry_id].pair
        return demand_id, difference.after.rank or float("inf"), difference.entry_id

    lists: dict[str, list[Difference]] = {name: [] for name in _LIST_OF.values()}
    for difference in sorted(differences.values(), key=place):
        lists[_LIST_OF[difference.was_current, difference.after.is_current]].append(difference)
    proposed = states.count_current(session, scope, run.id, park_id)
    return Compared(run, start, lists, proposed - len(lists["new"]) - len(lists["changed"]))


def named(
    session: Transaction, scope: Scope, run: HeldRun, differences: Iterable[Difference]
) -> dict[int, DiffItemAnswer]:
    """Differences after a run with what their pairs are called, by entry id."""
    wanted = {difference.entry_id: difference for difference in differences}
    entries = states.entries_by_id(session, scope, wanted)
    texts = PastPairs.of(session, scope, [entry.pair for entry in entries.values()])
    codes = {park.id: park.code for park in parks.page(session, scope)}
    bands = rule_versions.bands_in_versions(session, run.profiles)
    until = run.finished_at or run.started_at
    items = {}
    for entry_id, difference in wanted.items():
        entry = entries[entry_id]
        pair = texts.named(entry.pair, codes[entry.park_id], difference.after, until)
        items[entry_id] = DiffItemAnswer.of(difference, pair, bands.get(entry.park_id, DEFAULT_BANDS))
    return items


def causes_in_chinese(codes: Iterable[str]) -> list[str]:
    """The labels of causes as a run wrote them, each once."""
    return list(dict.fromkeys(label(_CAUSES[code], "zh") for code in codes))


_CAUSES: Mapping[str, StrEnum] = {
    code.value: code for kind in (Constraint, ChangeCause, Cause) for code in kind
}
"""Every code that a run gives as a cause; where two kinds share one, they say the same."""

_LIST_OF = {
    (False, True): "new",
    (True, True): "changed",
    (True, False): "vanished",
    (False, False): "aside",
}
"""Where a pair stands by whether it was proposed before, and is proposed now."""


def _last(session: Transaction) -> HeldRun:
    run = runs.last_success(session)
    if run is None:
        raise NotFound("还没有成功的匹配运行。", "no run has succeeded yet.")
    return run
