"""What is proposed by which rules, held against a plain search of every pair."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import matcher.matching.rank as ranking
from matcher.domain.bands import Band
from matcher.domain.calibration import PRIOR, Calibration, Odds
from matcher.domain.ledger import Pair, Proposal
from matcher.domain.listing import (
    Achievement,
    Demand,
    Listing,
    LiveListing,
    Maturity,
    Money,
    Side,
    same_organisation,
    text_of,
)
from matcher.domain.opinions import OPINION_VALUES, Opinion
from matcher.domain.repeats import MIN_ALONE
from matcher.domain.rules import DEFAULT_PROFILE, NO_CONSTRAINTS, Constraints, ParkProfile, Rules
from matcher.domain.scoring import DEFAULT_SCORER, FEEDBACK, Scorer, Scorers
from matcher.domain.standings import Cause
from matcher.domain.text import fold
from matcher.embed.factory import load_encoder
from matcher.index.ngrams import background_vectoriser
from matcher.index.snapshot import build_channels
from matcher.matching.inputs import Inputs
from matcher.matching.propose import Method, Proposed, propose
from matcher.matching.search import floor_of
from matcher.matching.searchable import TextVectors
from matcher.ports import silent

PARKS = (1, 2)
K = 3
UNITS = ("", "甲所", "乙大学", "丙公司")
THINGS = ("电解槽隔膜", "液氢阀门", "焊缝图像识别", "疫苗佐剂")
MEANS = ("连续制备", "泄漏检测", "寿命预测", "寿命预测的一种方法")

ENCODER = load_encoder(None)
METHOD = Method(
    lambda side, texts, _: TextVectors(ENCODER.encode([one.full for one in texts], side), 0, 0),
    lambda _, texts, vectors, titles: build_channels(texts, vectors, titles),
    Scorers(DEFAULT_SCORER),
    K,
)

titles = st.builds("".join, st.tuples(st.sampled_from(THINGS), st.sampled_from(MEANS)))
units = st.sampled_from(UNITS)
achievements = st.builds(
    Achievement,
    title=titles | titles | titles | st.just("膜"),
    organisation=units,
    industry=st.sampled_from(["", "氢能", "生物医药"]),
    region=st.sampled_from(["", "北京", "天津"]),
    modes=st.sampled_from([(), ("技术转让",), ("技术许可",)]),
    price=st.builds(Money, low=st.sampled_from([None, 10.0, 100.0])),
    maturity=st.builds(Maturity, high=st.sampled_from([None, 3, 8])),
)
demands = st.builds(
    Demand,
    title=titles | titles | st.just("膜"),
    organisation=units,
    released=st.booleans(),
    detail=st.just(""),
)
constraints = st.builds(
    Constraints,
    max_price=st.sampled_from([None, 50.0]),
    min_maturity=st.sampled_from([None, 6]),
    modes=st.sampled_from([(), ("技术许可",)]),
    regions=st.sampled_from([(), ("北京",)]),
    strict=st.booleans(),
)
profiles = st.builds(
    ParkProfile,
    industries=st.sampled_from([{}, {"氢能": 3.0}, {"氢能": 2.0, "生物医药": 0.5}]),
    partners=st.sampled_from([(), ("乙大学",)]),
    partner_weight=st.sampled_from([1.0, 4.0]),
    excluded_organisations=st.sampled_from([(), (), ("甲所",)]),
    min_score=st.sampled_from([None, None, 0.2, 0.5]),
    top_k=st.sampled_from([None, 1, 5]),
    per_organisation=st.sampled_from([None, 1, 2]),
    max_entries=st.sampled_from([None, 4]),
    constraints=st.sampled_from([NO_CONSTRAINTS, NO_CONSTRAINTS, Constraints(max_price=50.0)]) | constraints,
)

opinions = st.dictionaries(
    st.integers(1, 6),
    st.dictionaries(st.integers(1, 13), st.sampled_from(Opinion), max_size=3),
    max_size=3,
)


@st.composite
def inputs(draw: st.DrawFn) -> Inputs:
    supply = draw(st.lists(achievements, min_size=draw(st.sampled_from([0, 8])), max_size=12))
    asked = draw(st.lists(st.tuples(demands, st.sampled_from(PARKS)), min_size=3, max_size=6))
    pairs = st.tuples(st.integers(1, 7), st.integers(1, 13))
    return Inputs(
        day=date(2026, 11, 2),
        supply=[LiveListing(number, 1, one) for number, one in enumerate(supply, start=1)],
        demands=[LiveListing(number, 1, one, park) for number, (one, park) in enumerate(asked, start=1)],
        profiles=draw(st.fixed_dictionaries({1: profiles}, optional={2: profiles})),
        constraints=draw(st.dictionaries(st.integers(1, 6), constraints, max_size=3)),
        excluded=frozenset(draw(st.lists(pairs, max_size=4))),
        opinions=draw(opinions),
    )


def proposed(given_inputs: Inputs) -> Proposed:
    return propose(given_inputs, METHOD, silent)


@dataclass
class Plain:
    """Every pair looked at by itself, in plain Python."""

    inputs: Inputs

    def __post_init__(self) -> None:
        free = replace(self.inputs, profiles={}, constraints={}, excluded=frozenset(), opinions={})
        for one in free.demands:
            assert isinstance(one.listing, Demand)
        own = [
            replace(one, listing=replace(one.listing, organisation="")) for one in free.demands
        ]  # own results are scored, too
        alone = (replace(free, demands=own, supply=[one]) for one in free.supply)
        found = [one for each in alone for one in propose(each, METHOD, silent, with_feed=False).entries]
        self.demands = {one.id: one for one in self.inputs.demands}
        self.supply = {one.id: one for one in self.inputs.supply}
        self.score = {
            (one.demand_id, one.achievement_id): self.moved(
                one.score, one.demand_id, self.supply[one.achievement_id]
            )
            for one in found
        }

    def moved(self, score: float, demand: int, achievement: LiveListing) -> float:
        """A score with what people think of others for the demand."""
        held = self.inputs.opinions.get(demand, {})
        judged = [one for one in self.inputs.supply if one.id in held and len(one.listing.title) > 1]
        if achievement.id in held or not judged:
            return score
        alike = [
            (max(0.0, cosine(one, achievement)) ** 2 + shared_wording(one, achievement)) / 2 for one in judged
        ]  # every text here is Chinese
        pulls = [OPINION_VALUES[held[one.id]] * near for one, near in zip(judged, alike, strict=True)]
        added = FEEDBACK * round(sum(pulls) / (1 + sum(alike)), 6)
        return score + min(max(added, -score), 1 - score)

    def rules(self, demand: LiveListing) -> Rules:
        assert demand.park_id is not None
        return Rules(
            self.inputs.profiles.get(demand.park_id, DEFAULT_PROFILE),
            self.inputs.constraints.get(demand.id, NO_CONSTRAINTS),
        )

    def allowed(self, pair: Pair) -> bool:
        demand, achievement = self.demands[pair[0]], self.supply[pair[1]]
        assert isinstance(achievement.listing, Achievement)
        return (
            pair in self.score
            and not self.excluded(pair)
            and not same_organisation(demand.listing, achievement.listing)
            and not self.rules(demand).against(achievement.listing)
        )

    def excluded(self, pair: Pair) -> bool:
        """Whether people excluded it, or the same demand with what repeats its achievement."""
        judged = len(self.supply[pair[1]].listing.title) > 1
        alike = self.alike(pair[1]) if judged else [pair[1]]
        return any((pair[0], other) in self.inputs.excluded for other in alike)

    def preference(self, pair: Pair) -> float:
        listing = self.supply[pair[1]].listing
        assert isinstance(listing, Achievement)
        return self.score[pair] * self.rules(self.demands[pair[0]]).profile.weight(listing)

    def says(self, achievement: int) -> tuple[str, str]:
        """An achievement's wording; those of one wording repeat one another."""
        return wording_of(self.supply[achievement].listing)

    def alike(self, achievement: int) -> list[int]:
        """The achievements that say the same."""
        return [other for other in self.supply if self.says(other) == self.says(achievement)]

    def chosen(self, demand: LiveListing) -> list[Pair]:
        """A demand's matches before its park's limit, best first."""
        profile = self.rules(demand).profile
        pairs = [(demand.id, number) for number in self.supply if self.allowed((demand.id, number))]
        ranked = sorted(pairs, key=lambda pair: (-self.preference(pair), pair))
        taken: list[Pair] = []
        by_unit: Counter[str] = Counter()
        said: set[tuple[str, str]] = set()
        for pair in ranked:
            if profile.min_score is not None and self.score[pair] < profile.min_score:
                continue
            if self.says(pair[1]) in said:
                continue
            said.add(self.says(pair[1]))
            unit = fold(self.supply[pair[1]].listing.organisation)
            if unit and profile.per_organisation is not None and by_unit[unit] >= profile.per_organisation:
                continue
            by_unit[unit] += 1
            taken.append(pair)
        return taken[: profile.top_k or K]

    def entries(self) -> list[Pair]:
        found = [pair for demand in self.inputs.demands for pair in self.chosen(demand)]
        kept: list[Pair] = []
        for park in PARKS:
            own = [pair for pair in found if self.demands[pair[0]].park_id == park]
            limit = self.inputs.profiles.get(park, DEFAULT_PROFILE).max_entries
            if limit is not None:
                place = {pair: number for number, pair in enumerate(own)}
                own = sorted(own, key=lambda pair: (-self.preference(pair), place[pair]))[:limit]
            kept += own
        return kept


