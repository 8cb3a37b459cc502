"""Whom to call on either side: on the entry, in the list of entries and in the sheet; masked by default."""

import csv
import io
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import event

from matcher.domain.access import Role
from matcher.files.ledger_csv import as_written
from matcher.files.ledger_workbook import HEADER_ROW
from tests.api.test_sheets import brought, exported, typed
from tests.api.world import World, address, audited, entries, refused

ENTERPRISE = {"name": "示例吴经理", "phone": "13800005555", "email": "wu@example.com"}
UNIT = {"name": "示例王老师", "phone": "010-5550-0107", "email": "wang@example.com"}
MASKED_ENTERPRISE = {"name": "示**", "phone": "138********", "email": "w***@example.com"}
MASKED_UNIT = {"name": "示**", "phone": "010********", "email": "w***@example.com"}
NOBODY = {"name": "", "phone": "", "email": ""}
SECRETS = (*ENTERPRISE.values(), *UNIT.values())

HEADINGS = {
    "企业联系人": ENTERPRISE["name"],
    "企业联系电话": ENTERPRISE["phone"],
    "企业邮箱": ENTERPRISE["email"],
    "成果联系人": UNIT["name"],
    "成果联系电话": UNIT["phone"],
    "成果邮箱": UNIT["email"],
}


@pytest.fixture
def pair(ledger: World) -> dict[str, Any]:
    """The entry of the demand and the achievement that both name a contact."""
    wanted = {"demand_id": ledger.demands["jia"][0], "achievement_id": ledger.achievements[0]}
    [entry] = entries(ledger.jia, **wanted)
    return entry


def sides(entry: dict[str, Any]) -> tuple[Any, Any]:
    return entry["demand_contact"], entry["achievement_contact"]


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.both_engines
def test_both_sides_contacts_are_on_the_entry_and_in_the_list_masked(
    ledger: World, pair: dict[str, Any]
) -> None:
    masked = (MASKED_ENTERPRISE, MASKED_UNIT)
    assert sides(pair) == masked
    read = ledger.jia.get(address(pair))
    assert sides(read.json()) == masked
    assert not any(secret in read.text for secret in SECRETS)
    written = ledger.jia.patch(address(pair), json={"owner": "示例赵"}).json()
    assert sides(written) == masked
    assert not any(secret in ledger.jia.get("/v1/ledger").text for secret in SECRETS)
    without = next(entry for entry in entries(ledger.jia) if entry["demand_id"] != pair["demand_id"])
    assert without["demand_contact"] == NOBODY


def test_contacts_are_shown_by_right_alone_and_that_is_recorded(ledger: World, pair: dict[str, Any]) -> None:
    path, before = address(pair), audited(ledger)
    shown = ledger.jia.get(path, params={"unmask": True, "original_columns": True}).json()
    assert sides(shown) == (ENTERPRISE, UNIT)
    assert shown["demand_extra"] == {"备注": "可致电 13800005555"}
    [(_, act, subject)] = audited(ledger)[len(before) :]
    assert (act, subject) == ("unmask_work", f"ledger:{pair['entry_id']}")
    server = ledger.server
    own = {
        role: server.client(server.key(f"甲园 {role.value}", role, ["jia"]))
        for role in (Role.READER, Role.BATCH)
    }
    for role in own:
        assert sides(own[role].get(path).json()) == (MASKED_ENTERPRISE, MASKED_UNIT)
        assert refused(own[role].get(path, params={"unmask": True}))[0] == 403
    manager = server.client(server.key("技术经理", Role.TECHNOLOGY_MANAGER, ["jia"], subject="示例赵"))
    assert sides(manager.get(path, params={"unmask": True}).json()) == (ENTERPRISE, UNIT)
    assert len(audited(ledger)) == len(before) + 2


