"""What one park's operator sees of another park: nothing, on every operation there is."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.api.world import SECRET, World

ORIGIN = "https://portal.example.cn"


@dataclass
class Case:
    """A request made with park yi's key that aims at park jia, and the status it must get."""

    method: str
    path: str
    status: int
    sent: dict[str, Any] = field(default_factory=dict)
    shown_to_owner: bool = False
    """Whether the same request by the district's administrator does show park jia's data."""


def _upload(**fields: str) -> dict[str, Any]:
    content = "需求名称\n电解槽隔膜改进\n".encode()
    return {"files": [("file", ("清单.csv", content, "text/csv"))], "data": fields}


def _cases(world: World, ids: dict[str, int], token: str) -> dict[str, Case]:
    mine = world.demands["jia"][0]
    supply = world.achievements[0]
    listing = {"title": "电解槽隔膜"}
    return {
        "list_parks": Case("GET", "/v1/parks", 200),
        "create_park": Case("POST", "/v1/parks", 403, {"json": {"code": "bing", "name": "丙园"}}),
        "read_park": Case("GET", "/v1/parks/jia", 404),
        "list_achievements": Case("GET", "/v1/achievements", 200),
        "create_achievement": Case("POST", "/v1/achievements", 403, {"json": listing}),
        "read_achievement": Case("GET", f"/v1/achievements/{supply}", 200),
        "replace_achievement": Case("PUT", f"/v1/achievements/{supply}", 403, {"json": listing}),
        "update_achievement": Case("PATCH", f"/v1/achievements/{supply}", 403, {"json": listing}),
        "withdraw_achievement": Case("POST", f"/v1/achievements/{supply}/withdraw", 403),
        "list_achievement_matches": Case(
            "GET", f"/v1/achievements/{supply}/matches", 200, shown_to_owner=True
        ),
        "import_achievements": Case("POST", "/v1/achievements/import", 403, _upload()),
        "rejects_of_achievements": Case("POST", "/v1/achievements/import/rejects", 403, _upload()),
        "list_demands": Case("GET", "/v1/demands?include_withdrawn=true", 200, shown_to_owner=True),
        "create_demand": Case("POST", "/v1/demands", 404, {"json": {**listing, "park": "jia"}}),
        "read_demand": Case("GET", f"/v1/demands/{mine}", 404, shown_to_owner=True),
        "replace_demand": Case("PUT", f"/v1/demands/{mine}", 404, {"json": listing}),
        "update_demand": Case("PATCH", f"/v1/demands/{mine}", 404, {"json": listing}),
        "withdraw_demand": Case("POST", f"/v1/demands/{mine}/withdraw", 404),
        "list_demand_matches": Case("GET", f"/v1/demands/{mine}/matches", 404, shown_to_owner=True),
        "import_demands": Case("POST", "/v1/demands/import", 404, _upload(park="jia", full="true")),
        "rejects_of_demands": Case("POST", "/v1/demands/import/rejects", 404, _upload(park="jia")),
        "list_imports": Case("GET", "/v1/imports", 200, shown_to_owner=True),
        "undo_import": Case("POST", f"/v1/imports/{ids['import']}/undo", 404),
        "download_template": Case("GET", "/v1/templates/demands.xlsx", 200),
        "match_text": Case(
            "POST",
            "/v1/match",
            200,
            {"json": {"text": "电解槽复合隔膜，耐浓碱", "side": "supply", "top_k": 50}},
            shown_to_owner=True,
        ),
        "list_entries": Case("GET", "/v1/ledger?standing=all", 200, shown_to_owner=True),
        "export_ledger": Case("GET", "/v1/ledger/export?park=jia", 404),
        "read_entry": Case("GET", f"/v1/ledger/{ids['entry']}", 404, shown_to_owner=True),
        "list_runs": Case("GET", "/v1/runs", 200, shown_to_owner=True),
        "read_run": Case("GET", f"/v1/runs/{ids['run']}", 200, shown_to_owner=True),
        "start_run": Case("POST", "/v1/runs", 202),
        "list_keys": Case("GET", "/v1/keys", 403, shown_to_owner=True),
        "create_key": Case(
            "POST", "/v1/keys", 403, {"json": {"name": "越权", "role": "reader", "parks": ["jia"]}}
        ),
        "revoke_key": Case("DELETE", f"/v1/keys/{ids['key']}", 403),
        "sign_in": Case("POST", "/v1/session", 401, {"json": {"token": "mk_0_0"}}),
        "read_session": Case("GET", "/v1/session", 200),
        "sign_out": Case("DELETE", "/v1/session", 404),
        "create_embed_token": Case(
            "POST", "/v1/embed-tokens", 404, {"json": {"park": "jia", "origins": [ORIGIN]}}
        ),
        "read_embedded_matches": Case(
            "GET",
            f"/v1/embed/demands/{mine}/matches",
            404,
            {"headers": {"Authorization": f"Bearer {token}", "Origin": ORIGIN}},
        ),
        "healthz": Case("GET", "/healthz", 200),
        "readyz": Case("GET", "/readyz", 200),
        "metrics": Case("GET", "/metrics", 200),
    }


