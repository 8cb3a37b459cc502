import io
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from matcher.domain.listing import Confidentiality, DemandKind, Side, identity_key
from matcher.files import reading
from tests.files.given import (
    achievement,
    codes,
    csv_text,
    demand,
    read_list,
    read_one_demand,
    read_supply,
    saved,
    xls,
    xlsx,
)

HEADER: list[Any] = [
    "序号",
    "成果编号",
    "成果名称",
    "完成单位",
    "成果简介",
    "关键词",
    "拟转化金额（万）",
    "密级",
]
ROWS: list[list[Any]] = [
    [1, 1001, "低温制氢催化剂", "某研究院", "在较低温度下制氢。", "制氢；催化剂", "约50万", "公开"],
    [2, "A-2", "储氢瓶检测方法", "某大学", "在线检测泄漏。", "储氢、检测", "面议", "内部"],
]


def _assert_both_rows(content: bytes, name: str, first_row: int) -> None:
    parsed = read_list(content, name, Side.SUPPLY)
    assert parsed.problems == ()
    assert [row.row for row in parsed.rows] == [first_row, first_row + 1]
    one = achievement(parsed)
    assert (one.code, one.title, one.organisation) == ("1001", "低温制氢催化剂", "某研究院")
    assert one.keywords == ("制氢", "催化剂")
    assert (one.price.low, one.price.text) == (50, "约50万")
    assert achievement(parsed, 1).price.negotiable
    assert achievement(parsed, 1).confidentiality is Confidentiality.INTERNAL
    assert one.extra == {}
    assert parsed.rows[0].cells["成果编号"] == "1001"
    assert parsed.read == 2


@pytest.mark.parametrize("titles", [0, 1, 3])
@pytest.mark.parametrize("name", ["清单.xlsx", "清单.xls", "清单"])
def test_an_xlsx_is_read_below_its_title_rows_whatever_its_name(titles: int, name: str) -> None:
    _assert_both_rows(xlsx([HEADER, *ROWS], titles=titles), name, titles + 2)


@pytest.mark.parametrize("name", ["清单.xls", "清单.xlsx"])
def test_an_old_xls_is_read_whatever_its_name(name: str) -> None:
    _assert_both_rows(xls([HEADER, *ROWS], titles=2), name, 4)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_every_usual_encoding_and_with_every_usual_delimiter(
    encoding: str, delimiter: str
) -> None:
    rows = [["科技成果供给清单"], [], HEADER, *ROWS]
    _assert_both_rows(csv_text(rows, delimiter).encode(encoding), "清单.csv", 4)


def test_json_lines_are_read_by_their_keys() -> None:
    lines = [
        {
            "id": "X1",
            "title": "甲方法",
            "abstract": "一段话。",
            "keywords": ["deep learning", "氢 能"],
            "clc": None,
        },
        {
            "id": "X2",
            "title": "乙方法",
            "title_en": "Method B",
            "abstract_en": "Text.",
            "rank": 3,
            "ok": True,
        },
    ]
    content = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()
    parsed = read_list(content, "a.jsonl", Side.SUPPLY)
    assert parsed.problems == ()
    assert achievement(parsed).keywords == ("deep learning", "氢 能")
    assert achievement(parsed).classification == ""
    assert achievement(parsed, 1).title_en == "Method B"
    assert achievement(parsed, 1).extra == {"rank": "3", "ok": "是"}


def test_a_demand_in_json_lines_takes_its_content_as_detail() -> None:
    parsed = read_list(
        '{"id": "1", "title": "需要检测", "content": "很长的说明。"}'.encode(), "d", Side.DEMAND
    )
    assert demand(parsed).detail == "很长的说明。"


def test_one_bad_json_line_loses_only_itself() -> None:
    content = '{"title": "甲"}\n{"title": \n["乙"]\n\n{"title": "丙"}\n'.encode()
    parsed = read_list(content, "a.jsonl", Side.SUPPLY)
    assert [row.row for row in parsed.rows] == [1, 5]
    assert [row.row for row in parsed.rejected] == [2, 3]
    assert codes(parsed) == [("not_json", "rejected")] * 2


def test_every_sheet_with_a_header_is_read_and_covers_are_skipped() -> None:
    more = [["成果名称", "完成单位"], ["第三项成果", "某所"]]
    cover = [["填写说明"], ["请认真填写"]]
    content = xlsx([HEADER, *ROWS], sheets={"说明": cover, "续表": more, "空": [[]]})
    parsed = read_list(content, "清单.xlsx", Side.SUPPLY)
    assert [row.sheet for row in parsed.rows] == ["清单", "清单", "续表"]
    assert parsed.problems == ()