def test_another_park_and_research_units_are_shown_nobodys_contacts_in_the_ledger(
    ledger: World, pair: dict[str, Any]
) -> None:
    unit = "北郊示例理工学院化工系"
    ledger.jia.post(f"{address(pair)}/grade", json={"grade": 2, "reason": "对路"})
    server = ledger.server
    institute = server.client(server.key("示例学院", Role.RESEARCH_UNIT, subject=unit))
    for query in ({}, {"unmask": True}):
        assert refused(ledger.yi.get(address(pair), params=query))[0] == 404
        assert refused(institute.get(address(pair), params=query))[0] == 403
    assert refused(institute.get("/v1/ledger/export", params={"park": "jia"}))[0] == 403
    assert refused(ledger.yi.get("/v1/ledger/export", params={"park": "jia"}))[0] == 404
    assert institute.get("/v1/grades").json()["items"]
    for answer in (
        institute.get("/v1/grades"),
        institute.post(f"{address(pair)}/reply", json={"reply": "可再测"}),
        institute.get(f"/v1/achievements/{ledger.achievements[0]}/matches"),
        ledger.yi.get("/v1/ledger"),
        ledger.yi.get("/v1/ledger/export", params={"park": "yi", "format": "csv", "original_columns": True}),
    ):
        assert answer.is_success
        for hidden in (*ENTERPRISE.values(), MASKED_ENTERPRISE["phone"], "可致电"):
            assert hidden not in answer.text, answer.url


def test_a_past_ledger_shows_the_contacts_of_its_day_masked(ledger: World, pair: dict[str, Any]) -> None:
    anew = {"name": "另示例新经理", "phone": "13900001111", "email": ""}
    held = f"/v1/demands/{pair['demand_id']}"
    assert ledger.jia.patch(held, json={"contact": anew}).status_code == 200
    asked = {"demand_id": pair["demand_id"], "achievement_id": pair["achievement_id"]}
    [now] = entries(ledger.jia, **asked)
    assert now["demand_contact"] == {"name": "另**", "phone": "139********", "email": ""}
    [past] = entries(ledger.jia, as_of="1", **asked)
    assert sides(past) == (MASKED_ENTERPRISE, MASKED_UNIT)
    assert past == pair


def test_a_contact_is_that_of_the_list_as_it_is_now(ledger: World, pair: dict[str, Any]) -> None:
    held = f"/v1/demands/{pair['demand_id']}"
    anew = {"name": "示例新经理", "phone": "13900001111", "email": ""}
    assert ledger.jia.patch(held, json={"contact": anew}).status_code == 200
    assert ledger.jia.get(address(pair), params={"unmask": True}).json()["demand_contact"] == anew


def test_the_lists_own_columns_are_on_the_entry_on_request_with_contacts_inside_masked(
    ledger: World, pair: dict[str, Any]
) -> None:
    achievement = f"/v1/achievements/{pair['achievement_id']}"
    own = {"合作院系": "化工系", "备用电话": "13911112222"}
    assert ledger.admin.patch(achievement, json={"extra": own}).status_code == 200
    shown = ledger.jia.get(address(pair), params={"original_columns": True}).json()
    assert shown["demand_extra"] == {"备注": "可致电 138****5555"}
    assert shown["achievement_extra"] == {"合作院系": "化工系", "备用电话": "139****2222"}
    without = [ledger.jia.get(address(pair)).json(), *entries(ledger.jia)]
    assert {str((entry["demand_extra"], entry["achievement_extra"])) for entry in without} == {"({}, {})"}


def test_a_second_person_of_a_contacts_cell_is_shown_nowhere_unless_asked_for(
    ledger: World, pair: dict[str, Any]
) -> None:
    demand = f"/v1/demands/{pair['demand_id']}"
    held = {"联系方式": "示例钱 0731-88886666；微信 qian_66"}
    assert ledger.jia.patch(demand, json={"extra": held}).status_code == 200
    shown = {"联系方式": "示*** 0731-********；微***"}
    entry = ledger.jia.get(address(pair), params={"original_columns": True})
    assert entry.json()["demand_extra"] == shown
    assert ledger.jia.get(demand).json()["extra"] == shown
    listing = ledger.jia.get("/v1/demands/export", params={"park": "jia", "format": "csv"})
    sheet = exported(ledger.jia, format="csv", original_columns=True)
    revisions = ledger.jia.get(f"{demand}/revisions")
    for answer in (entry.content, listing.content, sheet, revisions.content):
        assert not any(secret.encode() in answer for secret in ("示例钱", "88886666", "qian_66"))
    assert ledger.jia.patch(demand, json={"extra": shown}).status_code == 200
    assert ledger.jia.get(demand, params={"unmask": True}).json()["extra"] == held


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_sheet_has_both_sides_contacts_masked_unless_asked_for(
    ledger: World, pair: dict[str, Any], form: str
) -> None:
    for secrets in (False, True):
        content = exported(ledger.jia, format=form, unmask=secrets)
        row = row_of(content, form, pair["entry_id"])
        assert {name: row[name] == value for name, value in HEADINGS.items()} == dict.fromkeys(
            HEADINGS, secrets
        )
        assert all(row[name] for name in HEADINGS)
        report = brought(ledger.jia, content).json()
        assert (report["changes"], report["rejected"], report["ignored"]) == ([], [], [])


