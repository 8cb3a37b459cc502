"""What a workbook hides: rows, columns and filtered rows, said and skipped, or included when asked for."""

import io
import struct
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from matcher.domain.hidden_parts import HiddenParts
from matcher.domain.listing import Side, code_key, identity_key
from matcher.files.hidden import Hidden
from matcher.files.hidden_workbook import hidden_in
from matcher.files.hidden_xls import hidden_in_xls
from matcher.files.hidden_xlsx import hidden_in_xlsx
from matcher.files.reading import read_lists
from matcher.files.report import ParsedList
from matcher.files.workbooks import read_workbook
from tests.files.given import codes, saved

CASES = Path(__file__).parent / "cases"
HEADER = ["需求名称", "企业名称", "需求详情", "内部底价"]


def rows_of(count: int) -> list[list[str]]:
    return [HEADER, *([f"需求{number}", "某公司", f"内容{number}", "九万"] for number in range(1, count + 1))]


def as_xlsx(count: int, rows: set[int], columns: set[int]) -> bytes:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for row in rows_of(count):
        sheet.append(row)
    for number in rows:
        sheet.row_dimensions[number + 1].hidden = True
    for column in columns:
        sheet.column_dimensions["ABCD"[column]].hidden = True
    return saved(workbook)


def as_xls(count: int, rows: set[int], columns: set[int]) -> bytes:
    workbook = xlwt.Workbook()
    workbook.add_sheet("封面").write(0, 0, "封面")
    sheet = workbook.add_sheet("需求")
    for number, row in enumerate(rows_of(count)):
        for column, text in enumerate(row):
            sheet.write(number, column, text)
        sheet.row(number).hidden = number in rows
    for column in columns:
        sheet.col(column).hidden = True
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def read(content: bytes, hidden: HiddenParts = HiddenParts.SKIP) -> ParsedList:
    return read_lists([("需求", content)], Side.DEMAND, hidden=hidden)


def said(parsed: ParsedList) -> dict[str, list[Any]]:
    return {
        entry.reason.value: [row.row for row in entry.rows] or list(entry.columns) for entry in parsed.skipped
    }


def titles(parsed: ParsedList) -> list[str]:
    return [row.listing.title for row in parsed.rows]


@pytest.mark.parametrize("written", [as_xlsx, as_xls])
@settings(max_examples=8, deadline=None)
@given(rows=st.sets(st.integers(1, 6)), columns=st.sets(st.integers(1, 3)))
def test_hidden_rows_and_columns_are_skipped_and_said_and_read_when_asked_for(
    written: Any, rows: set[int], columns: set[int]
) -> None:
    content = written(6, rows, columns)
    parsed = read(content)
    assert titles(parsed) == [f"需求{number}" for number in range(1, 7) if number not in rows]
    expected: dict[str, list[Any]] = {}
    if columns:
        expected["hidden_column"] = [f"{'ABCD'[column]} {HEADER[column]}" for column in sorted(columns)]
    if rows:
        expected["hidden_row"] = [row + 1 for row in sorted(rows)]
    assert said(parsed) == expected
    for row in parsed.rows:
        assert len(row.cells) == 4 - len(columns)
        assert bool(row.listing.organisation) == (1 not in columns)
    everything = read(content, HiddenParts.INCLUDE)
    assert len(everything.rows) == 6
    assert everything.skipped == ()
    assert all(len(row.cells) == 4 for row in everything.rows)
    keys = {identity_key(row.listing) for row in everything.rows if row.row - 1 in rows}
    assert 1 in columns or parsed.held_back == keys


def test_rows_that_a_filter_leaves_out_are_skipped_with_the_hidden_column() -> None:
    content = (CASES / "lists/filtered.xlsx").read_bytes()
    parsed = read(content)
    assert [row.listing.code for row in parsed.rows] == ["G1", "G3", "G5", "G6"]
    assert said(parsed) == {"hidden_column": ["F 内部底价"], "filtered_row": [3, 5]}
    assert parsed.held_back == {code_key("G2"), code_key("G4")}
    assert parsed.problems == ()
    assert all("内部底价" not in row.listing.extra for row in parsed.rows)
    everything = read(content, HiddenParts.INCLUDE)
    assert [row.listing.code for row in everything.rows] == ["G1", "G2", "G3", "G4", "G5", "G6"]
    assert everything.rows[0].listing.extra["内部底价"] == "底价1"
    assert everything.skipped == ()


