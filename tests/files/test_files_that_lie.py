"""Text files that are not what they seem: stray quotation marks, web pages, other encodings, broken lines."""

import csv
import io
import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.listing import Side
from matcher.files.csv_records import MAX_STRAY, read_records
from matcher.files.report import ParsedList
from tests.files.given import codes, demand, read_list

CASES = Path(__file__).parent / "cases" / "lists"
HEAD = "需求编号,需求名称,企业名称,需求详情,有效期"


def read_case(name: str) -> ParsedList:
    return read_list((CASES / name).read_bytes(), name, Side.DEMAND)


def read_lines(*lines: str, encoding: str = "utf-8") -> ParsedList:
    return read_list("\n".join([HEAD, *lines]).encode(encoding), "a.csv", Side.DEMAND)


def line(number: int, title: str = "托辊异响判断") -> str:
    return f"C{number},{title}{number},示例公司{number},要用声音判断第{number}组。,2027-06-30"


@pytest.mark.parametrize(
    "spoilt",
    [
        'C2,"8寸管接头漏水,示例公司,详情,2027-06-30',
        'C2,"8寸管,"示例"公司,详情,2027-06-30',
        '"C2,8寸管,示例公司,详情,2027-06-30',
        'C2,8寸管,示例公司,"详情,2027-06-30',
    ],
)
@pytest.mark.parametrize(
    "after", [line(9), 'C9,"管,件",示例公司,"多行\n详情",2027-06-30', 'C9,"a""b",公司,详情,']
)
def test_a_stray_quote_costs_its_own_line_and_is_reported_by_line(spoilt: str, after: str) -> None:
    parsed = read_lines(line(1), spoilt, line(3), line(4), after)
    assert [row.listing.code for row in parsed.rows] == ["C1", "C3", "C4", "C9"]
    assert codes(parsed) == [("stray_quote", "rejected")]
    assert "第 3 行" in parsed.problems[0].message
    assert parsed.rejected[0].cells["需求编号"].endswith("C2")


def test_two_stray_quotes_that_pair_up_swallow_nothing() -> None:
    spoilt = 'C2,"8寸管,示例公司,详情,2027-06-30', 'C5,10寸管",示例公司,详情,2027-06-30'
    parsed = read_lines(line(1), spoilt[0], line(3), line(4), spoilt[1], line(6))
    assert [row.listing.code for row in parsed.rows] == ["C1", "C3", "C4", "C5", "C6"]
    assert codes(parsed) == [("stray_quote", "rejected")]


def test_quotes_inside_a_cell_and_words_in_quotes_are_read() -> None:
    assert codes(read_case("quote-mid.csv")) == []
    assert demand(read_case("quote-mid.csv"), 2).detail == '用 8" 管改 10" 管，接头漏水'
    assert codes(read_lines('C1,"高压"储氢,公司,详情,2027-06-30')) == []


@given(
    st.lists(
        st.lists(st.text('ab,;"\n 甲', max_size=6), min_size=3, max_size=3), min_size=1, max_size=6
    ).filter(lambda rows: all(any(row) for row in rows))
)
def test_what_a_csv_writer_has_written_is_read_as_it_was(rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    records = list(read_records(stream.getvalue(), ",", 3))
    assert [record.cells for record in records] == rows
    assert not any(record.stray for record in records)


@settings(deadline=None)
@given(st.text('a,"\n', max_size=60), st.sampled_from([0, 2, 4]))
def test_no_line_is_lost_whatever_the_quotes(text: str, width: int) -> None:
    records = list(read_records(text, ",", width))
    kept = "".join(cell for record in records for cell in record.cells)
    assert kept.count("a") == text.count("a")


def test_a_file_full_of_stray_quotes_is_refused_in_time_in_proportion_to_it() -> None:
    def seconds(lines: int) -> float:
        text = "\n".join([HEAD, *(f'C{number},"a' + '""' * 10 for number in range(lines))])
        start = time.process_time()
        assert codes(read_list(text.encode(), "a.csv", Side.DEMAND)) == [("stray_quote", "rejected")]
        return time.process_time() - start

    short, long = seconds(10 * MAX_STRAY), seconds(40 * MAX_STRAY)
    assert long < max(8 * short, 0.5)


def test_a_separator_line_and_a_line_in_another_encoding_cost_nothing_else() -> None:
    assert len(read_case("sep.csv").rows) == 8
    mixed = read_case("mixed.csv")
    assert (len(mixed.rows), [row.row for row in mixed.rejected]) == (8, [10])


@pytest.mark.parametrize(
    "name", ["div.xls", "style.xls", "mht.xls", "html.xls", "xml2003.xls", "系统导出.xls"]
)
def test_a_web_page_saved_as_xls_says_so(name: str) -> None:
    parsed = read_case(name)
    assert codes(parsed) == [("unreadable_file", "rejected")]
    assert "网页" in parsed.problems[0].message
    assert "另存为 .xlsx" in parsed.problems[0].message
    assert "web page" in parsed.problems[0].message_en


@pytest.mark.parametrize(
    "page",
    [
        "<TABLE><TR><TD>需求名称</TD></TR></TABLE>",
        "\n\n  <!-- 导出 --><table></table>",
        "<?xml version='1.0'?><Workbook/>",
        "<!DOCTYPE html><p>",
        "<script>1</script><td>",
        "From: <a>\nSubject: =?gb2312?B?1tA=?=\n b\nMIME-Version: 1.0\n\n<html>",
        "Content-Type: multipart/related\r\nMIME-Version: 1.0\r\n\r\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16", "utf-16-le"])
def test_a_web_page_is_known_however_it_starts(page: str, encoding: str) -> None:
    parsed = read_list(page.encode(encoding), "a.xls", Side.DEMAND)
    assert codes(parsed) == [("unreadable_file", "rejected")]
    assert "网页" in parsed.problems[0].message


@pytest.mark.parametrize("name", ["tsv-gbk.xls", "tsv-utf16.xls"])
def test_tab_separated_text_named_xls_is_read(name: str) -> None:
    parsed = read_case(name)
    assert [row.listing.title for row in parsed.rows] == ["叶片前缘防冻涂料", "塔筒螺栓松动监测"]
    assert codes(parsed) == []


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "big5hkscs"],
)
def test_a_list_is_read_in_whatever_encoding_it_comes(encoding: str) -> None:
    title = "軸承在線監測裝置的振動" if encoding == "big5hkscs" else "轴承在线监测装置的振动"
    heading = "需求名稱,企業名稱" if encoding == "big5hkscs" else "需求名称,企业名称"
    parsed = read_list(f"{heading}\n{title},某公司".encode(encoding), "a.csv", Side.DEMAND)
    assert [row.listing.title for row in parsed.rows] == [title]