@cache
def vector_of(text: str) -> tuple[float, ...]:
    return tuple(map(float, ENCODER.encode([text], Side.SUPPLY)[0]))


def cosine(one: LiveListing, other: LiveListing) -> float:
    left, right = (vector_of(text_of(each.listing).full) for each in (one, other))
    return min(1.0, sum(here * there for here, there in zip(left, right, strict=True)))


@cache
def ngrams_of(text: str) -> dict[int, float]:
    row = background_vectoriser().transform([text])
    return {int(bucket): float(weight) for bucket, weight in zip(row.indices, row.data, strict=True)}


def shared_wording(one: LiveListing, other: LiveListing) -> float:
    left, right = (ngrams_of(text_of(each.listing).full) for each in (one, other))
    shared = [weight * right.get(ngram, 0.0) for ngram, weight in left.items()]
    return min(1.0, sum(shared))


def wording_of(listing: Listing) -> tuple[str, str]:
    """A title, and with a short one the organisation: two of those name such a thing alike by chance."""
    return listing.title, listing.organisation if len(listing.title) < MIN_ALONE else ""


def pairs_of(entries: Sequence[Proposal]) -> list[Pair]:
    return [(one.demand_id, one.achievement_id) for one in entries]


@pytest.mark.parametrize("spare", [0, 16])
@given(inputs())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_demand_gets_the_k_it_prefers_among_all_it_may_have(spare: int, asked: Inputs) -> None:
    plain = Plain(asked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "_SPARE", spare)
        patch.setattr(ranking, "DEPTH", 4)
        found = proposed(asked)
    assert sorted(pairs_of(found.entries)) == sorted(plain.entries())
    for demand in asked.demands:
        own = [one for one in found.entries if one.demand_id == demand.id]
        assert [one.rank for one in own] == list(range(1, len(own) + 1))
        assert pairs_of(own) == plain.chosen(demand)[: len(own)]
        assert all(one.score == plain.score[one.demand_id, one.achievement_id] for one in own)


