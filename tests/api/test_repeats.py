"""What repeats what, over REST: beside a listing and a match, and never beyond what the caller may see."""

from typing import Any

import pytest

from matcher.domain.access import Role
from tests.api.world import DEMANDS, SUPPLY, World, entries

UNIT = "示例空港物流技术研究所"
AGAIN: dict[str, Any] = {**SUPPLY[0], "code": "CG-9", "organisation": UNIT, "source": "另一份清单"}


def listed_again(world: World) -> int:
    """The first achievement, listed by another unit, too."""
    abstract = f"{AGAIN['abstract']}已有多家企业试用，可提供样品和检测报告。"
    world.admin.patch(f"/v1/achievements/{world.achievements[0]}", json={"abstract": abstract})
    created = world.admin.post("/v1/achievements", json={**AGAIN, "abstract": abstract})
    assert created.json()["repeats"] == [], "no run has looked at it yet"
    world.refresh()
    identifier: int = created.json()["id"]
    return identifier


def test_a_result_listed_twice_is_shown_once_and_names_the_other(world: World) -> None:
    first, second = world.achievements[0], listed_again(world)
    for one, other in ((first, second), (second, first)):
        assert world.yi.get(f"/v1/achievements/{one}").json()["repeats"] == [other]
    listed = {one["id"]: one["repeats"] for one in world.reader.get("/v1/achievements").json()["items"]}
    assert (listed[first], listed[world.achievements[1]]) == ([second], [])
    demand = world.demands["jia"][0]
    matches = world.jia.get(f"/v1/demands/{demand}/matches").json()["items"]
    assert sorted([one["achievement_id"] for one in matches] + matches[0]["also"]) == [
        *world.achievements,
        second,
    ]
    [entry] = [one for one in entries(world.jia, demand_id=demand) if one["rank"] == 1]
    assert entry["also"] == matches[0]["also"]
    assert world.jia.get(f"/v1/ledger/{entry['entry_id']}").json() == entry
    [best, *_] = world.jia.post("/v1/match", json={"text": "电解槽复合隔膜\n耐高温浓碱"}).json()["items"]
    assert sorted([best["achievement_id"], *best["also"]]) == [first, second]


def test_what_is_withdrawn_since_the_run_repeats_nothing(world: World) -> None:
    second = listed_again(world)
    world.admin.post(f"/v1/achievements/{second}/withdraw")
    assert world.admin.get(f"/v1/achievements/{world.achievements[0]}").json()["repeats"] == []
    assert all(one["also"] == [] for one in entries(world.jia))


@pytest.mark.both_engines
def test_a_research_unit_is_not_told_of_another_units_listing(world: World) -> None:
    second = listed_again(world)
    unit = world.server.client(world.server.key("研究所", Role.RESEARCH_UNIT, subject=UNIT))
    assert unit.get(f"/v1/achievements/{second}").json()["repeats"] == []
    feed = unit.get(f"/v1/achievements/{second}/matches").json()["items"]
    assert [one["also"] for one in feed] == [[] for _ in feed]
    assert feed
    whole = world.admin.get(f"/v1/achievements/{second}/matches").json()["items"]
    assert {tuple(one["also"]) for one in whole} == {(world.achievements[0],)}


@pytest.mark.both_engines
def test_a_demand_names_those_of_its_own_park_alone(world: World) -> None:
    demand = {
        **DEMANDS["yi"][0],
        "detail": f"{DEMANDS['yi'][0]['detail']}现用的进口填料价格高、供货不稳，希望替代。",
    }
    again = {
        park: client.post("/v1/demands", json={**demand, "park": park, "code": code}).json()["id"]
        for park, client, code in (("jia", world.jia, "XQ-8"), ("yi", world.yi, "XQ-8"))
    }
    also = world.yi.post("/v1/demands", json={**demand, "park": "yi", "code": "XQ-9"}).json()["id"]
    world.refresh()
    assert world.yi.get(f"/v1/demands/{again['yi']}").json()["repeats"] == [also]
    assert world.admin.get(f"/v1/demands/{also}").json()["repeats"] == [again["yi"]]
    assert world.jia.get(f"/v1/demands/{again['jia']}").json()["repeats"] == []
