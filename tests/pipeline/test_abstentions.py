"""Demands without a credible supply: why, how near the nearest came, what would change it."""

from typing import Any

import pytest
from sqlalchemy import select

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR, Role
from matcher.domain.errors import Forbidden, NotFound
from matcher.domain.listing import Side
from matcher.pipeline.cursors import after_id
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.exclusions import exclude_pair
from matcher.pipeline.matches.abstentions import list_abstentions
from matcher.pipeline.matches.written import matches_of_demand
from matcher.pipeline.rules.constraints import save_constraints
from matcher.pipeline.rules.profiles import save_profile
from matcher.pipeline.rules.stated import constraints_from, profile_from
from matcher.store.tables import AbstentionRow
from tests.pipeline.given import Desk, operator_of, row

VALVE = row("液氢低温阀门密封", "零下二百五十三度不泄漏", unit="甲所", code="S-valve", price="300")
LEAK = row("液氢阀门泄漏检测", "低温密封处的氢气泄漏要在线检测", unit="乙公司", code="D-leak")


def listed(desk: Desk, park: str | None = None) -> list[dict[str, Any]]:
    page = list_abstentions(desk.database, LOCAL_OPERATOR, desk.now, park=park)
    return [one.as_json() for one in page.items]


def the_one(desk: Desk) -> dict[str, Any]:
    [found] = listed(desk)
    return found


def rows(desk: Desk) -> list[tuple[int, int, int]]:
    with desk.database.reading() as session:
        found = session.scalars(select(AbstentionRow).order_by(AbstentionRow.id))
        return [(one.id, one.run_id, one.since_run_id) for one in found]


def save(desk: Desk, **profile: Any) -> None:
    save_profile(desk.database, Request(LOCAL_OPERATOR, desk.now), "one", profile_from(profile))


@pytest.fixture
def park(desk: Desk) -> int:
    """A park with one demand and one achievement, at 300 万元, that fits it."""
    park = desk.park("one")
    desk.supply(VALVE)
    desk.demands(park, LEAK)
    return park


def test_a_demand_that_has_a_match_is_not_listed(desk: Desk, park: int) -> None:
    assert desk.refresh().abstentions == 0
    assert listed(desk) == []


def test_a_price_that_binds_is_named_with_the_ceiling_that_would_do(desk: Desk, park: int) -> None:
    save(desk, constraints={"max_price": 120})
    assert desk.refresh().abstentions == 1
    found = the_one(desk)
    assert (found["reason"], found["ruled_out"]) == ("constraints", {"price": 1})
    assert found["nearest"]["achievement_title"] == VALVE["title"]
    assert found["nearest"]["failed"] == ["price"]
    assert found["nearest"]["score"] > 0
    assert "金额上限 1 项" in found["binding_zh"]
    [change] = found["counterfactuals_zh"]
    assert "120 万元" in change
    assert "300 万元" in change


def test_a_threshold_that_binds_is_named_with_the_score_that_was_reached(desk: Desk, park: int) -> None:
    save(desk, min_score=0.99)
    desk.refresh()
    found = the_one(desk)
    assert (found["reason"], found["ruled_out"], found["nearest"]["failed"]) == ("below_threshold", {}, [])
    assert f"{found['nearest']['score']:.3f}" in found["counterfactuals_zh"][0]
    assert "0.99" in found["counterfactuals_en"][0]


def test_what_is_ones_own_or_excluded_is_no_nearest_miss(desk: Desk, park: int) -> None:
    desk.refresh()
    desk.supply({**VALVE, "code": "S-own", "title": "液氢阀门泄漏检测仪", "unit": "乙公司"})
    demand, valve = desk.demand(park, LEAK["title"]).id, desk.shelf()[VALVE["title"]].id
    exclude_pair(desk.database, Request(LOCAL_OPERATOR, desk.now), demand, valve, "技术路线不符")
    desk.refresh()
    found = the_one(desk)
    assert (found["reason"], found["nearest"]) == ("constraints", None)
    assert found["ruled_out"] == {"own_organisation": 1, "excluded": 1}
    assert "揭榜" in found["counterfactuals_zh"][0]


def test_a_full_park_leaves_the_demand_that_it_prefers_least(desk: Desk, park: int) -> None:
    desk.demands(park, row(VALVE["title"], VALVE["text"], unit="丁公司", code="D-better"))
    save(desk, max_entries=1)
    desk.refresh()
    found = the_one(desk)
    assert (found["demand_title"], found["reason"]) == (LEAK["title"], "quota")
    assert found["nearest"]["failed"] == []


@pytest.mark.both_engines
def test_too_little_text_and_no_supply_are_reasons_of_their_own(desk: Desk, park: int) -> None:
    desk.demands(park, row("阀", unit="丁公司", code="D-short"))
    desk.withdraw(Side.SUPPLY, desk.shelf()[VALVE["title"]])
    desk.refresh()
    assert {one["demand_code"]: (one["reason"], one["nearest"]) for one in listed(desk)} == {
        "D-leak": ("no_supply", None),
        "D-short": ("too_little_text", None),
    }


