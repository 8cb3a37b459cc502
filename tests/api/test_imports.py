"""Lists as files over REST: a dry run, the import, undoing it, conflicts, rejected rows and templates."""

from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from matcher.api.downloads import XLSX
from tests.api.world import World

CASES = Path(__file__).parents[1] / "files" / "cases"
HEADER = "需求编号,需求名称,企业名称,需求详情\n"
GOOD = HEADER + "A-1,冷库除霜改造,示例冷链公司,降低除霜电耗\nA-2,疫苗冷库温控,示例冷链公司,减少库温回升\n"
WITH_BAD_ROW = GOOD + "A-3,,示例冷链公司,没有名称的一行\n"


def _import(
    client: httpx.Client, text: str, path: str = "/v1/demands/import", **fields: Any
) -> httpx.Response:
    files = {"file": ("需求清单.csv", text.encode("gb18030"), "text/csv")}
    return client.post(path, data={"park": "yi", **fields}, files=files)


def _titles(client: httpx.Client) -> set[str]:
    return {one["title"] for one in client.get("/v1/demands").json()["items"]}


@pytest.mark.both_engines
def test_a_dry_run_reports_what_the_import_then_does_and_undoing_takes_it_back(world: World) -> None:
    before = _titles(world.yi)
    dry = _import(world.yi, WITH_BAD_ROW, dry_run="true").json()
    assert _titles(world.yi) == before
    assert (dry["dry_run"], dry["import_id"]) == (True, None)
    done = _import(world.yi, WITH_BAD_ROW).json()
    counted = ("rows", "created", "updated", "unchanged", "withdrawn", "rejected", "problems")
    assert {name: dry[name] for name in counted} == {name: done[name] for name in counted}
    assert (done["rows"], done["created"], done["rejected"]) == (3, 2, 1)
    assert done["problems"][0]["row"] == 4
    assert _titles(world.yi) == before | {"冷库除霜改造", "疫苗冷库温控"}
    assert _import(world.yi, GOOD).json()["unchanged"] == 2

    [past] = world.yi.get("/v1/imports").json()["items"]
    assert (past["import_id"], past["files"], past["park"]) == (done["import_id"], ["需求清单.csv"], "yi")
    undone = world.yi.post(f"/v1/imports/{done['import_id']}/undo").json()
    assert undone["withdrawn"] == 2
    assert _titles(world.yi) == before
    assert world.yi.get("/v1/imports").json()["items"][0]["undone_at"] is not None
    assert world.yi.post(f"/v1/imports/{done['import_id']}/undo").status_code == 409


def test_a_dry_run_asked_for_in_the_query_writes_nothing_either(world: World) -> None:
    before = _titles(world.yi)
    dry = _import(world.yi, GOOD, path="/v1/demands/import?dry_run=true").json()
    assert (dry["dry_run"], dry["import_id"], dry["created"]) == (True, None, 2)
    assert _titles(world.yi) == before


def test_a_row_edited_over_rest_since_is_a_conflict_until_it_is_overwritten(world: World) -> None:
    _import(world.yi, GOOD)
    [edited] = world.yi.get("/v1/demands", params={"q": "A-1"}).json()["items"]
    path = f"/v1/demands/{edited['id']}"
    world.yi.patch(path, json={"targets": "电耗下降 30%"})
    changed = GOOD.replace("降低除霜电耗", "降低除霜电耗一半")
    report = _import(world.yi, changed).json()
    assert [problem["code"] for problem in report["problems"]] == ["conflict"]
    assert (report["updated"], report["rejected"]) == (0, 1)
    assert world.yi.get(path).json()["targets"] == "电耗下降 30%"
    assert _import(world.yi, changed, overwrite="true").json()["updated"] == 1
    assert world.yi.get(path).json()["detail"] == "降低除霜电耗一半"


def test_a_full_list_withdraws_what_it_leaves_out(world: World) -> None:
    _import(world.yi, GOOD)
    report = _import(world.yi, HEADER + "A-1,冷库除霜改造,示例冷链公司,降低除霜电耗\n", full="true").json()
    assert report["withdrawn"] == 2
    assert _titles(world.yi) == {"冷库除霜改造"}
    assert "甲方独有的电解水膜电极批量涂布" in _titles(world.jia), "another park's list is another list"


def test_rejected_rows_come_back_as_a_workbook_and_nothing_is_imported(world: World) -> None:
    before = _titles(world.yi)
    answer = _import(world.yi, WITH_BAD_ROW, "/v1/demands/import/rejects")
    assert answer.headers["content-type"] == XLSX
    [header, row] = load_workbook(BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)
    assert "A-3" in row
    assert {"需求编号", "企业名称", "需求详情"} <= set(header)
    assert _titles(world.yi) == before


