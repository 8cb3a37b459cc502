"""Why an entry was proposed: everything that was written of it, laid out so that people can check it.

Nothing is scored anew and no model is loaded: figures, terms and versions are the stored ones, and the texts
are those of the versions the figures are of. The rules, and how the achievement stands to them, are today's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.days import beijing_day, years_since
from matcher.domain.entries import EntryView
from matcher.domain.explanation import about_feature, feature_words, waterfall
from matcher.domain.facts import Fact, facts_of
from matcher.domain.highlight import highlights
from matcher.domain.judged import Judged, Near, nearest_judged
from matcher.domain.labels import label
from matcher.domain.ledger import Standing
from matcher.domain.listing import Achievement, Demand, Listing, Side
from matcher.domain.reasons import GRADE_WORDS, Reasons, verdict_words
from matcher.domain.rules import Rules
from matcher.domain.rulings import Ruling, rulings
from matcher.domain.stated import Sides
from matcher.domain.text import mask_contacts
from matcher.pipeline.ledger.grades import no_entry
from matcher.store import catalogue, ledger, rule_versions, states
from matcher.store.database import Database, Transaction
from matcher.store.judged import judged_cases
from matcher.store.past import PastListings, PastPairs
from matcher.store.records import from_record
from matcher.store.tables import RevisionRow, RunRow

_TEXTS = {
    Side.DEMAND: ("title", "keywords", "problems", "detail", "targets"),
    Side.SUPPLY: ("title", "title_en", "keywords", "abstract", "abstract_en"),
}
"""The fields whose texts are compared (`domain.listing.text_of`)."""


def read_explanation(database: Database, principal: Principal, entry_id: int) -> dict[str, Any]:
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
        return _Explained.of(session, principal.scope, entry).as_json()


def lines(session: Transaction, scope: Scope, entries: Sequence[EntryView]) -> dict[int, str]:
    """The short line of reasons of each entry, by entry id: what the ledger's sheet shows."""
    texts = _Texts(session, scope, entries)
    return {one.id: _reasons(one, facts_of(texts.sides(one))).line() for one in entries}


class _Texts:
    """The listings of some entries in the versions that their figures are of, each read once."""

    def __init__(self, session: Transaction, scope: Scope, entries: Iterable[EntryView]) -> None:
        self._past = PastPairs.of(session, scope, [(one.demand_id, one.achievement_id) for one in entries])
        self._read: dict[tuple[Side, int, int], Listing] = {}

    def sides(self, entry: EntryView, day: date | None = None) -> Sides:
        """Both sides of an entry as they were stated; the achievement's age is counted to `day`."""
        demand = self._listing(Side.DEMAND, entry.demand_id, entry.demand_version)
        achievement = self._listing(Side.SUPPLY, entry.achievement_id, entry.achievement_version)
        assert isinstance(demand, Demand)
        assert isinstance(achievement, Achievement)
        if day is None:
            return Sides(demand, achievement)
        revision = _revision(self._past.supply, entry.achievement_id, entry.achievement_version)
        return Sides(demand, achievement, years_since(revision.at, day))

    def _listing(self, side: Side, listing_id: int, version: int) -> Listing:
        key = (side, listing_id, version)
        if key not in self._read:
            past = self._past.demands if side is Side.DEMAND else self._past.supply
            self._read[key] = from_record(side, past.in_version(listing_id, version))
        return self._read[key]


def _revision(past: PastListings, listing_id: int, version: int) -> RevisionRow:
    return next(one for one in past.revisions[listing_id] if one.version == version)


