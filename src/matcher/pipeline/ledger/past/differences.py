"""What the nights between two runs changed of the ledger, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from matcher.domain.access import Scope
from matcher.domain.difference import Difference, fold
from matcher.domain.entries import PairView
from matcher.domain.errors import NotFound
from matcher.domain.labels import label
from matcher.domain.ledger import Pair
from matcher.domain.standings import Cause, ChangeCause, Event
from matcher.domain.verdicts import Constraint
from matcher.pipeline.ledger.past.named_runs import When, run_since, successful_run
from matcher.pipeline.ledger.past.replay import sides_shown
from matcher.pipeline.matches.views import pair_record
from matcher.pipeline.nights.runs import RunAnswer, answer_of
from matcher.store import parks, runs, states
from matcher.store.database import Database, Transaction
from matcher.store.past import PastPairs
from matcher.store.runs import HeldRun


@dataclass(frozen=True, slots=True)
class DiffItem:
    """One pair that is not what it was, with the figures that the later run left."""

    pair: PairView
    difference: Difference

    def as_json(self) -> dict[str, Any]:
        """The stable JSON form."""
        after, event = self.difference.after, self.difference.event
        return pair_record(self.pair) | {
            "entry_id": self.difference.entry_id,
            "event": event.value,
            "event_label": label(event, "zh"),
            "standing": after.standing.value,
            "standing_label": label(after.standing, "zh"),
            "causes": list(self.difference.causes),
            "causes_zh": causes_in_chinese(self.difference.causes),
            "figures": {
                name: {"before": before, "after": now}
                for name, (before, now) in self.difference.figures.items()
            },
        }


@dataclass(frozen=True, slots=True)
class LedgerDiff:
    """The difference of the ledger after `run` from the ledger after `since`, None where there was none.

    `new` holds the pairs that are proposed now and were not, `vanished` those that were and are not,
    `changed` those proposed both times with other columns; `kept` counts those that are as they were.
    `aside` are pairs proposed neither time whose standing is another: of one a side was withdrawn, say.
    """

    run: RunAnswer
    since: RunAnswer | None
    new: tuple[DiffItem, ...]
    changed: tuple[DiffItem, ...]
    vanished: tuple[DiffItem, ...]
    aside: tuple[DiffItem, ...]
    kept: int

    def as_json(self) -> dict[str, Any]:
        """The stable JSON form."""
        lists = {"new": self.new, "changed": self.changed, "vanished": self.vanished, "aside": self.aside}
        return {
            "run": self.run.as_json(),
            "since": None if self.since is None else self.since.as_json(),
            **{name: [item.as_json() for item in items] for name, items in lists.items()},
            "kept": self.kept,
        }


def ledger_diff(
    database: Database,
    scope: Scope,
    *,
    run_id: int | None = None,
    since: When | None = None,
    park_id: int | None = None,
) -> LedgerDiff:
    """What changed of the entries in scope, of one park or all, up to a run (the last success, unless told).

    `since` is the run it is compared with, or a Beijing day: then the ledger as the last run that ended
    before the day left it. Unless told, it is the success before the run. Without any, everything is new.

    Raises:
        NotFound: no such run, or none has succeeded yet.
        InvalidInput: a run that did not succeed, or a `since` that is later than the run.
    """
    with database.reading() as session:
        run = _last(session) if run_id is None else successful_run(session, run_id, "run_id")
        start = run_since(session, since, run)
        first = 0 if start is None else start.id
        steps = states.changed_between(session, scope, first, run.id, park_id)
        before = states.before_changes(session, scope, first, run.id, park_id)
        found = fold(before, steps)
        items = _items(session, scope, found.values(), run)
        current = states.count_current(session, scope, run.id, park_id)
        views = (answer_of(session, scope, run), None if start is None else answer_of(session, scope, start))
    new = tuple(one for one in items if one.difference.event in {Event.CREATED, Event.RETURNED})
    was = [one for one in items if one.difference.was_current]
    changed = tuple(one for one in was if one.difference.after.is_current)
    return LedgerDiff(
        *views,
        new=new,
        changed=changed,
        vanished=tuple(one for one in was if not one.difference.after.is_current),
        aside=tuple(
            one for one in items if not (one.difference.was_current or one.difference.after.is_current)
        ),
        kept=current - len(new) - len(changed),
    )


def causes_in_chinese(codes: Iterable[str]) -> list[str]:
    """The labels of causes as a run wrote them, each once."""
    return list(dict.fromkeys(label(_CAUSES[code], "zh") for code in codes))


_CAUSES: Mapping[str, StrEnum] = {
    code.value: code for kind in (Constraint, ChangeCause, Cause) for code in kind
}
"""Every code that a run gives as a cause; where two kinds share one, they say the same."""


def _last(session: Transaction) -> HeldRun:
    run = runs.last_success(session)
    if run is None:
        raise NotFound("还没有成功的匹配运行。", "no run has succeeded yet.")
    return run


def _items(session: Transaction, scope: Scope, found: Iterable[Difference], run: HeldRun) -> list[DiffItem]:
    """The differences with their pairs, in the ledger's order."""
    differences = {one.entry_id: one for one in found}
    rows = states.entries_by_id(session, scope, differences)
    pairs = {entry_id: (row.demand_id, row.achievement_id) for entry_id, row in rows.items()}
    texts = PastPairs.of(session, scope, pairs.values())
    codes = {park.id: park.code for park in parks.page(session, scope)}
    until = run.finished_at or run.started_at
    items = [
        DiffItem(_pair_view(one, pairs[entry_id], codes[rows[entry_id].park_id], texts, until), one)
        for entry_id, one in differences.items()
    ]
    unranked = float("inf")
    return sorted(
        items, key=lambda one: (one.pair.demand_id, one.pair.rank or unranked, one.difference.entry_id)
    )


def _pair_view(one: Difference, pair: Pair, park_code: str, texts: PastPairs, until: datetime) -> PairView:
    after = one.after
    versions = (after.demand_version, after.achievement_version)
    said = texts.in_versions(pair, versions) if after.is_current else texts.at(pair, until)
    return PairView(
        park_code=park_code,
        **sides_shown(pair, said),
        rank=after.rank,
        similarity=after.similarity,
        score=after.score,
        probability=after.probability,
        contributions=after.contributions,
        terms=after.terms,
        explored=after.explored,
        run_id=None,
    )
