"""The ledger as a sheet on the command line: out, filled in, back, undone; and one person erased."""

import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from matcher.files.ledger_workbook import HEADER_ROW
from matcher.ports import Encoder
from tests.cli.conftest import Ended, Matcher, run_here

SUPPLY = (
    "成果名称,完成单位,成果简介\n液氢阀门泄漏检测,甲所,低温密封处泄漏检测\n焊缝缺陷识别,乙院,射线图像识别\n"
)
DEMANDS = (
    "需求名称,企业名称,需求详情,联系人,联系电话\n阀门泄漏检测,子公司,低温密封处泄漏,示例吴经理,13800005555\n"
)


def fine(ended: Ended) -> Ended:
    assert ended.code == 0, ended.err
    return ended


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """The data folder of a park whose one demand has a ledger of two entries."""
    folder = tmp_path_factory.mktemp("prepared")
    for name, text in (("supply.csv", SUPPLY), ("demand.csv", DEMANDS)):
        (folder / name).write_text(text, "utf-8")
    run_here(folder / "var", "park", "add", "p1", "--name", "一号园")
    run_here(folder / "var", "import", "achievements", folder / "supply.csv")
    run_here(folder / "var", "import", "demands", folder / "demand.csv", "--park", "p1")
    run_here(folder / "var", "refresh")
    return folder / "var"


@pytest.fixture
def ready(matcher: Matcher, prepared: Path, tmp_path: Path) -> Matcher:
    """The command line in a copy of that park."""
    shutil.copytree(prepared, tmp_path / "var")
    return matcher


def fill_in(path: Path, **cells: Any) -> Path:
    """Type into the first row's cells, by heading."""
    workbook = load_workbook(BytesIO(path.read_bytes()))
    sheet = workbook.worksheets[0]
    for position, heading in enumerate(sheet[HEADER_ROW], start=1):
        if heading.value in cells:
            sheet.cell(HEADER_ROW + 1, position).value = cells[str(heading.value)]
    workbook.save(path)
    return path


@pytest.mark.parametrize("side", [("demands", "--park", "p1"), ("achievements",)], ids=lambda side: side[0])
@pytest.mark.parametrize("name", ["台账.xlsx", "台账.csv"])
def test_a_ledger_is_not_imported_as_a_list(
    ready: Matcher, tmp_path: Path, name: str, side: tuple[str, ...]
) -> None:
    path = tmp_path / name
    fine(ready("ledger", "export", "--park", "p1", "-o", path))
    ended = ready("import", side[0], path, *side[1:], "--json")
    assert ended.code == 2
    assert [problem["code"] for problem in ended.json["problems"]] == ["ledger_sheet"]
    assert ended.json["rows"] == 0