@pytest.mark.both_engines
def test_a_row_keeps_the_run_that_found_it_first_and_is_written_only_where_it_changes(
    desk: Desk, park: int
) -> None:
    save(desk, min_score=0.99)
    first = desk.refresh().run_id
    assert rows(desk) == [(1, first, first)]
    desk.demands(park, row("不相干的需求：大蒜提取", unit="丁公司", code="D-garlic"))
    second = desk.refresh().run_id
    assert rows(desk) == [(1, first, first), (2, second, second)]
    save(desk, min_score=0.99, constraints={"max_price": 1})
    third = desk.refresh().run_id
    assert rows(desk) == [(1, third, first), (2, third, second)]
    save(desk, likely=0.000_01, possible=0.000_01)
    assert desk.refresh().abstentions == 0
    assert rows(desk) == []
    save(desk, min_score=0.99)
    fourth = desk.refresh().run_id
    assert {since for _, _, since in rows(desk)} == {fourth}, "the count begins anew"


@pytest.mark.both_engines
def test_a_demand_whose_matches_are_not_likely_is_listed_by_its_parks_own_line(desk: Desk, park: int) -> None:
    demand = desk.demand(park, LEAK["title"]).id
    save(desk, likely=0.999_999)
    assert desk.refresh().abstentions == 1
    [listed] = list_abstentions(desk.database, LOCAL_OPERATOR, desk.now).items
    assert listed.reason.value == "none_likely"
    written = matches_of_demand(desk.database, demand, DISTRICT, desk.now)
    assert [match.achievement_id for match in written.items] == [
        listed.nearest and listed.nearest.achievement_id
    ]
    assert written.reason is not None
    assert written.reason.code == "none_likely"
    save(desk)
    assert desk.refresh().abstentions == 0
    assert matches_of_demand(desk.database, demand, DISTRICT, desk.now).reason is None


@pytest.mark.both_engines
def test_a_demand_asked_for_its_matches_says_what_binds_and_what_would_change_it(
    desk: Desk, park: int
) -> None:
    demand = desk.demand(park, LEAK["title"]).id

    def reason() -> tuple[str, str]:
        written = matches_of_demand(desk.database, demand, DISTRICT, desk.now)
        assert written.items == []
        assert written.reason is not None
        return written.reason.code, written.reason.zh

    save(desk, constraints={"max_price": 120})
    desk.refresh()
    assert reason()[0] == "constraints"
    assert "300 万元" in reason()[1]
    save(desk, min_score=0.99)
    desk.refresh()
    assert reason()[0] == "below_threshold"
    save(desk)
    desk.refresh()
    desk.withdraw(Side.SUPPLY, desk.shelf()[VALVE["title"]])
    desk.supply(row("氢气泄漏在线检测仪", "低温", unit="丙所", code="S-2"))
    assert reason()[0] == "not_matched_yet", "what was proposed is gone since, and another is there"


def test_a_demand_withdrawn_since_the_run_is_not_listed(desk: Desk, park: int) -> None:
    save(desk, min_score=0.99)
    desk.refresh()
    desk.withdraw(Side.DEMAND, desk.demand(park, LEAK["title"]))
    assert listed(desk) == []
    desk.refresh()
    assert rows(desk) == []


@pytest.mark.both_engines
def test_each_park_sees_its_own_a_page_at_a_time_with_contacts_masked(desk: Desk, park: int) -> None:
    other = desk.park("other")
    desk.demands(park, row("液氢阀门维修 请致电 13800005555", LEAK["text"], unit="丙公司", code="D-2"))
    desk.demands(other, {**LEAK, "title": "别园的液氢阀门需求"})
    for code in ("one", "other"):
        profile = profile_from({"min_score": 1})
        save_profile(desk.database, Request(LOCAL_OPERATOR, desk.now), code, profile)
    desk.refresh()
    assert len(listed(desk)) == 3
    assert {one["park"] for one in listed(desk, "other")} == {"other"}
    operator = operator_of(park)
    first = list_abstentions(desk.database, operator, desk.now, limit=1)
    assert first.next_cursor is not None
    assert after_id("abstentions", first.next_cursor) == first.items[0].abstention_id
    rest = list_abstentions(desk.database, operator, desk.now, cursor=first.next_cursor, limit=5)
    assert rest.next_cursor is None
    titles = {one.demand_title for one in (*first.items, *rest.items)}
    assert titles == {LEAK["title"], "液氢阀门维修 请致电 138****5555"}
    with pytest.raises(NotFound):
        list_abstentions(desk.database, operator, desk.now, park="other")
    with pytest.raises(Forbidden):
        list_abstentions(desk.database, operator_of(role=Role.RESEARCH_UNIT), desk.now)


def test_sentences_follow_the_rules_as_they_are_now(desk: Desk, park: int) -> None:
    save(desk, constraints={"max_price": 120})
    desk.refresh()
    save(desk, constraints={"max_price": 500})
    [change] = the_one(desk)["counterfactuals_zh"]
    assert "重新判断" in change
    own = constraints_from({"max_price": 200})
    demand = desk.demand(park, LEAK["title"]).id
    save_constraints(desk.database, Request(LOCAL_OPERATOR, desk.now), demand, own)
    [change] = the_one(desk)["counterfactuals_zh"]
    assert "200 万元" in change
