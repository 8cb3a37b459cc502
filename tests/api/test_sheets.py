"""The ledger as a sheet over REST: out, filled in, back, undone; and one person erased."""

from io import BytesIO
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from matcher.api.downloads import XLSX
from matcher.domain.access import Role
from matcher.files.ledger_workbook import HEADER_ROW
from matcher.store.tables import AuditRow
from tests.api.world import World
from tests.files.given import saved

NOTES = "可致电 138 0000 5555 或 wu@example.com"


@pytest.fixture
def worked(ledger: World) -> World:
    """The district after a night, with a note on each entry of park jia."""
    for entry in entries(ledger.jia):
        path = f"/v1/ledger/{entry['entry_id']}"
        assert ledger.jia.patch(path, json={"notes": NOTES, "owner": "示例吴经理"}).status_code == 200
    return ledger


def entries(client: httpx.Client, park: str = "jia") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/v1/ledger", params={"park": park}).json()["items"]
    return found


def exported(client: httpx.Client, park: str = "jia", **asked: Any) -> bytes:
    answer = client.get("/v1/ledger/export", params={"park": park, **asked})
    assert answer.status_code == 200
    return answer.content


def typed(content: bytes, **cells: Any) -> bytes:
    """The workbook with cells of its first row typed into, by heading."""
    workbook = load_workbook(BytesIO(content))
    sheet = workbook.worksheets[0]
    for position, heading in enumerate(sheet[HEADER_ROW], start=1):
        if heading.value in cells:
            sheet.cell(HEADER_ROW + 1, position).value = cells[str(heading.value)]
    return saved(workbook)


def brought(
    client: httpx.Client,
    content: bytes,
    park: str = "jia",
    headers: dict[str, str] | None = None,
    **asked: Any,
) -> httpx.Response:
    return client.post(
        "/v1/ledger/import",
        params=asked,
        data={"park": park},
        files={"file": ("台账.xlsx", content)},
        headers=headers,
    )


def test_a_file_is_recorded_by_the_part_of_its_name_that_can_be_kept(worked: World) -> None:
    content = typed(exported(worked.jia), 负责人="示例郑经理")
    part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n'.format
    body = (part("park") + "jia\r\n" + part('file"; filename="../台\0账\x07.xlsx')).encode()
    multipart = {"Content-Type": "multipart/form-data; boundary=b"}
    sent = worked.jia.post("/v1/ledger/import", content=body + content + b"\r\n--b--\r\n", headers=multipart)
    assert sent.status_code == 200, sent.text
    [past] = worked.jia.get("/v1/ledger/imports", params={"park": "jia"}).json()["items"]
    assert past["file"] == "台账.xlsx"


def test_a_filled_in_workbook_comes_back_and_is_undone(worked: World) -> None:
    content = typed(exported(worked.jia), 阶段="待对接", 负责人="示例郑经理")
    dry = brought(worked.jia, content, dry_run=True).json()
    assert (dry["dry_run"], dry["import_id"], dry["rows_changed"]) == (True, None, 1)
    done = brought(worked.jia, content).json()
    assert {**done, "import_id": None, "dry_run": True} == dry
    assert {(one["heading"], one["before"], one["after"]) for one in done["changes"]} == {
        ("阶段", "待研判", "待对接"),
        ("负责人", "示例吴经理", "示例郑经理"),
    }
    entry_id = done["changes"][0]["entry_id"]
    assert worked.jia.get(f"/v1/ledger/{entry_id}").json()["stage"] == "pending"
    acts = [one["act"] for one in worked.jia.get(f"/v1/ledger/{entry_id}/history").json()["items"]]
    assert acts[-1] == "import"
    [past] = worked.jia.get("/v1/ledger/imports", params={"park": "jia"}).json()["items"]
    assert (past["import_id"], past["file"], past["undone_at"]) == (done["import_id"], "台账.xlsx", None)
    undone = worked.jia.post(f"/v1/ledger/imports/{done['import_id']}/undo")
    assert (undone.status_code, undone.json()["rows_restored"]) == (200, 1)
    assert worked.jia.get(f"/v1/ledger/{entry_id}").json()["stage"] == "screening"
    assert worked.jia.post(f"/v1/ledger/imports/{done['import_id']}/undo").status_code == 409


def test_a_dry_run_asked_for_in_the_form_writes_nothing_either(worked: World) -> None:
    files = {"file": ("台账.xlsx", typed(exported(worked.jia), 备注="只是试试"))}
    asked = {"park": "jia", "dry_run": "true"}
    report = worked.jia.post("/v1/ledger/import", data=asked, files=files).json()
    assert (report["dry_run"], report["import_id"], report["rows_changed"]) == (True, None, 1)
    assert worked.jia.get("/v1/ledger/imports").json()["items"] == []


