"""The ledger as a workbook and as CSV: what an office finds in it, and what reads back from it."""

import csv
import errno
import io
import math
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from matcher.domain.columns import Kind, Work
from matcher.domain.errors import InvalidInput
from matcher.domain.labels import label
from matcher.domain.listing import Side
from matcher.domain.stages import DeclineCode, Stage, StallCode
from matcher.files.ledger_csv import as_written, kept_as_text, write_ledger_csv
from matcher.files.ledger_reading import ReadRow, read_ledger, says, unchanged
from matcher.files.ledger_sheet import (
    COLUMNS,
    FILLED_IN,
    KEPT,
    UNKNOWN,
    LedgerRow,
    checksum,
    choices,
)
from matcher.files.ledger_workbook import HEADER_ROW, TITLE, write_ledger
from tests.files.given import codes, pages_across, read_list, saved

BY_HEADING = {column.zh: column for column in COLUMNS}
BY_NAME = {column.name: column for column in COLUMNS}

FILLED = Work(
    stage=Stage.PAUSED,
    paused_from=Stage.ENGAGED,
    return_on=date(2027, 3, 1),
    owner="示例吴经理",
    technology_manager="示例郑经理",
    responsible_unit="示例园区服务中心",
    next_action="+86 138 0000 5555 约见",
    due=date(2026, 12, 31),
    last_contact=date(2026, 11, 1),
    stall_code=StallCode.FUNDING,
    decline_code=DeclineCode.TOO_EARLY,
    amount=1234.5,
    trial_start=date(2026, 11, 2),
    trial_end=date(2027, 2, 2),
    payment_trigger="验收合格",
    notes="第一行\n“第二行”，=SUM(A1)",
    grade=2,
    grade_reason="-5 ℃ 下未测",
    reply="=已补测",
)


def row(**changes: Any) -> LedgerRow:
    values: dict[str, Any] = {
        "entry_id": 7,
        "version": 3,
        "work": FILLED,
        "rank": 1,
        "demand_code": "D-1",
        "demand_title": "泄漏检测",
        "enterprise": "某公司",
        "achievement_code": "007",
        "achievement_title": "检测方法",
        "organisation": "某院",
        "industry": "氢能",
        "similarity": 0.6125,
        "score": 0.72,
        "probability": None,
        "band": "",
        "terms": "检测、泄漏",
        "reason": "双方共有“检测”“泄漏”；主要因文意相近",
        "standing": "当前",
        "cause": "",
        "run_id": 12,
        "first_seen": date(2026, 11, 1),
    }
    return LedgerRow(**{**values, **changes})


def own_columns(rows: Iterable[LedgerRow]) -> list[str]:
    return [heading for row in rows for heading in row.original]


def workbook_of(*rows: LedgerRow) -> bytes:
    stream = io.BytesIO()
    write_ledger(
        rows,
        count=len(rows),
        original=own_columns(rows),
        park_name="某园区",
        printed_on=date(2026, 11, 22),
        stream=stream,
    )
    return stream.getvalue()


def csv_of(*rows: LedgerRow) -> bytes:
    stream = io.BytesIO()
    write_ledger_csv(rows, stream, original=own_columns(rows))
    return stream.getvalue()


def sheet_of(*rows: LedgerRow) -> Worksheet:
    return load_workbook(io.BytesIO(workbook_of(*rows))).worksheets[0]


def cell(sheet: Worksheet, heading: str, number: int = HEADER_ROW + 1) -> Any:
    headings = [found.value for found in sheet[HEADER_ROW]]
    return sheet.cell(number, headings.index(heading) + 1)


def work_read(read: ReadRow) -> Work:
    """The human columns that the cells of a row say, by name."""
    return replace(Work(), **{column.name: says(column, read.cells[column.name]) for column in FILLED_IN})


