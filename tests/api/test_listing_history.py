"""Revisions of a listing over REST: who changed which field when, contacts masked."""

from typing import Any

from tests.api.world import World


def by_field(revision: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {change["field"]: (change["before"], change["after"]) for change in revision["changes"]}


def test_every_revision_says_who_changed_which_field_and_how(world: World) -> None:
    created = world.jia.post(
        "/v1/demands",
        json={"park": "jia", "title": "隔膜", "contact": {"name": "示例吴", "phone": "13800005555"}},
    ).json()
    path = f"/v1/demands/{created['id']}"
    change = {"title": "低阻隔膜", "contact": {"name": "示例吴", "phone": "13800006666"}, "released": True}
    world.jia.patch(path, json={**change, "extra": {"备注": "致电 13800007777"}})
    world.jia.post(f"{path}/withdraw")
    world.jia.patch(path, json={})
    fourth, third, second, first = world.jia.get(f"{path}/revisions").json()["items"]
    assert [one["act"] for one in (first, second, third, fourth)] == [
        "created", "edited", "withdrawn", "restored",
    ]  # fmt: skip
    assert [one["version"] for one in (first, second, third, fourth)] == [1, 2, 3, 4]
    assert {(one["actor"], one["via"], one["import_id"]) for one in (first, second)} == {
        ("甲方独有操作员", "rest", None)
    }
    assert by_field(first) == {
        "title": (None, "隔膜"),
        "contact.name": (None, "示**"),
        "contact.phone": (None, "138********"),
    }
    assert by_field(second) == {
        "title": ("隔膜", "低阻隔膜"),
        "contact.phone": ("138********", "138********"),
        "released": (False, True),
        "extra.备注": (None, "致电 138****7777"),
    }
    assert (third["changes"], fourth["changes"]) == ([], [])


def test_revisions_come_in_pages_and_each_is_compared_across_them(world: World) -> None:
    path = f"/v1/achievements/{world.achievements[0]}"
    for level in ("国内先进", "国际先进", "国际领先"):
        world.admin.patch(path, json={"level": level})
    newest = world.admin.get(f"{path}/revisions", params={"limit": 2}).json()
    assert [by_field(one)["level"] for one in newest["items"]] == [
        ("国际先进", "国际领先"), ("国内先进", "国际先进"),
    ]  # fmt: skip
    older = world.admin.get(f"{path}/revisions", params={"cursor": newest["next_cursor"]}).json()
    assert [one["version"] for one in older["items"]] == [2, 1]
    assert older["next_cursor"] is None
    other = f"/v1/achievements/{world.achievements[1]}/revisions"
    refused = world.admin.get(other, params={"cursor": newest["next_cursor"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_cursor")