def test_a_table_without_a_known_header_beside_a_good_sheet_is_reported() -> None:
    table = [["颜色", "重量", "长度"]] * 4
    parsed = read_list(xlsx([HEADER, *ROWS], sheets={"其他": table}), "清单.xlsx", Side.SUPPLY)
    assert len(parsed.rows) == 2
    assert [(problem.code, problem.sheet) for problem in parsed.problems] == [("no_header", "其他")]


def test_the_other_sides_list_is_recognised_and_named() -> None:
    parsed = read_list(csv_text([["需求名称", "需求详情"], ["甲", "乙"]]).encode(), "a.csv", Side.SUPPLY)
    assert codes(parsed) == [("no_header", "rejected")]
    assert "企业需求清单" in parsed.problems[0].message
    assert parsed.rows == ()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"   \n", "empty_file"),
        (b"PK\x03\x04 broken", "unreadable_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", "unreadable_file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "unreadable_file"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "unreadable_file"),
        ("颜色,重量\n红,1".encode(), "no_header"),
        (b'[{"title": "a"}]', "not_json"),
        (bytes(range(128, 256)) * 20, "bad_encoding"),
        ('成果名称,简介\n"甲'.encode() + b"a" * 200_000, "unreadable_file"),
    ],
)
def test_a_file_that_is_no_list_gives_one_problem_with_a_remedy(content: bytes, code: str) -> None:
    name = "a.jsonl" if code == "not_json" else "a.csv"
    parsed = read_list(content, name, Side.SUPPLY)
    assert parsed.rows == ()
    assert codes(parsed) == [(code, "rejected")]
    assert "请" in parsed.problems[0].message
    assert parsed.problems[0].message_en


def test_a_header_without_rows_is_reported() -> None:
    assert codes(read_list(xlsx([HEADER]), "a.xlsx", Side.SUPPLY)) == [("no_rows", "doubtful")]


def test_one_undecodable_byte_spoils_only_its_cell() -> None:
    lines = [f"成果{number},简介{number}".encode("gbk") for number in range(30)]
    lines[7] += b"\xff"
    lines[9] = b"\xff" + lines[9]
    parsed = read_list(b"\n".join(["成果名称,成果简介".encode("gbk"), *lines]), "a.csv", Side.SUPPLY)
    assert len(parsed.rows) == 29
    assert codes(parsed) == [("bad_encoding", "doubtful"), ("bad_encoding", "rejected")]
    assert [problem.row for problem in parsed.problems] == [9, 11]


def test_unknown_columns_are_kept_by_their_heading() -> None:
    parsed = read_supply("甲方法", "院士", "", heading=("成果名称", "成果简介", "是否获奖"))
    assert achievement(parsed).extra == {}
    parsed = read_supply("甲方法", "一段", "二等奖", heading=("成果名称", "成果简介", "是否获奖"))
    assert achievement(parsed).extra == {"是否获奖": "二等奖"}


def test_a_running_number_is_no_identity() -> None:
    one = read_list(csv_text([HEADER, *ROWS]).encode(), "a.csv", Side.SUPPLY)
    other = read_list(csv_text([HEADER, [9, *ROWS[0][1:]]]).encode(), "a.csv", Side.SUPPLY)
    assert identity_key(one.rows[0].listing) == identity_key(other.rows[0].listing)
    assert one.rows[0].listing == other.rows[0].listing


def test_blank_numbered_and_footer_rows_and_repeated_headers_are_no_rows() -> None:
    rows = [
        HEADER,
        ROWS[0],
        ["2"],
        ["", ""],
        HEADER,
        ["注：以上内容属实"],
        ["合计：1 项"],
        ["", "填表人：某某"],
    ]
    parsed = read_list(csv_text(rows).encode(), "a.csv", Side.SUPPLY)
    assert (len(parsed.rows), parsed.rejected, parsed.problems, parsed.read) == (1, (), (), 1)


