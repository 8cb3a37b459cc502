"""Many listings changed at once over REST: all of them or none, with versions, filters and a dry run."""

from typing import Any

import httpx
import pytest

from tests.api.world import World


def new_demand(world: World, title: str, **fields: Any) -> int:
    made = world.jia.post("/v1/demands", json={"park": "jia", "title": title, **fields})
    assert made.status_code == 201, made.text
    number: int = made.json()["id"]
    return number


def bulk(client: httpx.Client, act: str, numbers: list[int], **more: Any) -> httpx.Response:
    headers = more.pop("headers", {})
    params = more.pop("params", {})
    body = {"act": act, "items": [{"id": number} for number in numbers], **more}
    return client.post("/v1/demands/bulk", json=body, headers=headers, params=params)


@pytest.mark.both_engines
def test_fields_are_set_withdrawn_and_restored_for_many_at_once(world: World) -> None:
    numbers = [new_demand(world, f"除霜需求{n}", region="北京") for n in range(3)]
    fields = {"region": "大兴", "valid_until": "2027-12-31"}
    tried = bulk(world.jia, "set", numbers, fields=fields, params={"dry_run": True}).json()
    assert (tried["dry_run"], tried["changed"], tried["items"][0]["version"]) == (True, 3, 1)
    assert world.jia.get(f"/v1/demands/{numbers[0]}").json()["region"] == "北京"
    done = bulk(world.jia, "set", numbers, fields=fields).json()
    assert [(one["id"], one["version"], one["changed"]) for one in done["items"]] == [
        (number, 2, True) for number in numbers
    ]
    for number in numbers:
        read = world.jia.get(f"/v1/demands/{number}").json()
        assert (read["region"], read["valid_until"], read["version"]) == ("大兴", "2027-12-31", 2)
    assert bulk(world.jia, "set", numbers, fields=fields).json()["changed"] == 0
    gone = bulk(world.jia, "withdraw", numbers[:2]).json()
    assert {one["status"] for one in gone["items"]} == {"withdrawn"}
    back = bulk(world.jia, "restore", numbers).json()
    assert [one["changed"] for one in back["items"]] == [True, True, False]
    assert {one["status"] for one in back["items"]} == {"live"}
    acts = [one["act"] for one in world.jia.get(f"/v1/demands/{numbers[0]}/revisions").json()["items"]]
    assert acts == ["restored", "withdrawn", "edited", "created"]


def test_setting_a_field_leaves_a_withdrawn_listing_withdrawn(world: World) -> None:
    number = new_demand(world, "除霜需求")
    world.jia.post(f"/v1/demands/{number}/withdraw")
    done = bulk(world.jia, "set", [number], fields={"region": "大兴"}).json()
    assert (done["items"][0]["status"], done["changed"]) == ("withdrawn", 1)
    restored = world.jia.post(f"/v1/demands/{number}/restore")
    assert (restored.json()["status"], restored.json()["region"]) == ("live", "大兴")
    assert world.jia.post(f"/v1/demands/{number}/restore").json()["version"] == 4, "restored once"
    stale = world.jia.post(f"/v1/demands/{number}/restore", headers={"If-Match": '"3"'})
    assert stale.status_code == 412


def test_a_filter_changes_what_the_caller_has_seen_and_nothing_else(world: World) -> None:
    numbers = [new_demand(world, f"冷库除霜{n}") for n in range(2)]
    chosen = {"park": "jia", "q": "冷库除霜"}
    body = {"act": "withdraw", "filter": {**chosen, "count": 3}}
    refused = world.jia.post("/v1/demands/bulk", json=body)
    assert (refused.status_code, refused.json()["field"]) == (409, "count")
    body["filter"] = {**chosen, "count": 2}
    done = world.jia.post("/v1/demands/bulk", json=body).json()
    assert [one["id"] for one in done["items"]] == numbers
    foreign = {"act": "withdraw", "filter": {"park": "yi", "count": 1}}
    assert world.jia.post("/v1/demands/bulk", json=foreign).status_code == 404


