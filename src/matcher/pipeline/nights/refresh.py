"""Refresh: match every live demand of every park with the supply list, and write what changed.

One run at a time. Everything a run changes is written in one transaction together with the run's
success, so a kill at any moment leaves the ledger of the run before or of this one.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any, Protocol

from structlog.contextvars import bound_contextvars

from matcher import __version__
from matcher.domain.access import Principal
from matcher.domain.days import beijing_day
from matcher.domain.errors import RefreshRunning
from matcher.domain.ledger import Pair, WhyNot
from matcher.domain.listing import Side
from matcher.domain.opinions import opinions_digest
from matcher.domain.scoring import DEFAULT_SCORER, Scorer, Scorers
from matcher.domain.standings import ChangeCause, Trigger
from matcher.domain.stated import freshness
from matcher.matching.inputs import Inputs
from matcher.matching.night import Before, Memory
from matcher.matching.propose import Method, Proposed, propose
from matcher.matching.rank import SearchAll, search_all
from matcher.matching.ready import Ready
from matcher.matching.searchable import OpenChannels
from matcher.pipeline.answers import Answer
from matcher.pipeline.nights.encoders import EncoderInUse
from matcher.pipeline.nights.held import HeldList, HeldLists
from matcher.pipeline.nights.inputs import inputs_of_all
from matcher.pipeline.nights.vectors import EncodeEach, encode_each, vectors_of
from matcher.ports import Encoder, Progress, Reranker, silent
from matcher.store import (
    abstentions,
    catalogue,
    exclusions,
    known,
    lapsed,
    ledger,
    near_misses,
    night,
    opinions,
    rule_versions,
    runs,
    scorings,
)
from matcher.store.database import Database, Transaction
from matcher.store.runs import HeldRun, NewRun, WorkedOn

_log = logging.getLogger(__name__)


class LastNight(Protocol):
    """Where a night keeps what the next may build on, by the fingerprint of its run."""

    def read(self, fingerprint: str) -> Memory | None:
        """What the night of that fingerprint left; None where that is not known."""
        ...

    def write(self, fingerprint: str, memory: Memory) -> None:
        """Keep what the night of that fingerprint left."""
        ...


class RefreshReport(Answer):
    """What a run worked on and what it changed of the ledger; `seconds` is wall time.

    `abstentions` are the live demands without a match. Of the `encoded` texts `truncated` were longer than
    the `max_tokens` tokens that the encoder, or a part of it, reads; None where it reads every text whole.
    """

    run_id: int
    demands: int
    achievements: int
    encoded: int
    truncated: int
    max_tokens: int | None
    entries_created: int
    entries_changed: int
    entries_kept: int
    entries_vanished: int
    feed_entries: int
    abstentions: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Refresh:
    """The use case with what it works on; `clock` gives the present moment in UTC.

    `search_all` and `encode_each` are where the work is: here, or on a cluster.
    """

    database: Database
    encoder_in_use: EncoderInUse
    open_channels: OpenChannels
    top_k: int
    clock: Callable[[], datetime]
    shipped: Scorer = DEFAULT_SCORER
    reranker: Reranker | None = None
    last_night: LastNight | None = None
    lists: HeldLists = field(default_factory=HeldLists)
    search_all: SearchAll = search_all
    encode_each: EncodeEach = encode_each

    @property
    def encoder(self) -> Encoder:
        """The encoder in use now; a run asks once and keeps to the answer."""
        return self.encoder_in_use()

    def __call__(self, principal: Principal, trigger: Trigger, progress: Progress = silent) -> RefreshReport:
        """Run once.

        Raises:
            RefreshRunning: another run holds the ledger.
        """
        with self.database.exclusive("refresh", wait=False) as locked:
            if not locked:
                raise RefreshRunning(
                    "另一次匹配刷新正在进行，请等它结束后再试。",
                    "another refresh is running; try again when it has ended.",
                )
            encoder = self.encoder_in_use()
            return replace(self, encoder_in_use=lambda: encoder)._run(principal, trigger, progress)

    def is_due(self) -> bool:
        """Whether lists, people's opinions of pairs, the Beijing day or what else figures depend on moved on
        since the last run."""
        now = self.clock()
        with self.database.reading() as session:
            revision = catalogue.revision(session)
            last = runs.last_success(session)
            scorers = scorings.in_use(session, self.shipped)
            thought = opinions_digest(opinions.in_force(session))
        if last is None:
            return revision > 0
        return (
            last.catalogue_revision != revision
            or last.opinions != thought
            or beijing_day(last.started_at) != beijing_day(now)
            or last.code_version != __version__
            or last.encoder_id != self.encoder.encoder_id
            or last.scorer != scorers.shared.version
            or last.calibration != scorers.shared.calibration_version
            or last.top_k != self.top_k
        )

    def method(self, scorers: Scorers, *, keep: bool = True) -> Method:
        """How proposals are made; `keep` caches what has to be encoded for them."""
        vectors = partial(vectors_of, self.database, self.encoder, keep=keep, encode_each=self.encode_each)
        return Method(
            vectors, self.open_channels, scorers, self.top_k, self.reranker, search_all=self.search_all
        )

    def _run(self, principal: Principal, trigger: Trigger, progress: Progress) -> RefreshReport:
        started = self.clock()
        run_id = self._start(principal, trigger, started)
        with self._failure_recorded(run_id):
            _log.info("run started", extra={"trigger": trigger.value})
            with self.database.reading() as session:  # what is matched and what is recorded are one snapshot
                basis = self._basis(session, started)
                last = runs.last_success(session)
                stands = last is not None and last.fingerprint == basis.fingerprint()
                held = {} if stands else self._held(basis)
                live = {side: known.live for side, known in held.items()}
                inputs = None if stands else inputs_of_all(session, basis.day, live)
            if inputs is None:
                report = self._keep(run_id, basis)
            else:
                ready = {
                    side: known.ready for side, known in held.items() if known.encoder_id == basis.encoder_id
                }
                method = replace(self.method(basis.scorers), held=ready)
                report = self._rematch(run_id, basis, inputs, method, self._before(last, basis), progress)
            _log.info("run succeeded", extra=report.as_json())
            return report

    def _start(self, principal: Principal, trigger: Trigger, started: datetime) -> int:
        with self.database.writing() as session:
            runs.close_interrupted(session, started)
            new = NewRun(
                trigger=trigger,
                actor=principal.name,
                started_at=started,
                code_version=__version__,
                encoder_id=self.encoder.encoder_id,
                top_k=self.top_k,
                worked_on=_worked_on(session, scorings.in_use(session, self.shipped)),
            )
            return runs.add(session, new)

    @contextmanager
    def _failure_recorded(self, run_id: int) -> Iterator[None]:
        """Whatever ends the run is written to its record and to the log, whose lines carry the run's id."""
        with bound_contextvars(run_id=run_id):
            try:
                yield
            except BaseException as error:
                _log.exception("run failed")
                with self.database.writing() as session:
                    runs.fail(session, run_id, self.clock(), f"{type(error).__name__}: {error}")
                raise

    def _basis(self, session: Transaction, started: datetime) -> "_Basis":
        """What the run works on, as `session` sees it."""
        encoder_id, day = self.encoder.encoder_id, beijing_day(started)
        scorers = scorings.in_use(session, self.shipped)
        return _Basis(
            started=started,
            day=day,
            encoder_id=encoder_id,
            reranker_id=None if self.reranker is None else self.reranker.reranker_id,
            top_k=self.top_k,
            supply=tuple(catalogue.live_versions(session, Side.SUPPLY, day)),
            demands=tuple(catalogue.live_versions(session, Side.DEMAND, day)),
            lapsed=tuple(lapsed.versions(session, day)),
            excluded=tuple(sorted(exclusions.active(session))),
            scorers=scorers,
            worked_on=_worked_on(session, scorers),
        )

    def _keep(self, run_id: int, basis: "_Basis") -> RefreshReport:
        """Nothing that a figure depends on has changed since the last run: every entry stands."""
        with self.database.writing() as session:
            kept, feed = ledger.count_standing(session)
            without = abstentions.count(session)
            report = self._report(run_id, basis, kept=kept, feed=feed, without=without)
            self._succeed(session, basis, report)
        return report

    def _before(self, last: HeldRun | None, basis: "_Basis") -> Before | None:
        """The night that this one may build on: the last, if it worked with the same models and code and what
        it left is known."""
        if self.last_night is None or last is None or last.fingerprint is None:
            return None
        if not basis.works_like(last):
            return None
        memory = self.last_night.read(last.fingerprint)
        return None if memory is None else Before(memory, self._worked_with)

    def _worked_with(self, moved: Collection[int], ended: Collection[int]) -> Collection[int]:
        with self.database.reading() as session:
            return known.worked_with(session, moved, ended)

    def _held(self, basis: "_Basis") -> dict[Side, HeldList]:
        """The lists that are in memory as the run finds them."""
        versions = {Side.SUPPLY: basis.supply, Side.DEMAND: basis.demands}
        found = {side: self.lists.find(side, of_side) for side, of_side in versions.items()}
        return {side: held for side, held in found.items() if held is not None}

    def _hold(self, basis: "_Basis", inputs: Inputs, lists: Mapping[Side, Ready]) -> None:
        """Keep both lists in memory for the next run and for free texts."""
        for side, versions, live in (
            (Side.SUPPLY, basis.supply, inputs.supply),
            (Side.DEMAND, basis.demands, inputs.demands),
        ):
            self.lists.keep(side, HeldList(versions, basis.encoder_id, live, lists[side]))

    def _rematch(
        self,
        run_id: int,
        basis: "_Basis",
        inputs: Inputs,
        method: Method,
        before: Before | None,
        progress: Progress,
    ) -> RefreshReport:
        outcome = propose(inputs, method, progress, before=before)
        self._hold(basis, inputs, outcome.lists)
        why_not = _answered(outcome, inputs.held)
        with self.database.writing() as session:
            changed = night.apply_night(
                session,
                run_id,
                outcome.entries,
                basis.day,
                why_not,
                _shared(session, basis),
                outcome.stands,
            )
            night.apply_feed(session, run_id, outcome.feed, outcome.feed_stands)
            night.apply_repeats(session, outcome.repeats)
            abstentions.apply(session, run_id, outcome.abstentions, outcome.stands)
            near_misses.apply(session, run_id, outcome.near_misses, outcome.stands)
            current, feed = ledger.count_standing(session)
            report = self._report(
                run_id,
                basis,
                encoded=outcome.encoded,
                truncated=outcome.cut_short,
                created=len(changed.created),
                changed=len(changed.changed),
                kept=current - len(changed.created) - len(changed.changed),
                vanished=len(changed.vanished),
                feed=feed,
                without=abstentions.count(session),
            )
            self._succeed(session, basis, report)
        if self.last_night is not None:
            self.last_night.write(basis.fingerprint(), outcome.memory)
        return report

    def _succeed(self, session: Transaction, basis: "_Basis", report: RefreshReport) -> None:
        counts = {name: count for name, count in report.as_json().items() if count is not None}
        runs.succeed(session, report.run_id, self.clock(), basis.worked_on, basis.fingerprint(), counts)

    def _report(
        self,
        run_id: int,
        basis: "_Basis",
        *,
        kept: int,
        feed: int,
        without: int,
        encoded: int = 0,
        truncated: int = 0,
        created: int = 0,
        changed: int = 0,
        vanished: int = 0,
    ) -> RefreshReport:
        return RefreshReport(
            run_id=run_id,
            demands=len(basis.demands),
            achievements=len(basis.supply),
            encoded=encoded,
            truncated=truncated,
            max_tokens=self.encoder.max_tokens,
            entries_created=created,
            entries_changed=changed,
            entries_kept=kept,
            entries_vanished=vanished,
            feed_entries=feed,
            abstentions=without,
            seconds=round((self.clock() - basis.started).total_seconds(), 3),
        )


