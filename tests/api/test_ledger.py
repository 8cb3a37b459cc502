"""The ledger over REST: pairs added and excluded by hand, what is due, hand-overs, suppliers side by side."""

from typing import Any

import httpx
import pytest

from tests.api.world import SECRET, World, address, audited, day, entries, history, refused

NOTE = "企业吴经理 13800005555，微信同号\n第二行：wu@example.com"
MASKED = "企业吴经理 138****5555，微信同号\n第二行：w***@example.com"


@pytest.mark.both_engines
def test_a_pair_that_no_run_proposed_is_added_by_hand(world: World) -> None:
    demand, supply = world.demands["jia"][0], world.achievements[2]
    pair = {"demand_id": demand, "achievement_id": supply}
    body = {**pair, "stage": "pending", "owner": "示例赵", "notes": NOTE}
    another = {**body, "achievement_id": world.achievements[1]}
    added = world.jia.post("/v1/ledger", json=body)
    assert added.status_code == 201, added.text
    entry = added.json()
    assert added.headers["location"] == address(entry)
    assert added.headers["etag"] == f'"{entry["version"]}"'
    assert (entry["standing"], entry["stage"], entry["owner"]) == ("added", "pending", "示例赵")
    assert (entry["rank"], entry["score"], entry["run_id"], entry["terms"]) == (None, None, None, [])
    assert entry["notes"] == MASKED
    assert entries(world.jia) == entries(world.jia, standing="added") == [entry]
    twice = world.jia.post("/v1/ledger", json=body)
    assert refused(twice)[:2] == (409, "conflict")
    assert str(entry["entry_id"]) in twice.json()["detail_zh"]
    assert str(entry["entry_id"]) in twice.json()["detail_en"]
    yi = {"demand_id": world.demands["yi"][0], "achievement_id": supply}
    for wrong, expected in (
        ({**body, "demand_id": 9999}, (404, "not_found", "demand_id")),
        (yi, (404, "not_found", "demand_id")),
        ({**body, "achievement_id": 9999}, (404, "not_found", "achievement_id")),
        ({**another, "stage": "paused"}, (422, "invalid_input", "stage")),
        ({**another, "amount": -1}, (422, "validation_failed", "amount")),
        ({"demand_id": demand}, (422, "validation_failed", "achievement_id")),
    ):
        assert refused(world.jia.post("/v1/ledger", json=wrong)) == expected, wrong
    world.refresh()
    seen = world.jia.get(address(entry)).json()
    assert (seen["standing"], seen["stage"], seen["owner"]) == ("current", "pending", "示例赵")
    assert seen["rank"] is not None


def test_a_persons_name_that_no_database_holds_is_refused(world: World) -> None:
    for path in ("/v1/ledger", "/v1/ledger/due"):
        assert refused(world.jia.get(path, params={"person": "\x00"})) == (422, "validation_failed", "person")


