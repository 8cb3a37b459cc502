from io import BytesIO

from openpyxl import load_workbook

from matcher.api.downloads import XLSX
from tests.api.world import SECRET, World


def test_a_park_s_brief_is_read_and_exported_alike(ledger: World) -> None:
    brief = ledger.jia.get("/v1/parks/jia/brief").json()
    assert brief["park_name"] == "甲示例园"
    assert brief["counts"]["new"] == len(brief["new"]) > 0
    assert {one["park"] for one in brief["new"]} == {"jia"}
    assert brief["since"] is None
    exported = ledger.jia.get("/v1/parks/jia/brief/export")
    assert exported.headers["content-type"] == XLSX
    assert "%E6%99%A8%E6%8A%A5" in exported.headers["content-disposition"]
    book = load_workbook(BytesIO(exported.content))
    assert book["新增"].max_row == 3 + len(brief["new"])


def test_a_brief_comes_in_pages_whose_counts_are_of_all(ledger: World) -> None:
    page = ledger.jia.get("/v1/parks/jia/brief", params={"limit": 2}).json()
    seen = list(page["new"])
    assert len(seen) == 2 < page["counts"]["new"]
    while page["next_cursor"] is not None:
        page = ledger.jia.get(
            "/v1/parks/jia/brief", params={"limit": 2, "cursor": page["next_cursor"]}
        ).json()
        seen += page["new"]
    assert seen == ledger.jia.get("/v1/parks/jia/brief").json()["new"]
    assert ledger.jia.get("/v1/parks/jia/brief", params={"cursor": "x"}).status_code == 422


def test_a_duty_and_what_left_are_in_the_brief_with_their_owner(ledger: World) -> None:
    [first, *_] = ledger.jia.get("/v1/ledger").json()["items"]
    edited = ledger.jia.patch(
        f"/v1/ledger/{first['entry_id']}",
        json={"owner": "示例赵", "due": "2026-01-05", "next_action": "致电 13800005555"},
    )
    assert edited.status_code == 200
    withdrawn = ledger.admin.post(f"/v1/achievements/{first['achievement_id']}/withdraw")
    assert withdrawn.status_code < 300
    ledger.refresh()
    brief = ledger.jia.get("/v1/parks/jia/brief", params={"since": 1}).json()
    [late] = brief["overdue"]
    assert late["entry"]["owner"] == "示例赵"
    assert late["entry"]["next_action"] == "致电 138****5555"
    assert brief["vanished"][0]["entry_id"] == first["entry_id"]
    assert brief["vanished"][0]["touched"] is True
    assert brief["vanished"][0]["causes"] == ["achievement_withdrawn"]


def test_another_park_s_brief_is_not_there(ledger: World) -> None:
    for address in ("/v1/parks/jia/brief", "/v1/parks/jia/brief/export", "/v1/parks/nowhere/brief"):
        assert ledger.yi.get(address).status_code == 404
    assert SECRET not in ledger.yi.get("/v1/parks/yi/brief").text
    assert ledger.reader.get("/v1/parks/yi/brief").status_code == 200


def test_what_to_compare_with_is_a_run_or_a_day(ledger: World) -> None:
    wrong = ledger.jia.get("/v1/parks/jia/brief", params={"since": "yesterday"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "since")
    assert ledger.jia.get("/v1/parks/jia/brief", params={"since": 99}).status_code == 404
    assert ledger.jia.get("/v1/parks/jia/brief", params={"since": "2026-01-01"}).json()["since"] is None
