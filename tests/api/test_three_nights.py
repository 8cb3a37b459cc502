"""A park operator's week: lists from a workbook, three nights, work by REST and by spreadsheet in between."""

import io
import time
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from openpyxl import Workbook, load_workbook

from matcher.domain.access import Role
from tests.api.world import Server, address, entries

SUPPLY = [
    (
        "CG-1",
        "碱性电解水制氢用复合隔膜连续制备技术",
        "示例理工学院",
        "大幅面复合隔膜，耐高温浓碱，面电阻低。",
    ),
    ("CG-2", "冷库低扰动分区除霜控制装置", "示例物流研究所", "冷库蒸发器分区轮换除霜，库内温升小。"),
    ("CG-3", "单克隆抗体亲和层析填料", "示例生物材料院", "耐碱高载量的亲和层析介质，用于单抗捕获。"),
]
DEMANDS = [
    ("XQ-1", "高温浓碱电解槽用低阻隔膜", "示例装备公司", "隔膜面电阻高，需要大幅面、耐浓碱的复合隔膜。"),
    ("XQ-2", "疫苗冷库除霜温升控制", "示例冷链公司", "除霜时库温波动大，需要分区控制。"),
]

CODES = tuple(code for code, *_ in DEMANDS)


def workbook(headings: list[str], rows: Sequence[tuple[str, ...]]) -> bytes:
    """A list as offices send it: a merged title above the header."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["2026年清单（示例）"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headings))
    sheet.append(headings)
    for row in rows:
        sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def night(operator: httpx.Client) -> int:
    """One run, awaited."""
    run: int = operator.post("/v1/runs").json()["run_id"]
    while (state := operator.get(f"/v1/runs/{run}").json())["status"] == "running":
        time.sleep(0.02)
    assert state["status"] == "succeeded"
    return run


def imported(client: httpx.Client, path: str, content: bytes, **form: str) -> dict[str, Any]:
    answer = client.post(path, data=form, files={"file": ("清单.xlsx", content)})
    assert answer.status_code in {200, 201}, answer.text
    report: dict[str, Any] = answer.json()
    return report


@pytest.fixture
def operator(server: Server) -> httpx.Client:
    """The operator of a new park whose two lists came from workbooks."""
    admin = server.client(server.key("区级管理员", Role.ADMIN))
    assert admin.post("/v1/parks", json={"code": "qing", "name": "氢示例园"}).status_code == 201
    headings = ["成果编号", "成果名称", "完成单位", "成果简介"]
    imported(admin, "/v1/achievements/import", workbook(headings, SUPPLY), source="示例")
    operator = server.client(server.key("氢园操作员", Role.OPERATOR, ["qing"]))
    headings = ["需求编号", "需求名称", "企业名称", "需求详情"]
    imported(operator, "/v1/demands/import", workbook(headings, DEMANDS), park="qing")
    return operator


def edited(content: bytes, entry_id: int, **cells: Any) -> bytes:
    """The exported workbook with cells of one entry's row written over, as a person would in Excel."""
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    header = next(row for row in sheet.iter_rows() if any(cell.value == "条目编号" for cell in row))
    column = {str(cell.value): number for number, cell in enumerate(header)}
    [row] = [
        row
        for row in sheet.iter_rows(min_row=(header[0].row or 0) + 1)
        if str(row[column["条目编号"]].value) == str(entry_id)
    ]
    for heading, value in cells.items():
        cell = row[column[heading]]
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # typed as text, as after an apostrophe
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def exported(operator: httpx.Client) -> bytes:
    return operator.get("/v1/ledger/export", params={"park": "qing"}).content


