"""Rows that are no items: which are skipped and said, which stay items, and which are in doubt."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from matcher.domain.listing import Side
from matcher.files.report import ParsedList
from matcher.files.row_marks import is_count, is_figure, is_note, is_signature, is_total, is_unit
from matcher.files.skipped import SHOWN_ROWS, Reason
from tests.files.given import codes, csv_text, read_list, saved

CASES = Path(__file__).parent / "cases"

HEADER = ["序号", "企业名称", "需求名称", "需求详情", "预算金额", "是否公开", "备注"]
DATA = ["1", "某公司", "储氢瓶泄漏检测", "在线检测泄漏。", "50", "是", ""]


def read_rows(*rows: Sequence[Any], header: Sequence[str] = HEADER) -> ParsedList:
    return read_list(csv_text([header, DATA[: len(header)], *rows]).encode(), "需求.csv", Side.DEMAND)


def skips(parsed: ParsedList) -> dict[str, list[int]]:
    """Rows that are skipped, by reason."""
    return {entry.reason.value: [row.row for row in entry.rows] for entry in parsed.skipped if entry.rows}


def titles(parsed: ParsedList) -> list[str]:
    return [row.listing.title for row in parsed.rows]


TOTALS: list[list[str]] = [
    ["合计", "", "15项"],
    ["合 计", "", "", "", "3550"],
    ["", "合计", "共 1 项", "", "50 万元", "", ""],
    ["总计：", "", "", "", "1,050.5"],
    ["小计"],
    ["2", "", "累计", "", "50"],
    ["本页小计", "", "", "", "50"],
    ["以上共15条"],
    ["", "", "以上共１５条需求"],
    ["", "", "15项"],
    ["共计", "3家企业", "共9项需求", "", "", "否"],
    ["合计（万元）", "", "", "", "50"],
    ["合计：其中面议3项", "", "", "", "—"],
    ["以上共15条，其中面议3条"],
    ["", "", "总计15项，合计金额500万元"],
    ["", "", "其中：面议3项"],
    ["", "", "本年累计", "", "50"],
    ["Total", "", "", "", "50"],
    ["Grand total:", "", "15"],
    ["Subtotal", "", "1 item", "", "$50"],
    ["", "", "TOTAL", "", "50"],
]
NOTES: list[list[str]] = [
    ["备注：以上需求已征得企业同意。"],
    ["填表说明：1.企业名称请填写全称；2.经费单位为万元。"],
    ["说明：", "", "经费单位为万元"],
    ["注：★为重点推介成果"],
    ["注1：价格仅供参考"],
    ["", "", "注：资金单位为万元"],
    ["※注意事项：涉密需求请勿填写"],
    ["备注", "", "以上需求已征得企业同意"],
    ["Note: amounts are in 10,000 yuan"],
    ["Remarks"],
    ["第1页 共3页"],
    ["", "", "第 2 页"],
    ["", "", "Page 2 of 3"],
    ["", "", "以下空白"],
    ["", "", "—— 完 ——"],
    ["一、填写要求见附件"],
]
SIGNATURES: list[list[str]] = [
    ["", "填表人：周己", "", "审核人：吴庚", "", "", "联系电话：010-5550-0009"],
    ["填报人：", "周己", "", "日期：", "2026年11月29日"],
    ["审核人", "吴庚", "日期", "2026-11-29"],
    ["单位（盖章）："],
    ["填报单位（盖章）：东湖街道办", "", "", "报送时间：2026.10"],
    ["", "", "", "", "", "（盖章）", ""],
    ["", "", "2026年11月29日"],
    ["", "", "2026.11.29"],
    ["", "", "填报日期：2026年 月 日"],
    ["负责人签字：______"],
    ["Prepared by: Zhou", "", "Date: 2026-11-29"],
]
UNITS: list[list[str]] = [
    ["单位：万元"],
    ["", "", "", "", "（单位：万元）"],
    ["", "", "金额单位：人民币万元"],
    ["Unit: RMB 10000 yuan"],
]


@pytest.mark.parametrize(
    ("reason", "row"),
    [
        *((Reason.TOTAL, row) for row in TOTALS),
        *((Reason.NOTE, row) for row in NOTES),
        *((Reason.SIGNATURE, row) for row in SIGNATURES),
        *((Reason.UNIT, row) for row in UNITS),
        (Reason.HEADER, HEADER),
        (Reason.HEADER, ["联系人", "电话"]),
        (Reason.NOTHING, ["2", "某乙公司", "无", "/"]),
        (Reason.NOTHING, ["/", "/", "/", "/", "/"]),
        (Reason.NOTHING, ["2", "（请输入企业名称）", "请填写需求名称", "请填写"]),
        (Reason.NUMBER, ["2"]),
        (Reason.NUMBER, ["２."]),
        (Reason.DEFAULT, ["2", "", "", "", "", "否"]),
    ],
)
def test_a_row_that_is_no_item_is_skipped_and_said_once(reason: Reason, row: list[str]) -> None:
    parsed = read_rows([], row)
    assert skips(parsed) == {reason.value: [4]}
    assert (parsed.read, parsed.rejected, parsed.problems) == (1, (), ())
    [entry] = parsed.skipped
    assert entry.count == 1
    assert entry.message
    assert entry.message_en


@pytest.mark.parametrize(
    "title",
    [
        "合计成本核算系统",
        "备注管理软件",
        "总计量仪表校准",
        "小计算机集群散热",
        "累计疲劳损伤评估",
        "注塑机节能改造",
        "说明书自动生成",
        "日期喷码识别",
        "电话语音质检",
        "单位能耗监测",
        "审核人员排班系统",
        "汇总分析平台",
        "共享电池换电柜",
        "盖章机器人",
        "平均故障间隔预测",
        "无创血糖监测",
        "第3页岩层勘探",
        "Total synthesis of taxol",
        "Notebook cooling",
        "Date palm residue use",
        "3项膜电极工艺",
        "12V电源",
    ],
)
@pytest.mark.parametrize("rest", [["某乙公司", "要能在线用。"], ["", ""]])
def test_a_title_that_only_begins_like_a_mark_stays_an_item(title: str, rest: list[str]) -> None:
    parsed = read_rows(["2", rest[0], title, rest[1]], ["", rest[0], title + "之二", rest[1]])
    assert titles(parsed) == [DATA[2], title, title + "之二"]
    assert (parsed.skipped, parsed.problems) == ((), ())


@pytest.mark.parametrize(
    "row",
    [
        ["合计", "某乙公司", "光伏逆变器散热", "温升要低于40度。"],
        ["2", "某乙公司", "合计", "把各车间能耗合在一起。"],
        ["2", "某乙公司", "15项", "十五项检测一次做完。"],
        ["2", "某乙公司", "备注：已撤销的旧需求", "要求不变。"],
        ["2", "某乙公司", "无", "储氢瓶要能在线检测泄漏。"],
        ["", "", "1. 本表由企业填写"],
        ["", "", "※本表由企业填写"],
        ["2", "某乙公司", "说明", "自动写使用说明。"],
        ["填表人：周己", "某乙公司", "光伏逆变器散热", "温升要低于40度。"],
    ],
)
def test_a_row_that_looks_like_no_item_but_says_more_is_read_and_in_doubt(row: list[str]) -> None:
    parsed = read_rows(row)
    assert titles(parsed) == [DATA[2], row[2]]
    assert codes(parsed) == [("maybe_no_row", "doubtful")]
    assert parsed.skipped == ()
    assert parsed.problems[0].row == 3


def test_the_points_of_a_note_go_with_it_and_a_title_on_its_own_after_it_is_in_doubt() -> None:
    header = ["需求名称", "企业名称"]
    parsed = read_rows(["填表说明："], ["1、名称要短"], ["2. 企业写全称"], ["储氢瓶"], header=header)
    assert skips(parsed) == {"note": [3, 4, 5]}
    assert codes(parsed) == [("maybe_no_row", "doubtful")]
    assert titles(parsed)[1:] == ["储氢瓶"]


def test_the_title_and_header_repeated_on_every_page_are_no_items() -> None:
    page: list[list[str]] = [["某园区企业需求汇总表"], ["单位：万元"], HEADER]
    rows = [*page, DATA, *page, ["2", "某公司", "无人机抗风", "八级风", "", "是", ""]]
    parsed = read_list(csv_text(rows).encode(), "需求.csv", Side.DEMAND)
    assert titles(parsed) == ["储氢瓶泄漏检测", "无人机抗风"]
    assert skips(parsed) == {"repeated_header": [5, 6, 7]}
    assert parsed.problems == ()


def test_the_second_row_of_a_merged_header_is_no_item() -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for row in (
        ["需求名称", "企业名称", "现场", ""],
        ["", "", "温度", "湿度"],
        ["储氢瓶", "某公司", "20", "60"],
    ):
        sheet.append(row)
    for merged in ("A1:A2", "B1:B2", "C1:D1"):
        sheet.merge_cells(merged)
    parsed = read_list(saved(workbook), "需求.xlsx", Side.DEMAND)
    assert titles(parsed) == ["储氢瓶"]
    assert (skips(parsed), parsed.problems) == ({}, ())
    assert parsed.rows[0].listing.extra == {"现场温度": "20", "现场湿度": "60"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["", "", "", "", "", "是", ""], "default_only"),
        (["", "", "", "", "0", "否", "无"], "default_only"),
        (["", "东湖街道", "", "", "", "", ""], "default_only"),
        (["", "", "", "", "", "", "#N/A"], "default_only"),
    ],
)
def test_what_was_filled_down_over_blank_rows_makes_no_item(row: list[str], reason: str) -> None:
    parsed = read_rows(*[[str(number), *row[1:]] for number in range(2, 502)])
    [entry] = parsed.skipped
    assert (entry.reason, entry.count) == (reason, 500)
    assert [row.row for row in entry.rows] == list(range(3, 3 + SHOWN_ROWS))
    assert (parsed.read, parsed.problems) == (1, ())


def test_the_reason_in_a_workbook_of_rejected_rows_says_nothing_about_its_row() -> None:
    header = ["问题（导入时忽略）", "需求名称", "企业名称"]
    parsed = read_rows(["备注：没有名称", "", ""], ["合计：已改正", "无人机抗风", "某公司"], header=header)
    assert titles(parsed)[1:] == ["无人机抗风"]
    assert (parsed.skipped, parsed.problems) == ((), ())


def test_a_day_in_the_first_column_makes_no_signature_of_an_item() -> None:
    header = ["登记日期", "需求名称", "企业名称"]
    days = ("2026年11月29日", "2026-11-29", "2026.11")
    parsed = read_rows(*([day, f"需求{day}", "某公司"] for day in days), header=header)
    assert len(parsed.rows) == 4
    assert (parsed.skipped, parsed.problems) == ((), ())


def test_codes_that_were_numbered_in_advance_are_no_items_and_hold_their_listings() -> None:
    header = ["需求编号", "需求名称", "企业名称", "是否公开"]
    rows = [[f"M{number}", "", "", "否"] for number in range(2, 9)]
    content = csv_text([header, ["M1", "储氢瓶", "某公司", "是"], *rows]).encode()
    parsed = read_list(content, "需求.csv", Side.DEMAND)
    assert skips(parsed) == {"default_only": list(range(3, 10))}
    assert parsed.held_back == {f"code:m{number}" for number in range(2, 9)}


@pytest.mark.parametrize(
    "row",
    [
        ["2", "某公司", "", "储氢瓶要能在线检测。"],
        ["2", "某公司", "", "", "50", "否", ""],
        ["2", "某公司", "", "", "", "", ""],
    ],
)
def test_an_item_that_lacks_only_its_title_is_rejected_and_not_skipped(row: list[str]) -> None:
    parsed = read_rows(row)
    assert codes(parsed) == [("missing_title", "rejected")]
    assert parsed.skipped == ()


_ANYTHING = [
    "",
    "",
    "合计",
    "15项",
    "1",
    "备注：",
    "否",
    "甲公司",
    "填表人：",
    "储氢瓶",
    "需求的内容说明文字" * 3,
]

_MARKS = {
    is_total: ["合计", "总计：", "以上共15条", "本页小计", "Subtotal", "Grand Total:"],
    is_count: ["15项", "共9项需求", "12 items"],
    is_note: ["备注：甲", "填表说明", "注1：乙", "Note: c"],
    is_signature: ["填表人：周己", "单位（盖章）", "2026年11月29日", "Prepared by: Zhou"],
    is_unit: ["（单位：万元）", "单位：元"],
}


@settings(deadline=None)
@given(st.data())
def test_a_mark_is_one_however_it_is_spaced_and_whatever_width_it_has(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([mark for marks in _MARKS.values() for mark in marks]))
    wide = {ord(sign): ord(sign) + 0xFEE0 for sign in map(chr, range(0x21, 0x7F))}
    spaces = data.draw(st.lists(st.sampled_from(["", " ", "\u3000"]), min_size=len(text), max_size=len(text)))
    spaced = "".join(space + sign for space, sign in zip(spaces, text, strict=True))
    row = [data.draw(st.sampled_from([spaced, spaced.translate(wide)]))]
    assert titles(read_rows(row)) == [DATA[2]]
    assert sum(entry.count for entry in read_rows(row).skipped) == 1


@settings(max_examples=200, deadline=None)
@given(st.text("合计总小共备注说明：:填表人（）盖章日期单位万元15项年月 .", max_size=40))
def test_no_mark_takes_a_title_with_other_words_in_it(text: str) -> None:
    title = f"储氢瓶{text}检测"
    parsed = read_rows(["2", "某公司", title, "另一段"])
    assert len(parsed.rows) == 2
    assert parsed.skipped == ()
    assert not is_figure(title)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.sampled_from(_ANYTHING), min_size=7, max_size=7), max_size=6))
def test_every_row_that_says_something_is_read_or_skipped_and_never_lost(rows: list[list[str]]) -> None:
    parsed = read_rows(*rows)
    filled = sum(any(cell for cell in row) for row in rows) + 1
    assert parsed.read + sum(entry.count for entry in parsed.skipped) == filled


CASE_ROWS: list[tuple[str, Side, int, dict[str, list[int]]]] = [
    (
        "operator/商业航天需求.csv",
        Side.DEMAND,
        15,
        {"total": [18], "note": [19]},
    ),
    (
        "operator/生物医药园难题征集.xls",
        Side.DEMAND,
        15,
        {"running_number": [19, 20, 21], "note": [22], "total": [23]},
    ),
    (
        "operator/示例理工成果目录.xlsx",
        Side.SUPPLY,
        22,
        {"running_number": [26, 27, 28], "note": [29]},
    ),
]


@pytest.mark.parametrize(("name", "side", "count", "skipped"), CASE_ROWS)
def test_of_the_files_of_an_office_only_the_items_are_read(
    name: str, side: Side, count: int, skipped: dict[str, list[int]]
) -> None:
    parsed = read_list((CASES / name).read_bytes(), Path(name).name, side)
    assert len(parsed.rows) == count
    assert not any(title.endswith("项") or title in ("合计", "备注") for title in titles(parsed))
    found = skips(parsed)
    assert {reason: found[reason] for reason in skipped} == skipped
    assert sum(entry.count for entry in parsed.skipped) == sum(map(len, skipped.values()))


def test_of_a_form_with_a_default_filled_down_only_the_filled_rows_are_read() -> None:
    content = (CASES / "lists/default-filled.xlsx").read_bytes()
    parsed = read_list(content, "default-filled.xlsx", Side.DEMAND)
    assert titles(parsed) == [f"窑尾烟气脱白第{number}条" for number in (1, 2, 3)]
    assert (parsed.rejected, parsed.problems) == ((), ())
    assert [(entry.reason, entry.count) for entry in parsed.skipped] == [("default_only", 2997)]


def test_a_heading_among_the_rows_is_no_item() -> None:
    content = csv_text(
        [
            ["序号", "企业名称", "需求名称", "需求详情"],
            ["一、新能源类", "", "", ""],
            ["1", "某公司", "储氢瓶内胆", "低温不开裂"],
            ["", "二、新材料类", "", ""],
            ["2", "某公司", "复合隔膜", "耐浓碱"],
        ]
    ).encode()
    parsed = read_list(content, "需求.csv", Side.DEMAND)
    assert (titles(parsed), parsed.rejected) == (["储氢瓶内胆", "复合隔膜"], ())
    assert skips(parsed) == {"note": [2, 4]}
