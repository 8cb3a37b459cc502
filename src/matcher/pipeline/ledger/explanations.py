"""Why an entry was proposed: everything that was written of it, laid out so that people can check it.

Nothing is scored anew and no model is loaded: figures, terms and versions are the stored ones, and the texts
are those of the versions the figures are of. The rules, and how the achievement stands to them, are today's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.days import beijing_day, years_since
from matcher.domain.entries import EntryView
from matcher.domain.explanation import waterfall
from matcher.domain.facts import Fact, facts_of
from matcher.domain.judged import Near, nearest_judged
from matcher.domain.listing import Achievement, Demand, Listing, Side
from matcher.domain.reasons import Reasons
from matcher.domain.rules import Rules
from matcher.domain.rulings import rulings
from matcher.domain.stated import StatedPair
from matcher.domain.text import mask_contacts
from matcher.pipeline.ledger.answers import no_entry
from matcher.pipeline.ledger.explanation_answers import (
    ExplanationAnswer,
    FactAnswer,
    JudgedAnswer,
    LikeAnswer,
    MarkedSides,
    MarkedText,
    RulesVersion,
    RulingAnswer,
    StepAnswer,
)
from matcher.store import catalogue, ledger, rule_versions, states
from matcher.store.database import Database, Transaction
from matcher.store.judged import judged_cases
from matcher.store.past import PastListings, PastPairs
from matcher.store.records import from_record

_TEXTS: Mapping[Side, tuple[str, ...]] = {
    Side.DEMAND: ("title", "keywords", "problems", "detail", "targets"),
    Side.SUPPLY: ("title", "title_en", "keywords", "abstract", "abstract_en"),
}
"""The fields whose texts are compared (`domain.listing.text_of`)."""


def read_explanation(database: Database, principal: Principal, entry_id: int) -> ExplanationAnswer:
    """The reasons for one entry in scope; contacts in texts are masked.

    Raises:
        NotFound: no such entry, or another park's.
        Forbidden: the caller may not read entries.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        entry = ledger.entry(session, principal.scope, entry_id)
        if entry is None:
            raise no_entry(entry_id)
        return _explained(session, principal.scope, entry)


def lines(session: Transaction, scope: Scope, entries: Sequence[EntryView]) -> dict[int, str]:
    """The short line of reasons of each entry, by entry id: what the ledger's sheet shows."""
    texts = _Texts(session, scope, entries)
    return {entry.id: _reasons(entry, facts_of(texts.pair(entry))).line() for entry in entries}


class _Texts:
    """The listings of some entries in the versions that their figures are of, each read once."""

    def __init__(self, session: Transaction, scope: Scope, entries: Iterable[EntryView]) -> None:
        self._past = PastPairs.of(
            session, scope, [(entry.demand_id, entry.achievement_id) for entry in entries]
        )
        self._read: dict[tuple[Side, int, int], Listing] = {}

    def pair(self, entry: EntryView, day: date | None = None) -> StatedPair:
        """Both sides of an entry as they were stated; the achievement's age is counted to `day`."""
        demand = self._listing(Side.DEMAND, entry.demand_id, entry.demand_version)
        achievement = self._listing(Side.SUPPLY, entry.achievement_id, entry.achievement_version)
        assert isinstance(demand, Demand)
        assert isinstance(achievement, Achievement)
        if day is None:
            return StatedPair(demand, achievement)
        revision = self._past.supply.in_version(entry.achievement_id, entry.achievement_version)
        return StatedPair(demand, achievement, years_since(revision.at, day))

    def _listing(self, side: Side, listing_id: int, version: int) -> Listing:
        key = (side, listing_id, version)
        if key not in self._read:
            past = self._past.demands if side is Side.DEMAND else self._past.supply
            self._read[key] = from_record(side, past.in_version(listing_id, version).data)
        return self._read[key]