@pytest.mark.both_engines
def test_three_nights_of_work_by_rest_and_by_spreadsheet(
    server: Server, operator: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    first = night(operator)
    membrane, cold = (
        next(one for one in entries(operator, park="qing") if one["demand_code"] == code and one["rank"] == 1)
        for code in CODES
    )
    assert (membrane["achievement_code"], cold["achievement_code"]) == ("CG-1", "CG-2")

    etag = operator.get(address(membrane)).headers["etag"]
    written = operator.patch(
        address(membrane), json={"owner": "示例李工", "due": "2031-01-15"}, headers={"If-Match": etag}
    )
    assert written.status_code == 200
    stale = operator.patch(address(membrane), json={"owner": "晚到的人"}, headers={"If-Match": etag})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    for stage in ("pending", "pushed", "engaged"):
        assert operator.post(f"{address(membrane)}/stage", json={"stage": stage}).status_code == 200
    skipped = operator.post(f"{address(membrane)}/stage", json={"stage": "landed"})
    assert (skipped.status_code, skipped.json()["code"]) == (409, "illegal_move")

    demand = operator.get(f"/v1/demands/{cold['demand_id']}").json()
    changed = operator.patch(
        f"/v1/demands/{demand['id']}", json={"detail": "除霜时库温波动大，需要预测与分区控制。"}
    )
    assert changed.status_code == 200
    second = night(operator)
    told = operator.get(f"/v1/runs/{second}/diff", params={"park": "qing"}).json()
    causes = {one["demand_code"]: one["causes"] for one in told["changed"]}
    assert "demand_edited" in causes["XQ-2"]
    assert causes["XQ-1"] == ["feedback"], "the stage reached moves the same demand's others"

    sheet = exported(operator)
    untouched = imported(operator, "/v1/ledger/import", sheet, park="qing")
    assert (untouched["changes"], untouched["conflicts"], untouched["rejected"]) == ([], [], [])
    sheet = edited(
        sheet,
        cold["entry_id"],
        阶段="待对接",
        负责人="示例周工",
        下一步="=HYPERLINK(1)",
        备注="-5 ℃，电话 +86 138 0000 5555",
    )
    sheet = edited(sheet, membrane["entry_id"], 阶段="已落地")
    operator.patch(address(membrane), json={"next_action": "约实地测试"})
    preview = operator.post(
        "/v1/ledger/import",
        params={"dry_run": True},
        data={"park": "qing"},
        files={"file": ("台账.xlsx", sheet)},
    ).json()
    assert operator.get(address(cold)).json()["owner"] == ""
    report = imported(operator, "/v1/ledger/import", sheet, park="qing")
    assert report["changes"] == preview["changes"]
    assert {(one["entry_id"], one["heading"]) for one in report["changes"]} == {
        (cold["entry_id"], heading) for heading in ("阶段", "负责人", "下一步", "备注")
    }
    assert {one["entry_id"] for one in report["conflicts"]} == {membrane["entry_id"]}
    graded = operator.post(f"{address(cold)}/grade", json={"grade": 2, "reason": "可以先试"})
    assert graded.json()["grade"] == 2

    assert operator.post(f"/v1/demands/{cold['demand_id']}/withdraw").status_code == 200
    third = night(operator)
    left = operator.get(address(cold)).json()
    assert (left["standing"], left["cause"], left["stage"]) == ("void", "demand_withdrawn", "pending")
    assert (left["owner"], left["next_action"], left["grade"]) == ("示例周工", "=HYPERLINK(1)", 2)
    assert left["notes"].startswith("-5 ℃，电话 +86 138****")
    assert left["entry_id"] in {one["entry_id"] for one in entries(operator, park="qing")}
    standing = operator.get(address(membrane)).json()
    assert (standing["stage"], standing["owner"], standing["next_action"]) == (
        "engaged",
        "示例李工",
        "约实地测试",
    )

    shown = operator.get("/v1/ledger", params={"park": "qing", "as_of": first}).json()
    then = {one["entry_id"]: one for one in shown["items"]}
    assert (then[cold["entry_id"]]["standing"], then[cold["entry_id"]]["owner"]) == ("current", "")
    assert then[cold["entry_id"]]["score"] == cold["score"]
    vanished = operator.get(f"/v1/runs/{third}/diff", params={"park": "qing"}).json()["vanished"]
    assert {one["demand_code"] for one in vanished} == {"XQ-2"}

    with capsys.disabled():
        print(f"\n{cold['demand_title']} × {cold['achievement_title']}")
        for step in operator.get(f"{address(cold)}/history").json()["items"]:
            print(" ", step["at"][:19], step["actor"], step["act"], step["changes"], step["causes"])
