"""An undo that is refused says what has to be mended, and offers to undo the rest."""

from typing import Any

import pytest

from tests.api.world import World

LIST = "需求编号,需求名称,需求详情\nXQ-51,密封圈老化,三个月就老化\nXQ-52,阀门内漏,内漏严重\n"


def bring(world: World, content: str, **asked: Any) -> int:
    files = {"file": ("需求.csv", content.encode())}
    sent = world.yi.post("/v1/demands/import", data={"park": "yi", **asked}, files=files).json()
    number: int = sent["import_id"]
    return number


def by_code(world: World) -> dict[str, dict[str, Any]]:
    items = world.yi.get("/v1/demands", params={"include_withdrawn": True}).json()["items"]
    return {one["code"]: one for one in items}


@pytest.mark.both_engines
def test_a_refused_undo_names_who_changed_what_when_and_undoes_the_rest(world: World) -> None:
    number = bring(world, LIST)
    edited = by_code(world)["XQ-51"]
    changed = world.admin.patch(f"/v1/demands/{edited['id']}", json={"detail": "核实过"}).json()
    refused = world.yi.post(f"/v1/imports/{number}/undo")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    [blocking] = refused.json()["blocked_by"]
    assert (blocking["listing_id"], blocking["version"], blocking["reason"]) == (edited["id"], 2, "edited")
    assert (blocking["changed_at"], blocking["via"]) == (changed["updated_at"], "rest")
    [newest, _] = world.yi.get(f"/v1/demands/{edited['id']}/revisions").json()["items"]
    assert blocking["changed_by"] == newest["actor"]
    assert "其余 1 条" in refused.json()["detail_zh"]
    assert by_code(world)["XQ-52"]["status"] == "live", "refused as a whole"
    done = world.yi.post(f"/v1/imports/{number}/undo", params={"partial": True}).json()
    assert (done["rows"], done["withdrawn"]) == (1, 1)
    assert [one["listing_id"] for one in done["kept"]] == [edited["id"]]
    after = by_code(world)
    assert (after["XQ-51"]["detail"], after["XQ-52"]["status"]) == ("核实过", "withdrawn")
    assert world.yi.post(f"/v1/imports/{number}/undo", params={"partial": True}).status_code == 409


def test_an_identity_taken_meanwhile_is_named_with_the_listing_that_has_it(world: World) -> None:
    bring(world, "需求名称,需求详情\n密封圈老化问题,三个月就老化需要更换\n")
    renamed = bring(world, "需求名称,需求详情\n密封圈老化的问题,三个月就老化需要更换\n", renames="same")
    other = world.yi.post("/v1/demands", json={"park": "yi", "title": "密封圈老化问题"}).json()
    refused = world.yi.post(f"/v1/imports/{renamed}/undo", params={"partial": True})
    [blocking] = refused.json()["blocked_by"]
    assert (blocking["reason"], blocking["taken_by"]) == ("identity_taken", other["id"])
    world.yi.patch(f"/v1/demands/{other['id']}", json={"title": "另一个问题"})
    assert world.yi.post(f"/v1/imports/{renamed}/undo").json()["updated"] == 1


def test_an_import_that_only_left_rows_behind_is_undone_too(world: World) -> None:
    number = bring(world, "需求名称,需求详情\n,没有名称\n")
    assert world.yi.post(f"/v1/imports/{number}/undo").json()["rows"] == 0
    assert world.yi.post(f"/v1/imports/{number}/undo").status_code == 409