def _explained(session: Transaction, scope: Scope, entry: EntryView) -> ExplanationAnswer:
    run = states.scored_by(session, scope, entry)
    pair = _Texts(session, scope, [entry]).pair(
        entry, beijing_day(entry.first_seen if run is None else run.started_at)
    )
    profile = rule_versions.profile(session, entry.park_id)
    constraints = rule_versions.constraints_of(session, entry.park_id, entry.demand_id)
    listings = catalogue.held_by_id(session, Side.SUPPLY, [entry.achievement_id], scope)
    achievement = listings[entry.achievement_id].listing
    assert isinstance(achievement, Achievement)
    ruled = rulings(Rules(profile.rule, constraints.rule), achievement)
    cases = judged_cases(session, scope, entry.park_id, but=entry.id)
    judged = [_masked(near) for near in nearest_judged(cases, entry.demand_title, entry.achievement_title)]
    facts = facts_of(pair)
    calibration = None if run is None or entry.probability is None else run.calibration
    like = _like(session, scope, entry, entry.first_seen if run is None else run.started_at)
    reasons = replace(
        _reasons(entry, facts),
        calibration=calibration,
        like_title="" if like is None else like.achievement_title,
        rulings=ruled,
        judged=judged,
    )
    sentences = reasons.sentences()
    return ExplanationAnswer(
        entry_id=entry.id,
        park=entry.park_code,
        demand_id=entry.demand_id,
        demand_version=entry.demand_version,
        achievement_id=entry.achievement_id,
        achievement_version=entry.achievement_version,
        run_id=None if run is None else run.id,
        score=entry.score,
        probability=entry.probability,
        band=entry.band,
        similarity=entry.similarity,
        scorer=None if run is None else run.scorer,
        calibration=calibration,
        explored=entry.explored,
        waterfall=[StepAnswer.of(step) for step in waterfall(entry.contributions)],
        like=like,
        terms=list(entry.terms),
        highlights=MarkedSides(
            demand=MarkedText.of(pair.demand, _TEXTS[Side.DEMAND], entry.terms),
            achievement=MarkedText.of(pair.achievement, _TEXTS[Side.SUPPLY], entry.terms),
        ),
        stated=[FactAnswer.of(fact) for fact in facts],
        constraints=[RulingAnswer.by(ruling) for ruling in ruled],
        rules_version=RulesVersion(park=profile.version, demand=constraints.version),
        judged=[JudgedAnswer.of(near) for near in judged],
        sentences_zh=[zh for zh, _ in sentences],
        sentences_en=[en for _, en in sentences],
    )


def _like(session: Transaction, scope: Scope, entry: EntryView, at: datetime) -> LikeAnswer | None:
    """The achievement whose judgement moved the score most, by what it was called then."""
    if entry.like_id is None or entry.like_opinion is None:
        return None
    then = PastListings.of(session, Side.SUPPLY, scope, [entry.like_id]).at(entry.like_id, at)
    return LikeAnswer.of(entry.like_id, then.data["title"], entry.like_opinion)


def _reasons(entry: EntryView, facts: Sequence[Fact]) -> Reasons:
    return Reasons(
        score=entry.score,
        probability=entry.probability,
        calibration=None,
        contributions=entry.contributions,
        terms=entry.terms,
        explored=entry.explored,
        like=entry.like_opinion,
        standing=entry.standing,
        cause=entry.cause,
        facts=[_without_contacts(fact) for fact in facts],
    )


def _without_contacts(fact: Fact) -> Fact:
    demand, achievement = mask_contacts(fact.demand), mask_contacts(fact.achievement)
    if demand == fact.demand and achievement == fact.achievement:
        return fact
    return replace(fact, demand=demand, achievement=achievement)


def _masked(near: Near) -> Near:
    demand, achievement = (
        mask_contacts(title) for title in (near.case.demand_title, near.case.achievement_title)
    )
    return replace(near, case=replace(near.case, demand_title=demand, achievement_title=achievement))
