"""Refresh: match every live demand of every park with the supply list, and write what changed.

One run at a time. Everything a run changes is written in one transaction together with the run's
success, so a kill at any moment leaves the ledger of the run before or of this one.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from matcher import __version__
from matcher.domain.access import Principal
from matcher.domain.errors import RefreshRunning
from matcher.domain.ledger import Proposal, RunStatus, Trigger
from matcher.domain.listing import Confidentiality, Demand, Listing, Side
from matcher.domain.scoring import DEFAULT_SCORER, Scorer
from matcher.domain.terms import Phrases, matched_terms
from matcher.domain.text import TextView
from matcher.pipeline.clock import beijing_day
from matcher.pipeline.encode import Progress, silent, vectors_of
from matcher.pipeline.rank import rank
from matcher.pipeline.searchable import OpenChannels, OwnOrganisation, Searchable, judgeable
from matcher.ports import Encoder, Vectors
from matcher.store import catalogue, ledger, night, runs
from matcher.store.catalogue import LiveListing
from matcher.store.database import Database
from matcher.store.tables import RunRow

BATCH = 1024
"""Queries ranked between two reports of progress."""


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What a run worked on and what it changed of the ledger; `seconds` is wall time."""

    run_id: int
    demands: int
    achievements: int
    encoded: int
    entries_created: int
    entries_changed: int
    entries_kept: int
    entries_vanished: int
    feed_entries: int
    seconds: float

    def as_json(self) -> dict[str, int | float]:
        """The stable JSON form."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Refresh:
    """The use case with what it works on; `clock` gives the present moment in UTC."""

    database: Database
    encoder: Encoder
    open_channels: OpenChannels
    top_k: int
    clock: Callable[[], datetime]
    scorer: Scorer = DEFAULT_SCORER

    def __call__(self, principal: Principal, trigger: Trigger, progress: Progress = silent) -> RefreshReport:
        """Run once.

        Raises:
            RefreshRunning: another run holds the ledger.
        """
        with self.database.exclusive("refresh", wait=False) as held:
            if not held:
                raise RefreshRunning(
                    "另一次匹配刷新正在进行，请等它结束后再试。",
                    "another refresh is running; try again when it has ended.",
                )
            run_id, inputs = self._start(principal, trigger)
            try:
                return self._run(run_id, inputs, progress)
            except BaseException as error:
                with self.database.writing() as session:
                    runs.fail(session, run_id, self.clock(), f"{type(error).__name__}: {error}")
                raise

    def is_due(self) -> bool:
        """Whether the lists, the Beijing day, or what figures depend on moved on since the last run."""
        now = self.clock()
        with self.database.reading() as session:
            revision = catalogue.revision(session)
            last = runs.last_success(session)
        if last is None:
            return revision > 0
        return (
            last.catalogue_revision != revision
            or beijing_day(last.started_at) != beijing_day(now)
            or last.code_version != __version__
            or last.encoder_id != self.encoder.encoder_id
            or last.scorer != self.scorer.version
            or last.top_k != self.top_k
        )

    def _start(self, principal: Principal, trigger: Trigger) -> "tuple[int, _Inputs]":
        started = self.clock()
        with self.database.reading() as session:
            inputs = _Inputs.at(session, started)
        with self.database.writing() as session:
            runs.close_interrupted(session, started)
            run_id = runs.add(
                session,
                RunRow(
                    trigger=trigger.value,
                    status=RunStatus.RUNNING.value,
                    actor=principal.name,
                    started_at=started,
                    code_version=__version__,
                    catalogue_revision=inputs.revision,
                    encoder_id=self.encoder.encoder_id,
                    scorer=self.scorer.version,
                    top_k=self.top_k,
                    counts={},
                ),
            )
        return run_id, inputs

    def _run(self, run_id: int, inputs: "_Inputs", progress: Progress) -> RefreshReport:
        fingerprint = self._fingerprint(inputs)
        with self.database.reading() as session:
            last = runs.last_success(session)
        if last is not None and last.fingerprint == fingerprint:
            return self._keep(run_id, inputs, fingerprint)
        return self._rematch(run_id, inputs.started, progress)

    def _fingerprint(self, inputs: "_Inputs") -> str:
        return inputs.fingerprint(self.encoder.encoder_id, self.scorer.version, self.top_k)

    def _keep(self, run_id: int, inputs: "_Inputs", fingerprint: str) -> RefreshReport:
        """Nothing that a figure depends on has changed since the last run: every entry stands."""
        with self.database.writing() as session:
            kept, feed = ledger.count_standing(session)
            report = self._report(run_id, inputs, kept=kept, feed=feed)
            runs.succeed(session, run_id, self.clock(), inputs.revision, fingerprint, report.as_json())
        return report

    def _rematch(self, run_id: int, started: datetime, progress: Progress) -> RefreshReport:
        with self.database.reading() as session:  # what is matched and what is recorded are one snapshot
            inputs = _Inputs.at(session, started)
            supply, supply_texts = judgeable(catalogue.live(session, Side.SUPPLY, inputs.day))
            demands, texts = judgeable(catalogue.live(session, Side.DEMAND, inputs.day))
        supply_vectors, encoded_supply = self._encode(Side.SUPPLY, supply_texts, progress)
        vectors, encoded_demands = self._encode(Side.DEMAND, texts, progress)
        released = [row for row, one in enumerate(demands) if _is_released(one.listing)]
        supply_index = self._searchable("supply", supply, supply_texts, supply_vectors)
        feed_index = self._searchable(
            "feed",
            tuple(demands[row] for row in released),
            tuple(texts[row] for row in released),
            vectors[released],
        )
        asking = Searchable(demands, texts, vectors, {})
        entries = self._propose(asking, supply_index, Side.DEMAND, "match demands", progress)
        feed = self._propose(supply_index, feed_index, Side.SUPPLY, "match achievements", progress)
        with self.database.writing() as session:
            changed = night.apply_night(session, run_id, entries, inputs.day)
            night.apply_feed(session, run_id, feed)
            report = self._report(
                run_id,
                inputs,
                encoded=encoded_supply + encoded_demands,
                created=len(changed.created),
                changed=len(changed.changed),
                kept=changed.kept,
                vanished=len(changed.vanished),
                feed=len(feed),
            )
            counts = report.as_json()
            runs.succeed(session, run_id, self.clock(), inputs.revision, self._fingerprint(inputs), counts)
        return report

    def _encode(self, side: Side, texts: Sequence[TextView], progress: Progress) -> tuple[Vectors, int]:
        return vectors_of(self.database, self.encoder, side, texts, progress)

    def _searchable(
        self,
        name: str,
        listings: tuple[LiveListing, ...],
        texts: tuple[TextView, ...],
        vectors: Vectors,
    ) -> Searchable:
        return Searchable(listings, texts, vectors, self.open_channels(name, texts, vectors))

    def _propose(
        self, asking: Searchable, index: Searchable, side: Side, stage: str, progress: Progress
    ) -> list[Proposal]:
        """The top k of `index` for every row of `asking`, whose side is `side`."""
        if not index.listings:
            return []
        own = OwnOrganisation(index.listings)
        queries = asking.queries()
        allowed = [own.allowed(one.listing) for one in asking.listings]
        found_phrases = [Phrases(text) for text in index.texts]
        proposals: list[Proposal] = []
        for start in range(0, len(queries), BATCH):
            batch = slice(start, start + BATCH)
            matches = rank(queries[batch], index.channels, self.scorer, self.top_k, allowed[batch])
            for asker, text, found in zip(asking.listings[batch], asking.texts[batch], matches, strict=True):
                phrases = Phrases(text)
                for match in found:
                    other = index.listings[match.row]
                    demand, achievement = (asker, other) if side is Side.DEMAND else (other, asker)
                    assert demand.park_id is not None
                    proposals.append(
                        Proposal(
                            demand_id=demand.id,
                            achievement_id=achievement.id,
                            park_id=demand.park_id,
                            rank=match.rank,
                            similarity=match.similarity,
                            score=match.score,
                            contributions=match.contributions,
                            terms=matched_terms(phrases, found_phrases[match.row]),
                            demand_version=demand.version,
                            achievement_version=achievement.version,
                            probability=match.probability,
                        )
                    )
            progress(stage, min(start + BATCH, len(queries)), len(queries))
        return proposals

    def _report(
        self,
        run_id: int,
        inputs: "_Inputs",
        *,
        kept: int,
        feed: int,
        encoded: int = 0,
        created: int = 0,
        changed: int = 0,
        vanished: int = 0,
    ) -> RefreshReport:
        return RefreshReport(
            run_id=run_id,
            demands=len(inputs.demands),
            achievements=len(inputs.supply),
            encoded=encoded,
            entries_created=created,
            entries_changed=changed,
            entries_kept=kept,
            entries_vanished=vanished,
            feed_entries=feed,
            seconds=round((self.clock() - inputs.started).total_seconds(), 3),
        )


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What a run works on: ids and versions of both lists on one Beijing day."""

    started: datetime
    day: date
    revision: int
    supply: tuple[tuple[int, int], ...]
    demands: tuple[tuple[int, int], ...]

    @classmethod
    def at(cls, session: Session, started: datetime) -> "_Inputs":
        """The lists as `session` sees them."""
        day = beijing_day(started)
        return cls(
            started=started,
            day=day,
            revision=catalogue.revision(session),
            supply=tuple(catalogue.live_versions(session, Side.SUPPLY, day)),
            demands=tuple(catalogue.live_versions(session, Side.DEMAND, day)),
        )

    def fingerprint(self, encoder_id: str, scorer: str, top_k: int) -> str:
        """SHA-256 of everything a figure of the ledger depends on."""
        said = [__version__, encoder_id, scorer, top_k, self.supply, self.demands]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _is_released(listing: Listing) -> bool:
    return (
        isinstance(listing, Demand) and listing.released and listing.confidentiality is Confidentiality.PUBLIC
    )