def refusals(world: World, numbers: list[int]) -> list[tuple[httpx.Response, int, str | None]]:
    stale = [{"id": numbers[0], "version": 1}, {"id": numbers[1], "version": 7}]
    by_version = {"act": "withdraw", "items": stale}
    return [
        (bulk(world.jia, "withdraw", [*numbers, world.demands["yi"][0]]), 404, "items"),
        (world.jia.post("/v1/demands/bulk", json=by_version), 412, "items"),
        (bulk(world.jia, "set", numbers, fields={"organisation": "同一公司"}), 409, "fields"),
        (bulk(world.jia, "set", numbers, fields={"title": "同名"}), 422, "fields.title"),
        (bulk(world.jia, "set", numbers), 422, "fields"),
        (bulk(world.jia, "withdraw", []), 422, "items"),
        (world.jia.post("/v1/demands/bulk", json={"act": "withdraw"}), 422, None),
    ]


def test_one_listing_that_cannot_be_changed_keeps_all_as_they_are(world: World) -> None:
    numbers = [new_demand(world, "同名需求", organisation=name) for name in ("甲公司", "乙公司")]
    for answer, status, field in refusals(world, numbers):
        assert (answer.status_code, answer.json()["field"]) == (status, field), answer.text
    for number in numbers:
        assert world.jia.get(f"/v1/demands/{number}").json()["version"] == 1


def test_a_repeated_bulk_change_is_done_once(world: World) -> None:
    number = new_demand(world, "除霜需求")
    key = {"Idempotency-Key": "bulk-1"}
    first = bulk(world.jia, "withdraw", [number], headers=key)
    world.jia.post(f"/v1/demands/{number}/restore")
    again = bulk(world.jia, "withdraw", [number], headers=key)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert world.jia.get(f"/v1/demands/{number}").json()["status"] == "live"


@pytest.mark.both_engines
def test_a_filter_chooses_by_what_fields_say_just_so(world: World) -> None:
    said = [
        {"organisation": "除霜甲公司", "industry": "氢能", "region": "大兴"},
        {"organisation": "除霜甲公司", "industry": "氢能"},
        {"organisation": "除霜甲公司二厂", "industry": "氢能", "region": "大兴"},
    ]
    first, second, third = (new_demand(world, f"除霜{n}", **fields) for n, fields in enumerate(said))
    cases: list[tuple[dict[str, str], list[int]]] = [
        ({"organisation": "除霜甲公司"}, [first, second]),
        ({"organisation": "除霜甲公司", "region": "大兴"}, [first]),
        ({"q": "除霜", "industry": "氢能", "region": ""}, [second]),
        ({"q": "除霜", "region": "大兴"}, [first, third]),
        ({"organisation": " 除霜甲公司　"}, [first, second]),
    ]
    for chosen, meant in cases:
        listed = world.jia.get("/v1/demands", params={"park": "jia", **chosen}).json()["items"]
        assert [one["id"] for one in listed] == meant
        chosen_by = {"park": "jia", **chosen, "count": len(meant)}
        body = {"act": "set", "filter": chosen_by, "fields": {"valid_until": "2028-12-31"}}
        tried = world.jia.post("/v1/demands/bulk", json=body, params={"dry_run": True}).json()
        assert [one["id"] for one in tried["items"]] == meant
    gone = {"act": "withdraw", "filter": {"park": "jia", "organisation": "除霜甲公司二厂", "count": 1}}
    assert [one["id"] for one in world.jia.post("/v1/demands/bulk", json=gone).json()["items"]] == [third]
    for filtered in ({"source": "示例所"}, {"contact": "13800000031"}, {"title": "除霜"}):
        gone["filter"] = {"park": "jia", "count": 1, **filtered}
        assert world.jia.post("/v1/demands/bulk", json=gone).status_code == 422


@pytest.mark.both_engines
def test_achievements_are_chosen_by_their_source(world: World) -> None:
    made: dict[str, list[int]] = {"示例一所": [], "示例二所": []}
    for source, numbers in made.items():
        for title in ("隔膜", "电堆"):
            sent = {"title": f"{source}{title}", "source": source}
            numbers.append(world.admin.post("/v1/achievements", json=sent).json()["id"])
    for source, numbers in made.items():
        listed = world.admin.get("/v1/achievements", params={"source": source}).json()["items"]
        assert [one["id"] for one in listed] == numbers
    body = {"act": "set", "filter": {"source": "示例一所", "count": 2}, "fields": {"region": "大兴"}}
    done = world.admin.post("/v1/achievements/bulk", json=body).json()
    assert ([one["id"] for one in done["items"]], done["changed"]) == (made["示例一所"], 2)
    listed = world.admin.get("/v1/achievements", params={"q": "示例"}).json()["items"]
    assert [one["id"] for one in listed if one["region"] == "大兴"] == made["示例一所"]