def test_the_sheets_of_a_street_give_their_items_and_say_what_they_hide() -> None:
    content = (CASES / "operator/氢能需求汇总（街道报送）.xlsx").read_bytes()
    parsed = read(content)
    assert len(parsed.rows) == 14
    assert not any("已撤销" in title or title.startswith("共") for title in titles(parsed))
    assert parsed.rejected == ()
    of_first = {entry.reason.value: entry for entry in parsed.skipped if entry.sheet == "东湖街道"}
    assert [row.row for row in of_first["hidden_row"].rows] == [14]
    assert of_first["hidden_column"].columns == ("J 内部备注",)
    assert [row.row for row in of_first["running_number"].rows] == [15, 16, 17, 18]
    assert [row.row for row in of_first["total"].rows] == [19]
    assert [row.row for row in of_first["note"].rows] == [20, 21]
    assert [row.row for row in of_first["signature"].rows] == [22]
    assert "010-5550" not in of_first["signature"].rows[0].text


def test_a_sheet_whose_titles_are_hidden_is_named_and_not_read() -> None:
    parsed = read(as_xlsx(2, set(), {0}))
    assert ("hidden_title", "rejected") in codes(parsed)
    assert parsed.rows == ()
    assert len(read(as_xlsx(2, set(), {0}), HiddenParts.INCLUDE).rows) == 2


def test_a_hidden_sheet_is_read_when_asked_for() -> None:
    workbook = load_workbook(io.BytesIO(as_xlsx(2, set(), set())))
    workbook.create_sheet("封面")
    workbook.worksheets[0].sheet_state = "hidden"
    content = saved(workbook)
    assert read(content).rows == ()
    assert len(read(content, HiddenParts.INCLUDE).rows) == 2


def test_hidden_parts_that_say_nothing_are_not_mentioned() -> None:
    workbook = load_workbook(io.BytesIO(as_xlsx(3, {2}, set())))
    sheet = workbook.worksheets[0]
    sheet.row_dimensions[20].hidden = True
    sheet.column_dimensions["H"].hidden = True
    assert said(read(saved(workbook))) == {"hidden_row": [3]}


def test_a_row_without_height_and_a_column_without_width_are_hidden() -> None:
    text = b'<worksheet><cols><col min="2" max="2" width="0.0"/><col min="3" max="3" width="0.5"/></cols>'
    text += b'<row r="3" ht="0" customHeight="1"/><row r="4" ht="10"/></worksheet>'
    assert hidden_in_xlsx(_part(text)) == {"Sheet": Hidden({2}, {1})}


def test_a_workbook_of_which_that_cannot_be_told_is_read_and_in_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = as_xls(2, {1}, set())
    assert hidden_in(content[:600], ["需求"]) == {}
    [_, sheet] = read_workbook(content)
    unknown = replace(sheet, hides=None)
    monkeypatch.setattr("matcher.files.reading.read_workbook", lambda _: [unknown])
    parsed = read(content)
    assert codes(parsed) == [("hidden_unknown", "doubtful")]
    assert len(parsed.rows) == 2


def _part(text: bytes) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx(1, set(), set()))) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, text if name == "xl/worksheets/sheet1.xml" else source.read(name))
    return stream.getvalue()


def test_rows_without_numbers_are_counted_and_tags_may_cross_any_block(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = b'<x:worksheet><x:cols><x:col min="2" max="3" hidden="true"/></x:cols><x:sheetData>'
    text += b'<x:row/><x:row hidden="1"/><x:row r="9" hidden = "1" ><x:c/></x:row><x:row hidden="1"/>'
    text += b'</x:sheetData><x:autoFilter ref="A1"><x:filterColumn colId="0"/></x:autoFilter></x:worksheet>'
    expected = {"Sheet": Hidden({1, 8, 9}, {1, 2}, filtered=True)}
    for size in (1, 7, 64, 1 << 20):
        monkeypatch.setattr("matcher.files.hidden_xlsx._BLOCK", size)
        assert hidden_in_xlsx(_part(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        b"<row" * 100_000,
        b'<col min="1" max="16384" hidden="1"/>' * 5,
        b"<row/>" * ((1 << 20) + 1),
        b"<col>",
    ],
)
def test_a_sheet_that_is_none_is_given_up(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"tag|columns|rows"):
        hidden_in_xlsx(_part(text))
    assert hidden_in(_part(text), ["Sheet"]) == {}


@settings(max_examples=300, deadline=None)
@given(place=st.integers(0, 8191), value=st.binary(min_size=1, max_size=8), cut=st.integers(0, 9000))
def test_no_damage_to_an_xls_does_more_than_to_leave_the_question_open(
    place: int, value: bytes, cut: int
) -> None:
    content = bytearray(as_xls(3, {2}, {3}))
    content[place : place + len(value)] = value
    try:
        hidden = hidden_in_xls(bytes(content[: len(content) - cut]))
    except (ValueError, struct.error):
        return
    assert all(isinstance(of, Hidden) for of in hidden)