def test_an_import_sent_again_with_its_key_is_answered_and_not_done_again(worked: World) -> None:
    content = typed(exported(worked.jia), 备注="一次")
    key = {"Idempotency-Key": "import-1"}
    first = brought(worked.jia, content, headers=key)
    again = brought(worked.jia, content, headers=key)
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert brought(worked.jia, typed(content, 备注="另一份"), headers=key).status_code == 409
    assert len(worked.jia.get("/v1/ledger/imports").json()["items"]) == 1


def test_a_conflict_and_an_illegal_move_are_reported_and_not_written(worked: World) -> None:
    content = typed(exported(worked.jia), 下一步="我写的")
    [first, *_] = entries(worked.jia)
    worked.admin.patch(f"/v1/ledger/{first['entry_id']}", json={"next_action": "别人先写的"})
    report = brought(worked.jia, content).json()
    [conflict] = report["conflicts"]
    assert (conflict["base"], conflict["yours"], conflict["theirs"]) == (None, "我写的", "别人先写的")
    assert conflict["changed_by"] == "区级管理员"
    report = brought(worked.jia, typed(exported(worked.jia), 阶段="已落地")).json()
    assert report["rejected"][0]["code"] == "illegal_move"
    assert "待对接" in report["rejected"][0]["reason"]
    assert entries(worked.jia)[0]["stage"] == "screening"


def test_an_export_is_masked_unless_the_caller_may_see_contacts_which_is_recorded(worked: World) -> None:
    masked = exported(worked.jia, format="csv")
    assert masked.startswith(b"\xef\xbb\xbf")
    assert b"0000 5555" not in masked
    assert b"wu@example.com" not in masked
    answer = worked.jia.get("/v1/ledger/export", params={"park": "jia", "format": "csv", "unmask": "true"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert "138 0000 5555" in answer.text
    reader = worked.server.client(worked.server.key("只读", Role.READER, ["jia"]))
    refused = reader.get("/v1/ledger/export", params={"park": "jia", "unmask": "true"})
    assert refused.status_code == 403
    with worked.server.service.database.reading() as session:
        recorded = session.scalars(select(AuditRow).where(AuditRow.act == "unmask_ledger")).all()
    assert [(one.subject, one.park_id is not None) for one in recorded] == [("export:csv", True)]
    for content in (masked, answer.content, exported(worked.jia)):
        report = brought(worked.jia, content).json()
        assert (report["changes"], report["ignored"], report["rows_rejected"]) == ([], [], 0)


def test_another_parks_ledger_is_not_found_in_or_out(worked: World) -> None:
    answer = worked.jia.get("/v1/ledger/export", params={"park": "jia"})
    assert answer.headers["content-type"] == XLSX
    content = typed(answer.content, 备注="改")
    done = brought(worked.jia, content).json()
    assert worked.yi.get("/v1/ledger/export", params={"park": "jia"}).status_code == 404
    assert brought(worked.yi, content).status_code == 404
    assert worked.yi.get("/v1/ledger/imports").json()["items"] == []
    assert worked.yi.get("/v1/ledger/imports", params={"park": "jia"}).status_code == 404
    assert worked.yi.post(f"/v1/ledger/imports/{done['import_id']}/undo").status_code == 404
    strange = brought(worked.yi, content, park="yi").json()
    assert {one["code"] for one in strange["rejected"]} == {"unknown_entry"}
    assert brought(worked.reader, content, park="yi").status_code == 403


@pytest.mark.parametrize("content", [b"", b"\x00\x01", "需求名称\n甲\n".encode()])
def test_a_file_that_is_no_ledger_is_refused_in_words(worked: World, content: bytes) -> None:
    answer = brought(worked.jia, content)
    assert (answer.status_code, answer.json()["field"]) == (422, "file")


@pytest.mark.both_engines
def test_only_the_district_erases_a_person_and_is_told_numbers_alone(worked: World) -> None:
    asked = {"name": "示例吴经理", "phone": "+86 13800005555", "email": "WU@example.com"}
    assert worked.jia.post("/v1/erasures", json=asked).status_code == 403
    assert worked.admin.post("/v1/erasures", json={}).status_code == 422
    assert worked.admin.post("/v1/erasures", json={"name": "吴"}).json()["field"] == "name"
    dry = worked.admin.post("/v1/erasures", json={**asked, "dry_run": True}).json()
    done = worked.admin.post("/v1/erasures", json=asked).json()
    assert {**done, "dry_run": True} == dry
    assert done["rows"]["demand"] == 1
    assert done["rows"]["ledger_human"] == done["entries"] == len(entries(worked.jia))
    assert "吴" not in str(done)
    [first, *_] = entries(worked.jia)
    assert (first["owner"], first["notes"]) == ("〔已删除〕", "可致电 〔已删除〕 或 〔已删除〕")
    shown = worked.admin.get(f"/v1/demands/{worked.demands['jia'][0]}", params={"unmask": "true"}).json()
    assert shown["contact"] == {"name": "〔已删除〕", "phone": "〔已删除〕", "email": "〔已删除〕"}
    assert worked.admin.post("/v1/erasures", json=asked).json()["rows"] == {}