def test_a_ledger_has_what_an_office_expects() -> None:
    sheet = sheet_of(row(), row(rank=2, entry_id=8))
    shown = sum(1 for column in COLUMNS if not column.hidden)
    assert sheet["A1"].value == TITLE
    assert f"A1:{get_column_letter(shown)}1" in [str(merged) for merged in sheet.merged_cells.ranges]
    assert "某园区" in str(sheet["A2"].value)
    assert "2026年11月22日" in str(sheet["A2"].value)
    assert "填写说明" in str(sheet["A3"].value)
    assert sheet.freeze_panes == "D5"
    assert sheet.auto_filter.ref == f"A4:{get_column_letter(len(COLUMNS))}6"
    assert sheet.print_title_rows == "$1:$4"
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (pages_across(sheet), sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddFooter is not None
    assert "&P" in str(sheet.oddFooter.center.text)
    hidden = [
        column.zh
        for number, column in enumerate(COLUMNS, start=1)
        if sheet.column_dimensions[get_column_letter(number)].hidden
    ]
    assert hidden == ["条目编号", "行版本", "校验"]


def test_the_machines_cells_are_protected_without_a_password_and_peoples_are_open() -> None:
    sheet = sheet_of(row())
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert not sheet.protection.autoFilter
    assert not sheet.protection.sort
    assert not sheet.protection.formatColumns
    for column in COLUMNS:
        assert cell(sheet, column.zh).protection.locked is not column.filled_in, column.zh


def test_drop_downs_offer_every_label_and_checked_cells_say_in_chinese_what_is_wrong() -> None:
    sheet = sheet_of(row(), row(entry_id=8))
    rules = {}
    for validation in sheet.data_validations.dataValidation:
        [place] = str(validation.sqref).split()
        letter = place.split(":")[0].rstrip("0123456789")
        assert place == f"{letter}5:{letter}6"
        rules[str(sheet[f"{letter}{HEADER_ROW}"].value)] = validation
    assert rules["阶段"].formula1 == f'"{",".join(label(stage, "zh") for stage in Stage)}"'
    assert rules["终止原因"].formula1 == f'"{",".join(label(code, "zh") for code in DeclineCode)}"'
    assert rules["卡点"].formula1 == f'"{",".join(label(code, "zh") for code in StallCode)}"'
    assert rules["评分"].formula1 == '"0,1,2,3"'
    assert rules["截止日期"].type == "date"
    assert rules["金额（万元）"].type == "decimal"
    assert rules.keys() == {column.zh for column in FILLED_IN if column.kind is not Kind.TEXT}
    for rule in rules.values():
        assert rule.allow_blank
        assert rule.showErrorMessage
        assert str(rule.error).startswith("请")
        assert len(str(rule.formula1)) <= 255
        assert len(str(rule.errorTitle)) <= 32


def test_numbers_are_numbers_days_are_days_and_unknown_figures_say_so() -> None:
    sheet = sheet_of(row())
    assert cell(sheet, "相似度").value == 0.6125
    assert cell(sheet, "概率").value == UNKNOWN
    assert cell(sheet, "金额（万元）").value == 1234.5
    assert cell(sheet, "评分").value == 2
    assert cell(sheet, "截止日期").value == datetime(2026, 12, 31)  # noqa: DTZ001
    assert cell(sheet, "首次出现").value == datetime(2026, 11, 1)  # noqa: DTZ001
    assert cell(sheet, "成果编号").value == "007"
    blank = sheet_of(row(work=Work()))
    assert [cell(blank, column.zh).value for column in FILLED_IN] == [
        "待研判",
        *[None] * (len(FILLED_IN) - 1),
    ]


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("x")', "＝1", " =1", "\r=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_in_the_ledger_is_never_a_formula(text: str) -> None:
    given_row = row(demand_title=text, work=Work(notes=text, owner=text))
    sheet = sheet_of(given_row)
    for heading in ("需求名称", "备注", "负责人"):
        written = cell(sheet, heading)
        assert written.data_type == "s"
        assert written.quotePrefix or not text.startswith(("=", "+", "-", "@", "\t", "\r"))
    for line in csv.reader(io.StringIO(csv_of(given_row).decode("utf-8-sig"), newline="")):
        for held in line:
            assert not held.lstrip().startswith(("=", "+", "-", "@", "＝"))
            assert not held.startswith(("\t", "\r"))


def test_a_csv_file_begins_with_a_mark_and_has_the_same_columns() -> None:
    content = csv_of(row())
    assert content.startswith(b"\xef\xbb\xbf")
    [heading, line] = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert heading == [column.zh for column in COLUMNS]
    held = dict(zip(heading, line, strict=True))
    assert (held["金额（万元）"], held["截止日期"], held["评分"]) == ("1234.5", "2026-12-31", "2")
    assert held["下一步"] == "'+86 138 0000 5555 约见"
    assert held["成果编号"] == "'007"


@given(st.text(max_size=40) | st.text(alphabet="'=+-@0123456789. \t\r\n%e/:", max_size=12))
def test_whatever_is_kept_as_text_in_csv_reads_back_as_it_was(text: str) -> None:
    kept = kept_as_text(text)
    assert as_written(kept) == text
    assert not kept.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("made", [workbook_of, csv_of])
def test_a_written_ledger_reads_back_as_it_was(made: Any) -> None:
    [read, second], strange = read_ledger(made(row(), row(entry_id=8, version=0, work=Work())))
    assert strange == []
    assert (read.number("entry_id"), read.number("version")) == (7, 3)
    said = work_read(read)
    assert replace(said, paused_from=Stage.ENGAGED, reply="=已补测") == FILLED
    assert read.cells["check"] == checksum(7, read.cells)
    assert read.letters["notes"] == get_column_letter([one.name for one in COLUMNS].index("notes") + 1)
    assert work_read(second) == Work()
    assert second.cells["check"] == checksum(8, second.cells)


NASTY = st.lists(
    st.sampled_from(
        [
            "=1+1", "+86 138 0000 5555", "-5", "@某", "'", "''=", "\n", "\r\n", "\t", '"', "，", "１２３",
            "😀", "𠮷", "䶮", "_x0041_", "_x000D_", "\u200b", "\ufffe", "\x0b", " ", "　", "w@example.com",
            "007", "1E5", "3/4", "TRUE", "#N/A", "null", "&amp;", "<b>", ";", "。", "<r>", "</r>",
            "_", "x0042_",
        ]
    )
    | st.text(max_size=5),
    max_size=6,
).map("".join)  # fmt: skip


@pytest.mark.parametrize("made", [workbook_of, csv_of])
@settings(deadline=None, max_examples=12)
@given(texts=st.lists(NASTY, min_size=30, max_size=60))
def test_nasty_texts_read_back_as_they_were(made: Any, texts: list[str]) -> None:
    rows = [row(entry_id=one, work=Work(notes=text.strip())) for one, text in enumerate(texts, start=1)]
    read, _ = read_ledger(made(*rows))
    assert len(read) == len(texts)
    for text, found in zip(texts, read, strict=True):
        assert unchanged(found.cells["notes"], text.strip())


@pytest.mark.parametrize(
    "text", ["<r>&</r>", "<r>乙</r>", "<r>", "_x0041_", "_x0041_x0042_", "_x005F_x0041_", "<r>_x000d_</r>"]
)
def test_text_that_is_markup_to_a_workbook_is_text(text: str) -> None:
    content = workbook_of(row(demand_title=text, work=Work(notes=text)))
    [read], _ = read_ledger(content)
    assert (read.cells["demand_title"], read.cells["notes"]) == (text, text)
    assert load_workbook(io.BytesIO(content)).sheetnames == ["台账"]


def test_a_text_is_cut_where_a_cell_is_full_and_counts_as_unchanged() -> None:
    for text in ("验" * 40_000, "𠮷" * 20_000, "a" + "𠮷" * 20_000):
        [read], _ = read_ledger(workbook_of(row(work=Work(notes=text))))
        held = read.cells["notes"]
        assert text.startswith(held)
        assert 32_766 <= len(held.encode("utf-16-le")) // 2 <= 32_767
        assert unchanged(held, text)


@given(st.sampled_from([k / 1000 + 0.0005 for k in range(1000)]), st.sampled_from([-1.0, 0.0, 1.0, 2.0]))
@settings(deadline=None, max_examples=40)
def test_a_figure_of_any_digits_counts_as_unchanged(middle: float, towards: float) -> None:
    figure = math.nextafter(middle, towards)
    [read], _ = read_ledger(workbook_of(row(similarity=figure, score=figure, probability=figure)))
    assert read.cells["check"] == checksum(7, read.cells)


class _Full(io.BytesIO):
    """A file on a disk that is full."""

    def write(self, content: object, /) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_told_as_what_it_is() -> None:
    with pytest.raises(OSError, match="No space left on device") as caught:
        write_ledger([row()], count=1, park_name="某园区", printed_on=date(2026, 11, 22), stream=_Full())
    assert caught.value.errno == errno.ENOSPC


def test_a_lack_of_temporary_files_is_told_as_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(FileNotFoundError):
        workbook_of(row())


def test_what_a_csv_saved_in_gbk_cannot_hold_counts_as_unchanged() -> None:
    notes = "王䶮老师😀来电，𠮷利"
    text = csv_of(row(work=Work(notes=notes))).decode("utf-8-sig")
    lossy = text.replace("😀", "??").replace("𠮷", "??").replace("䶮", "?").encode("gb18030")
    [read], _ = read_ledger(lossy)
    assert unchanged(read.cells["notes"], notes)
    assert not unchanged(read.cells["notes"] + "。", notes)


def test_columns_are_found_wherever_they_stand_and_rows_in_any_order() -> None:
    given_rows = [row(entry_id=number, work=Work(notes=f"第{number}条")) for number in (1, 2, 3)]
    text = csv_of(*given_rows).decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text, newline="")))
    moved = Workbook()
    sheet = moved.worksheets[0]
    sheet.append(["自己加的标题"])
    sheet.append([])
    for number, line in enumerate([table[0], *reversed(table[1:])]):
        cells = dict(zip(table[0], line, strict=True))
        cells["自己加的一列"] = "自己加的一列" if number == 0 else "某"
        del cells["共有词语"]
        sheet.append([f" {value} " for value in reversed(cells.values())])
    sheet.append([None, "", " "])
    read, strange = read_ledger(saved(moved))
    assert [(found.number("entry_id"), found.cells["notes"]) for found in read] == [
        (3, "第3条"),
        (2, "第2条"),
        (1, "第1条"),
    ]
    assert [found.row for found in read] == [4, 5, 6]
    assert "terms" not in read[0].cells
    assert [(one.row, one.letter, one.heading) for one in strange] == [(3, "A", "自己加的一列")]
    assert strange[0].lacking == ()