def row_of(content: bytes, form: str, entry_id: int) -> dict[str, Any]:
    if form == "csv":
        row = next(row for row in table(content) if row["条目编号"] == str(entry_id))
        return {heading: as_written(text) for heading, text in row.items()}
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    [headings, *rows] = list(sheet.iter_rows(min_row=HEADER_ROW, values_only=True))
    named = [dict(zip(map(str, headings), row, strict=True)) for row in rows]
    return next(row for row in named if row["条目编号"] == entry_id)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_lists_own_columns_are_in_the_sheet_on_request_and_never_read_back(
    ledger: World, pair: dict[str, Any], form: str
) -> None:
    demand = f"/v1/demands/{pair['demand_id']}"
    own = {"备注": "可致电 13800005555", "条目编号": "77", "行版本": "9", "阶段": "已落地", "=1+1": "=2"}
    assert ledger.jia.patch(demand, json={"extra": own}).status_code == 200
    assert b"\xe9\x9c\x80\xe6\xb1\x82\xef\xbc\x9a" not in exported(ledger.jia, format="csv")
    content = exported(ledger.jia, format=form, original_columns=True)
    row = row_of(content, form, pair["entry_id"])
    shown = {heading: row[f"需求：{heading}"] for heading in own}
    assert shown["备注"] == "可致电 138****5555"
    assert shown["阶段"] == "已落地"
    headings = list(row)
    assert headings.index("成果邮箱") < headings.index("需求：备注") < headings.index("阶段")
    report = brought(ledger.jia, content).json()
    assert report["rows"] == report["rows_unchanged"] > 0
    assert (report["changes"], report["rejected"], report["ignored"]) == ([], [], [])
    bare = exported(ledger.jia, format=form, original_columns=True, unmask=True)
    assert row_of(bare, form, pair["entry_id"])["需求：备注"] == "可致电 13800005555"


def test_a_changed_cell_of_a_contact_is_said_and_not_written(ledger: World, pair: dict[str, Any]) -> None:
    content = typed(exported(ledger.jia), 企业联系人="别人", 备注="已约")
    report = brought(ledger.jia, content).json()
    assert [(one["heading"], one["after"]) for one in report["changes"]] == [("备注", "已约")]
    assert [one["heading"] for one in report["ignored"]] == ["企业联系人"]
    held = ledger.admin.get(f"/v1/demands/{pair['demand_id']}", params={"unmask": True}).json()
    assert held["contact"] == ENTERPRISE


def test_a_sheet_of_an_earlier_version_without_contacts_is_read_as_before(ledger: World) -> None:
    rows = table(exported(ledger.jia, format="csv"))
    kept = [heading for heading in rows[0] if heading not in HEADINGS]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, kept, extrasaction="ignore")
    writer.writeheader()
    writer.writerows([row | {"备注": "旧表填写"} for row in rows])
    report = brought(ledger.jia, stream.getvalue().encode()).json()
    assert report["rows_changed"] == len(rows)
    assert {one["heading"] for one in report["changes"]} == {"备注"}
    assert report["rejected"] == []


def statements(ledger: World, client: httpx.Client, path: str) -> int:
    counted: list[str] = []
    engine = ledger.server.service.database.engine

    def note(*executed: Any) -> None:
        counted.append(executed[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(path).is_success
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(counted)


def test_contacts_of_more_entries_ask_nothing_more_of_the_database(ledger: World) -> None:
    assert len(entries(ledger.jia)) > 1
    page = [statements(ledger, ledger.jia, f"/v1/ledger?limit={limit}") for limit in (1, 1, 50)]
    assert page[1] == page[2]
