"""Listings merged as duplicates: what is withdrawn, what points where, and what people's work becomes."""

from typing import Any

import pytest

from tests.api.world import World, entries


def new_demand(world: World, title: str, **fields: Any) -> int:
    made = world.jia.post("/v1/demands", json={"park": "jia", "title": title, **fields})
    number: int = made.json()["id"]
    return number


@pytest.mark.both_engines
def test_duplicates_are_withdrawn_point_to_the_kept_one_and_are_restored(world: World) -> None:
    kept, twin, third = (new_demand(world, f"隔膜需求{n}") for n in range(3))
    body = {"duplicates": [{"id": twin, "version": 1}, {"id": third}]}
    done = world.jia.post(f"/v1/demands/{kept}/merge", json=body, headers={"If-Match": '"1"'}).json()
    assert (done["kept"]["id"], done["kept"]["version"]) == (kept, 1)
    assert [(one["id"], one["status"], one["replaced_by"]) for one in done["merged"]] == [
        (twin, "withdrawn", kept), (third, "withdrawn", kept),
    ]  # fmt: skip
    newest = world.jia.get(f"/v1/demands/{twin}/revisions").json()["items"][0]
    assert (newest["act"], newest["replaced_by"], newest["changes"]) == ("merged", kept, [])
    again = world.jia.post(f"/v1/demands/{kept}/merge", json={"duplicates": [{"id": twin}]}).json()
    assert again["merged"][0]["version"] == 2, "merged once"
    restored = world.jia.post(f"/v1/demands/{twin}/restore").json()
    assert (restored["status"], restored["replaced_by"]) == ("live", None)
    assert world.jia.get(f"/v1/demands/{third}").json()["replaced_by"] == kept


def test_entries_that_people_worked_on_stay_and_say_which_listing_replaces_theirs(ledger: World) -> None:
    [first, *_] = entries(ledger.jia, demand_id=ledger.demands["jia"][0])
    path = f"/v1/ledger/{first['entry_id']}"
    ledger.jia.patch(path, json={"owner": "示例赵", "notes": "已电话联系"})
    kept = new_demand(ledger, "同一需求的另一次报送")
    merged = ledger.jia.post(f"/v1/demands/{kept}/merge", json={"duplicates": [{"id": first["demand_id"]}]})
    assert merged.json()["entries"] == 1
    ledger.refresh()
    after = ledger.jia.get(path).json()
    assert (after["owner"], after["notes"]) == ("示例赵", "已电话联系")
    assert (after["standing"], after["cause"]) == ("void", "demand_withdrawn")
    assert (after["demand_replaced_by"], after["achievement_replaced_by"]) == (kept, None)
    assert after["entry_id"] in [one["entry_id"] for one in entries(ledger.jia, demand_id=first["demand_id"])]
    ledger.jia.post(f"/v1/demands/{first['demand_id']}/restore")
    ledger.refresh()
    back = ledger.jia.get(path).json()
    assert (back["standing"], back["demand_replaced_by"], back["owner"]) == ("current", None, "示例赵")


def test_what_cannot_be_merged_changes_nothing(world: World) -> None:
    kept, twin, gone = (new_demand(world, f"隔膜需求{n}") for n in range(3))
    world.jia.post(f"/v1/demands/{gone}/withdraw")
    foreign = world.demands["yi"][0]
    asked = [
        (world.jia, kept, [{"id": kept}], 422),
        (world.jia, kept, [{"id": twin, "version": 2}], 412),
        (world.jia, kept, [{"id": twin}, {"id": foreign}], 404),
        (world.admin, kept, [{"id": twin}, {"id": foreign}], 409),
        (world.jia, gone, [{"id": twin}], 409),
    ]
    for client, keep, duplicates, status in asked:
        answer = client.post(f"/v1/demands/{keep}/merge", json={"duplicates": duplicates})
        assert answer.status_code == status, answer.text
    stale = world.jia.post(
        f"/v1/demands/{kept}/merge", json={"duplicates": [{"id": twin}]}, headers={"If-Match": '"2"'}
    )
    assert stale.status_code == 412
    assert world.jia.get(f"/v1/demands/{twin}").json()["version"] == 1


def test_a_list_that_still_holds_a_merged_row_does_not_bring_it_back(world: World) -> None:
    def bring(*titles: str, **asked: Any) -> dict[str, Any]:
        text = "需求名称,企业名称\n" + "".join(f"{title},甲公司\n" for title in titles)
        files = {"file": ("需求.csv", text.encode())}
        report: dict[str, Any] = world.jia.post(
            "/v1/demands/import", data={"park": "jia", **asked}, files=files
        ).json()
        return report

    bring("密封圈", "密封圈（补报）")
    listed = world.jia.get("/v1/demands", params={"q": "密封圈"}).json()["items"]
    kept, twin = (one["id"] for one in sorted(listed, key=lambda one: len(one["title"])))
    world.jia.post(f"/v1/demands/{kept}/merge", json={"duplicates": [{"id": twin}]})
    again = bring("密封圈", "密封圈（补报）")
    assert (again["unchanged"], again["rejected"], again["updated"]) == (2, 0, 0)
    assert world.jia.get(f"/v1/demands/{twin}").json()["replaced_by"] == kept
    bring("密封圈（补报）", full="true")
    assert world.jia.get(f"/v1/demands/{kept}").json()["status"] == "live", "it stands for its duplicate"