OLD = {
    "共有词语": "共同词语",
    "现状": "状态",
    "现状原因": "状态原因",
    "恢复日期": "暂缓恢复日期",
    "终止原因": "终止原因代码",
    "卡点": "受阻原因",
    "付费触发": "付费条件",
}
"""Headings → what sheets of earlier versions, or other places in them, called the column."""


def with_old_headings(made: Any, *rows: LedgerRow) -> bytes:
    """A written sheet as an earlier version would have headed it."""
    if made is csv_of:
        [heading, *lines] = csv.reader(io.StringIO(csv_of(*rows).decode("utf-8-sig"), newline=""))
        stream = io.StringIO(newline="")
        csv.writer(stream).writerows([[OLD.get(name, name) for name in heading], *lines])
        return stream.getvalue().encode()
    workbook = load_workbook(io.BytesIO(workbook_of(*rows)))
    for head in workbook.worksheets[0][HEADER_ROW]:
        head.value = OLD.get(str(head.value), head.value)
    return saved(workbook)


@pytest.mark.parametrize("made", [workbook_of, csv_of])
def test_a_sheet_with_the_headings_of_earlier_versions_reads_the_same(made: Any) -> None:
    given_row = row(standing="已消失", cause="低于门槛")
    assert OLD.keys() <= BY_HEADING.keys()
    [now], _ = read_ledger(made(given_row))
    [read], strange = read_ledger(with_old_headings(made, given_row))
    assert strange == []
    assert read == now
    assert read.cells["check"] == checksum(7, read.cells)