def _answered(outcome: Proposed, in_ledger: Set[Pair]) -> WhyNot:
    """Why pairs are not proposed, answered for those in the ledger before a transaction is open: a scorer
    with a second look reads texts for it."""
    proposed = {(entry.demand_id, entry.achievement_id) for entry in outcome.entries}
    asked = sorted(pair for pair in in_ledger - proposed if pair[0] not in outcome.stands)
    answers = {pair: outcome.why_not(pair) for pair in asked}
    return lambda pair: answers[pair] if pair in answers else outcome.why_not(pair)


def _shared(session: Transaction, basis: "_Basis") -> Callable[[int], frozenset[ChangeCause]]:
    """What changed since the last success beside the lists: for every pair, and for those of a park."""
    last = runs.last_success(session)
    if last is None:
        return lambda _: frozenset()
    now = basis.worked_on
    moved = {
        ChangeCause.ENCODER: basis.encoder_id != last.encoder_id,
        ChangeCause.SCORER: now.scorer != last.scorer,
        ChangeCause.CALIBRATION: now.calibration != last.calibration,
        ChangeCause.CODE: last.code_version != __version__,
    }
    everywhere = frozenset(cause for cause, is_other in moved.items() if is_other)
    ruled = _moved(now.profiles, last.profiles)
    ruled |= rule_versions.parks_constrained(session, after=last.constraints_to, to=now.constraints_to)
    scored = _moved(now.scorers, last.scorers)
    learned = {ChangeCause.SCORER, ChangeCause.CALIBRATION}
    return lambda park_id: (
        everywhere
        | ({ChangeCause.PROFILE} if park_id in ruled else set())
        | (learned if park_id in scored else set())
    )