@given(inputs())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_that_breaks_a_hard_constraint_is_ever_proposed_to_either_side(asked: Inputs) -> None:
    plain = Plain(asked)
    found = proposed(asked)
    assert all(plain.allowed(pair) for pair in pairs_of(found.entries))
    assert all(plain.allowed(pair) for pair in pairs_of(found.feed))
    released = [one.id for one in asked.demands if isinstance(one.listing, Demand) and one.listing.released]
    for achievement in asked.supply:
        own = [pair for pair in pairs_of(found.feed) if pair[1] == achievement.id]
        there = [(number, achievement.id) for number in released]
        said = {
            (plain.demands[pair[0]].park_id, *wording_of(plain.demands[pair[0]].listing))
            for pair in there
            if plain.allowed(pair)
        }
        assert len(own) == min(K, len(said))


@given(inputs())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_pair_that_is_left_out_says_why(asked: Inputs) -> None:
    plain = Plain(asked)
    found = proposed(asked)
    entries, before_the_limit = set(pairs_of(found.entries)), [plain.chosen(one) for one in asked.demands]
    chosen = {pair for pairs in before_the_limit for pair in pairs}
    for pair in ((demand, achievement) for demand in plain.demands for achievement in plain.supply):
        if pair in entries:
            continue
        why = found.why_not(pair)
        profile = plain.rules(plain.demands[pair[0]]).profile
        if plain.excluded(pair):
            assert why.cause is Cause.EXCLUDED
        elif not plain.allowed(pair):
            assert why.cause is Cause.CONSTRAINT
            assert why.constraints
        elif profile.min_score is not None and plain.score[pair] < profile.min_score:
            assert why.cause is Cause.BELOW_THRESHOLD
        elif any((pair[0], other) in entries for other in plain.alike(pair[1])):
            assert why.cause is Cause.REPEATED
        elif pair in chosen:
            assert why.cause is Cause.QUOTA
        elif profile.per_organisation is None:
            assert why.cause is Cause.OUTRANKED
        else:
            assert why.cause in {Cause.OUTRANKED, Cause.QUOTA}


