"""Cells of workbooks are read as people see them: shown numbers, days, errors, and codes."""

import datetime
import io
import zipfile
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from matcher.domain.listing import Side
from matcher.files.number_formats import names_a_day, plain_number, shown_day, shown_number, shown_text
from matcher.files.report import ParsedList
from tests.files.given import achievement, codes, csv_text, demand, read_list, saved, xlsx

CASES = Path(__file__).parent / "cases" / "lists"
JUNE = datetime.datetime.fromisoformat("2027-06-01")
HEAD = ("需求编号", "需求名称", "预算（万元）", "技术指标", "有效期")


def read_case(name: str) -> ParsedList:
    return read_list((CASES / name).read_bytes(), name, Side.DEMAND)


def read_cells(formats: Sequence[str | None], *cells: Any) -> ParsedList:
    """A demand list of one row, its cells in these number formats."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(HEAD)
    sheet.append(cells)
    for cell, code in zip(sheet[2], formats, strict=False):
        if code is not None:
            cell.number_format = code
    return read_list(saved(workbook), "a.xlsx", Side.DEMAND)


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.95, "0%", "95%"),
        (0.985, '"≥"0.0%', "≥98.5%"),
        (1.2, '0.00"亿元"', "1.20亿元"),
        (120, '"￥"#,##0.00"万"', "￥120.00万"),
        (120_000_000, "0.00,,", "120.00"),
        (12345, '0!.0,"万"', "1.2万"),
        (7, "00000", "00007"),
        (7, '"GX-"0000', "GX-0007"),
        (13_800_001_234, "000-0000-0000", "138-0000-1234"),
        (1_234_567, "000,000,000", "001,234,567"),
        (-5, "0;(0)", "(5)"),
        (0, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        (5, "[$￥-804]#,##0.00", "￥5.00"),
        (120, '[>=100]0.0"百万";0"万"', "120.0百万"),
        (5, 'General"台"', "5台"),
        (5, 'G/通用格式"台"', "5台"),
        (5, "[DBNum1]General", "5"),
        (0.5, "#.##", "0.5"),
        (0.25, "# ?/?", "0.25"),
        (-0.001, "0.0", "0.0"),
        (5, ";;;", "5"),
    ],
)
def test_a_number_is_what_its_format_shows(value: float, code: str, text: str) -> None:
    assert shown_number(value, code) == text


@given(st.decimals(-(10**9), 10**9, places=4), st.integers(0, 4))
def test_decimals_are_rounded_as_excel_rounds_them(value: Decimal, places: int) -> None:
    shown = shown_number(float(value), "0." + "0" * places if places else "0")
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert Decimal(shown) == rounded


@given(st.integers(0, 10**15 - 1), st.integers(1, 20))
def test_leading_zeros_of_a_format_stay_and_no_digit_is_lost(value: int, width: int) -> None:
    assert shown_number(value, "0" * width) == str(value).rjust(width, "0")


@given(st.floats(-(10.0**14), 10.0**14), st.text(max_size=30))
def test_no_format_makes_reading_fail(value: float, code: str) -> None:
    assert isinstance(shown_number(value, code), str)
    assert isinstance(shown_text("文", code), str)
    assert isinstance(shown_day(JUNE, code), str)


@given(st.integers(1, 10**12), st.integers(1, 6))
def test_a_sum_of_decimals_is_what_excel_shows(value: int, places: int) -> None:
    exact = Decimal(value).scaleb(-places)
    drifted = float(exact) + 0.1 - 0.1
    assert Decimal(plain_number(drifted)) == pytest.approx(exact, rel=Decimal("1e-9"))
    assert "E" not in plain_number(drifted)
    assert plain_number(0.1 + 0.2) == "0.3"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ('yyyy"年"m"月"', "2027年6月"),
        ('[$-804]yyyy"年"m"月";@', "2027年6月"),
        ("mmm-yy", "2027年6月"),
        ("yyyy\\-mm", "2027年6月"),
        ('yyyy"年"', "2027年"),
        ("yyyy", "2027年"),
        ('m"月"d"日"', "2027-06-01"),
        ("d/m/yyyy", "2027-06-01"),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2027-06-01"),
        ("yyyy/m/d h:mm", "2027-06-01"),
        ('[$-411]ge"年"m"月"d"日"', "2027-06-01"),
    ],
)
def test_a_day_is_as_fine_as_its_format_shows(code: str, text: str) -> None:
    assert names_a_day(code)
    assert shown_day(JUNE, code) == text


@pytest.mark.parametrize("code", ['0.00"d"', '"y"0', "[Red]0", "#,##0", "0.00E+00", "General", '[$-804]0"m"'])
def test_a_number_format_names_no_day(code: str) -> None:
    assert not names_a_day(code)


def test_shares_and_money_are_read_as_their_cells_show_them() -> None:
    parsed = read_case("formats.xlsx")
    first, second = demand(parsed, 0), demand(parsed, 1)
    assert (first.targets, first.extra["国产化率"], first.budget.low, first.maturity.text) == (
        "95%", "60.00%", 120, "TRL6",
    )  # fmt: skip
    assert (second.targets, second.extra["国产化率"], second.budget.low) == ("≥98.5%", "60%", 12_000)
    assert codes(parsed) == []


def test_a_cell_shown_as_a_month_or_a_year_means_its_last_day() -> None:
    parsed = read_case("dates.xlsx")
    assert codes(parsed) == []
    assert [
        (row.listing.valid_until, demand(parsed, index).deadline) for index, row in enumerate(parsed.rows)
    ] == [(datetime.date(2027, 6, 30),) * 2] * 9
    year = demand(read_cells([None] * 4 + ["yyyy"], "a", "储氢瓶检测", None, None, datetime.date(2027, 3, 1)))
    assert year.valid_until == datetime.date(2027, 12, 31)


def test_a_code_that_lost_digits_is_refused_with_the_remedy() -> None:
    for name in ("long.xlsx", "sixteen.xlsx", "long.csv"):
        parsed = read_case(name)
        assert parsed.rejected
        assert {row.problem.code for row in parsed.rejected} == {"digits_lost"}
        assert all("文本" in row.problem.message for row in parsed.rejected)
        assert all("as text" in row.problem.message_en for row in parsed.rejected)
    long = read_case("long.xlsx")
    assert [row.row for row in long.rejected] == [2, 3, 4]
    assert demand(long).code == "00007"
    assert [row.listing.code for row in read_case("long.csv").rows] == ["00012"]
    assert demand(read_cells([], "00012", "储氢瓶检测", 0.1 + 0.2)).budget.low == 0.3


@given(st.integers(10**15, 10**20))
def test_a_number_too_long_for_excel_never_passes_for_a_code(value: int) -> None:
    assert "E+" in plain_number(float(value))


@pytest.mark.parametrize("cell", [123456789012345, "110108202600000017", "2E10", "E+17"])
def test_a_code_that_lost_nothing_is_read_as_it_stands(cell: object) -> None:
    assert demand(read_cells([], cell, "储氢瓶检测")).code == str(cell)


def test_days_of_the_1904_calendar_are_right_whatever_their_format() -> None:
    parsed = read_case("mac1904.xlsx")
    assert [row.listing.valid_until for row in parsed.rows] == [datetime.date(2031, 6, 30)] * 2


def test_every_error_cell_is_reported_by_its_place() -> None:
    strict = read_case("strict-ooxml.xlsx")
    assert [(p.code, p.sheet, p.row, p.column) for p in strict.problems] == [
        ("cell_error", "清单", 3, "F 预算（万元）")
    ]
    assert [row.listing.valid_until for row in strict.rows] == [datetime.date(2027, 6, 30)] * 2
    old = read_case("errors.xls")
    assert [(p.code, p.severity, p.row, p.column) for p in old.problems] == [
        ("cell_error", "doubtful", 2, "E 预算（万元）"),
        ("cell_error", "rejected", 3, "B 需求名称"),
    ]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="D2"><f>SUM(A1:A2)</f></c>',
        '<c r="D2"><f>SUM(A1:A2)</f><v></v></c>',
        '<c r="D2"><f>SUM(A1:A2)</f><v/></c>',
        '<c r="D2">\n<f t="shared" si="0"/>\n<v />\n</c>',
        '<c r="D2" t="e" vm="1"><v>#VALUE!</v></c>',
        '<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
        '<c r="D2" t="e" vm="1"><f>_xlfn.IMAGE(A1)</f><v>#VALUE!</v></c>',
        '<c r="D2" t="e" vm="1"><f>SEQUENCE(3)</f><v>#VALUE!</v></c>',
        '<c r="D2" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>',
        '<c r="D2" t="inlineStr"><is><t>######</t></is></c>',
    ],
)
def test_what_a_formula_or_picture_leaves_in_a_cell_is_reported_and_never_text(cell: str) -> None:
    content = xlsx([HEAD, ["R1", "储氢瓶检测", 5, "甲"]])
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w") as copy:
        for name in source.namelist():
            part = source.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                before, _, after = part.partition('<c r="D2"')
                part = before + cell + after.partition("</c>")[2]
            copy.writestr(name, part)
    parsed = read_list(stream.getvalue(), "a.xlsx", Side.DEMAND)
    assert codes(parsed) == [("cell_error", "doubtful")]
    assert (demand(parsed).targets, parsed.problems[0].column) == ("", "D 技术指标")


def test_a_formula_that_gave_an_empty_text_is_a_blank_cell() -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(HEAD)
    sheet.append(["R1", "储氢瓶检测", None, '=IF(A1="","","")'])
    content = saved(workbook)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w") as copy:
        for name in source.namelist():
            part = source.read(name)
            copy.writestr(name, part.replace(b'<c r="D2">', b'<c r="D2" t="str">'))
    assert codes(read_list(stream.getvalue(), "a.xlsx", Side.DEMAND)) == []


def xls_with(formats: Sequence[str], cells: Sequence[Any], *, since_1904: bool = False) -> ParsedList:
    workbook = xlwt.Workbook()
    workbook.dates_1904 = since_1904
    sheet = workbook.add_sheet("清单")
    for column, heading in enumerate(HEAD):
        sheet.write(0, column, heading)
    for column, (cell, code) in enumerate(zip(cells, formats, strict=True)):
        style = xlwt.XFStyle()
        style.num_format_str = code
        sheet.write(1, column, cell, style)
    stream = io.BytesIO()
    workbook.save(stream)
    return read_list(stream.getvalue(), "a.xls", Side.DEMAND)


def test_an_old_workbook_shows_its_cells_as_a_new_one_does() -> None:
    cells = (7, "储氢瓶检测", 1.2, 0.95, datetime.date(2027, 6, 1))
    read = demand(xls_with(("00000", "General", '0.00"亿元"', "0%", 'yyyy"年"m"月"'), cells))
    assert (read.code, read.budget.low, read.targets) == ("00007", 12_000, "95%")
    assert read.valid_until == datetime.date(2027, 6, 30)
    long = xls_with(("General",) * 5, (110108202600000017, "储氢瓶检测", 0.1 + 0.2, "甲", 46568))
    assert [row.problem.code for row in long.rejected] == ["digits_lost"]


def test_excel_95_in_gbk_is_read() -> None:
    parsed = read_case("biff5-gbk.xls")
    assert [row.listing.title for row in parsed.rows] == ["模具温控节能", "冲压件毛刺在线看"]
    assert codes(parsed) == []


@pytest.mark.parametrize("code_page", [1252, 1200, 10000, 0])
def test_excel_95_in_gbk_is_read_whatever_code_page_it_states(code_page: int) -> None:
    content = (CASES / "biff5-gbk.xls").read_bytes()
    stated = b"\x42\x00\x02\x00" + (936).to_bytes(2, "little")
    told = b"\x42\x00\x02\x00" + code_page.to_bytes(2, "little")
    assert content.count(stated) <= 1
    parsed = read_list(content.replace(stated, told), "a.xls", Side.DEMAND)
    assert [row.listing.title for row in parsed.rows] == ["模具温控节能", "冲压件毛刺在线看"]


def test_a_far_away_cell_is_named_with_its_sheet() -> None:
    [problem] = read_case("far-cell.xlsx").problems
    assert problem.severity == "rejected"
    assert "XFD1048576" in problem.message
    assert "清单" in problem.message
    assert "XFD1048576" in problem.message_en


@pytest.mark.parametrize(
    "cell",
    [
        "储氢瓶\n泄漏检测",
        "储氢瓶\r\n泄漏检测",
        "储氢瓶；\n泄漏检测",
        "储氢瓶&#10;泄漏检测",
        "储氢瓶<br>泄漏检测",
    ],
)
def test_lines_of_a_cell_are_items_before_they_are_closed_inside_words(cell: str) -> None:
    rows = [["成果名称", "关键词", "转化方式", "完成人", "成果简介"]]
    rows.append(
        [
            "储氢瓶检测",
            cell,
            "技术转让\n技术许可",
            "张三\n李四、\n王五",
            "一、查得快\n二、查得准高温合\n金可用",
        ]
    )
    listing = achievement(read_list(xlsx(rows), "a.xlsx", Side.SUPPLY))
    assert listing.keywords == ("储氢瓶", "泄漏检测")
    assert listing.modes == ("技术转让", "技术许可")
    assert listing.inventors == "张三、李四、王五"
    assert listing.abstract == "一、查得快\n二、查得准高温合金可用"


def test_headings_and_values_are_known_in_either_script() -> None:
    rows = [["成果名稱", "完成單位", "成熟度", "密級"], ["軸承在線監測", "某所", "通過中試", "內部"]]
    parsed = read_list(xlsx(rows), "a.xlsx", Side.SUPPLY)
    assert codes(parsed) == []
    listing = achievement(parsed)
    assert (listing.title, listing.organisation, listing.confidentiality) == (
        "軸承在線監測",
        "某所",
        "internal",
    )
    assert listing.maturity.low is not None


def test_rows_whose_long_code_has_become_one_are_all_refused() -> None:
    titles = ["储氢瓶检测", "加氢枪检测", "压力容器检测"]
    rows = [["需求编号", "需求名称"], *(["110108202600000000", title] for title in titles)]
    whole = [*rows, ["110108202600000123", "高温合金"]]
    parsed = read_list(csv_text(whole).encode(), "a.csv", Side.DEMAND)
    assert [row.listing.title for row in parsed.rows] == ["高温合金"]
    assert [(row.row, row.problem.code) for row in parsed.rejected] == [
        (number, "digits_lost") for number in (2, 3, 4)
    ]
    alone = read_list(csv_text(rows[:2]).encode(), "a.csv", Side.DEMAND)
    assert [row.listing.code for row in alone.rows] == ["110108202600000000"]


def test_a_stray_cell_beside_the_list_is_named_by_its_column() -> None:
    text = csv_text([["需求编号", "需求名称"], ["A1", "储氢瓶检测", *[None] * 97, "误填"]])
    [problem] = read_list(text.encode(), "a.csv", Side.DEMAND).problems
    assert (problem.code, problem.row, problem.column) == ("extra_cells", 2, "CV")
