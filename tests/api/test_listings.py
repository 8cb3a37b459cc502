"""The two lists over REST: versions, partial updates, masked contacts, pages and refusals."""

from typing import Any

import pytest
from sqlalchemy import select

from matcher.api.bodies import AchievementBody, DemandBody
from matcher.domain.listing import Achievement, Demand, Listing
from matcher.pipeline.lists.fields import ListingFields
from matcher.store.tables import AuditRow
from tests.api.world import DEMANDS, SUPPLY, World

FULL: dict[str, Any] = {
    "title": "高温浓碱电解槽用低阻隔膜",
    "code": "XQ-QN-002",
    "organisation": "碱槽示例装备有限公司",
    "keywords": ["电解水", "隔膜"],
    "maturity": {"low": 5, "high": 6, "text": "通过小试"},
    "contact": {"name": "示例吴经理", "phone": "010-5550-0184", "email": "wu@example.com"},
    "extra": {"备注": "请致电 13800005555 详谈"},
    "detail": "需要耐热碱的隔膜，可致电 13800005555。",
    "budget": {"low": 100, "high": 200.5, "text": "100-200.5万元"},
    "kind": "acquisition",
    "deadline": "2027-09-30",
    "released": True,
}


@pytest.mark.parametrize(("body", "listing"), [(AchievementBody, Achievement), (DemandBody, Demand)])
def test_a_body_has_the_domains_fields_with_their_defaults(
    body: type[ListingFields], listing: type[Listing]
) -> None:
    assert body.model_fields.keys() == listing.__dataclass_fields__.keys()
    assert body(title="某项").listing() == listing(title="某项")


def test_a_listing_comes_back_as_it_was_sent_and_masked(world: World) -> None:
    created = world.jia.post("/v1/demands", json={**FULL, "park": "jia"})
    assert created.status_code == 201
    assert created.headers["etag"] == '"1"'
    read = world.jia.get(created.headers["location"]).json()
    assert read == created.json()
    assert read["contact"] == {"name": "示**", "phone": "010********", "email": "w***@example.com"}
    assert "13800005555" not in str(read)
    for name in ("title", "keywords", "maturity", "deadline", "kind", "released", "organisation"):
        assert read[name] == FULL[name], name
    assert read["budget"] == {"low": 100.0, "high": 200.5, "negotiable": False, "text": "100-200.5万元"}
    assert (read["park"], read["version"], read["status"]) == ("jia", 1, "live")


def test_contacts_are_shown_to_who_may_see_them_and_that_is_recorded(world: World) -> None:
    path = f"/v1/demands/{world.demands['jia'][0]}"
    shown = world.jia.get(path, params={"unmask": True}).json()
    assert shown["contact"]["phone"] == "13800005555"
    assert shown["extra"]["备注"] == "可致电 13800005555"
    with world.server.service.database.reading() as session:
        [record] = session.scalars(select(AuditRow)).all()
    assert record.act == "unmask_contact"
    assert record.actor == "甲方独有操作员"
    assert record.subject == f"demand:{world.demands['jia'][0]}"


def test_sending_back_what_was_read_does_not_overwrite_contacts_with_their_masks(world: World) -> None:
    path = f"/v1/demands/{world.demands['jia'][0]}"
    read = world.jia.get(path).json()
    own = {"id", "version", "status", "updated_at", "replaced_by", "repeats", "park"}
    body = {name: value for name, value in read.items() if name not in own}
    body["contact"] = {**body["contact"], "name": "示例新经理"}
    body["title"] = "甲方独有的隔膜"
    assert world.jia.put(path, json=body).status_code == 200
    after = world.jia.get(path, params={"unmask": True}).json()
    assert after["contact"] == {"name": "示例新经理", "phone": "13800005555", "email": "wu@example.com"}
    assert after["extra"] == {"备注": "可致电 13800005555"}
    assert after["title"] == "甲方独有的隔膜"


@pytest.mark.both_engines
def test_put_replaces_everything_and_patch_only_what_is_sent(world: World) -> None:
    path = f"/v1/achievements/{world.achievements[0]}"
    patched = world.admin.patch(path, json={"level": "国内先进", "keywords": ["隔膜"]}).json()
    assert (patched["level"], patched["keywords"]) == ("国内先进", ["隔膜"])
    assert (patched["abstract"], patched["code"]) == (SUPPLY[0]["abstract"], "CG-1")
    assert patched["version"] == 2
    same = world.admin.patch(path, json={"level": "国内先进"}).json()
    assert same["version"] == 2, "the same content is no new version"
    replaced = world.admin.put(path, json={"title": "复合隔膜", "code": "CG-1"}).json()
    assert (replaced["level"], replaced["abstract"], replaced["version"]) == ("", "", 3)


def test_a_stale_version_changes_nothing(world: World) -> None:
    path = f"/v1/demands/{world.demands['jia'][0]}"
    assert world.jia.patch(path, json={"region": "大兴"}, headers={"If-Match": '"1"'}).status_code == 200
    stale = {"If-Match": '"1"'}
    refused = [
        world.jia.patch(path, json={"region": "丰台"}, headers=stale),
        world.jia.put(path, json={"title": "别的"}, headers=stale),
        world.jia.post(f"{path}/withdraw", headers=stale),
        world.jia.post(f"{path}/withdraw", headers={"If-Match": "2"}),
        world.jia.post(f"{path}/withdraw", headers={"If-Match": 'W/"1"'}),
    ]
    assert [(one.status_code, one.json()["code"]) for one in refused] == [(412, "stale_version")] * 5
    read = world.jia.get(path)
    assert (read.json()["region"], read.headers["etag"]) == ("大兴", '"2"')
    assert world.jia.post(f"{path}/withdraw", headers={"If-Match": "*"}).status_code == 200


