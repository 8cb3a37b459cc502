from datetime import timedelta

import pytest

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR, Scope
from matcher.domain.calibration import PRIOR
from matcher.domain.errors import NotFound, TooLittleText
from matcher.domain.listing import Achievement, Confidentiality, Contact, Side
from matcher.pipeline.lists import reading, writing
from matcher.pipeline.matches.written import matches_of_achievement, matches_of_demand
from tests.pipeline.conftest import NewDesk
from tests.pipeline.given import Desk, row, rows_of

LEAK = row("液氢阀门泄漏检测", "低温密封处的氢气泄漏要在线检测", unit="乙公司", code="D-leak", released="是")
VALVE = row("液氢低温阀门密封", "零下二百五十三度不泄漏", unit="甲所", code="S-valve")


@pytest.fixture
def desk(new_desk: NewDesk) -> Desk:
    """Matching happens in memory: SQLite alone will do."""
    return new_desk()


@pytest.fixture
def parks(desk: Desk) -> tuple[int, int]:
    """Two parks with demands of the same wordings, and a supply list."""
    one, other = desk.park("one"), desk.park("other")
    desk.supply(VALVE, *rows_of("S", 20, unit="研究所"))
    desk.demands(one, LEAK, *rows_of("D", 15))
    desk.demands(other, {**LEAK, "title": "液氢阀门泄漏检测二"}, *rows_of("D", 15))
    return one, other


def test_a_need_finds_results_and_a_result_finds_needs(desk: Desk, parks: tuple[int, int]) -> None:
    found = desk.matching().match("零下二百五十三度的低温阀门密封", Side.DEMAND, DISTRICT, 5).items
    assert found[0].achievement_code == "S-valve"
    assert (found[0].demand_id, found[0].demand_code, found[0].park) == (None, None, None)
    assert [one.rank for one in found] == [1, 2, 3, 4, 5]
    found = desk.matching().match("一种检测液氢阀门泄漏的方法", Side.SUPPLY, DISTRICT, 2).items
    assert {one.demand_code for one in found} == {"D-leak"}
    assert {one.park for one in found} == {"one", "other"}
    assert all(one.achievement_id is None for one in found)


def test_figures_are_three_and_the_contributions_add_up(desk: Desk, parks: tuple[int, int]) -> None:
    for one in desk.matching().match("液氢阀门泄漏", Side.DEMAND, DISTRICT, 20).items:
        assert sum(one.contributions.values()) == pytest.approx(one.score, abs=1e-12)
        assert 0 <= one.score <= 1
        assert -1 <= one.similarity <= 1
        assert one.probability == PRIOR.probability(one.score)


def test_the_matched_terms_stand_in_both_texts(desk: Desk, parks: tuple[int, int]) -> None:
    [best] = desk.matching().match("要求液氢阀门低温不泄漏", Side.DEMAND, DISTRICT, 1).items
    assert best.terms
    for term in best.terms:
        assert term in "要求液氢阀门低温不泄漏"
        matched = desk.shelf()[best.achievement_title].listing
        assert isinstance(matched, Achievement)
        assert term in best.achievement_title + matched.abstract


def test_a_text_is_matched_as_the_nightly_batch_matches_the_same_listing(
    desk: Desk, parks: tuple[int, int]
) -> None:
    desk.refresh()
    held = desk.demand(parks[0], LEAK["title"])
    written = matches_of_demand(desk.database, held.id, DISTRICT, desk.now).items
    asked = desk.matching().match(f"{LEAK['title']}\n{LEAK['text']}", Side.DEMAND, DISTRICT, 10).items
    assert [(one.achievement_id, one.score, one.similarity, one.terms) for one in asked] == [
        (one.achievement_id, one.score, one.similarity, one.terms) for one in written
    ]


def test_a_park_is_searched_within_its_own_demands_and_gets_k_of_them(
    desk: Desk, parks: tuple[int, int]
) -> None:
    one, other = parks
    scope = Scope(frozenset({one}))
    found = desk.matching().match("检测液氢阀门泄漏", Side.SUPPLY, scope, 10).items
    assert len(found) == 10
    assert {match.park for match in found} == {"one"}
    narrowed = desk.matching().match("检测液氢阀门泄漏", Side.SUPPLY, DISTRICT, 10, park_id=other).items
    assert len(narrowed) == 10
    assert {match.park for match in narrowed} == {"other"}


def test_a_park_outside_the_scope_or_without_demands_gives_nothing(
    desk: Desk, parks: tuple[int, int]
) -> None:
    one, other = parks
    matching = desk.matching()
    assert (
        matching.match("检测液氢阀门泄漏", Side.SUPPLY, Scope(frozenset({one})), 10, park_id=other).items
        == []
    )
    assert matching.match("检测液氢阀门泄漏", Side.SUPPLY, Scope(frozenset()), 10).items == []
    empty = desk.park("empty")
    assert matching.match("检测液氢阀门泄漏", Side.SUPPLY, DISTRICT, 10, park_id=empty).items == []


def test_empty_lists_give_nothing(desk: Desk) -> None:
    for side in Side:
        assert desk.matching().match("检测液氢阀门泄漏", side, DISTRICT, 10).items == []


@pytest.mark.parametrize("text", ["", "  \n ", "，。！", "氢", "检测。"])
def test_too_little_text_is_said_and_not_matched(desk: Desk, text: str) -> None:
    with pytest.raises(TooLittleText):
        desk.matching().match(text, Side.DEMAND, DISTRICT, 10)