@given(inputs())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_live_demand_has_a_likely_match_or_a_reason_and_its_nearest_miss(asked: Inputs) -> None:
    plain = Plain(asked)
    found = proposed(asked)
    matched = {
        one.demand_id
        for one in found.entries
        if plain.rules(plain.demands[one.demand_id]).profile.bands.of(one.probability) is Band.LIKELY
    }
    assert sorted(one.demand_id for one in found.abstentions) == sorted(plain.demands.keys() - matched)
    for one in found.abstentions:
        demand = plain.demands[one.demand_id]
        near = [
            (plain.score[pair], -pair[1])
            for pair in plain.score
            if pair[0] == one.demand_id
            and not plain.excluded(pair)
            and not same_organisation(demand.listing, plain.supply[pair[1]].listing)
        ]
        assert one.nearest_id == (-max(near)[1] if near else None)
        if one.nearest_id is not None:
            nearest = plain.supply[one.nearest_id].listing
            assert isinstance(nearest, Achievement)
            assert one.score == max(near)[0]
            assert one.nearest_failed == plain.rules(demand).against(nearest)


@given(inputs(), st.dictionaries(st.just(2), profiles), st.dictionaries(st.integers(1, 6), constraints))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_one_parks_rules_never_move_another_parks_rows(
    asked: Inputs, other: dict[int, ParkProfile], own: dict[int, Constraints]
) -> None:
    def of_the_first(found: Proposed) -> Any:
        entries = [one for one in found.entries if one.park_id == 1]
        return entries, [one for one in found.abstentions if one.park_id == 1]

    theirs = {one.id for one in asked.demands if one.park_id == 2}
    moved = replace(
        asked,
        profiles={**asked.profiles, **other},
        constraints={**asked.constraints, **{number: one for number, one in own.items() if number in theirs}},
        excluded=frozenset(pair for pair in asked.excluded if pair[0] not in theirs),
    )
    assert of_the_first(proposed(asked)) == of_the_first(proposed(moved))


