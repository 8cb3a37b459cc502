import io

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from matcher.domain.listing import Side
from matcher.files.headings import REASON_HEADING, field_of
from matcher.files.reading import EXAMPLE_CODE
from matcher.files.rejects import write_rejects
from matcher.files.template import write_template
from tests.files.given import csv_text, read_list, saved


def _opened(content: bytes) -> Worksheet:
    return load_workbook(io.BytesIO(content)).worksheets[0]


def _rejects(content: bytes, name: str) -> bytes:
    stream = io.BytesIO()
    write_rejects(read_list(content, name, Side.SUPPLY).rejected, stream)
    return stream.getvalue()


def test_rejected_rows_import_again_once_mended() -> None:
    rows = [
        ["成果名称", "成果简介", "拟转化金额（元）", "是否获奖", "成果编号"],
        ["", "一段\n话", "500000", "=2+3", "007"],
        ["好成果", "", "", "", "008"],
        ["……", "", "面议", "", "009"],
    ]
    content = csv_text([[f'"{cell}"' for cell in row] for row in rows]).encode()
    mended = load_workbook(io.BytesIO(_rejects(content, "清单.csv")))
    sheet = mended.worksheets[0]
    assert sheet.max_row == 3
    assert sheet["A1"].value == REASON_HEADING
    assert "没有名称" in str(sheet["A2"].value)
    assert "第 2 行" in str(sheet["A2"].value)
    headings = [cell.value for cell in sheet[1]]
    title = headings.index("成果名称") + 1
    sheet.cell(2, title, "补上的名称")
    sheet.cell(3, title, "另一个名称")
    parsed = read_list(saved(mended), "问题行.xlsx", Side.SUPPLY)
    assert parsed.problems == ()
    plain = csv_text([rows[0], ["补上的名称", '"一段\n话"', *rows[1][2:]], ["另一个名称", *rows[3][1:]]])
    assert [row.listing for row in parsed.rows] == [
        row.listing for row in read_list(plain.encode(), "清单.csv", Side.SUPPLY).rows
    ]


def test_a_rejected_workbook_that_nobody_mended_is_rejected_again() -> None:
    again = read_list(_rejects("成果名称,成果简介\n,乙\n".encode(), "a.csv"), "b.xlsx", Side.SUPPLY)
    assert again.rows == ()
    assert [problem.code for problem in again.problems if problem.severity == "rejected"]


def test_json_lines_that_were_rejected_import_from_the_workbook() -> None:
    content = '{"title": "", "keywords": ["氢能", "储运"], "id": "1"}'.encode()
    workbook = load_workbook(io.BytesIO(_rejects(content, "a.jsonl")))
    sheet = workbook.worksheets[0]
    sheet.cell(1, sheet.max_column + 1, "title")
    sheet.cell(2, sheet.max_column, "补上的名称")
    parsed = read_list(saved(workbook), "b.xlsx", Side.SUPPLY)
    assert parsed.rows[0].listing.keywords == ("氢能", "储运")


@pytest.mark.parametrize("side", Side)
def test_a_template_left_as_it_is_imports_nothing(side: Side) -> None:
    stream = io.BytesIO()
    write_template(side, stream)
    parsed = read_list(stream.getvalue(), "模板.xlsx", side)
    assert (parsed.rows, parsed.rejected, parsed.read) == ((), (), 0)
    assert [problem.code for problem in parsed.problems] == ["no_rows"]


@pytest.mark.parametrize("side", Side)
def test_a_filled_template_imports_without_a_problem(side: Side) -> None:
    stream = io.BytesIO()
    write_template(side, stream)
    workbook = load_workbook(stream)
    sheet = workbook.worksheets[0]
    headings = [str(cell.value) for cell in sheet[2]]
    assert all(field_of(heading, side) for heading in headings)
    assert sheet.cell(3, 1).value == EXAMPLE_CODE
    for column in range(1, sheet.max_column + 1):
        sheet.cell(4, column, sheet.cell(3, column).value)
    sheet.cell(4, 1, "A-1")
    parsed = read_list(saved(workbook), "模板.xlsx", side)
    assert parsed.problems == ()
    assert [row.listing.code for row in parsed.rows] == ["A-1"]
    assert parsed.rows[0].listing.extra == {}


@pytest.mark.parametrize("side", Side)
def test_every_choice_a_template_offers_is_understood(side: Side) -> None:
    stream = io.BytesIO()
    write_template(side, stream)
    sheet = load_workbook(stream).worksheets[0]
    validations = sheet.data_validations.dataValidation
    assert len(validations) >= 3
    for validation in validations:
        letter = str(validation.sqref).split(":")[0].rstrip("0123456789")
        heading = str(sheet[f"{letter}2"].value)
        for choice in str(validation.formula1).strip('"').split(","):
            content = csv_text([[str(sheet["B2"].value), heading], ["某个名称", choice]])
            parsed = read_list(content.encode(), "a.csv", side)
            assert parsed.problems == (), choice
            assert len(parsed.rows) == 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("x")'])
def test_text_in_a_workbook_is_never_a_formula(text: str) -> None:
    rejects = _rejects(
        csv_text([["成果名称", "成果简介"], ["", f'"{text}"'.replace('"x"', '""x""')]]).encode(), "a.csv"
    )
    sheet = _opened(rejects)
    assert [value.data_type for value in sheet[2] if value.value is not None] == ["s", "s"]