def test_a_vertically_merged_cell_counts_for_all_its_rows() -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for row in (["企业名称", "需求名称", "需求详情"], ["某公司", "需求甲", "一"], [None, "需求乙", "二"]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    parsed = read_list(saved(workbook), "a.xlsx", Side.DEMAND)
    assert [row.listing.organisation for row in parsed.rows] == ["某公司", "某公司"]


def test_a_hidden_sheet_is_not_read_but_reported() -> None:
    content = xlsx([HEADER, ROWS[0]], sheets={"旧": [["成果名称", "完成单位"], ["旧成果", "旧"]]})
    workbook = load_workbook(io.BytesIO(content))
    workbook["旧"].sheet_state = "hidden"
    parsed = read_list(saved(workbook), "a.xlsx", Side.SUPPLY)
    assert [row.listing.title for row in parsed.rows] == ["低温制氢催化剂"]
    assert [(problem.code, problem.sheet) for problem in parsed.problems] == [("hidden_sheet", "旧")]


@pytest.mark.parametrize(
    ("title", "code"), [("", "missing_title"), ("……——", "missing_title"), ("#REF!", "cell_error")]
)
def test_a_row_without_a_title_is_rejected_with_its_cells(title: str, code: str) -> None:
    parsed = read_supply(title, "一段简介")
    assert parsed.rows == ()
    assert codes(parsed) == [(code, "rejected")]
    assert parsed.problems[0].column == "A 成果名称"
    assert parsed.rejected[0].cells["成果简介"] == "一段简介"
    assert parsed.rejected[0].problem == parsed.problems[0]
    assert parsed.read == 1


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("预算金额（万元）", "五十来万", "bad_amount"),
        ("预算金额（万元）", "50000000", "bad_amount"),
        ("有效期", "明年", "bad_date"),
        ("有效期", "2年", "bad_date"),
        ("需求时限", "下次开会", "bad_date"),
        ("需求类型", "其他", "unknown_value"),
        ("是否公开", "看情况", "unknown_value"),
    ],
)
def test_a_doubtful_cell_is_unknown_and_its_text_is_kept(heading: str, cell: str, code: str) -> None:
    parsed = read_one_demand(heading, cell)
    assert demand(parsed).extra == {heading: cell}
    assert codes(parsed) == [(code, "doubtful")]
    problem = parsed.problems[0]
    assert (problem.row, problem.column) == (2, f"B {heading}")
    assert cell in problem.message
    listing = demand(parsed)
    assert (listing.budget.low, listing.valid_until, listing.deadline, listing.kind) == (None,) * 4
    assert listing.released is False


def test_an_unknown_level_of_confidentiality_is_treated_as_internal() -> None:
    parsed = read_one_demand("密级", "三级")
    assert demand(parsed).confidentiality is Confidentiality.INTERNAL
    assert codes(parsed) == [("unknown_value", "doubtful")]


def test_of_two_levels_of_confidentiality_the_stricter_counts() -> None:
    parsed = read_supply(
        "甲方法", "公开", "秘密", "内部", heading=("成果名称", "公开范围", "密级", "涉密等级")
    )
    assert achievement(parsed).confidentiality is Confidentiality.SECRET


def test_an_unknown_maturity_keeps_its_words_without_a_band() -> None:
    parsed = read_one_demand("期望成熟度", "越快越好")
    assert (demand(parsed).maturity.low, demand(parsed).maturity.text) == (None, "越快越好")
    assert codes(parsed) == [("unknown_value", "doubtful")]


def test_a_bare_level_under_a_readiness_heading_is_a_level() -> None:
    parsed = read_one_demand("技术就绪度", "6")
    assert (demand(parsed).maturity.low, demand(parsed).maturity.high) == (6, 6)
    assert demand(parsed).maturity.text == "6"


@pytest.mark.parametrize("text", ["2年", "三个月内", "签订后6个月", "尽快"])
def test_a_length_of_time_as_deadline_is_kept_and_reported(text: str) -> None:
    parsed = read_one_demand("需求时限", text)
    assert demand(parsed).deadline is None
    assert demand(parsed).extra == {"需求时限": text}
    assert [(problem.code, problem.severity) for problem in parsed.problems] == [("bad_date", "doubtful")]
    assert text in parsed.problems[0].message


def test_the_values_of_a_demand_are_understood() -> None:
    heading = [
        "需求名称",
        "需求类型",
        "拟投入资金总额（元）",
        "需求时限",
        "是否公开",
        "合作方式",
        "联系人/联系电话",
    ]
    row = ["检测", "揭榜挂帅", "1500000", "2027年6月", "是", "合作研发；转让", "甲某 13800000000"]
    listing = demand(read_list(csv_text([heading, row]).encode(), "a.csv", Side.DEMAND))
    assert listing.kind is DemandKind.CHALLENGE
    assert (listing.budget.low, listing.deadline, listing.released) == (150, date(2027, 6, 30), True)
    assert listing.modes == ("合作开发", "技术转让")
    assert (listing.contact.name, listing.contact.phone) == ("甲某", "13800000000")