def test_an_excluded_pair_is_proposed_no_more_until_it_is_lifted(ledger: World) -> None:
    entry = entries(ledger.jia)[0]
    pair = {"demand_id": entry["demand_id"], "achievement_id": entry["achievement_id"]}
    assert refused(ledger.jia.post("/v1/ledger/exclusions", json={**pair, "reason": " "})) == (
        422,
        "invalid_input",
        "reason",
    )
    excluded = ledger.jia.post("/v1/ledger/exclusions", json={**pair, "reason": "已谈过，电话 13800005555"})
    assert excluded.status_code == 201, excluded.text
    one = excluded.json()
    assert (one["reason"], one["park"], one["lifted_at"]) == ("已谈过，电话 138****5555", "jia", None)
    assert refused(ledger.jia.post("/v1/ledger/exclusions", json={**pair, "reason": "x"}))[:2] == (
        409,
        "conflict",
    )
    assert ledger.yi.post("/v1/ledger/exclusions", json={**pair, "reason": "x"}).status_code == 404
    assert ledger.jia.get(address(entry)).json()["excluded"] is True
    assert ledger.jia.get("/v1/ledger/exclusions", params={"park": "jia"}).json()["items"] == [one]
    assert ledger.yi.get("/v1/ledger/exclusions").json()["items"] == []
    assert ledger.yi.get("/v1/ledger/exclusions", params={"park": "jia"}).status_code == 404
    ledger.refresh()
    gone = ledger.jia.get(address(entry)).json()
    assert (gone["standing"], gone["cause"]) == ("vanished", "excluded")
    assert ledger.yi.delete(f"/v1/ledger/exclusions/{one['exclusion_id']}").status_code == 404
    lifted = ledger.jia.delete(f"/v1/ledger/exclusions/{one['exclusion_id']}").json()
    assert (lifted["lifted_by"], lifted["exclusion_id"]) == (f"{SECRET}操作员", one["exclusion_id"])
    assert ledger.jia.get("/v1/ledger/exclusions").json()["items"] == []
    ledger.refresh()
    assert ledger.jia.get(address(entry)).json()["standing"] == "current"


@pytest.mark.both_engines
def test_what_is_due_and_overdue_is_listed_by_day(ledger: World) -> None:
    one, two, three, four, foreign = [*entries(ledger.jia)[:4], entries(ledger.yi)[0]]
    yesterday = day(ledger, -1)
    ledger.jia.patch(address(one), json={"due": day(ledger, 3), "owner": "示例赵"})
    ledger.jia.patch(address(two), json={"due": yesterday, "technology_manager": "示例赵"})
    ledger.jia.patch(address(three), json={"trial_end": day(ledger, 29), "due": day(ledger, 8)})
    ledger.jia.post(address(four) + "/stage", json={"stage": "paused", "return_on": day(ledger, 1)})
    ledger.yi.patch(address(foreign), json={"due": yesterday})

    def due(client: httpx.Client = ledger.jia, **query: Any) -> list[tuple[int, str, int, bool]]:
        items = client.get("/v1/ledger/due", params=query).json()["items"]
        return [(item["entry"]["entry_id"], item["kind"], item["days"], item["overdue"]) for item in items]

    ids = [item["entry_id"] for item in (one, two, three, four, foreign)]
    assert due() == [
        (ids[1], "action", -1, True),
        (ids[3], "return", 1, False),
        (ids[0], "action", 3, False),
        (ids[2], "trial_end", 29, False),
    ]
    assert (ids[2], "action", 8, False) in due(days=8)
    assert due(person="示例赵") == [(ids[1], "action", -1, True), (ids[0], "action", 3, False)]
    assert due(days=0) == [(ids[1], "action", -1, True), (ids[2], "trial_end", 29, False)]
    assert due(ledger.yi) == due(ledger.admin, park="yi") == [(ids[4], "action", -1, True)]
    assert len(due(ledger.admin)) == 5
    assert ledger.yi.get("/v1/ledger/due", params={"park": "jia"}).status_code == 404
    for wrong in (-1, 367, "x"):
        assert ledger.jia.get("/v1/ledger/due", params={"days": wrong}).status_code == 422


