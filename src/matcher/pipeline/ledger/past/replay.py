"""The ledger as a past run left it: the machine's columns, the texts they are of, people's columns then."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from matcher.domain.access import Scope
from matcher.domain.bands import DEFAULT_BANDS, Band, Bands
from matcher.domain.columns import UNTOUCHED, Work
from matcher.domain.difference import State
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.standings import Standing
from matcher.domain.work import people_of
from matcher.pipeline.ledger.past.named_runs import When, run_as_of
from matcher.pipeline.nights.runs import RunAnswer, answer_of
from matcher.store import parks, past, rule_versions, states
from matcher.store.database import Database, Transaction
from matcher.store.ledger import UNRANKED, EntryPlace
from matcher.store.past import PastPairs, Written
from matcher.store.runs import HeldRun
from matcher.store.states import HeldEntry, Outline

EVERYTHING = EntryFilter()


def ledger_as_of(
    database: Database,
    scope: Scope,
    when: When,
    wanted: EntryFilter = EVERYTHING,
    after: EntryPlace | None = None,
    limit: int | None = None,
) -> tuple[RunAnswer, list[EntryView], EntryPlace | None]:
    """The ledger as a run left it, or as the last run of a day or before did; in the order of `list_entries`.

    A pair that is proposed is shown in the texts its figures are of, any other in those that the lists held.
    Gives the run, the entries in scope, and the place that the next page continues after, None on the last.

    Raises:
        NotFound: no such run, or none had succeeded by the end of that day.
        InvalidInput: the run did not succeed.
    """
    with database.reading() as session:
        run = run_as_of(session, when)
        replay = _Replay.of(session, scope, run, wanted.park_id)
        outlines = [outline for outline in replay.outlines if replay.is_wanted(outline, wanted)]
        rest = [
            outline for outline in sorted(outlines, key=_place) if after is None or _place(outline) > after
        ]
        page = rest[:limit]
        following = _place(page[-1]) if page and len(rest) > len(page) else None
        return answer_of(session, scope, run), replay.views(session, page), following


def _place(outline: Outline) -> EntryPlace:
    return outline.pair[0], UNRANKED if outline.rank is None else outline.rank, outline.entry_id


@dataclass(frozen=True, slots=True)
class _Replay:
    """What a run had left, and what people had written by then."""

    scope: Scope
    run: HeldRun
    until: datetime
    outlines: Sequence[Outline]
    written: Mapping[int, Written]
    bands: Mapping[int, Bands]

    @classmethod
    def of(cls, session: Transaction, scope: Scope, run: HeldRun, park_id: int | None) -> "_Replay":
        """What there was when `run` ended, of one park or of all in scope."""
        until = run.finished_at or run.started_at
        written = past.written_until(session, scope, until, park_id)
        outlines = states.outlines(session, scope, run.id, park_id)
        by_hand = {entry_id for entry_id, done in written.items() if done.by_hand}
        added = states.entries_by_id(session, scope, by_hand - {outline.entry_id for outline in outlines})
        outlines += [
            Outline(entry.id, entry.pair, Standing.ADDED, None, None, entry.park_id, None)
            for entry in added.values()
        ]
        bands = rule_versions.bands_in_versions(session, run.profiles)
        return cls(scope, run, until, outlines, written, bands)

    def is_wanted(self, outline: Outline, wanted: EntryFilter) -> bool:
        """Whether an entry is asked for; its park has been chosen before."""
        current = outline.standing is Standing.CURRENT
        if wanted.in_view and not current and outline.entry_id not in self.written:
            return False
        if wanted.min_score is not None and (outline.score is None or outline.score < wanted.min_score):
            return False
        band = self._bands(outline.park_id).of(outline.probability)
        if wanted.work and band not in {Band.LIKELY, None} and outline.entry_id not in self.written:
            return False
        demand_id, achievement_id = outline.pair
        asked = (
            (wanted.demand_id, demand_id),
            (wanted.achievement_id, achievement_id),
            (wanted.standing, outline.standing),
            (wanted.band, band),
        )
        if any(value is not None and value != held for value, held in asked):
            return False
        if wanted.stage is None and wanted.person is None:
            return True
        work = self._work(outline.entry_id)
        return wanted.stage in {None, work.stage} and wanted.person in {None, *people_of(work)}

    def views(self, session: Transaction, page: Sequence[Outline]) -> list[EntryView]:
        """These entries as they were shown."""
        identifiers = [outline.entry_id for outline in page]
        entries = states.entries_by_id(session, self.scope, identifiers)
        left = states.at_run(session, self.scope, self.run.id, identifiers)
        later = states.count_later(session, self.scope, self.run.id, identifiers)
        texts = PastPairs.of(session, self.scope, [outline.pair for outline in page])
        excluded = past.excluded_at(session, self.scope, self.until)
        park_of = {park.id: park for park in parks.page(session, self.scope)}
        views = []
        for entry in (entries[entry_id] for entry_id in identifiers):
            run_id, state = left.get(entry.id) or (None, _unproposed(entry, texts))
            park = park_of[entry.park_id]
            view = EntryView(
                id=entry.id,
                park_id=entry.park_id,
                park_name=park.name,
                excluded=entry.pair in excluded,
                first_seen=entry.first_seen,
                machine_version=entry.machine_version - later.get(entry.id, 0),
                run_id=run_id,
                band=self._bands(entry.park_id).of(state.probability),
                **asdict(state),
                **asdict(texts.named(entry.pair, park.code, state, self.until)),
                **texts.contacts(entry.pair, self.until),
                **self._people(entry.id),
            )
            views.append(view)
        return views

    def _bands(self, park_id: int) -> Bands:
        """Where a park's bands began by the rules that the run recorded."""
        return self.bands.get(park_id, DEFAULT_BANDS)

    def _people(self, entry_id: int) -> dict[str, Any]:
        done = self.written.get(entry_id)
        return {
            "work": self._work(entry_id),
            "human_version": done.version if done else 0,
            "updated_at": done.at if done else None,
            "updated_by": done.actor if done else None,
        }

    def _work(self, entry_id: int) -> Work:
        done = self.written.get(entry_id)
        return done.work if done else UNTOUCHED


def _unproposed(entry: HeldEntry, texts: PastPairs) -> State:
    """The machine's columns of an entry that was added by hand, and that no run had proposed."""
    demand_id, achievement_id = entry.pair
    return State(
        standing=Standing.ADDED,
        contributions={},
        terms=(),
        demand_version=texts.demands.at(demand_id, entry.first_seen).version,
        achievement_version=texts.supply.at(achievement_id, entry.first_seen).version,
    )
