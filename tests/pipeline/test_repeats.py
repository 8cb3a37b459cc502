from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR, Scope
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.listing import Achievement, Demand, Listing, LiveListing, Side, text_of
from matcher.domain.rules import ParkProfile
from matcher.matching.repeats import repeats
from matcher.matching.searchable import Searchable
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.ledger.exclusions import exclude_pair, lift_exclusion
from matcher.pipeline.lists.answers import DemandAnswer
from matcher.pipeline.matches.written import matches_of_demand
from matcher.pipeline.rules.profiles import save_profile
from matcher.store import repeats as stored
from matcher.store.catalogue import Shelf
from matcher.store.tables import Repeat
from tests.pipeline.given import Desk, Row, row

TITLE = "液氢阀门低温密封泄漏在线检测技术"
TEXT = (
    "在液氢阀门的低温密封处布置光纤氢敏元件，在线测出微小泄漏并给出位置，响应时间短于2秒，"
    "已在示例试验台上连续运行，适用于液氢贮罐、加注管路和阀门组件的安全监测。"
)
WANTED = row("液氢阀门泄漏检测", "低温密封处的氢气泄漏要在线检测，响应要快", code="D-1", unit="示例企业")

Groups = set[frozenset[int]]


def index_of(listings: Sequence[tuple[int | None, Listing]]) -> Searchable:
    live = tuple(LiveListing(place, 1, one, park) for place, (park, one) in enumerate(listings))
    return Searchable(
        live, tuple(text_of(one.listing) for one in live), np.zeros((len(live), 1), np.float32), {}
    )


def groups_of(index: Searchable) -> Groups:
    """Ids that are grouped."""
    together = defaultdict[int, set[int]](set)
    for one, number in zip(index.listings, repeats(index).numbers.tolist(), strict=True):
        if number >= 0:
            together[number].add(one.id)
    return {frozenset(group) for group in together.values()}


def of_supply(*listings: Achievement) -> Groups:
    return groups_of(index_of([(None, one) for one in listings]))


def test_a_result_listed_by_two_units_and_once_cut_off_is_one() -> None:
    one = Achievement(title=TITLE, abstract=TEXT, organisation="示例一所")
    cut = Achievement(title=TITLE, abstract=TEXT[:60], organisation="示例二所")
    named = Achievement(title=f"示例三所“{TITLE}”", abstract=TEXT, organisation="示例三所")
    other = Achievement(title=f"{TITLE}（二）", abstract=TEXT, organisation="示例一所")
    assert of_supply(one, other, cut, named) == {frozenset({0, 2, 3})}


def test_a_chain_of_likenesses_does_not_join_its_ends() -> None:
    start = TEXT[:60]
    ends = [f"{start}之后建成{size}立方米贮罐的示范线，由示例公司运营。" for size in (100, 300)]
    full, fuller, cut = (
        Achievement(title=TITLE, abstract=text) for text in (ends[0], f"{ends[1]}已验收。", start)
    )
    assert of_supply(full, cut) == {frozenset({0, 1})}
    assert of_supply(fuller, cut) == {frozenset({0, 1})}
    assert of_supply(full, fuller) == set()
    assert of_supply(full, cut, fuller) == {frozenset({1, 2})}, "the fullest has what both could have"
    titles = (f"{TITLE}及装备", TITLE, f"{TITLE}与工艺")
    link = [Achievement(title=title, abstract=TEXT[: 75 - place]) for place, title in enumerate(titles)]
    assert of_supply(*link[1:]) == {frozenset({0, 1})}
    assert of_supply(*link) == {frozenset({0, 1})}


def test_demands_are_one_within_a_park_and_never_across_parks() -> None:
    demand = Demand(title=TITLE, detail=TEXT)
    index = index_of([(1, demand), (2, demand), (1, demand), (3, demand)])
    assert groups_of(index) == {frozenset({0, 2})}


WORDINGS = (
    Achievement(title=TITLE, abstract=TEXT),
    Achievement(title=TITLE, abstract=TEXT[:60], organisation="示例一所"),
    Achievement(title=f"{TITLE}及装备", abstract=TEXT),
    Achievement(title=f"{TITLE}（二）", abstract=TEXT),
    Achievement(title=TITLE, abstract=TEXT.replace("2秒", "5秒")),
    Achievement(title=TITLE),
    Achievement(title="膜电极"),
    Achievement(title="膜电极", organisation="示例一所"),
)