def test_dates_and_numbers_of_a_workbook_arrive_as_people_see_them() -> None:
    heading = ["需求编号", "需求名称", "有效期", "预算金额", "备用"]
    parsed = read_list(xlsx([heading, [7.0, "检测", date(2027, 12, 31), 1.5, True]]), "a.xlsx", Side.DEMAND)
    listing = demand(parsed)
    assert (listing.code, listing.valid_until, listing.budget.low) == ("7", date(2027, 12, 31), 1.5)
    assert listing.extra == {"备用": "是"}


def test_an_error_cell_is_reported_though_the_row_is_imported() -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(["成果名称", "成果简介"])
    sheet.append(["甲方法", "#REF!"])
    sheet["B2"].data_type = "e"
    parsed = read_list(saved(workbook), "a.xlsx", Side.SUPPLY)
    assert achievement(parsed).abstract == ""
    assert codes(parsed) == [("cell_error", "doubtful")]
    assert parsed.problems[0].column == "B 成果简介"


def test_a_text_that_fills_a_database_column_is_reported_as_cut() -> None:
    assert codes(read_supply("甲方法", "长" * 255)) == [("text_cut", "doubtful")]
    assert codes(read_supply("甲方法", "长" * 254 + "。")) == []
    assert codes(read_supply("甲方法", "长" * 253)) == []


def test_a_row_with_more_cells_than_the_header_is_reported() -> None:
    parsed = read_list("成果名称,成果简介\n甲,乙,丙\n".encode(), "a.csv", Side.SUPPLY)
    assert codes(parsed) == [("extra_cells", "doubtful")]
    assert achievement(parsed).extra == {"C列": "丙"}


def test_two_columns_of_one_field_are_joined_as_text_and_kept_apart_otherwise() -> None:
    heading = ("成果名称", "成果简介", "成果基本情况", "完成单位", "研发单位")
    listing = achievement(read_supply("甲方法", "一", "二", "某院", "某所", heading=heading))
    assert listing.abstract == "一\n二"
    assert (listing.organisation, listing.extra) == ("某院", {"研发单位": "某所"})


def test_an_identical_row_is_skipped_and_a_differing_one_rejected() -> None:
    rows = [HEADER, ROWS[0], ROWS[0], [3, 1001, "改过的名称"]]
    parsed = read_list(csv_text(rows).encode(), "a.csv", Side.SUPPLY)
    assert len(parsed.rows) == 1
    assert codes(parsed) == [("duplicate_in_file", "doubtful"), ("conflict_in_file", "rejected")]
    assert [row.row for row in parsed.rejected] == [4]
    assert parsed.read == 3


def test_equal_texts_with_different_codes_are_different_rows() -> None:
    rows = [HEADER, ROWS[0], [2, 1002, *ROWS[0][2:]]]
    assert len(read_list(csv_text(rows).encode(), "a.csv", Side.SUPPLY).rows) == 2


def test_files_beyond_every_real_size_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 100)
    parsed = read_list(csv_text([HEADER, *ROWS]).encode(), "a.csv", Side.SUPPLY)
    assert codes(parsed) == [("too_large", "rejected")]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(Side))
def test_no_content_raises(content: bytes, side: Side) -> None:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return
    read_list(content, "a.csv", side)
    read_list("成果名称,成果简介,需求名称\n".encode() + content, "a.csv", side)


_CELLS = st.text("成果名称需求,;\t\"'\n\r甲乙1.-%＃=", max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(_CELLS, min_size=4, max_size=4), max_size=8))
def test_every_row_with_a_title_is_imported_rejected_or_skipped_with_a_problem(rows: list[list[str]]) -> None:
    lines = [
        json.dumps(dict(zip(("title", "abstract", "price", "keywords"), row, strict=True))) for row in rows
    ]
    parsed = read_list("\n".join(lines or ["{}"]).encode(), "a.jsonl", Side.SUPPLY)
    skipped = sum(problem.code == "duplicate_in_file" for problem in parsed.problems)
    assert parsed.read == len(parsed.rows) + len(parsed.rejected) + skipped
    assert parsed.read == max(len(rows), 1)