def test_one_gbk_line_does_not_turn_a_utf_8_file_into_gibberish() -> None:
    whole = "\n".join([HEAD, *(line(number) for number in range(30))]).encode()
    parsed = read_list(whole + b"\n" + line(99).encode("gbk"), "a.csv", Side.DEMAND)
    assert [row.listing.code for row in parsed.rows] == [f"C{number}" for number in range(30)]
    assert parsed.rejected[0].row == 32


@pytest.mark.parametrize(
    "bad",
    [
        '{"需求名称": "半个字\\ud83d"}',
        '{"需求名称": {"a": ["\\udc00"]}}',
        '{"\\ud800": 1, "需求名称": "甲"}',
        '{"需求名称": "没有写完',
        "[1, 2]",
        "null",
        '{"需求名称": ' + "[" * 5000,
    ],
)
def test_a_bad_json_line_is_one_rejected_row(bad: str) -> None:
    good = '{"需求名称": "储氢瓶检测", "需求详情": "甲"}'
    parsed = read_list(f"{good}\n{bad}\n{good.replace('瓶', '罐')}".encode(), "a.jsonl", Side.DEMAND)
    assert [row.row for row in parsed.rows] == [1, 3]
    assert [(row.row, row.problem.severity) for row in parsed.rejected] == [(2, "rejected")]
    json.dumps(dict(parsed.rejected[0].cells), ensure_ascii=False).encode()


def test_codes_in_json_lines_never_pass_through_a_float() -> None:
    lines = (
        '{"需求编号": 110108202600000017, "需求名称": "甲储氢瓶"}',
        '{"需求编号": 1.10, "需求名称": "乙储氢瓶"}',
    )
    further = (
        '{"需求编号": 1.1e17, "需求名称": "丙储氢瓶"}',
        '{"预算": 0.30000000000000004, "需求名称": "丁储氢瓶"}',
    )
    parsed = read_list("\n".join([*lines, *further]).encode(), "a.jsonl", Side.DEMAND)
    assert [row.listing.code for row in parsed.rows] == ["110108202600000017", "1.10", ""]
    assert [row.problem.code for row in parsed.rejected] == ["digits_lost"]
    assert demand(parsed, 2).budget.low == 0.3


def test_a_csv_that_keeps_codes_as_text_by_formulas_is_read_as_it_shows() -> None:
    parsed = read_lines(
        '="00012",储氢瓶检测,公司,详情,2027-06-30', '"=""00013""",储氢罐检测,公司,详情,2027-06-30'
    )
    assert [row.listing.code for row in parsed.rows] == ["00012", "00013"]


@pytest.mark.parametrize("cell", ["=VLOOKUP(A1;B:C;2)", "=B2", "=DISPIMG(1)", "#N/A", "########", "#图片"])
def test_a_formula_in_a_text_file_is_reported(cell: str) -> None:
    parsed = read_lines(f"C1,储氢瓶检测,公司,{cell},2027-06-30")
    assert codes(parsed) == [("cell_error", "doubtful")]
    assert demand(parsed).detail == ""


def test_a_text_whose_name_says_that_it_is_no_list_is_refused() -> None:
    content = "\n".join([HEAD, line(1)]).encode()
    assert codes(read_list(content, "导出.py", Side.DEMAND)) == [("unreadable_file", "rejected")]
    assert len(read_list(content, "导出", Side.DEMAND).rows) == 1