def test_the_supply_list_is_imported_with_its_source_from_several_files(world: World) -> None:
    files = [
        ("file", ("甲.csv", "成果名称\n冷库除霜装置\n".encode())),
        ("file", ("乙.jsonl", '{"id": 7, "title": "疫苗冷库温控器"}\n'.encode())),
    ]
    report = world.admin.post("/v1/achievements/import", data={"source": "示例大学"}, files=files).json()
    assert report["created"] == 2
    found = world.admin.get("/v1/achievements", params={"q": "冷库"}).json()["items"]
    assert {one["source"] for one in found if one["title"] in {"冷库除霜装置", "疫苗冷库温控器"}} == {
        "示例大学"
    }


def test_a_file_that_is_no_list_is_reported_and_not_a_failure(world: World) -> None:
    for name, content in (
        ("a.xlsx", b"PK\x03\x04 broken"),
        ("a.pdf", b"%PDF-1.7"),
        ("a.csv", b""),
        ("..", b"x"),
    ):
        files = {"file": (name, content)}
        report = world.yi.post("/v1/demands/import", data={"park": "yi"}, files=files)
        assert report.status_code == 200, name
        assert report.json()["problems"], name
        assert report.json()["created"] == 0


def test_a_form_that_lacks_its_park_or_file_is_refused(world: World) -> None:
    without_park = world.yi.post("/v1/demands/import", files={"file": ("a.csv", b"x")})
    without_file = world.yi.post("/v1/demands/import", data={"park": "yi"})
    for refused, field in ((without_park, "park"), (without_file, "file")):
        assert refused.status_code == 422
        assert (
            refused.json()["errors"][0] | {"field": field, "code": "missing"} == refused.json()["errors"][0]
        )


def test_each_list_has_a_template_that_can_be_imported_as_it_is(world: World) -> None:
    for noun, client in (("demands", world.yi), ("achievements", world.admin)):
        template = client.get(f"/v1/templates/{noun}.xlsx")
        assert template.headers["content-type"] == XLSX
        assert "filename*=UTF-8''" in template.headers["content-disposition"]
        files = {"file": ("模板.xlsx", template.content)}
        report = client.post(f"/v1/{noun}/import", data={"park": "yi"}, files=files).json()
        assert (report["created"], report["rejected"]) == (0, 0)
    assert world.yi.get("/v1/templates/others.xlsx").status_code == 422


@pytest.mark.both_engines
def test_past_imports_are_paged(world: World) -> None:
    made = [
        _import(world.yi, HEADER + f"B-{number},第{number}项,示例公司,说明\n").json()["import_id"]
        for number in range(3)
    ]
    first = world.yi.get("/v1/imports", params={"limit": 2}).json()
    rest = world.yi.get("/v1/imports", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [one["import_id"] for one in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None


def _upload(client: httpx.Client, name: str, **fields: Any) -> dict[str, Any]:
    files = {"file": (Path(name).name, (CASES / name).read_bytes())}
    answer = client.post("/v1/demands/import", data={"park": "yi", **fields}, files=files)
    assert answer.status_code == 200
    report: dict[str, Any] = answer.json()
    return report


def test_what_is_skipped_is_in_the_preview_and_in_the_import(world: World) -> None:
    dry = _upload(world.yi, "operator/商业航天需求.csv", dry_run="true")
    done = _upload(world.yi, "operator/商业航天需求.csv")
    assert dry["skipped"] == done["skipped"]
    assert [(one["reason"], one["count"], one["rows"][0]) for one in done["skipped"]] == [
        ("total", 1, {"row": 18, "text": "合计 15项"}),
        ("note", 1, {"row": 19, "text": "注：资金单位为万元。"}),
    ]
    assert (done["rows"], done["created"], done["rejected"]) == (15, 15, 0)
    assert "15项" not in _titles(world.yi)


def test_three_thousand_rows_of_a_default_take_one_line_of_the_report(world: World) -> None:
    report = _upload(world.yi, "lists/default-filled.xlsx", dry_run="true")
    [skipped] = report["skipped"]
    assert (skipped["reason"], skipped["count"], len(skipped["rows"])) == ("default_only", 2997, 20)
    assert (report["rows"], report["created"], report["problems"]) == (3, 3, [])


@pytest.mark.both_engines
def test_hidden_rows_are_imported_when_asked_for_and_never_withdrawn_by_being_hidden(world: World) -> None:
    hidden = _upload(world.yi, "lists/filtered.xlsx")
    assert hidden["created"] == 4
    assert {one["reason"]: one["count"] for one in hidden["skipped"]} == {
        "hidden_column": 1,
        "filtered_row": 2,
    }
    everything = _upload(world.yi, "lists/filtered.xlsx", hidden="include", overwrite="true")
    assert (everything["rows"], everything["created"], everything["skipped"]) == (6, 2, [])
    full = _upload(world.yi, "lists/filtered.xlsx", full="true")
    assert not {"钢卷端面划伤检测2", "钢卷端面划伤检测4"} - _titles(world.yi)
    assert full["rows"] == 4
    refused = world.yi.post("/v1/demands/import", data={"park": "yi", "hidden": "all"}, files={"file": b"x"})
    assert refused.status_code == 422