def test_a_ledger_goes_out_is_filled_in_comes_back_and_is_undone(ready: Matcher, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    fine(ready("ledger", "export", "--park", "p1", "-o", path))
    fill_in(path, 阶段="待对接", 备注="致电 13800005555")
    dry = fine(ready("ledger", "import", path, "--park", "p1", "--dry-run"))
    assert "待对接" in dry.out
    assert "试运行" in dry.err
    assert fine(ready("ledger", "imports", "--json")).json == []
    done = fine(ready("ledger", "import", path, "--park", "p1", "--json")).json
    assert (done["rows"], done["rows_changed"], done["rejected"]) == (2, 1, [])
    assert [one["heading"] for one in done["changes"]] == ["阶段", "备注"]
    again = fine(ready("ledger", "import", path, "--park", "p1", "--json")).json
    assert (again["import_id"], again["changes"]) == (None, [])
    listed = fine(ready("ledger", "imports", "--park", "p1"))
    assert "台账.xlsx" in listed.out
    undone = fine(ready("ledger", "undo", done["import_id"]))
    assert "待研判" in undone.out
    assert "已恢复 1 条" in undone.err
    assert ready("ledger", "undo", done["import_id"]).code == 4
    assert ready("ledger", "undo", 99).code == 3
    stages = [one["stage"] for one in fine(ready("ledger", "list", "--json")).json]
    assert stages == ["screening", "screening"]


def test_a_csv_file_is_written_by_its_name_and_masks_contacts_unless_told(
    ready: Matcher, tmp_path: Path
) -> None:
    path = tmp_path / "台账.xlsx"
    fine(ready("ledger", "export", "--park", "p1", "-o", path))
    fine(ready("ledger", "import", fill_in(path, 备注="致电 13800005555"), "--park", "p1"))
    text = tmp_path / "台账.csv"
    fine(ready("ledger", "export", "--park", "p1", "-o", text))
    assert "138****5555" in text.read_text("utf-8-sig")
    fine(ready("ledger", "export", "--park", "p1", "-o", text, "--unmask"))
    assert "13800005555" in text.read_text("utf-8-sig")
    back = fine(ready("ledger", "import", text, "--park", "p1", "--json")).json
    assert (back["changes"], back["rows_unchanged"]) == ([], 2)


def test_a_ledger_is_written_as_a_workbook_or_csv_and_as_nothing_else(ready: Matcher, tmp_path: Path) -> None:
    refused = ready("ledger", "export", "--park", "p1", "-o", tmp_path / "台账.pdf")
    assert refused.code == 2
    assert ".xlsx 或 .csv" in refused.err
    assert not (tmp_path / "台账.pdf").exists()


def test_a_sheet_brought_to_the_wrong_park_is_answered_in_a_few_lines(ready: Matcher, tmp_path: Path) -> None:
    names = "".join(f"需求{number},子公司,低温密封处泄漏{number}\n" for number in range(6))
    (tmp_path / "more.csv").write_text("需求名称,企业名称,需求详情\n" + names, "utf-8")
    fine(ready("import", "demands", tmp_path / "more.csv", "--park", "p1"))
    fine(ready("refresh"))
    fine(ready("park", "add", "p2", "--name", "二号园"))
    path = tmp_path / "台账.xlsx"
    fine(ready("ledger", "export", "--park", "p1", "-o", path))
    refused = ready("ledger", "import", path, "--park", "p2")
    assert refused.code == 2
    lines = [line for line in refused.err.splitlines() if line.startswith("[未导入]")]
    assert len(lines) == 6
    assert "另有 9 处" in lines[-1]
    assert "没有一行是园区 p2 的条目" in refused.err


def test_an_amount_is_shown_without_needless_zeros(ready: Matcher, tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    fine(ready("ledger", "export", "--park", "p1", "-o", path))
    text = path.read_text("utf-8-sig").splitlines(keepends=True)
    cells = text[1].split(",")
    cells[text[0].split(",").index('"金额（万元）"')] = '"1200.5"'
    path.write_text("".join([text[0], ",".join(cells), *text[2:]]), "utf-8-sig")
    done = fine(ready("ledger", "import", path, "--park", "p1"))
    assert "1200.5" in done.out
    assert "1200.500" not in done.out
    [entry] = [one for one in fine(ready("ledger", "list", "--json")).json if one["amount"]]
    assert "1200.500" not in fine(ready("ledger", "show", entry["entry_id"])).out


def test_an_import_of_which_nothing_could_be_written_ends_with_2(ready: Matcher, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    fine(ready("ledger", "export", "--park", "p1", "-o", path))
    refused = ready("ledger", "import", fill_in(path, 阶段="已落地"), "--park", "p1")
    assert refused.code == 2
    assert "[未导入] 台账 Z5 阶段：不能从“待研判”到“已落地”" in refused.err
    (tmp_path / "other.csv").write_text("需求名称\n甲\n", "utf-8")
    strange = ready("ledger", "import", tmp_path / "other.csv", "--park", "p1")
    assert strange.code == 2
    assert "条目编号" in strange.err
    assert ready("ledger", "import", tmp_path / "none.xlsx", "--park", "p1").code == 2
    assert ready("ledger", "import", path, "--park", "nowhere").code == 3


def test_a_person_is_erased_and_only_numbers_are_shown(ready: Matcher, tmp_path: Path) -> None:
    assert ready("erase-person").code == 2
    dry = fine(ready("erase-person", "--phone", "138 0000 5555", "--dry-run", "--json")).json
    assert dry["rows"] == {"demand": 1, "demand_revision": 1}
    done = fine(ready("erase-person", "--phone", "138 0000 5555"))
    assert "demand_revision" in done.out
    assert "5555" not in done.out + done.err
    assert fine(ready("erase-person", "--name", "示例吴经理", "--json")).json["rows"] == {}