def _moved(now: Mapping[str, Any], before: Mapping[str, Any]) -> set[int]:
    """The parks whose versions differ between two records."""
    return {int(park) for park in {*now, *before} if now.get(park) != before.get(park)}


def _worked_on(session: Transaction, scorers: Scorers) -> WorkedOn:
    """Which lists, rules, scorers and opinions there are now."""
    return WorkedOn(
        catalogue_revision=catalogue.revision(session),
        scorer=scorers.shared.version,
        calibration=scorers.shared.calibration_version,
        scorers={str(park): scorer.version for park, scorer in sorted(scorers.by_park.items())},
        profiles=rule_versions.profile_versions(session),
        constraints_to=rule_versions.constraints_to(session),
        opinions_to=opinions.read_to(session),
        opinions=opinions_digest(opinions.in_force(session)),
    )


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a run works on: ids and versions of both lists on one Beijing day, everybody's rules, models."""

    started: datetime
    day: date
    encoder_id: str
    reranker_id: str | None
    top_k: int
    supply: tuple[tuple[int, int], ...]
    demands: tuple[tuple[int, int], ...]
    lapsed: tuple[tuple[int, int], ...]
    excluded: tuple[Pair, ...]
    scorers: Scorers
    worked_on: WorkedOn

    def works_like(self, last: HeldRun) -> bool:
        """Whether figures are made with what the run `last` made them with; scorers count by the demand."""
        return (
            last.code_version == __version__
            and last.encoder_id == self.encoder_id
            and last.scorer == self.worked_on.scorer
            and last.calibration == self.worked_on.calibration
        )

    def fingerprint(self) -> str:
        """SHA-256 of everything a figure of the ledger depends on."""
        of, shared = self.worked_on, self.scorers.shared
        made_with = [__version__, self.encoder_id, self.reranker_id, of.scorer, of.calibration, self.top_k]
        ruled_by = [of.profiles, of.constraints_to, self.excluded, of.scorers, of.opinions]
        aging = any(freshness.__name__ in used.weights for used in (shared, *self.scorers.by_park.values()))
        facts = [made_with, self.supply, self.demands, self.lapsed, ruled_by, str(self.day) if aging else ""]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
