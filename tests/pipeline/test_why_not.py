"""Why a demand has nothing, and what would change it: every place that says so says the same true thing."""

from typing import Any

import pytest

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.pipeline.brief.contents import make_brief
from matcher.pipeline.brief.shown import brief_text
from matcher.pipeline.idempotency import Request
from matcher.pipeline.matches.abstentions import list_abstentions
from matcher.pipeline.matches.near_misses import demand_near_misses
from matcher.pipeline.matches.written import matches_of_demand
from matcher.pipeline.rules.profiles import dry_run_profile, save_profile
from matcher.pipeline.rules.stated import profile_from
from tests.pipeline.given import Desk, row

VALVE = row("液氢低温阀门密封", "零下二百五十三度不泄漏", unit="甲所", code="S-valve", price="80")
LEAK = row("液氢阀门泄漏检测", "低温密封处的氢气泄漏要在线检测", unit="乙公司", code="D-leak")

BOUND: dict[str, dict[str, Any]] = {
    "min_probability": {"min_probability": 0.99},
    "min_score": {"min_score": 0.99},
    "price": {"constraints": {"max_price": 50}},
    "organisations": {"excluded_organisations": ["甲所"]},
    "partners": {"partners": ["丙校"], "only_partners": True},
}


@pytest.fixture
def demand(desk: Desk) -> int:
    """A demand, in a park of its own, that one achievement fits."""
    park = desk.park("one")
    desk.supply(VALVE)
    desk.demands(park, LEAK)
    return desk.demand(park, LEAK["title"]).id


def save(desk: Desk, **profile: Any) -> None:
    save_profile(desk.database, Request(LOCAL_OPERATOR, desk.now), "one", profile_from(profile))


@pytest.mark.parametrize("hindrance", BOUND)
def test_every_place_says_the_same_of_a_demand_that_one_rule_leaves_with_nothing(
    desk: Desk, demand: int, hindrance: str
) -> None:
    save(desk, **BOUND[hindrance])
    desk.refresh()
    [miss] = demand_near_misses(desk.database, LOCAL_OPERATOR, demand, desk.now).items
    assert miss.constraint == hindrance
    [left] = list_abstentions(desk.database, LOCAL_OPERATOR, desk.now).items
    assert left.near_misses == [miss]
    assert left.counterfactuals_zh == [miss.change_zh]
    assert left.counterfactuals_en == [miss.change_en]
    binding = left.binding_zh, left.binding_en

    reason = matches_of_demand(desk.database, demand, DISTRICT, desk.now).reason
    assert reason is not None
    assert reason.code == left.reason
    assert reason.zh == binding[0] + miss.change_zh
    assert reason.en == f"{binding[1]} {miss.change_en}"

    same = profile_from(BOUND[hindrance])
    tried = dry_run_profile(desk.refresher(), LOCAL_OPERATOR, "one", same)
    for when in ("abstentions_now", "abstentions_then"):
        [said] = getattr(tried, when)
        assert (said.binding_zh, said.binding_en) == binding

    brief = make_brief(desk.database, LOCAL_OPERATOR, "one", desk.now)
    assert brief.as_json()["abstentions"] == [left.as_json()]
    assert binding[0] in brief_text(brief)


def test_a_probability_that_binds_is_not_called_a_score_nor_a_rule_that_changed(
    desk: Desk, demand: int
) -> None:
    save(desk, min_probability=0.99)
    desk.refresh()
    [left] = list_abstentions(desk.database, LOCAL_OPERATOR, desk.now).items
    assert "得分" not in left.binding_zh
    assert "score" not in left.binding_en
    assert left.nearest is not None
    [zh], [en] = left.counterfactuals_zh, left.counterfactuals_en
    assert zh.startswith(f"概率 {left.nearest.probability:.3f}，低于门槛 0.99")
    assert "its probability being" in en


def test_what_two_thresholds_keep_out_is_told_of_both(desk: Desk, demand: int) -> None:
    save(desk, min_score=0.98, min_probability=0.99)
    desk.refresh()
    assert demand_near_misses(desk.database, LOCAL_OPERATOR, demand, desk.now).items == []
    [left] = list_abstentions(desk.database, LOCAL_OPERATOR, desk.now).items
    score, probability = left.counterfactuals_zh
    assert "得分" in score
    assert "0.98" in score
    assert "概率" in probability
    assert "0.99" in probability
    assert not any("即可匹配" in one for one in left.counterfactuals_zh)


def test_a_rule_and_a_threshold_that_keep_the_nearest_out_are_both_told(desk: Desk, demand: int) -> None:
    save(desk, min_probability=0.99, constraints={"max_price": 50})
    desk.refresh()
    [left] = list_abstentions(desk.database, LOCAL_OPERATOR, desk.now).items
    price, probability = left.counterfactuals_zh
    assert "80 万元" in price
    assert "概率" in probability
    assert not any("即可匹配" in one for one in left.counterfactuals_zh)


def test_near_misses_follow_the_rules_as_they_are_now(desk: Desk, demand: int) -> None:
    save(desk, min_probability=0.99)
    desk.refresh()
    save(desk, min_probability=0.98)
    [miss] = demand_near_misses(desk.database, LOCAL_OPERATOR, demand, desk.now).items
    assert miss.wanted == 0.98
    save(desk)
    assert demand_near_misses(desk.database, LOCAL_OPERATOR, demand, desk.now).items == []
    [left] = list_abstentions(desk.database, LOCAL_OPERATOR, desk.now).items
    assert left.counterfactuals_zh == ["规则或成果已有变动，下次匹配时重新判断。"]