@dataclass(frozen=True, slots=True)
class _Explained:
    """All that is told of one entry; `run` is the one that made its figures, None where none has."""

    entry: EntryView
    sides: Sides
    run: RunRow | None
    rulings: tuple[Ruling, ...]
    rules_version: Mapping[str, int]
    judged: tuple[Near, ...]

    @classmethod
    def of(cls, session: Transaction, scope: Scope, entry: EntryView) -> "_Explained":
        run = next(
            (
                run
                for state, run in reversed(states.of_entry(session, scope, entry.id))
                if state.standing == Standing.CURRENT.value
            ),
            None,
        )
        day = beijing_day(entry.first_seen if run is None else run.started_at)
        profile = rule_versions.profile(session, entry.park_id)
        own = rule_versions.constraints_of(session, entry.park_id, entry.demand_id)
        now = catalogue.held_by_id(session, Side.SUPPLY, [entry.achievement_id], scope)
        achievement = now[entry.achievement_id].listing
        assert isinstance(achievement, Achievement)
        cases = judged_cases(session, scope, entry.park_id, but=entry.id)
        near = nearest_judged(cases, entry.demand_title, entry.achievement_title)
        return cls(
            entry=entry,
            sides=_Texts(session, scope, [entry]).sides(entry, day),
            run=run,
            rulings=rulings(Rules(profile.rule, own.rule), achievement),
            rules_version={"park": profile.version, "demand": own.version},
            judged=tuple(replace(one, case=_masked_case(one)) for one in near),
        )

    @property
    def scorer(self) -> str | None:
        """The version of what scored the pair: the park's own, where the run had one."""
        return None if self.run is None else self.run.scorers.get(str(self.entry.park_id), self.run.scorer)

    @property
    def calibration(self) -> str | None:
        """The version of what the probability is by; a park's own scorer has a calibration of its version."""
        if self.run is None or self.entry.probability is None:
            return None
        own: str | None = self.run.scorers.get(str(self.entry.park_id))
        return own or self.run.calibration

    def as_json(self) -> dict[str, Any]:
        """The stable JSON form."""
        entry, facts = self.entry, facts_of(self.sides)
        words = replace(
            _reasons(entry, facts), calibration=self.calibration, rulings=self.rulings, judged=self.judged
        ).sentences()
        return {
            "entry_id": entry.id,
            "park": entry.park_code,
            "demand_id": entry.demand_id,
            "demand_version": entry.demand_version,
            "achievement_id": entry.achievement_id,
            "achievement_version": entry.achievement_version,
            "run_id": None if self.run is None else self.run.id,
            "score": entry.score,
            "probability": entry.probability,
            "similarity": entry.similarity,
            "scorer": self.scorer,
            "calibration": self.calibration,
            "explored": entry.explored,
            "waterfall": [
                {
                    "feature": step.feature,
                    **_named("label", feature_words(step.feature)),
                    "explanation": about_feature(step.feature),
                    "contribution": step.contribution,
                    "cumulative": step.cumulative,
                }
                for step in waterfall(entry.contributions)
            ],
            "terms": list(entry.terms),
            "highlights": {
                "demand": _marked(Side.DEMAND, self.sides.demand, entry.terms),
                "achievement": _marked(Side.SUPPLY, self.sides.achievement, entry.terms),
            },
            "stated": [_fact_json(one) for one in facts],
            "constraints": [_ruling_json(one) for one in self.rulings],
            "rules_version": dict(self.rules_version),
            "judged": [_judged_json(one) for one in self.judged],
            "sentences_zh": [zh for zh, _ in words],
            "sentences_en": [en for _, en in words],
        }


def _reasons(entry: EntryView, facts: Sequence[Fact]) -> Reasons:
    return Reasons(
        score=entry.score,
        probability=entry.probability,
        calibration=None,
        contributions=entry.contributions,
        terms=entry.terms,
        explored=entry.explored,
        standing=entry.standing,
        cause=entry.cause,
        facts=[
            replace(one, demand=mask_contacts(one.demand), achievement=mask_contacts(one.achievement))
            for one in facts
        ],
    )


def _marked(side: Side, listing: Listing, terms: Sequence[str]) -> list[dict[str, Any]]:
    """The texts of a side that say something, with where the phrases stand in them."""
    found = []
    for name in _TEXTS[side]:
        value = getattr(listing, name)
        text = mask_contacts(value if isinstance(value, str) else " ".join(value))
        if text:
            spans = [
                {"start": span.start, "end": span.end, "phrase": span.phrase}
                for span in highlights(text, terms)
            ]
            found.append({"field": name, "text": text, "spans": spans})
    return found


def _masked_case(near: Near) -> Judged:
    case = near.case
    return replace(
        case,
        demand_title=mask_contacts(case.demand_title),
        achievement_title=mask_contacts(case.achievement_title),
    )


def _fact_json(fact: Fact) -> dict[str, Any]:
    return {
        "feature": fact.feature,
        **_named("label", feature_words(fact.feature)),
        "explanation": about_feature(fact.feature),
        "figure": fact.figure,
        "verdict": fact.agreement.value,
        **_named("verdict", verdict_words(fact)),
        "demand": mask_contacts(fact.demand),
        "achievement": mask_contacts(fact.achievement),
    }


def _ruling_json(one: Ruling) -> dict[str, Any]:
    return {
        "of": one.whose.value,
        "constraint": one.constraint.value,
        **_named("label", (label(one.constraint, "zh"), label(one.constraint, "en"))),
        "verdict": one.verdict.value,
        **_named("verdict", (label(one.verdict, "zh"), label(one.verdict, "en"))),
        "rules_out": one.rules_out,
        "wanted": mask_contacts(one.wanted),
        "stated": mask_contacts(one.stated),
    }


def _judged_json(near: Near) -> dict[str, Any]:
    case = near.case
    return {
        "entry_id": case.entry_id,
        "grade": case.grade,
        **_named("grade", GRADE_WORDS[case.grade]),
        "demand_title": case.demand_title,
        "achievement_title": case.achievement_title,
        "nearness": near.nearness,
    }


def _named(name: str, words: tuple[str, str]) -> dict[str, str]:
    return {f"{name}_zh": words[0], f"{name}_en": words[1]}
