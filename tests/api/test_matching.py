"""Matches as they were written, free texts, the ledger, runs, and matching by day, over REST."""

import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from matcher.bootstrap import Service
from matcher.domain.calibration import PRIOR
from matcher.settings import Settings
from tests.api.world import World, populate, serving


def test_a_demands_matches_are_the_ledgers_and_say_why(ledger: World) -> None:
    demand = ledger.demands["jia"][0]
    answer = ledger.jia.get(f"/v1/demands/{demand}/matches").json()
    best = answer["items"][0]
    assert best["achievement_code"] == "CG-1"
    assert best["rank"] == 1
    assert best["probability"] == PRIOR.probability(best["score"])
    assert abs(sum(best["contributions"].values()) - best["score"]) < 1e-9
    assert best["terms"]
    assert answer["reason"] is None
    entries = ledger.jia.get("/v1/ledger", params={"demand_id": demand}).json()["items"]
    assert [one["achievement_id"] for one in entries] == [one["achievement_id"] for one in answer["items"]]
    entry = ledger.jia.get(f"/v1/ledger/{entries[0]['entry_id']}")
    assert entry.json() == entries[0]
    assert entry.headers["etag"] == f'"{entries[0]["version"]}"'


def test_an_achievement_is_shown_the_released_demands(ledger: World) -> None:
    feed = ledger.admin.get(f"/v1/achievements/{ledger.achievements[0]}/matches").json()["items"]
    assert feed[0]["demand_id"] == ledger.demands["jia"][0]
    assert ledger.demands["jia"][1] not in [one["demand_id"] for one in feed], "it is not released"


def test_an_empty_answer_says_what_would_change_it(world: World) -> None:
    client = world.yi

    def reason(identifier: int) -> str:
        answer = client.get(f"/v1/demands/{identifier}/matches").json()
        assert answer["items"] == []
        assert answer["reason"]["zh"] != answer["reason"]["en"]
        code: str = answer["reason"]["code"]
        return code

    def created(**fields: Any) -> int:
        number: int = client.post("/v1/demands", json={"park": "yi", **fields}).json()["id"]
        return number

    first = world.demands["yi"][0]
    assert reason(first) == "not_matched_yet"
    vague = created(title="隔膜")
    expired = created(title="过期的层析填料需求", valid_until="2020-01-01")
    secret = created(title="涉密的层析填料需求", confidentiality="secret")
    world.refresh()
    assert reason(vague) == "too_little_text"
    assert reason(expired) == "expired"
    assert reason(secret) == "confidential"
    assert client.get(f"/v1/demands/{first}/matches").json()["items"]
    client.post(f"/v1/demands/{first}/withdraw")
    assert reason(first) == "withdrawn"


def test_a_text_is_matched_from_either_side(world: World) -> None:
    wanted = world.yi.post("/v1/match", json={"text": "单抗亲和层析填料\n耐碱，高载量", "top_k": 2})
    items = wanted.json()["items"]
    assert [one["rank"] for one in items] == [1, 2]
    assert items[0]["achievement_code"] == "CG-3"
    assert (items[0]["demand_id"], items[0]["demand_title"]) == (None, "单抗亲和层析填料")
    offered = world.admin.post("/v1/match", json={"text": "电解槽复合隔膜", "side": "supply", "park": "jia"})
    assert offered.json()["items"][0]["demand_id"] == world.demands["jia"][0]
    assert {one["park"] for one in offered.json()["items"]} == {"jia"}


def test_a_text_that_says_too_little_is_refused(world: World) -> None:
    refused = world.yi.post("/v1/match", json={"text": "隔膜 !"})
    assert (refused.status_code, refused.json()["code"]) == (422, "too_little_text")
    for top_k in (0, 51):
        assert world.yi.post("/v1/match", json={"text": "隔膜技术", "top_k": top_k}).status_code == 422