@given(st.lists(st.sampled_from(range(len(WORDINGS))), max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_who_is_together_does_not_depend_on_the_order_of_the_list(listed: list[int], random: Any) -> None:
    places = list(range(len(listed)))
    random.shuffle(places)
    mixed = index_of([(None, WORDINGS[listed[place]]) for place in places])
    moved = {frozenset(places[at] for at in group) for group in groups_of(mixed)}
    straight = index_of([(None, WORDINGS[at]) for at in listed])
    assert moved == groups_of(straight)
    for group in groups_of(straight):
        assert int(repeats(straight).numbers[min(group)]) == min(group), "numbered by the first"


def test_a_form_of_words_that_everyone_uses_joins_nothing_and_costs_little() -> None:
    parts = "甲乙丙丁戊己庚辛壬癸"
    many = [
        Achievement(title=f"示例科技成果之{one}{other}{third}项", abstract=f"{one}{other}{third}" * 30)
        for one in parts
        for other in parts
        for third in parts
    ]
    assert of_supply(*many) == set()


@dataclass
class Office:
    """A park of one demand, and results for it."""

    desk: Desk
    park: int

    def entries(self) -> list[EntryView]:
        wanted = EntryFilter(park_id=self.park)
        return list_entries(self.desk.database, DISTRICT, wanted)[0]

    def shown(self) -> list[str]:
        """The codes of the current entries, best first."""
        return [one.achievement_code for one in self.entries() if one.standing == "current"]

    def profile(self, **columns: Any) -> None:
        request = Request(LOCAL_OPERATOR, self.desk.now)
        save_profile(self.desk.database, request, "one", ParkProfile(**columns))


def twin(code: str, unit: str, **changes: str) -> Row:
    return row(changes.get("title", TITLE), changes.get("text", TEXT), code=code, unit=unit)


OTHERS = (
    row(
        "光纤氢敏传感器批量制备", "光纤氢敏元件的镀膜和封装，用于氢气泄漏监测。", code="S-8", unit="示例一所"
    ),
    row("土壤墒情遥感反演", "用卫星影像反演农田墒情。", code="S-9", unit="示例二所"),
)


@pytest.fixture
def office(desk: Desk) -> Office:
    office = Office(desk, desk.park("one"))
    desk.supply(twin("S-1", "示例一所"), *OTHERS)
    desk.demands(office.park, WANTED)
    desk.refresh()
    return office


@pytest.mark.both_engines
def test_a_twin_listed_later_does_not_push_out_the_pair_that_people_have(office: Office) -> None:
    [first, *_] = office.entries()
    assert first.achievement_code == "S-1"
    closer = f"{TEXT}低温密封处的氢气泄漏在线检测，响应快。"
    office.desk.supply(twin("S-0", "示例二所", text=closer), source="另一份清单")
    office.desk.refresh()
    assert office.shown() == ["S-1", "S-8", "S-9"]
    [now, *_] = office.entries()
    assert (now.id, now.score) == (first.id, first.score)
    [added] = [one.id for one in office.desk.live(Side.SUPPLY) if one.code == "S-0"]
    assert now.also == (added,)
    with office.desk.database.reading() as session:
        alone = matches_of_demand(
            office.desk.database, now.demand_id, Scope(frozenset({office.park})), office.desk.now
        )
        assert alone.items[0].also == [added]
        assert stored.others(session, Side.SUPPLY, [added], DISTRICT) == {added: (now.achievement_id,)}
    office.desk.withdraw(Side.SUPPLY, office.desk.shelf()[TITLE])
    office.desk.refresh()
    assert office.shown()[0] == "S-0", "it takes the place of what was withdrawn"


def test_the_closer_of_two_new_twins_is_shown_and_stays_when_nothing_changed(desk: Desk) -> None:
    office = Office(desk, desk.park("one"))
    closer = f"{TEXT}低温密封处的氢气泄漏在线检测，响应快。"
    desk.supply(twin("S-1", "示例一所"), twin("S-2", "示例二所", text=closer), *OTHERS)
    desk.demands(office.park, WANTED)
    desk.refresh()
    assert office.shown() == ["S-2", "S-8", "S-9"]
    desk.supply(row("与之无关的冷链仓库调度", "冷链仓库的排班与调度。", code="S-3"), source="另一份清单")
    report = desk.refresh()
    assert office.shown()[0] == "S-2"
    assert report.entries_vanished == 0


def test_an_excluded_pair_does_not_come_back_through_a_twin(office: Office) -> None:
    [first, *_] = office.entries()
    request = Request(LOCAL_OPERATOR, office.desk.now)
    excluded = exclude_pair(office.desk.database, request, first.demand_id, first.achievement_id, "已合作过")
    office.desk.supply(twin("S-0", "示例二所"), source="另一份清单")
    office.desk.refresh()
    assert office.shown() == ["S-8", "S-9"]
    lift_exclusion(office.desk.database, request, excluded.exclusion_id)
    office.desk.refresh()
    assert len(office.shown()) == 3


@pytest.mark.both_engines
def test_a_twin_that_was_current_leaves_as_excluded(desk: Desk) -> None:
    office = Office(desk, desk.park("one"))
    desk.supply(twin("S-1", "示例一所"), *OTHERS)
    desk.demands(office.park, WANTED)
    desk.refresh()
    [row_of] = [one for one in office.entries() if one.achievement_code == "S-1"]
    desk.supply(twin("S-0", "示例二所", title=f"{TITLE}（二）"), source="另一份清单")
    desk.refresh()
    [part] = [one for one in office.entries() if one.achievement_code == "S-0"]
    exclude_pair(
        desk.database, Request(LOCAL_OPERATOR, desk.now), row_of.demand_id, row_of.achievement_id, "不合适"
    )
    desk.edit(desk.shelf(Shelf(Side.SUPPLY, source="另一份清单"))[f"{TITLE}（二）"], title=TITLE)
    desk.refresh()
    [now] = [one for one in office.entries() if one.id == part.id]
    assert (now.standing, now.cause) == ("vanished", "excluded")


def test_a_unit_has_its_share_of_results_that_are_not_one_anothers_twins(desk: Desk) -> None:
    office = Office(desk, desk.park("one"))
    desk.supply(
        twin("S-1", "示例一所"),
        twin("S-2", "示例一所", text=TEXT[:60]),
        row("液氢阀门低温密封件", "低温密封件的材料与结构，用于液氢阀门。", code="S-3", unit="示例一所"),
        *OTHERS,
    )
    desk.demands(office.park, WANTED)
    office.profile(per_organisation=2)
    desk.refresh()
    assert len({"S-1", "S-2"} & set(office.shown())) == 1
    assert len({"S-1", "S-2", "S-3", "S-8"} & set(office.shown())) == 2
    assert "S-9" in office.shown()


@pytest.mark.both_engines
def test_the_record_of_repeats_follows_the_lists_and_keeps_parks_apart(desk: Desk) -> None:
    one, two = desk.park("one"), desk.park("two")
    again = {**WANTED, "code": "D-2"}
    longer = f"{WANTED['text']}，" + "现有的检漏办法要停机拆检，费时费力，也找不出微小的泄漏。" * 2
    for park, rows in ((one, [WANTED, again]), (two, [WANTED])):
        desk.demands(park, *({**asked, "text": longer} for asked in rows))
    desk.supply(twin("S-1", "示例一所"), *OTHERS)
    desk.refresh()
    live = [item for item in desk.live(Side.DEMAND) if isinstance(item, DemandAnswer)]
    mine = [item.id for item in live if item.park == "one"]
    theirs = [item.id for item in live if item.park == "two"]
    with desk.database.reading() as session:
        written = session.scalars(select(Repeat)).all()
        assert [(row.side, row.listing_id, row.first_id, row.park_id) for row in written] == [
            ("demand", mine[1], mine[0], one)
        ]
        alike = stored.others(session, Side.DEMAND, [*mine, *theirs], DISTRICT)
        assert alike == {mine[0]: (mine[1],), mine[1]: (mine[0],)}
        assert stored.others(session, Side.DEMAND, mine, Scope(frozenset({two}))) == {}
    assert [item.repeats for item in desk.live(Side.DEMAND)] == [(mine[1],), (mine[0],), ()]
