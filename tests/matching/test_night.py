"""Nights that build on the night before say what nights say that look at everything."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import matcher.matching.rank as ranking
from matcher.domain.ledger import Pair
from matcher.domain.listing import Achievement, Demand, LiveListing
from matcher.domain.rules import NO_CONSTRAINTS, ParkProfile
from matcher.matching.inputs import Inputs
from matcher.matching.night import Before, Memory
from matcher.matching.propose import Proposed, propose
from matcher.ports import silent
from tests.matching.test_propose import METHOD, achievements, constraints, demands, opinions, profiles

plain_profiles = st.builds(
    ParkProfile,
    top_k=st.sampled_from([None, 1, 2]),
    per_organisation=st.sampled_from([None, None, 1]),
)
some_achievements = st.dictionaries(st.integers(1, 30), achievements, min_size=6, max_size=24)


@st.composite
def nights(draw: st.DrawFn) -> list[Inputs]:
    """A first night, and some after it with a few listings, rules or opinions edited between them."""
    supply = {number: LiveListing(number, 1, one) for number, one in draw(some_achievements).items()}
    asked = draw(st.dictionaries(st.integers(1, 8), st.tuples(demands, st.sampled_from((1, 2))), min_size=3))
    wanting = {number: LiveListing(number, 1, one, park) for number, (one, park) in asked.items()}
    rules = draw(st.dictionaries(st.sampled_from((1, 2)), plain_profiles))
    first = Inputs(date(2026, 11, 2), _by_id(supply), _by_id(wanting), rules, {}, frozenset())
    following = [first]
    for _ in range(draw(st.integers(1, 3))):
        following.append(draw(edited(following[-1])))
    return following


@st.composite
def edited(draw: st.DrawFn, before: Inputs) -> Inputs:
    supply = {one.id: one for one in before.supply}
    wanting = {one.id: one for one in before.demands}
    for number in draw(st.sets(st.integers(1, 30), max_size=3)):
        version = supply[number].version + 1 if number in supply else 1
        supply[number] = LiveListing(number, version, draw(achievements))
    gone = draw(st.sets(st.sampled_from(sorted(supply)), max_size=2))
    ended = [supply.pop(number) for number in sorted(gone)]
    lapsed = [
        replace(one, listing=replace(one.listing, valid_until=before.day))
        for one in ended
        if draw(st.booleans())
    ]
    for number in draw(st.sets(st.integers(1, 8), max_size=1)):
        version, park = (
            (wanting[number].version + 1, wanting[number].park_id) if number in wanting else (1, 1)
        )
        wanting[number] = LiveListing(number, version, draw(demands), park)
    for number in draw(st.sets(st.sampled_from(sorted(wanting)), max_size=1)):
        del wanting[number]
    changed = draw(st.sampled_from(["", "", "", "profile", "constraints", "excluded", "opinions"]))
    return Inputs(
        day=before.day + timedelta(days=1),
        supply=_by_id(supply),
        demands=_by_id(wanting),
        profiles={**before.profiles, 1: draw(profiles)} if changed == "profile" else before.profiles,
        constraints={**before.constraints, draw(st.integers(1, 8)): draw(constraints)}
        if changed == "constraints"
        else before.constraints,
        excluded=before.excluded | {(draw(st.integers(1, 8)), draw(st.integers(1, 30)))}
        if changed == "excluded"
        else before.excluded,
        lapsed=[*(one for one in before.lapsed if one.id not in supply), *lapsed],
        opinions=draw(opinions) if changed == "opinions" else before.opinions,
    )


def _by_id(listings: dict[int, LiveListing]) -> list[LiveListing]:
    return [listings[number] for number in sorted(listings)]


@dataclass
class Ledger:
    """What nights have said so far, by demand, and every pair there ever was."""

    entries: dict[int, list[Any]] = field(default_factory=dict)
    abstentions: dict[int, list[Any]] = field(default_factory=dict)
    near_misses: dict[int, list[Any]] = field(default_factory=dict)
    feed: dict[int, list[Any]] = field(default_factory=dict)
    pairs: set[Pair] = field(default_factory=set)
    memory: Memory | None = None
    looked_at: int = 0

    def night(self, inputs: Inputs, *, whole: bool) -> Proposed:
        """One night, on what the one before left or on everything."""
        held = frozenset(
            (one.demand_id, one.achievement_id) for said in self.entries.values() for one in said
        )
        before = None if whole or self.memory is None else Before(self.memory, self.worked_with)
        found = propose(replace(inputs, held=held), METHOD, silent, before=before)
        for said, new in (
            (self.entries, found.entries),
            (self.abstentions, found.abstentions),
            (self.near_misses, found.near_misses),
        ):
            for number in [number for number in said if number not in found.stands]:
                del said[number]
            by_demand = defaultdict[int, list[Any]](list)
            for one in new:
                by_demand[one.demand_id].append(one)
            assert not by_demand.keys() & found.stands
            said |= by_demand
        for number in [number for number in self.feed if number not in found.feed_stands]:
            del self.feed[number]
        for one in found.feed:
            assert one.achievement_id not in found.feed_stands
            self.feed.setdefault(one.achievement_id, []).append(one)
        self.pairs |= {(one.demand_id, one.achievement_id) for one in found.entries}
        self.memory = found.memory
        self.looked_at += len(inputs.demands) - len(found.stands)
        return found

    def worked_with(self, moved: Collection[int], ended: Collection[int]) -> set[int]:
        """The demands that are paired with one of these."""
        missed = (one for said in self.near_misses.values() for one in said)
        return {demand for demand, achievement in self.pairs if achievement in moved} | {
            one.demand_id for one in missed if one.achievement_id in ended
        }


@pytest.mark.parametrize("reserve", [0, 1, 32])
@given(following=nights())
@settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
def test_nights_on_what_the_last_one_left_say_what_whole_nights_say(
    reserve: int, following: list[Inputs]
) -> None:
    building, whole = Ledger(), Ledger()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "_RESERVE", reserve)
        patch.setattr(ranking, "_SPARE", min(reserve, 2))
        for inputs in following:
            by_change = building.night(inputs, whole=False)
            at_once = whole.night(inputs, whole=True)
            assert building.entries == whole.entries
            assert building.abstentions == whole.abstentions
            assert building.near_misses == whole.near_misses
            assert building.feed == whole.feed
            assert by_change.repeats == at_once.repeats
            for pair in sorted(whole.pairs):
                if pair[0] not in by_change.stands:
                    assert by_change.why_not(pair) == at_once.why_not(pair)


def test_a_night_after_which_nothing_changed_looks_at_nothing() -> None:
    listed = [LiveListing(number, 1, Demand(title=f"电解槽隔膜{number}"), 1) for number in range(1, 5)]
    supply = a_supply_list()
    inputs = Inputs(date(2026, 11, 2), supply, listed, {}, {}, frozenset())
    ledger = Ledger()
    ledger.night(inputs, whole=False)
    again = ledger.night(inputs, whole=False)
    assert again.stands == {1, 2, 3, 4}
    assert again.entries == []


def test_only_demands_that_a_new_achievement_can_enter_are_looked_at() -> None:
    near, far = Demand(title="电解槽隔膜连续制备"), Demand(title="疫苗佐剂寿命预测")
    listed = [LiveListing(1, 1, near, 1), LiveListing(2, 1, far, 1)]
    inputs = Inputs(date(2026, 11, 2), a_supply_list(), listed, {}, {}, frozenset())
    ledger = Ledger()
    ledger.night(inputs, whole=False)
    new = LiveListing(99, 1, achievement("电解槽隔膜连续制备装置"))
    found = ledger.night(replace(inputs, supply=[*inputs.supply, new]), whole=False)
    assert found.stands == {2}
    assert 99 in {entry.achievement_id for entry in found.entries}


def test_a_demand_with_rules_is_looked_at_every_night() -> None:
    demand = LiveListing(1, 1, Demand(title="电解槽隔膜连续制备"), 1)
    strict = replace(NO_CONSTRAINTS, max_price=50.0)
    inputs = Inputs(date(2026, 11, 2), a_supply_list(), [demand], {}, {1: strict}, frozenset())
    ledger = Ledger()
    ledger.night(inputs, whole=False)
    assert ledger.night(inputs, whole=False).stands == frozenset()


def achievement(title: str) -> Achievement:

    return Achievement(title=title)


def a_supply_list() -> list[LiveListing]:
    things = ("电解槽隔膜", "疫苗佐剂", "焊缝图像识别")
    means = ("连续制备", "泄漏检测", "寿命预测", "成套装备", "工艺优化", "在线监测")
    pairs = [f"{thing}{way}" for thing in things for way in means]
    return [LiveListing(number, 1, achievement(title)) for number, title in enumerate(pairs, start=1)]