@pytest.mark.both_engines
def test_a_withdrawn_listing_leaves_the_list_and_an_update_brings_it_back(world: World) -> None:
    number = world.demands["jia"][0]
    path = f"/v1/demands/{number}"
    assert world.jia.post(f"{path}/withdraw").json()["status"] == "withdrawn"
    assert world.jia.post(f"{path}/withdraw").json()["version"] == 2, "withdrawn once"
    assert number not in [one["id"] for one in world.jia.get("/v1/demands").json()["items"]]
    with_withdrawn = world.jia.get("/v1/demands", params={"include_withdrawn": True}).json()["items"]
    assert number in [one["id"] for one in with_withdrawn]
    assert world.jia.patch(path, json={}).json()["status"] == "live"


def test_an_identity_that_is_taken_is_a_conflict(world: World) -> None:
    first, second = world.demands["jia"]
    again = world.jia.post("/v1/demands", json={**DEMANDS["jia"][0], "park": "jia"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert str(first) in again.json()["detail"]
    taken = world.jia.patch(f"/v1/demands/{second}", json={"code": "XQ-1"})
    assert taken.status_code == 409
    other_park = world.yi.post("/v1/demands", json={"title": "同名", "code": "XQ-2", "park": "yi"})
    assert other_park.status_code == 201, "codes are each park's own"


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"title": None}, "title", "string_type"),
    ({"title": "  "}, "title", "blank"),
    ({"title": "含\x00控制字符"}, "title", "control_character"),
    ({"titel": "错字"}, "titel", "extra_forbidden"),
    ({"id": 7}, "id", "extra_forbidden"),
    ({"contact": {"wechat": "x"}}, "contact.wechat", "extra_forbidden"),
    ({"kind": "other"}, "kind", "enum"),
    ({"deadline": "明年"}, "deadline", "date_from_datetime_parsing"),
    ({"budget": {"low": -1}}, "budget.low", "greater_than_equal"),
    ({"budget": {"low": 2, "high": 1}}, "budget", "range_reversed"),
    ({"maturity": {"low": 10}}, "maturity.low", "less_than_equal"),
    ({"keywords": ["词"] * 51}, "keywords", "too_long"),
    ({"released": "perhaps"}, "released", "bool_parsing"),
    ({"detail": "长" * 32_768}, "detail", "string_too_long"),
]


def test_a_field_that_is_wrong_is_named_in_both_languages(world: World) -> None:
    path = f"/v1/demands/{world.demands['yi'][0]}"
    for change, field, code in WRONG:
        refused = world.yi.patch(path, json=change)
        assert refused.status_code == 422, change
        problem = refused.json()
        assert problem["code"] == "validation_failed"
        [error] = problem["errors"]
        assert (error["in"], error["field"], error["code"]) == ("body", field, code)
        assert error["detail_zh"] != error["detail_en"]
    assert world.yi.get(path).json()["version"] == 1


def test_texts_are_normalised_as_an_import_normalises_them(world: World) -> None:
    demand = {"title": "ＡＢＣ&nbsp;隔膜\r\n", "park": "yi", "industry": "氢&amp;氧"}
    created = world.yi.post("/v1/demands", json=demand).json()
    assert (created["title"], created["industry"]) == ("ABC 隔膜", "氢&氧")
    file = {"file": ("清单.csv", "需求名称,所属领域\nABC 隔膜,氢&氧\n".encode())}
    report = world.yi.post("/v1/demands/import", data={"park": "yi"}, files=file).json()
    assert (report["unchanged"], report["rejected"]) == (1, 0)


def test_pages_hold_every_listing_once(world: World) -> None:
    for number in range(9):
        world.yi.post("/v1/demands", json={"title": f"第{number}项隔膜需求", "park": "yi"})
    found: list[int] = []
    cursor: str | None = None
    pages = 0
    while pages == 0 or cursor is not None:
        query = {"limit": 4} | ({} if cursor is None else {"cursor": cursor})
        page = world.admin.get("/v1/demands", params=query).json()
        found += [one["id"] for one in page["items"]]
        cursor, pages = page["next_cursor"], pages + 1
        if pages == 1:
            world.yi.post("/v1/demands", json={"title": "翻页时新增的需求", "park": "yi"})
    assert pages == 4
    assert found == sorted(set(found))
    assert len(found) == 13


@pytest.mark.both_engines
def test_the_list_is_searched_and_narrowed_to_a_park(world: World) -> None:
    def titles(**query: Any) -> list[str]:
        return [one["title"] for one in world.admin.get("/v1/demands", params=query).json()["items"]]

    assert titles(q="层析") == ["乙方单抗捕获层析填料"]
    assert titles(q="层析", park="jia") == []
    assert titles(q="xq-2") == ["甲方独有的电解水膜电极批量涂布"]
    assert titles(q="%") == []
    assert world.admin.get("/v1/demands", params={"park": "none"}).status_code == 404
