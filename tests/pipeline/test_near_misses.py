"""Near misses: what single change is said to propose an achievement does propose it."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR, Role
from matcher.domain.counterfactual import NearMiss, changed_rules
from matcher.domain.errors import Forbidden, NotFound
from matcher.domain.listing import Achievement, Demand, Listing, LiveListing, Maturity, Money, Side
from matcher.domain.remedies import remedy
from matcher.domain.rules import Constraints, ParkProfile
from matcher.domain.standings import Cause
from matcher.domain.verdicts import Constraint, Hindrance, Whose
from matcher.matching import near_misses
from matcher.matching.inputs import Inputs
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.exclusions import exclude_pair
from matcher.pipeline.matches.abstentions import list_abstentions
from matcher.pipeline.matches.near_misses import demand_near_misses, park_near_misses
from matcher.pipeline.matches.written import matches_of_demand
from matcher.pipeline.rules.constraints import save_constraints
from matcher.pipeline.rules.profiles import save_profile
from matcher.pipeline.rules.stated import constraints_from, profile_from
from matcher.store.tables import NearMissRow
from tests.matching.test_propose import MEANS, THINGS, achievements, constraints, inputs, proposed
from tests.pipeline.given import Desk, operator_of, row

DAY = date(2026, 11, 2)
LIMITED = st.builds(
    ParkProfile,
    industries=st.sampled_from([{}, {"氢能": 3.0}, {"氢能": 2.0, "材料": 0.5}]),
    partners=st.sampled_from([(), ("乙大学",)]),
    partner_weight=st.sampled_from([0.5, 1.0, 4.0]),
    excluded_organisations=st.sampled_from([(), ("甲所",), ("甲", "甲所")]),
    min_score=st.sampled_from([None, None, 0.2, 0.5]),
    min_probability=st.sampled_from([None, 0.3, 0.6]),
    top_k=st.sampled_from([None, 1, 5]),
    per_organisation=st.sampled_from([None, 1, 2]),
    max_entries=st.sampled_from([None, None, 4]),
    exploration=st.sampled_from([None, None, 0.5]),
    constraints=st.sampled_from([Constraints(), Constraints(max_price=50.0)]) | constraints,
)


@st.composite
def limited(draw: st.DrawFn) -> Inputs:
    """Lists whose park limits what its demands are given, some achievements past their validity."""
    asked = draw(inputs())
    profile = draw(LIMITED)
    only: dict[str, Any] = {
        "only_industries": bool(profile.industries) and draw(st.booleans()),
        "only_partners": bool(profile.partners) and draw(st.booleans()),
    }
    ended = [
        LiveListing(100 + place, 1, replace(one, valid_until=DAY - timedelta(days=9)))
        for place, one in enumerate(draw(st.lists(achievements, max_size=2)))
    ]
    return replace(asked, profiles={1: replace(profile, **only)}, held=frozenset(), lapsed=ended)


def with_change(asked: Inputs, miss: NearMiss) -> Inputs:
    """The same with the change made that the near miss names; what was not stated is stated to fit."""
    change = miss.obstacle.change
    ruled_by = asked.rules_of(next(one for one in asked.demands if one.id == miss.demand_id))
    if miss.obstacle.hindrance is Hindrance.VALIDITY:
        [back] = [one for one in asked.lapsed if one.id == miss.achievement_id]
        valid = replace(back, listing=replace(back.listing, valid_until=date.fromisoformat(change.after)))
        left = [one for one in asked.lapsed if one is not back]
        return replace(asked, supply=[*asked.supply, valid], lapsed=left)
    if change.whose is Whose.ACHIEVEMENT:
        fitting: dict[str, Any] = {
            "price": Money(low=miss.obstacle.wanted),
            "maturity": Maturity(high=miss.obstacle.wanted),
            "modes": (named(miss.obstacle.wanted),),
        }
        stated = fitting.get(change.field, named(miss.obstacle.wanted))
        supply = [
            replace(one, listing=with_field(one.listing, change.field, stated))
            if one.id == miss.achievement_id
            else one
            for one in asked.supply
        ]
        return replace(asked, supply=supply)
    ruled_by = changed_rules(ruled_by, change)
    return replace(
        asked,
        profiles={**asked.profiles, miss.park_id: ruled_by.profile},
        constraints={**asked.constraints, miss.demand_id: ruled_by.own},
    )


def with_field(listing: Listing, field: str, stated: Any) -> Listing:
    assert isinstance(listing, Achievement)
    changes: dict[str, Any] = {field: stated}
    return replace(listing, **changes)


def named(wanted: Any) -> Any:
    return wanted[0] if isinstance(wanted, tuple) and wanted else ""


@pytest.mark.parametrize("read", [60, 3])
@given(limited())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_change_that_is_named_does_propose_the_achievement(read: int, asked: Inputs) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near_misses, "READ", read)
        patch.setattr(near_misses, "DEEPER", 0)
        found = proposed(asked)
    entries = {(one.demand_id, one.achievement_id) for one in found.entries}
    for miss in found.near_misses:
        pair, change = (miss.demand_id, miss.achievement_id), miss.obstacle.change
        event(f"{miss.obstacle.hindrance} {change.whose} {change.after is None}")
        assert pair not in entries
        assert all(remedy(miss.obstacle))
        if change.field in {"industry", "organisation"}:
            continue  # stating one may weigh the achievement anew: no more is promised than another look
        after = proposed(with_change(asked, miss))
        figures = {(one.demand_id, one.achievement_id): one for one in after.entries}
        if pair not in figures:
            assert after.why_not(pair).cause is Cause.QUOTA
            assert asked.profiles[miss.park_id].max_entries is not None
        else:
            assert figures[pair].score == miss.score
            assert figures[pair].probability == miss.probability


@given(limited())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_that_fails_two_constraints_is_a_near_miss_and_there_are_three_at_most(asked: Inputs) -> None:
    found = proposed(asked)
    supply = {one.id: one.listing for one in (*asked.supply, *asked.lapsed)}
    for demand in asked.demands:
        own = [one for one in found.near_misses if one.demand_id == demand.id]
        below = [one for one in own if one.obstacle.hindrance in THRESHOLDS]
        assert len(own) - len(below) <= near_misses.MOST_OF_A_DEMAND
        assert len(below) <= 1
        assert [one.place for one in own] == list(range(1, len(own) + 1))
        for one in own:
            achievement = supply[one.achievement_id]
            assert isinstance(achievement, Achievement)
            failed = asked.rules_of(demand).against(achievement)
            by_rule = one.obstacle.hindrance not in {Hindrance.VALIDITY, *THRESHOLDS}
            assert failed == ((Constraint(one.obstacle.hindrance),) if by_rule else ())


THRESHOLDS = {Hindrance.MIN_SCORE, Hindrance.MIN_PROBABILITY}
VALVE = row("液氢低温阀门密封", "零下二百五十三度不泄漏", unit="甲所", code="S-valve", price="80")
LEAK = row("液氢阀门泄漏检测", "低温密封处的氢气泄漏要在线检测", unit="乙公司", code="D-leak")


@pytest.fixture
def park(desk: Desk) -> int:
    """A park with one demand and one achievement, at 80 万元, that fits it."""
    park = desk.park("one")
    desk.supply(VALVE)
    desk.demands(park, LEAK)
    return park


def save(desk: Desk, **profile: Any) -> None:
    save_profile(desk.database, Request(LOCAL_OPERATOR, desk.now), "one", profile_from(profile))


def misses(desk: Desk) -> list[dict[str, Any]]:
    listed = park_near_misses(desk.database, LOCAL_OPERATOR, "one", desk.now)
    return [one.as_json() for one in listed.items]


def edited(desk: Desk, **changes: Any) -> None:
    desk.edit(desk.shelf()["液氢低温阀门密封"], **changes)


def test_a_ceiling_that_binds_is_named_with_what_it_would_have_to_be(desk: Desk, park: int) -> None:
    save(desk, constraints={"max_price": 50})
    desk.refresh()
    [found] = misses(desk)
    assert (found["constraint"], found["wanted"], found["stated"]) == ("price", 50, 80)
    assert found["change"] == {"of": "park", "field": "max_price", "from": 50, "to": 80, "by": 0.6}
    assert found["change_zh"] == "金额上限由 50 万元提高到 80 万元（+60 %）即可匹配（园区规则）。"
    save(desk, constraints={"max_price": 80})
    desk.refresh()
    assert misses(desk) == []


@pytest.mark.parametrize(
    ("own", "field", "zh"),
    [
        ({"min_maturity": 6}, "min_maturity", "成熟度要求由 6 级降到 5 级即可匹配（需求规则）。"),
        ({"modes": ["技术转让"]}, "modes", "若接受技术许可即可匹配（需求规则）。"),
        ({"regions": ["北京"]}, "regions", "若地区放宽到天津即可匹配（需求规则）。"),
    ],
)
def test_a_demands_own_constraint_is_named_as_its_own(
    desk: Desk, park: int, own: dict[str, Any], field: str, zh: str
) -> None:
    edited(desk, maturity=Maturity(4, 5, "已有样品"), modes=("技术许可",), region="天津")
    demand = desk.demand(park, "液氢阀门泄漏检测").id
    request = Request(LOCAL_OPERATOR, desk.now)
    save_constraints(desk.database, request, demand, constraints_from(own))
    desk.refresh()
    [found] = demand_near_misses(desk.database, LOCAL_OPERATOR, demand, desk.now).items
    assert (found.change.of, found.change.field, found.change_zh) == ("demand", field, zh)


def test_what_a_strict_rule_has_to_know_is_asked_for(desk: Desk, park: int) -> None:
    save(desk, constraints={"min_maturity": 6, "strict": True})
    desk.refresh()
    [found] = misses(desk)
    assert (found["stated"], found["change"]["to"]) == (None, None)
    assert found["change_zh"] == "成果没有写明成熟度；补充成熟度后重新判断。"


def test_where_both_rules_fail_the_achievements_price_is_what_would_change(desk: Desk, park: int) -> None:
    save(desk, constraints={"max_price": 50})
    demand = desk.demand(park, "液氢阀门泄漏检测").id
    own = constraints_from({"max_price": 40})
    save_constraints(desk.database, Request(LOCAL_OPERATOR, desk.now), demand, own)
    desk.refresh()
    [found] = misses(desk)
    assert found["change"] == {"of": "achievement", "field": "price", "from": 80, "to": 40, "by": -0.5}


@pytest.mark.both_engines
def test_an_achievement_whose_validity_ended_is_named_until_it_is_withdrawn(desk: Desk, park: int) -> None:
    edited(desk, valid_until=date(2026, 11, 1))
    desk.refresh()
    [found] = misses(desk)
    assert found["change_zh"] == "成果有效期已于 2026-11-01 届满；延长到 2026-11-02 或以后即可匹配。"
    desk.now += timedelta(days=1)
    assert misses(desk)[0]["change"] | {"by": None} == {
        "of": "achievement",
        "field": "valid_until",
        "from": "2026-11-01",
        "to": "2026-11-03",
        "by": None,
    }
    desk.withdraw(Side.SUPPLY, desk.shelf()["液氢低温阀门密封"])
    assert misses(desk) == []
    desk.refresh()
    with desk.database.reading() as session:
        assert session.scalars(select(NearMissRow)).all() == []


def test_the_nearest_below_a_threshold_says_how_far_it_is(desk: Desk, park: int) -> None:
    desk.refresh()
    demand = desk.demand(park, "液氢阀门泄漏检测").id
    [match] = matches_of_demand(desk.database, demand, DISTRICT, desk.now).items
    assert match.probability is not None
    save(desk, min_probability=0.99)
    desk.refresh()
    [found] = misses(desk)
    assert (found["constraint"], found["stated"]) == ("min_probability", match.probability)
    assert found["change"]["to"] == int(match.probability * 1000) / 1000
    save(desk, min_probability=found["change"]["to"])
    assert desk.refresh().abstentions == 0


def test_an_excluded_pair_and_what_is_proposed_already_are_no_near_misses(desk: Desk, park: int) -> None:
    desk.refresh()
    assert misses(desk) == []
    save(desk, constraints={"max_price": 50})
    pair = desk.demand(park, "液氢阀门泄漏检测").id, desk.shelf()["液氢低温阀门密封"].id
    exclude_pair(desk.database, Request(LOCAL_OPERATOR, desk.now), *pair, reason="企业明确不再考虑")
    desk.refresh()
    assert misses(desk) == []


@pytest.mark.both_engines
def test_near_misses_are_shown_to_those_who_may_read_the_park(desk: Desk, park: int) -> None:
    save(desk, constraints={"max_price": 50})
    desk.refresh()
    demand, other = desk.demand(park, "液氢阀门泄漏检测").id, desk.park("two")
    assert demand_near_misses(desk.database, operator_of(park), demand, desk.now).items
    with pytest.raises(NotFound):
        demand_near_misses(desk.database, operator_of(other), demand, desk.now)
    with pytest.raises(NotFound):
        park_near_misses(desk.database, operator_of(other), "one", desk.now)
    with pytest.raises(Forbidden):
        demand_near_misses(desk.database, operator_of(park, role=Role.RESEARCH_UNIT), demand, desk.now)
    [left] = list_abstentions(desk.database, operator_of(park), desk.now).items
    assert left.as_json()["near_misses"] == misses(desk)


def test_a_night_that_finds_the_same_writes_nothing_of_it_again(desk: Desk, park: int) -> None:
    save(desk, constraints={"max_price": 50})
    first = desk.refresh().run_id
    desk.supply(row("一种完全无关的果蔬保鲜方法", "冷库里的果蔬保鲜", code="S-2"), full=False)
    desk.refresh()
    assert [one["run_id"] for one in misses(desk)] == [first]


def test_how_many_matches_another_park_wants_moves_no_near_miss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_misses, "READ", 1)
    monkeypatch.setattr(near_misses, "DEEPER", 1)
    supply = [
        LiveListing(number, 1, Achievement(title=f"{thing}{means}", price=Money(low=100.0 - number)))
        for number, (thing, means) in enumerate(product(THINGS, MEANS), start=1)
    ]
    asking = [
        LiveListing(1, 1, Demand(title="电解槽隔膜连续制备"), 1),
        LiveListing(2, 1, Demand(title="电解槽隔膜连续制备"), 2),
    ]
    own = ParkProfile(min_score=0.99, top_k=1, constraints=Constraints(max_price=95.0))

    def of_the_first(top_k: int) -> list[NearMiss]:
        asked = Inputs(
            day=DAY,
            supply=supply,
            demands=asking,
            profiles={1: own, 2: replace(own, top_k=top_k)},
            constraints={},
            excluded=frozenset(),
        )
        return [one for one in proposed(asked).near_misses if one.park_id == 1]

    assert of_the_first(1) == of_the_first(16)