def test_contacts_are_masked_in_what_was_asked_and_in_what_is_found(desk: Desk) -> None:
    desk.supply(row("液氢阀门密封，联系13912345678", "零下不泄漏"))
    [found] = (
        desk.matching().match("液氢阀门泄漏请电13812345678或a.b@example.cn", Side.DEMAND, DISTRICT, 1).items
    )
    shown = str(found.as_json())
    assert "139****5678" in shown
    assert "138****5678" in shown
    for hidden in ("13912345678", "13812345678", "a.b@example.cn"):
        assert hidden not in shown


def test_what_may_not_be_matched_is_never_found(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(
        {**VALVE, "level": "秘密"},
        {**VALVE, "code": "S-2", "until": "2026-11-01"},
        {**VALVE, "code": "S-3", "title": "液氢阀门三", "until": "2026-11-02"},
        {**VALVE, "code": "S-4", "title": "液氢阀门四"},
    )
    desk.demands(park, {**LEAK, "level": "秘密"}, {**LEAK, "code": "D-2", "until": "2026-11-01"})
    desk.withdraw(Side.SUPPLY, desk.shelf()["液氢阀门四"])
    matching = desk.matching()
    assert [one.achievement_code for one in matching.match("液氢阀门", Side.DEMAND, DISTRICT, 9).items] == [
        "S-3"
    ]
    assert matching.match("液氢阀门", Side.SUPPLY, DISTRICT, 9).items == []
    desk.now += timedelta(days=1)
    assert matching.match("液氢阀门", Side.DEMAND, DISTRICT, 9).items == [], (
        "it expired at midnight in Beijing"
    )


def test_midnight_is_beijings(desk: Desk) -> None:
    desk.supply({**VALVE, "until": "2026-11-02"})
    matching = desk.matching()
    desk.now = desk.now.replace(hour=15, minute=59)
    assert len(matching.match("液氢阀门", Side.DEMAND, DISTRICT, 9).items) == 1
    desk.now = desk.now.replace(hour=16, minute=0)
    assert matching.match("液氢阀门", Side.DEMAND, DISTRICT, 9).items == []


def test_a_held_index_follows_every_change_of_the_lists(desk: Desk) -> None:
    matching = desk.matching()

    def found() -> list[str]:
        return [
            one.achievement_title for one in matching.match("液氢阀门密封", Side.DEMAND, DISTRICT, 9).items
        ]

    assert found() == []
    desk.supply(VALVE)
    assert found() == ["液氢低温阀门密封"]
    desk.edit(desk.shelf()["液氢低温阀门密封"], title="液氢阀门改名")
    assert found() == ["液氢阀门改名"]
    desk.edit(desk.shelf()["液氢阀门改名"], confidentiality=Confidentiality.SECRET)
    assert found() == []


def test_written_matches_of_another_park_are_not_found(desk: Desk, parks: tuple[int, int]) -> None:
    desk.refresh()
    other = desk.demand(parks[1], "液氢阀门泄漏检测二")
    with pytest.raises(NotFound):
        matches_of_demand(desk.database, other.id, Scope(frozenset({parks[0]})), desk.now)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"withdrawn": True}, "withdrawn"),
        ({"valid_until": "past"}, "expired"),
        ({"confidentiality": Confidentiality.SECRET}, "confidential"),
        ({"title": "短", "detail": ""}, "too_little_text"),
        ({"detail": "刚刚改过"}, "not_matched_yet"),
        ({"organisation": "甲所"}, "own_organisation_only"),
    ],
)
def test_no_matches_come_with_the_constraint_that_bound(
    desk: Desk, changes: dict[str, object], code: str
) -> None:
    park = desk.park("one")
    desk.demands(park, LEAK)
    held = desk.demand(park, LEAK["title"])
    if code != "not_matched_yet":
        desk.supply(VALVE)
    if changes == {"withdrawn": True}:
        desk.withdraw(Side.DEMAND, held)
    else:
        past = (desk.now - timedelta(days=1)).date()
        desk.edit(held, **{name: past if value == "past" else value for name, value in changes.items()})
    if code != "not_matched_yet":
        desk.now += timedelta(minutes=1)
        desk.refresh()
    written = matches_of_demand(desk.database, held.id, DISTRICT, desk.now)
    assert written.items == []
    assert written.reason is not None
    assert written.reason.code == code
    assert written.reason.zh
    assert written.reason.en


def test_an_achievement_without_released_demands_is_told_so(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(VALVE)
    desk.demands(park, {**LEAK, "released": ""})
    desk.refresh()
    valve = desk.shelf()["液氢低温阀门密封"]
    reason = matches_of_achievement(desk.database, valve.id, DISTRICT, desk.now).reason
    assert reason is not None
    assert reason.code == "no_released_demands"
    with pytest.raises(NotFound):
        matches_of_achievement(desk.database, valve.id + 99, DISTRICT, desk.now)


def test_contacts_are_shown_only_to_who_may_see_them_and_that_is_recorded(desk: Desk) -> None:
    listing = Achievement(title="液氢阀门，电13912345678", contact=Contact("张三", "13912345678", "z@a.cn"))
    made = writing.create_listing(desk.database, LOCAL_OPERATOR, listing, desk.now)
    assert "13912345678" not in str(made.as_json())
    assert "张三" not in str(made.as_json())
    seen = reading.get_listing(
        desk.database, Side.SUPPLY, made.id, LOCAL_OPERATOR, desk.now, unmask=True
    ).as_json()
    assert seen["contact"] == {"name": "张三", "phone": "13912345678", "email": "z@a.cn"}
