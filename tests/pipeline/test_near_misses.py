"""Near misses: what single change is said to propose an achievement does propose it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from matcher.domain.counterfactual import Hindrance, NearMiss, Whose, changed_rules
from matcher.domain.ledger import Cause
from matcher.domain.listing import Achievement, Maturity, Money
from matcher.domain.remedies import remedy
from matcher.domain.rules import Constraint, Constraints, ParkProfile
from matcher.pipeline.propose import Inputs
from matcher.store.catalogue import LiveListing
from tests.pipeline.test_propose import achievements, constraints, inputs, proposed

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
    only = {
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
    rules = asked.rules_of(next(one for one in asked.demands if one.id == miss.demand_id))
    if miss.obstacle.hindrance is Hindrance.VALIDITY:
        [back] = [one for one in asked.lapsed if one.id == miss.achievement_id]
        valid = replace(back, listing=replace(back.listing, valid_until=date.fromisoformat(change.after)))
        left = [one for one in asked.lapsed if one is not back]
        return replace(asked, supply=[*asked.supply, valid], lapsed=left)
    if change.whose is Whose.ACHIEVEMENT:
        stated = {
            "price": Money(low=miss.obstacle.wanted),
            "maturity": Maturity(high=miss.obstacle.wanted),
            "modes": (named(miss.obstacle.wanted),),
        }.get(change.field, named(miss.obstacle.wanted))
        supply = [
            replace(one, listing=replace(one.listing, **{change.field: stated}))
            if one.id == miss.achievement_id
            else one
            for one in asked.supply
        ]
        return replace(asked, supply=supply)
    rules = changed_rules(rules, change)
    return replace(
        asked,
        profiles={**asked.profiles, miss.park_id: rules.profile},
        constraints={**asked.constraints, miss.demand_id: rules.own},
    )


def named(wanted: Any) -> Any:
    return wanted[0] if isinstance(wanted, tuple) and wanted else ""


@given(limited())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_change_that_is_named_does_propose_the_achievement(asked: Inputs) -> None:
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