@given(inputs(), opinions, st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_people_think_moves_the_matches_of_no_other_demand(
    asked: Inputs, thought: dict[int, dict[int, Opinion]], data: st.DataObject
) -> None:
    asked = replace(asked, profiles={})
    changed = data.draw(st.sampled_from([one.id for one in asked.demands]))
    kept = {demand: held for demand, held in asked.opinions.items() if demand != changed}
    other = replace(asked, opinions={**kept, changed: thought.get(changed, {})})

    def of_others(found: Proposed) -> Any:
        return (
            [one for one in found.entries if one.demand_id != changed],
            [one for one in found.abstentions if one.demand_id != changed],
            found.feed,
        )

    assert of_others(proposed(asked)) == of_others(proposed(other))


@given(inputs())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_demand_of_which_nobody_thinks_anything_is_scored_as_if_there_were_no_feedback(
    asked: Inputs,
) -> None:
    indifferent = replace(
        asked, opinions={one.id: {1: Opinion.GRADED_1, 2: Opinion.GRADED_1} for one in asked.demands}
    )
    without, found = proposed(replace(asked, opinions={})), proposed(indifferent)
    assert found.entries == without.entries
    assert found.abstentions == without.abstentions
    assert not any("feedback" in one.contributions or one.like_id for one in without.entries)


@given(inputs())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_contributions_add_up_to_the_score_and_name_a_judged_achievement_of_the_demand(asked: Inputs) -> None:
    for one in proposed(asked).entries:
        assert sum(one.contributions.values()) == one.score
        assert 0 <= one.score <= 1
        assert ("feedback" in one.contributions) == (one.like_id is not None)
        held = asked.opinions.get(one.demand_id, {})
        assert one.achievement_id not in held or one.like_id is None
        if one.like_id is not None:
            assert held[one.like_id] is one.like_opinion
            assert (OPINION_VALUES[held[one.like_id]] > 0) == (one.contributions["feedback"] > 0)


@given(inputs())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_default_profile_is_no_profile(asked: Inputs) -> None:
    without = replace(asked, profiles={}, constraints={})
    by_default = replace(
        asked,
        profiles=dict.fromkeys(PARKS, ParkProfile()),
        constraints={one.id: Constraints(strict=True) for one in asked.demands},
    )
    one, other = proposed(without), proposed(by_default)
    assert (one.entries, one.feed, one.abstentions) == (other.entries, other.feed, other.abstentions)


def test_what_a_second_look_finds_below_the_threshold_is_said_so_whatever_the_rules_keep_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ranking, "DEPTH", 2)
    dear = [f"{thing}连续制备" for thing in THINGS]
    supply = [
        LiveListing(n, 1, Achievement(title=one, price=Money(low=90.0))) for n, one in enumerate(dear, 1)
    ]
    cheap = LiveListing(9, 1, Achievement(title="某种设备的寿命预测", price=Money(low=5.0)))
    scorer = Scorer("2-test", {"dense": 0.4, "lexical_text": 0.5, "completeness": 0.1}, PRIOR)
    asked = Inputs(
        day=date(2026, 11, 2),
        supply=[*supply, cheap],
        demands=[LiveListing(1, 1, Demand(title="、".join(dear)), 1)],
        profiles={1: ParkProfile(min_score=0.9, constraints=Constraints(max_price=10.0))},
        constraints={},
        excluded=frozenset(),
    )
    found = propose(asked, Method(METHOD.vectors, METHOD.open_channels, Scorers(scorer), 1), silent)
    assert found.entries == []
    assert found.why_not((1, 9)).cause is Cause.BELOW_THRESHOLD


def test_a_threshold_that_a_score_of_nothing_reaches_bars_no_score_below_it() -> None:
    profile, scorer = ParkProfile(min_probability=1e-4), DEFAULT_SCORER
    assert scorer.probability(-0.1) == scorer.probability(0.0) == pytest.approx(165 * 0.03**4, rel=1e-3)
    assert floor_of(profile, scorer) is None
    assert floor_of(replace(profile, min_probability=0.5), scorer) == pytest.approx((1 / 165) ** 0.25 - 0.03)


def test_a_parks_own_scorer_moves_nothing_of_another_parks_demands_in_the_feed() -> None:
    said = [f"{thing}{means}" for thing in THINGS for means in MEANS[:3]]
    asked = Inputs(
        day=date(2026, 11, 2),
        supply=[LiveListing(n, 1, Achievement(title=f"{one}装置")) for n, one in enumerate(said, start=1)],
        demands=[
            LiveListing(n, 1, Demand(title=f"{one}需求", released=True), 1 + n % 2)
            for n, one in enumerate(said, start=1)
        ],
        profiles={},
        constraints={},
        excluded=frozenset(),
    )
    sure = Calibration("learned-1", (Odds(900.0), Odds(800.0), Odds(700.0)), offset=0.03)
    own = Scorer("learned-1", {"lexical_text": 0.1, "dense": 0.9}, sure, learned=True)

    def feed(scorers: Scorers) -> dict[int, list[Proposal]]:
        found = propose(asked, Method(METHOD.vectors, METHOD.open_channels, scorers, K), silent).feed
        return {park: [replace(one, rank=0) for one in found if one.park_id == park] for park in PARKS}

    before, after = feed(Scorers(DEFAULT_SCORER)), feed(Scorers(DEFAULT_SCORER, {1: own}))
    assert after[2] == before[2] != []
    assert {one.score for one in after[1]} != {one.score for one in before[1]}
    assert sorted(pairs_of(after[1])) == sorted(pairs_of(before[1]))