@pytest.mark.both_engines
def test_ledger_pages_hold_every_entry_once_and_filters_narrow_them(ledger: World) -> None:

    def entries(**query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = None
        while True:
            page = ledger.admin.get("/v1/ledger", params={**query, **({"cursor": cursor} if cursor else {})})
            found += page.json()["items"]
            cursor = page.json()["next_cursor"]
            if cursor is None:
                return found

    everything = entries(limit=200)
    assert len(everything) == 3 * 4
    assert entries(limit=5) == everything
    assert entries(limit=1) == everything
    assert {one["park"] for one in entries(park="yi")} == {"yi"}
    scores = sorted(one["score"] for one in everything)
    assert len(entries(min_score=scores[6])) == len([one for one in scores if one >= scores[6]])
    assert entries(stage="screening") == everything
    assert entries(stage="signed") == []
    assert entries(standing="void") == []
    ledger.yi.post(f"/v1/demands/{ledger.demands['yi'][0]}/withdraw")
    ledger.refresh()
    assert {one["cause"] for one in entries(standing="void")} == {"demand_withdrawn"}
    assert len(entries()) + len(entries(standing="void")) == len(entries(standing="all")) == 12


def test_a_cursor_that_the_list_did_not_give_out_is_refused(world: World) -> None:
    cursor = world.admin.get("/v1/demands", params={"limit": 1}).json()["next_cursor"]
    forged = "WyJkZW1hbmRzIiwgLTFd"
    for path, wrong in (
        ("/v1/ledger", cursor),
        ("/v1/achievements", cursor),
        ("/v1/demands", cursor[:-2]),
        ("/v1/demands", "%%%"),
        ("/v1/demands", "隔膜"),
        ("/v1/demands", "W10"),
        ("/v1/demands", forged),
    ):
        refused = world.admin.get(path, params={"cursor": wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_cursor"), wrong


def test_the_ledger_is_exported_as_a_workbook_named_in_chinese(ledger: World) -> None:
    answer = ledger.jia.get("/v1/ledger/export", params={"park": "jia"})
    assert answer.headers["content-disposition"] == ("attachment; filename*=UTF-8''%E5%8F%B0%E8%B4%A6.xlsx")
    text = str(list(load_workbook(BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)))
    assert "甲方独有的高温浓碱电解槽用低阻隔膜" in text
    assert "乙方" not in text


@pytest.mark.both_engines
def test_a_run_is_started_followed_and_counted(world: World) -> None:
    started = world.admin.post("/v1/runs")
    assert started.status_code == 202
    run = started.json()
    assert (run["trigger"], run["actor"]) == ("request", "区级管理员")
    deadline = time.monotonic() + 30
    while (run := world.admin.get(started.headers["location"]).json())["status"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert run["status"] == "succeeded"
    assert run["counts"]["entries_created"] == 12
    assert world.admin.post("/v1/runs").json()["run_id"] == run["run_id"] + 1
    page = world.admin.get("/v1/runs", params={"limit": 1}).json()
    following = world.admin.get("/v1/runs", params={"cursor": page["next_cursor"]}).json()
    assert [one["run_id"] for one in page["items"] + following["items"]] == [run["run_id"] + 1, run["run_id"]]
    assert world.admin.get("/v1/runs/999").status_code == 404


def test_a_run_beside_another_is_refused(world: World) -> None:
    with world.server.service.database.exclusive("refresh", wait=False) as held:
        assert held
        refused = world.admin.post("/v1/runs")
    assert (refused.status_code, refused.json()["code"]) == (409, "refresh_running")
    assert world.admin.get("/v1/runs").json()["items"] == []
    assert world.admin.post("/v1/runs").status_code == 202


def test_a_demand_added_by_day_is_matched_without_being_asked(
    database_url: str, tmp_path: Path, document: dict[str, Any]
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=database_url, change_interval=0.2)
    service = Service(settings)
    with serving(service, document) as server:
        world = populate(server)
        demand = world.jia.post(
            "/v1/demands", json={"title": "疫苗冷库的低温升除霜装置", "park": "jia"}
        ).json()
        deadline = time.monotonic() + 60
        while not (items := world.jia.get(f"/v1/demands/{demand['id']}/matches").json()["items"]):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert items[0]["achievement_code"] == "CG-2"
        assert world.admin.get("/v1/runs").json()["items"][0]["trigger"] == "change"
    service.close()
