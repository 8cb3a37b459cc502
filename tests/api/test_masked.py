"""Contacts in organisation names, codes, titles and keywords leave by no door."""

import csv
import io
import zipfile
from collections.abc import Iterator

import httpx
import pytest

from tests.api.test_embed import PORTAL
from tests.api.test_sheets import brought, exported
from tests.api.world import World

PHONE, MAIL = "13800007777", "li@example.com"
CONTACT = f"联系 {PHONE} 或 {MAIL}"


@pytest.fixture
def leaky(world: World) -> World:
    """The district, with a contact inside every name, code, title and keyword of both lists."""
    demands = [number for numbers in world.demands.values() for number in numbers]
    lists = {"/v1/achievements": world.achievements, "/v1/demands": demands}
    for path, numbers in lists.items():
        for number in numbers:
            held = world.admin.get(f"{path}/{number}").json()
            texts = {
                "code": f"{held['code']}-{PHONE}",
                "title": f"{held['title']}（{CONTACT}）",
                "organisation": f"{held['organisation']}（{CONTACT}）",
                "keywords": [CONTACT, "电解水制氢"],
                "industry": f"氢能（{CONTACT}）",
                "contact": {"name": "示例联系人", "phone": PHONE, "email": MAIL},
                "extra": {"备用": CONTACT},
            }
            assert world.admin.patch(f"{path}/{number}", json=texts).status_code == 200
    world.refresh()
    return world


def embedded(world: World, demand: int) -> httpx.Response:
    token = world.jia.post(
        "/v1/embed-tokens", json={"park": "jia", "origins": [PORTAL], "lifetime_seconds": 600}
    ).json()["token"]
    reader = world.server.client(Origin=PORTAL, Authorization=f"Bearer {token}")
    return reader.get(f"/v1/embed/demands/{demand}/matches")


def answers(world: World) -> Iterator[httpx.Response]:
    """What every door that names a listing answers."""
    admin = world.admin
    entry = admin.get("/v1/ledger").json()["items"][0]
    demand, achievement = entry["demand_id"], entry["achievement_id"]
    profile = f"/v1/parks/{entry['park']}/profile"
    yield embedded(world, demand)
    yield admin.get("/v1/ledger")
    yield admin.get(f"/v1/ledger/{entry['entry_id']}", params={"original_columns": True})
    yield admin.get("/v1/ledger", params={"as_of": 1})
    yield admin.get(f"/v1/ledger/{entry['entry_id']}/explanation")
    yield admin.get("/v1/demands")
    yield admin.get("/v1/achievements")
    yield admin.get(f"/v1/demands/{demand}/matches")
    yield admin.get(f"/v1/achievements/{achievement}/matches")
    yield admin.get(f"/v1/demands/{demand}/near-misses")
    for side in ("demand", "supply"):
        yield admin.post("/v1/match", json={"text": f"电解水制氢复合隔膜 {CONTACT}", "side": side})
    yield admin.get(f"/v1/parks/{entry['park']}/brief")
    yield admin.post(f"/v1/ledger/{entry['entry_id']}/grade", json={"grade": 2, "reason": "对路"})
    yield admin.get("/v1/grades")
    judgings = f"/v1/parks/{entry['park']}/judgings"
    started = admin.post(judgings, json={"name": CONTACT})
    yield started
    yield admin.get(judgings)
    yield from graded_blind(admin, f"{judgings}/{started.json()['judging_id']}", started.json()["pairs"])
    yield admin.get(f"/v1/demands/{demand}/suppliers")
    yield admin.get("/v1/runs/1/diff")
    strict = {"min_score": 0.99}
    yield admin.put(profile, params={"dry_run": True}, json=strict)
    other = admin.get("/v1/ledger").json()["items"][-1]
    pair = {"demand_id": other["demand_id"], "achievement_id": other["achievement_id"], "reason": "已谈过"}
    yield admin.post("/v1/ledger/exclusions", json=pair)
    yield admin.get("/v1/ledger/exclusions")
    yield admin.put(profile, json=strict)
    world.refresh()
    yield admin.get("/v1/abstentions")
    yield admin.get("/v1/ledger/due")


def graded_blind(admin: httpx.Client, judging: str, pairs: int) -> Iterator[httpx.Response]:
    """What a session answers to a judge who grades all of it; the exported files are unpacked."""
    for number in range(1, pairs + 1):
        yield admin.get(f"{judging}/next", params={"judge": "示例甲"})
        yield admin.post(f"{judging}/grades", json={"number": number, "grade": 2, "judge": "示例甲"})
    archive = admin.get(f"{judging}/export")
    with zipfile.ZipFile(io.BytesIO(archive.content)) as files:
        content = b"".join(files.read(name) for name in files.namelist())
    yield httpx.Response(archive.status_code, content=content, request=archive.request)


def test_contacts_in_names_codes_and_titles_are_masked_at_every_door(leaky: World) -> None:
    for answer in answers(leaky):
        assert answer.is_success, (answer.request.method, answer.request.url.path, answer.text)
        where = (answer.request.method, answer.request.url.path)
        assert PHONE not in answer.text, where
        assert MAIL not in answer.text, where


def test_the_embedded_list_shows_names_with_their_contacts_masked(leaky: World) -> None:
    items = embedded(leaky, leaky.demands["jia"][0]).json()["items"]
    assert items
    for one in items:
        assert one["achievement_organisation"].endswith("（联系 138****7777 或 l***@example.com）")
        assert "138****7777" in one["achievement_title"]
        assert not any(PHONE in term or MAIL in term for term in one["terms"])


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_masked_sheet_reads_back_without_a_change(leaky: World, form: str) -> None:
    report = brought(leaky.jia, exported(leaky.jia, format=form)).json()
    assert report["rows"] > 0
    assert (report["changes"], report["rejected"], report["ignored"]) == ([], [], [])


def test_a_sheet_that_shows_what_is_masked_now_reads_back_without_a_change(leaky: World) -> None:
    sheet = exported(leaky.jia, format="csv").decode("utf-8-sig")
    assert PHONE not in sheet
    rows = list(csv.DictReader(io.StringIO(sheet)))
    stream = io.StringIO()
    written = csv.DictWriter(stream, list(rows[0]))
    written.writeheader()
    for row in rows:
        shown = {name: row[name].replace("138****7777", PHONE).replace("l***@", "li@") for name in row}
        written.writerow(shown | {"备注": "已约"})
    assert PHONE in stream.getvalue()
    report = brought(leaky.jia, stream.getvalue().encode()).json()
    assert {one["heading"] for one in report["changes"]} == {"备注"}
    assert (report["rejected"], report["ignored"]) == ([], [])


def test_a_page_elsewhere_is_not_told_what_rules_out_an_internal_achievement(world: World) -> None:
    for number in world.achievements:
        unit = {"confidentiality": "internal", "organisation": "只有区内知道的研究所"}
        assert world.admin.patch(f"/v1/achievements/{number}", json=unit).status_code == 200
    partners = {"partners": ["园区的合作单位"], "only_partners": True}
    assert world.jia.put("/v1/parks/jia/profile", json=partners).status_code == 200
    world.refresh()
    demand = world.demands["jia"][0]
    inside = world.jia.get(f"/v1/demands/{demand}/matches").json()["reason"]
    assert "只有区内知道的研究所" in inside["zh"]
    answer = embedded(world, demand)
    assert (answer.json()["items"], answer.json()["reason"]["code"]) == ([], "no_public_supply")
    for hidden in ("只有区内知道的研究所", "园区的合作单位"):
        assert hidden not in answer.text