@pytest.mark.parametrize(
    ("heading", "text", "value"),
    [
        ("截止日期", "2026/12/5", date(2026, 12, 5)),
        ("截止日期", "２０２６年１２月５日", date(2026, 12, 5)),
        ("截止日期", "2026-12-05 00:00:00", date(2026, 12, 5)),
        ("截止日期", "20261205", date(2026, 12, 5)),
        ("截止日期", "46361", date(2026, 12, 5)),
        ("截止日期", "2026年12月", date(2026, 12, 31)),
        ("截止日期", "2026年底前", date(2026, 12, 31)),
        ("截止日期", "二〇二六年十二月五日", date(2026, 12, 5)),
        ("恢复日期", "2027年6月", date(2027, 6, 30)),
        ("试用结束", "2027年第二季度", date(2027, 6, 30)),
        ("截止日期", "无", None),
        ("金额（万元）", "１２０．５", 120.5),
        ("金额（万元）", "1,234.50 万元", 1234.5),
        ("金额（万元）", "￥80万", 80.0),
        ("金额（万元）", "1.2亿", 12_000.0),
        ("金额（万元）", "1.2億", 12_000.0),
        ("金额（万元）", "八十万元", 80.0),
        ("金额（万元）", "壹佰万元整", 100.0),
        ("金额（万元）", "-5", -5.0),
        ("金额（万元）", "", None),
        ("阶段", " 对接中 ", Stage.ENGAGED),
        ("阶段", "engaged", Stage.ENGAGED),
        ("终止原因", "其他", DeclineCode.OTHER),
        ("卡点", "其他", StallCode.OTHER),
        ("评分", "3.0", 3),
        ("评分", "２分", 2),
    ],
)
def test_cells_are_understood_as_people_write_them(heading: str, text: str, value: object) -> None:
    assert says(BY_HEADING[heading], text) == value


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("最近联系", "2026年12月"),
        ("试用开始", "2026年12月"),
        ("截止日期", "长期"),
        ("截止日期", "三个月内"),
        ("截止日期", "2026-02-30"),
        ("截止日期", "下周"),
        ("金额（万元）", "500000元"),
        ("金额（万元）", "面议"),
        ("金额（万元）", "100-200万"),
        ("金额（万元）", "50万以上"),
        ("金额（万元）", "50万或面议"),
        ("阶段", "谈判"),
        ("终止原因", "资金"),
        ("评分", "4"),
        ("评分", "2.5"),
        ("备注", "#REF!"),
    ],
)
def test_what_cannot_be_read_says_how_to_write_it(heading: str, text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        says(BY_HEADING[heading], text)
    assert text in caught.value.zh
    assert len(caught.value.zh) > len(text) + 8


def test_every_choice_a_drop_down_offers_is_understood() -> None:
    for column in FILLED_IN:
        for choice in choices(column):
            assert says(column, choice) is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  ",
        "需求名称,阶段\n甲,待研判\n".encode(),
        b"PK\x03\x04broken",
        "条目编号,行版本,备注,备注\n1,1,a,b".encode(),
    ],
)
def test_a_file_that_is_no_sheet_of_the_ledger_is_refused_with_a_remedy(content: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_ledger(content)
    assert caught.value.field == "file"


def test_the_check_shows_a_changed_cell_of_the_machines_and_no_other() -> None:
    [read], _ = read_ledger(workbook_of(row()))
    for column in KEPT:
        assert checksum(7, {**read.cells, column.name: "改过"}) != read.cells["check"]
    for column in FILLED_IN:
        assert checksum(7, {**read.cells, column.name: "改过"}) == read.cells["check"]
    assert checksum(8, read.cells) != read.cells["check"]
    as_excel_saves = {**read.cells, "first_seen": "2026/11/1", "score": "0.7200", "similarity": "0.6125"}
    assert checksum(7, as_excel_saves) == read.cells["check"]


def test_the_check_of_a_sheet_from_before_the_contacts_still_holds() -> None:
    [read], _ = read_ledger(workbook_of(row(reason="双方共有", work=replace(FILLED, reply=""))))
    before = {name: text for name, text in read.cells.items() if "_contact_" not in name}
    assert checksum(7, before) == "3b47ea4994a6"


def test_the_lists_own_columns_stand_after_the_machines_and_are_passed_over() -> None:
    own = {"成果：院系": "化工系", "需求：阶段": "已落地", "需求：条目编号": "9"}
    for made in (workbook_of, csv_of):
        [first, second], strange = read_ledger(made(row(original=own), row(entry_id=8)))
        assert strange == []
        assert (first.number("entry_id"), first.cells["stage"]) == (7, "暂缓")
        assert first.cells == read_ledger(made(row()))[0][0].cells
        assert second.number("entry_id") == 8
    sheet = sheet_of(row(original=own), row(entry_id=8))
    headings = [str(found.value) for found in sheet[HEADER_ROW]]
    start = headings.index("成果邮箱") + 1
    assert headings[start : start + 3] == ["需求：阶段", "需求：条目编号", "成果：院系"]
    assert headings[start + 3] == BY_NAME["stage"].zh
    assert [cell(sheet, heading).value for heading in own] == list(own.values())
    assert cell(sheet, "成果：院系", HEADER_ROW + 2).value is None


def test_characters_a_workbook_cannot_hold_are_left_out() -> None:
    assert cell(sheet_of(row(demand_title="检\x0b测\x00\ufffe")), "需求名称").value == "检测"


def test_an_empty_ledger_is_still_a_workbook() -> None:
    assert sheet_of().max_row == HEADER_ROW
    assert read_ledger(workbook_of()) == ([], [])
    assert read_ledger(csv_of()) == ([], [])


def without_hidden_columns(content: bytes) -> bytes:
    workbook = load_workbook(io.BytesIO(content))
    sheet = workbook.worksheets[0]
    sheet.delete_cols(sum(1 for column in COLUMNS if not column.hidden) + 1, len(COLUMNS))
    return saved(workbook)


def without_title_rows(content: bytes) -> bytes:
    workbook = load_workbook(io.BytesIO(content))
    workbook.worksheets[0].delete_rows(1, HEADER_ROW - 1)
    return saved(workbook)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(
    "content",
    [
        workbook_of(row(), row(entry_id=8)),
        csv_of(row(), row(entry_id=8)),
        without_hidden_columns(workbook_of(row())),
        without_title_rows(workbook_of(row())),
    ],
    ids=["workbook", "csv", "without hidden columns", "without title rows"],
)
def test_a_ledger_is_no_list_and_its_refusal_says_where_it_goes(content: bytes, side: Side) -> None:
    parsed = read_list(content, "台账.xlsx", side)
    assert (parsed.rows, codes(parsed)) == ((), [("ledger_sheet", "rejected")])
    [problem] = parsed.problems
    assert "matcher ledger import" in problem.message
    assert "matcher ledger import" in problem.message_en


@pytest.mark.parametrize("headed", ["合计", "小计：", "Total", "合计：2 条", "填表人：示例张三"])
@pytest.mark.parametrize("column", ["序号", "需求名称"])
def test_a_total_or_a_signature_below_a_ledger_is_passed_over_and_an_entry_never(
    headed: str, column: str
) -> None:
    workbook = load_workbook(io.BytesIO(workbook_of(row(), row(entry_id=8, demand_title=headed))))
    sheet = workbook.worksheets[0]
    headings = [cell.value for cell in sheet[HEADER_ROW]]
    last = HEADER_ROW + 3
    sheet.cell(last, headings.index(column) + 1).value = headed
    sheet.cell(last, headings.index("金额（万元）") + 1).value = 2469
    sheet.cell(HEADER_ROW + 2, 1).value = None
    rows, _ = read_ledger(saved(workbook))
    assert [read.number("entry_id") for read in rows] == [7, 8]
