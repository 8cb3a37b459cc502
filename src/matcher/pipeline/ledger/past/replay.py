"""The ledger as a past run left it: the machine's columns, the texts they are of, people's columns then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matcher.domain.access import Scope
from matcher.domain.columns import UNTOUCHED, Work
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.ledger import Pair
from matcher.domain.standings import Cause, Standing
from matcher.domain.work import people_of
from matcher.pipeline.ledger.entries import Cursor
from matcher.pipeline.ledger.past.named_runs import When, run_as_of
from matcher.pipeline.nights.runs import RunAnswer, answer_of
from matcher.store import parks, past, states
from matcher.store.database import Database, Transaction
from matcher.store.human_columns import folded
from matcher.store.ledger import UNRANKED
from matcher.store.past import PastPairs, Said
from matcher.store.runs import HeldRun
from matcher.store.states import Outline
from matcher.store.tables import EntryState, HumanChange, LedgerEntry

EVERYTHING = EntryFilter()


def ledger_as_of(
    database: Database,
    scope: Scope,
    when: When,
    wanted: EntryFilter = EVERYTHING,
    after: Cursor | None = None,
    limit: int | None = None,
) -> tuple[RunAnswer, list[EntryView], Cursor | None]:
    """The ledger as a run left it, or as the last run of a day or before did; in the order of `list_entries`.

    A pair that is proposed is shown in the texts its figures are of, any other in those that the lists held.
    Gives the run, the entries in scope, and the cursor of the next page, None on the last one.

    Raises:
        NotFound: no such run, or none had succeeded by the end of that day.
        InvalidInput: the run did not succeed.
    """
    with database.reading() as session:
        run = run_as_of(session, when)
        replay = _Replay.of(session, scope, run, wanted.park_id)
        found = sorted((one for one in replay.outlines if replay.is_wanted(one, wanted)), key=_place)
        rest = [one for one in found if after is None or _place(one) > after]
        page = rest if limit is None else rest[:limit]
        cursor = _place(page[-1]) if page and len(rest) > len(page) else None
        return answer_of(session, scope, run), replay.views(session, page), cursor


def sides_shown(pair: Pair, texts: tuple[Said, Said]) -> dict[str, Any]:
    """How a pair view names the two sides of a pair that said this."""
    shown: dict[str, Any] = {}
    for name, identifier, said in zip(("demand", "achievement"), pair, texts, strict=True):
        shown |= {
            f"{name}_id": identifier,
            f"{name}_code": said["code"],
            f"{name}_title": said["title"],
            f"{name}_organisation": said["organisation"],
        }
    return shown


def _place(one: Outline) -> Cursor:
    return one.demand_id, UNRANKED if one.rank is None else one.rank, one.entry_id


@dataclass(frozen=True, slots=True)
class _Replay:
    """What a run had left, and what people had written by then."""

    scope: Scope
    run: HeldRun
    until: datetime
    outlines: Sequence[Outline]
    changes: Mapping[int, Sequence[HumanChange]]

    @classmethod
    def of(cls, session: Transaction, scope: Scope, run: HeldRun, park_id: int | None) -> "_Replay":
        """What there was when `run` ended, of one park or of all in scope."""
        until = run.finished_at or run.started_at
        changes = past.changes_until(session, scope, until, park_id)
        written = states.outlines(session, scope, run.id, park_id)
        known = {one.entry_id for one in written}
        added = {entry_id for entry_id, done in changes.items() if done[0].act == "add"} - known
        by_hand = [
            Outline(entry_id, demand_id, achievement_id, Standing.ADDED, None, None)
            for entry_id, (demand_id, achievement_id) in past.pairs_of(session, scope, added).items()
        ]
        return cls(scope, run, until, [*written, *by_hand], changes)

    def is_wanted(self, one: Outline, wanted: EntryFilter) -> bool:
        """Whether an entry is asked for; its park has been chosen before."""
        if wanted.in_view and one.standing is not Standing.CURRENT and one.entry_id not in self.changes:
            return False
        if wanted.min_score is not None and (one.score is None or one.score < wanted.min_score):
            return False
        asked = (
            (wanted.demand_id, one.demand_id),
            (wanted.achievement_id, one.achievement_id),
            (wanted.standing, one.standing),
        )
        if any(value is not None and value != held for value, held in asked):
            return False
        if wanted.stage is None and wanted.person is None:
            return True
        work = self._work(one.entry_id)
        return wanted.stage in {None, work.stage} and wanted.person in {None, *people_of(work)}

    def views(self, session: Transaction, page: Sequence[Outline]) -> list[EntryView]:
        """These entries as they were shown."""
        identifiers = [one.entry_id for one in page]
        rows = states.entries_by_id(session, self.scope, identifiers)
        left = states.at_run(session, self.scope, self.run.id, identifiers)
        later = states.count_later(session, self.scope, self.run.id, identifiers)
        texts = PastPairs.of(session, self.scope, [_pair(one) for one in page])
        excluded = past.excluded_at(session, self.scope, self.until)
        park_of = {park.id: park for park in parks.page(session, self.scope)}
        return [
            EntryView(
                id=one.entry_id,
                park_id=rows[one.entry_id].park_id,
                park_code=park_of[rows[one.entry_id].park_id].code,
                park_name=park_of[rows[one.entry_id].park_id].name,
                excluded=_pair(one) in excluded,
                first_seen=rows[one.entry_id].first_seen,
                machine_version=rows[one.entry_id].version - later.get(one.entry_id, 0),
                **self._machine(_pair(one), rows[one.entry_id], left.get(one.entry_id), texts),
                **self._people(one.entry_id),
            )
            for one in page
        ]

    def _machine(
        self, pair: Pair, row: LedgerEntry, state: EntryState | None, texts: PastPairs
    ) -> dict[str, Any]:
        """The machine's columns, and the texts of the pair."""
        if state is None:  # added by hand, and no run had proposed it
            versions = texts.versions_at(pair, row.first_seen)
            columns: dict[str, Any] = dict.fromkeys(("rank", "similarity", "score", "probability", "run_id"))
            columns |= {"contributions": {}, "terms": (), "explored": False}
            columns |= {"standing": Standing.ADDED, "cause": None}
        else:
            versions = (state.demand_version, state.achievement_version)
            columns = {name: getattr(state, name) for name in _COLUMNS}
            columns |= {
                "terms": tuple(state.terms),
                "standing": Standing(state.standing),
                "cause": None if state.cause is None else Cause(state.cause),
            }
        current = columns["standing"] is Standing.CURRENT
        said = texts.in_versions(pair, versions) if current else texts.at(pair, self.until)
        return columns | {
            "demand_version": versions[0],
            "achievement_version": versions[1],
            "achievement_industry": said[1]["industry"],
            **sides_shown(pair, said),
        }

    def _people(self, entry_id: int) -> dict[str, Any]:
        done = self.changes.get(entry_id)
        return {
            "work": self._work(entry_id),
            "human_version": done[-1].version if done else 0,
            "updated_at": done[-1].at if done else None,
            "updated_by": done[-1].actor if done else None,
        }

    def _work(self, entry_id: int) -> Work:
        done = self.changes.get(entry_id)
        return folded(change.changes for change in done) if done else UNTOUCHED


_COLUMNS = ("rank", "similarity", "score", "probability", "contributions", "explored", "run_id")


def _pair(one: Outline) -> Pair:
    return one.demand_id, one.achievement_id
