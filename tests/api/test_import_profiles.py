"""Columns over REST: what became of them, mappings with an upload, and the remembered ones."""

from typing import Any

import httpx
import pytest

from tests.api.world import World

ODD = "卡脖子问题,谁家的,怎么回事,电话号\n密封圈老化,甲公司,三个月就老化,13800000031\n"
MAP = ["卡脖子问题=title", "谁家的=organisation", "怎么回事=detail"]


def _import(client: httpx.Client, path: str = "/v1/demands/import", **fields: Any) -> httpx.Response:
    files = {"file": ("需求清单.csv", ODD.encode(), "text/csv")}
    return client.post(path, data={"park": "yi", **fields}, files=files)


def test_an_upload_with_odd_headings_is_mapped_tried_and_remembered(world: World) -> None:
    refused = _import(world.yi, dry_run="true").json()
    proposed = {column["heading"]: column["proposal"]["maps_to"] for column in refused["columns"]}
    assert proposed == {
        "卡脖子问题": "title", "谁家的": "organisation", "怎么回事": "detail", "电话号": "contact_phone",
    }  # fmt: skip
    assert {column["state"] for column in refused["columns"]} == {"unread"}
    tried = _import(world.yi, dry_run="true", map=MAP).json()
    assert [row["fields"]["title"] for row in tried["preview"]] == ["密封圈老化"]
    telephone = {column["heading"]: column for column in tried["columns"]}["电话号"]
    assert (telephone["maps_to"], telephone["state"], telephone["filled"]) == (None, "kept", 1.0)
    assert telephone["sample"] == "138********"
    assert [problem["code"] for problem in tried["problems"]] == ["unmapped_column"]
    assert world.yi.get("/v1/import-profiles").json()["items"] == []

    done = _import(world.yi, map=MAP).json()
    assert (done["created"], done["preview"]) == (1, [])
    assert _import(world.yi).json()["unchanged"] == 1
    [kept] = world.yi.get("/v1/import-profiles", params={"park": "yi"}).json()["items"]
    assert kept["mapping"] == dict(line.split("=") for line in MAP)

    changed = {
        "park": "yi",
        "headings": kept["headings"],
        "mapping": {**kept["mapping"], "电话号": "contact_phone"},
    }
    saved = world.yi.put("/v1/import-profiles", json=changed).json()
    assert saved["signature"] == kept["signature"]
    again = _import(world.yi, dry_run="true").json()
    assert again["preview"][0]["fields"]["contact"] == {"phone": "138********"}
    assert again["problems"] == []


def test_a_mapping_that_names_no_field_is_refused_and_says_which_there_are(world: World) -> None:
    for answer in (
        _import(world.yi, map=["怎么回事=price"]),
        _import(world.yi, "/v1/demands/import/rejects", map=["怎么回事"]),
        world.yi.put(
            "/v1/import-profiles", json={"park": "yi", "headings": ["a"], "mapping": {"a": "price"}}
        ),
    ):
        assert (answer.status_code, answer.json()["field"]) == (422, "map")


@pytest.mark.parametrize("park", ["jia", "nowhere"])
def test_another_parks_profiles_are_not_there(world: World, park: str) -> None:
    body = {"park": park, "headings": ["a"], "mapping": {"a": "title"}}
    assert world.yi.put("/v1/import-profiles", json=body).status_code == 404
    assert world.yi.get("/v1/import-profiles", params={"park": park}).status_code == 404
    supply = {"source": "示例大学", "headings": ["a"], "mapping": {"a": "title"}}
    assert world.yi.put("/v1/import-profiles", json=supply).status_code == 403
    assert world.admin.put("/v1/import-profiles", json=supply).json()["source"] == "示例大学"


def test_telephones_are_read_hidden_and_shown_to_who_may_unmask(world: World) -> None:
    world.yi.post(
        "/v1/demands/import",
        data={"park": "yi"},
        files={
            "file": (
                "a.csv",
                "需求名称,联系人,手机,邮箱\n电话可读,张三丰,13800000031,z@example.com\n".encode(),
            )
        },
    )
    [listed] = world.yi.get("/v1/demands", params={"q": "电话可读"}).json()["items"]
    assert listed["contact"] == {"name": "张**", "phone": "138********", "email": "z***@example.com"}
    shown = world.yi.get(f"/v1/demands/{listed['id']}", params={"unmask": "true"}).json()
    assert shown["contact"] == {"name": "张三丰", "phone": "13800000031", "email": "z@example.com"}