def _send(client: httpx.Client, case: Case) -> httpx.Response:
    return client.request(case.method, case.path, **case.sent)


def _of_park_jia(world: World) -> list[Any]:
    """Everything park jia's operator sees of the park, apart from what every run adds."""
    paths = ("/v1/demands?include_withdrawn=true", "/v1/imports", "/v1/parks", "/v1/achievements")
    return [world.jia.get(path).json() for path in paths]


def test_no_operation_shows_or_changes_another_parks_data(world: World) -> None:
    imported = world.jia.post(
        "/v1/demands/import",
        data={"park": "jia"},
        files={"file": (f"{SECRET}清单.csv", "需求名称\n甲方独有的冷库除霜\n".encode(), "text/csv")},
    )
    run = world.jia.post("/v1/runs").json()["run_id"]
    while world.admin.get(f"/v1/runs/{run}").json()["status"] == "running":
        pass
    ids = {
        "import": imported.json()["import_id"],
        "run": run,
        "entry": world.jia.get("/v1/ledger").json()["items"][0]["entry_id"],
        "key": world.admin.get("/v1/keys").json()["items"][1]["id"],
    }
    token = world.yi.post("/v1/embed-tokens", json={"park": "yi", "origins": [ORIGIN]}).json()["token"]
    cases = _cases(world, ids, token)
    operations = {
        operation["operationId"]
        for item in world.server.document["paths"].values()
        for operation in item.values()
    }
    assert operations == cases.keys(), "every operation needs a case here"
    before = _of_park_jia(world)

    for name, case in cases.items():
        answer = _send(world.yi, case)
        assert answer.status_code == case.status, (name, answer.text)
        assert SECRET not in answer.text, name

    assert _of_park_jia(world) == before
    for name, case in cases.items():
        if case.shown_to_owner:
            assert SECRET in _send(world.admin, case).text, name


def test_another_parks_demand_answers_like_one_that_does_not_exist(world: World) -> None:
    foreign, missing = world.demands["jia"][0], 99_999
    for path in ("/v1/demands/{}", "/v1/demands/{}/matches"):
        of_other = world.yi.get(path.format(foreign))
        of_nobody = world.yi.get(path.format(missing))
        assert of_other.status_code == of_nobody.status_code == 404
        assert of_other.text.replace(str(foreign), "N") == of_nobody.text.replace(str(missing), "N")


def test_asking_the_ledger_for_another_parks_demand_finds_nothing(world: World) -> None:
    world.refresh()
    demand = world.demands["jia"][0]
    assert world.jia.get("/v1/ledger", params={"demand_id": demand}).json()["items"]
    assert world.yi.get("/v1/ledger", params={"demand_id": demand}).json()["items"] == []
    assert world.yi.get("/v1/ledger", params={"park": "jia"}).status_code == 404


def test_another_parks_demands_do_not_change_what_a_text_finds(world: World) -> None:
    question = {"text": "亲和层析填料，耐碱", "side": "supply", "top_k": 50}
    found = world.yi.post("/v1/match", json=question).json()["items"]
    assert [one["park"] for one in found] == ["yi"]
    assert (
        world.admin.post("/v1/match", json=question).json()["items"][0]["demand_id"] == found[0]["demand_id"]
    )
    assert world.yi.post("/v1/match", json={**question, "park": "jia"}).status_code == 404