def test_all_of_one_persons_entries_are_handed_over_in_one_park_alone(ledger: World) -> None:
    one, two, three = entries(ledger.jia)[:3]
    foreign = entries(ledger.yi)[0]
    ledger.jia.patch(address(one), json={"owner": "示例赵"})
    ledger.jia.patch(address(two), json={"owner": "示例李", "technology_manager": "示例赵"})
    ledger.jia.patch(address(three), json={"owner": "示例李"})
    ledger.yi.patch(address(foreign), json={"owner": "示例赵"})
    handed = ledger.jia.post(
        "/v1/ledger/hand-over", json={"park": "jia", "from": "示例赵", "to": "示例孙"}
    ).json()
    assert handed == {"entries": 2, "entry_ids": [one["entry_id"], two["entry_id"]]}
    assert ledger.jia.get(address(one)).json()["owner"] == "示例孙"
    after = ledger.jia.get(address(two)).json()
    assert (after["owner"], after["technology_manager"]) == ("示例李", "示例孙")
    assert ledger.yi.get(address(foreign)).json()["owner"] == "示例赵"
    assert history(ledger.jia, one)[-1]["act"] == "hand_over"
    assert [act for _, act, _ in audited(ledger)].count("hand_over") == 1
    for body, expected in (
        ({"park": "yi", "from": "示例赵", "to": "示例孙"}, (404, "not_found")),
        ({"park": "jia", "from": "示例孙", "to": "示例孙"}, (422, "invalid_input")),
        ({"park": "jia", "from": " ", "to": "示例孙"}, (422, "invalid_input")),
        ({"park": "jia", "to": "示例孙"}, (422, "validation_failed")),
    ):
        assert refused(ledger.jia.post("/v1/ledger/hand-over", json=body))[:2] == expected, body


def test_suppliers_of_one_demand_are_compared_by_their_milestones(ledger: World) -> None:
    demand = ledger.demands["jia"][0]
    one, two, _ = entries(ledger.jia, demand_id=demand)[:3]
    ledger.jia.patch(
        address(one),
        json={
            "teaming": "race",
            "milestones": [
                {"name": "样品", "planned_on": day(ledger, -9), "done_on": day(ledger, -2)},
                {"name": "中试", "planned_on": day(ledger, 9)},
            ],
        },
    )
    ledger.jia.patch(
        address(two),
        json={"teaming": "race", "milestones": [{"name": "样品", "planned_on": day(ledger, -1)}]},
    )
    compared = ledger.jia.get(f"/v1/demands/{demand}/suppliers").json()
    assert compared["teaming"] == ["race"]
    assert [item["entry_id"] for item in compared["items"]] == [one["entry_id"], two["entry_id"]]
    states = {row["name"]: [cell["state"] for cell in row["cells"]] for row in compared["milestones"]}
    assert states == {"样品": ["done", "late"], "中试": ["open", None]}
    assert ledger.yi.get(f"/v1/demands/{demand}/suppliers").status_code == 404
    assert ledger.jia.get("/v1/demands/9999/suppliers").status_code == 404


def test_the_ledger_is_shown_as_a_past_run_left_it(ledger: World) -> None:
    entry = entries(ledger.jia)[0]
    before = entries(ledger.jia)
    ledger.jia.patch(address(entry), json={"owner": "示例赵"})
    ledger.jia.post(f"/v1/demands/{ledger.demands['jia'][1]}/withdraw")
    ledger.refresh()
    today = ledger.jia.get("/v1/ledger", params={"as_of": day(ledger, 0)}).json()
    assert (today["run"]["run_id"], today["run"]["status"]) == (2, "succeeded")
    assert today["items"] == entries(ledger.jia)
    first = ledger.jia.get("/v1/ledger", params={"as_of": 1}).json()
    assert (first["run"]["run_id"], first["items"]) == (1, before)
    assert first["items"][0]["owner"] == ""
    paged = ledger.jia.get("/v1/ledger", params={"as_of": 1, "limit": 3}).json()
    rest = ledger.jia.get("/v1/ledger", params={"as_of": 1, "cursor": paged["next_cursor"]}).json()
    assert paged["items"] + rest["items"] == before
    assert len(entries(ledger.yi, as_of=1)) == 4
    assert ledger.jia.get("/v1/ledger").json()["run"] is None
    for wrong, expected in (
        ("yesterday", (422, "invalid_input", "as_of")),
        ("99", (404, "not_found", None)),
        (day(ledger, -400), (404, "not_found", None)),
    ):
        assert refused(ledger.jia.get("/v1/ledger", params={"as_of": wrong})) == expected
    assert ledger.yi.get("/v1/ledger", params={"as_of": 1, "park": "jia"}).status_code == 404
