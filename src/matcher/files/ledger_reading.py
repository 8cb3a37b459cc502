"""The ledger's sheet read back, as Excel, WPS or a program has saved it: rows of cells, and what they say.

Columns are found by their headings, wherever they stand; rows may be sorted, filtered away or deleted.
"""

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from matcher.domain.columns import CHECK, ENTRY_ID, GRADES, VERSION, Column, Kind
from matcher.domain.errors import InvalidInput
from matcher.domain.labels import label
from matcher.domain.money import parse_money
from matcher.domain.text import fold, normalise
from matcher.files.ledger_csv import csv_rows
from matcher.files.ledger_sheet import COLUMNS, FILLED_IN, choices, in_gbk, is_original
from matcher.files.ledger_workbook import TITLE
from matcher.files.row_marks import is_signature, is_total
from matcher.files.safe_cells import plain
from matcher.files.sheets import MAX_BYTES, Sheet, UnreadableFile, column_letter
from matcher.files.texts import decode
from matcher.files.values import is_error, is_nothing, is_picture, parse_date, since_1904
from matcher.files.workbooks import OLE_MARK, ZIP_MARK, read_workbook

_HEADER_WITHIN = 20
"""Rows at the head of a sheet among which the headings are looked for."""

_COLUMN_OF: Mapping[str, Column] = {
    fold(heading): column for column in COLUMNS for heading in (column.zh, *column.aliases)
}


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row of the sheet: its cells by column name, as text.

    `row` counts from 1 as a spreadsheet program shows it. Columns that the sheet lacks are left out.
    """

    sheet: str
    row: int
    cells: Mapping[str, str]
    letters: Mapping[str, str]

    @property
    def human(self) -> Mapping[str, str]:
        """The cells that people fill in."""
        return {name: text for name, text in self.cells.items() if _BY_NAME[name].filled_in}

    def number(self, name: str) -> int | None:
        """The whole number that a cell holds; None where it holds none."""
        text = normalise(self.cells.get(name, "")).removesuffix(".0")
        return int(text) if re.fullmatch(r"\d{1,9}", text) else None


_BY_NAME = {column.name: column for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class StrangeColumn:
    """A column that says something under a heading which is none of the ledger's, and so is not read.

    `row` is that of the headings; `lacking` names the headings for people that its sheet has not.
    """

    sheet: str
    row: int
    letter: str
    heading: str
    lacking: tuple[str, ...]


def read_ledger(content: bytes) -> tuple[list[ReadRow], list[StrangeColumn]]:
    """Every row of the file that says something, and the columns that are not read.

    A total or a line for names and seals that someone added, without an entry's id, is passed over.

    Raises:
        InvalidInput: it is no workbook or CSV file of the ledger, it is too large, or it lacks a column that
            says which entry a row is of.
    """
    try:
        sheets = _sheets(content)
    except UnreadableFile as error:
        raise InvalidInput(error.zh, error.en, field="file") from error
    headers = [(sheet, _header(sheet.rows)) for sheet in sheets]
    if all(header is None for _, header in headers):
        raise InvalidInput(
            f"找不到台账的表头：须有“{ENTRY_ID}”和“{VERSION}”两列（导出时为隐藏列）；"
            "请重新导出台账，在导出的文件上填写。",
            f"no ledger in it: the columns {ENTRY_ID} and {VERSION} (hidden in an export) are missing. "
            "Export the ledger again and fill that in.",
            field="file",
        )
    ledgers = [(sheet, header) for sheet, header in headers if header is not None]
    return (
        [row for sheet, header in ledgers for row in _rows(sheet, header)],
        [column for sheet, header in ledgers for column in _strange(sheet, header)],
    )


def is_ledger(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows are those of a ledger's sheet: by its title, or by the headings of its hidden columns."""
    marks = [{fold(ENTRY_ID), fold(mark)} for mark in (VERSION, CHECK)]
    for row in rows[:_HEADER_WITHIN]:
        cells = {fold(cell) for cell in row}
        if fold(TITLE) in cells or any(mark <= cells for mark in marks):
            return True
    return False


def _sheets(content: bytes) -> Sequence[Sheet]:
    if len(content) > MAX_BYTES:
        raise UnreadableFile(
            "too_large",
            f"文件超过 {MAX_BYTES >> 20} MB，请删去无关内容后再导入。",
            f"the file is larger than {MAX_BYTES >> 20} MB.",
        )
    if not content.strip():
        raise UnreadableFile("empty_file", "文件是空的，请检查是否保存成功。", "the file is empty.")
    if content.startswith((ZIP_MARK, OLE_MARK)):
        return [sheet for sheet in read_workbook(content, as_shown=False) if not sheet.hidden]
    text = decode(content)
    if text.lossy:
        raise UnreadableFile(
            "bad_encoding",
            "文件中有无法识别的文字，为免写入乱码未导入；请另存为“CSV UTF-8”或 .xlsx 再导入。",
            "some text is neither UTF-8 nor GB18030: save it as CSV UTF-8 or .xlsx.",
        )
    lines = text.text.splitlines()[:_HEADER_WITHIN]
    header = next((line for line in lines if ENTRY_ID in line), "")
    delimiter = max(",;\t", key=header.count)
    return [Sheet("", csv_rows(text.text, delimiter))]


def _header(rows: Sequence[Sequence[str]]) -> int | None:
    needed = {fold(heading) for heading in (ENTRY_ID, VERSION)}
    for number, row in enumerate(rows[:_HEADER_WITHIN]):
        if needed <= {fold(cell) for cell in row}:
            return number
    return None


def _rows(sheet: Sheet, header: int) -> list[ReadRow]:
    columns: dict[str, int] = {}
    for position, heading in enumerate(sheet.rows[header]):
        column = _COLUMN_OF.get(fold(heading))
        if column is not None and columns.setdefault(column.name, position) != position:
            raise InvalidInput(
                f"“{column.zh}”一列出现了两次（{column_letter(columns[column.name])} 和 "
                f"{column_letter(position)}），请删去多余的一列。",
                f"the column {column.zh} is there twice: delete one.",
                field="file",
            )
    letters = {name: column_letter(position) for name, position in columns.items()}
    rows = []
    for number, cells in enumerate(sheet.rows[header + 1 :], start=header + 2):
        texts = {
            name: plain(cells[position]).strip() if position < len(cells) else ""
            for name, position in columns.items()
        }
        if sheet.since_1904:
            texts |= {
                name: since_1904(text) for name, text in texts.items() if _BY_NAME[name].kind is Kind.DAY
            }
        said = any(text for name, text in texts.items() if name != "position")
        if said and not (_is_no_entry(cells) and not texts["entry_id"]):
            rows.append(ReadRow(sheet.name, number, texts, letters))
    return rows


def _is_no_entry(cells: Sequence[str]) -> bool:
    """Whether a row is headed as a total, or as a line for names and seals, by its first cell with a text."""
    first = fold(next((cell for cell in cells if cell.strip()), ""))
    return is_total(first) or is_signature(first)


def _strange(sheet: Sheet, header: int) -> list[StrangeColumn]:
    headings = [fold(heading) for heading in sheet.rows[header]]
    there = {_COLUMN_OF[heading].name for heading in headings if heading in _COLUMN_OF}
    lacking = tuple(column.zh for column in FILLED_IN if column.name not in there)
    below = sheet.rows[header + 1 :]
    return [
        StrangeColumn(sheet.name, header + 1, column_letter(position), heading.strip(), lacking)
        for position, heading in enumerate(sheet.rows[header])
        if fold(heading) not in _COLUMN_OF
        and not is_original(heading)
        and any(position < len(cells) and cells[position].strip() for cells in below)
    ]


def says(column: Column, text: str) -> Any:
    """What a human column's cell says, as a value of the column; a blank cell is "" or None.

    A text that looks like a formula is what a person typed; that of a picture in the cell is not.

    Raises:
        InvalidInput: it cannot be read; the message says how to write it.
    """
    if is_error(text) and (is_picture(text) or not text.startswith("=")):
        raise _unreadable(text, "清除错误值后重新填写", "clear the error and fill it in again")
    if column.kind is Kind.TEXT:
        return text
    if is_nothing(normalise(text)):
        return None
    match column.kind:
        case Kind.DAY:
            return _day(text, exact=column.name in _EXACT)
        case Kind.AMOUNT:
            return _amount(text)
        case Kind.GRADE:
            return _grade(text)
        case _:
            return _choice(column, text)


def unchanged(text: str, stored: str) -> bool:
    """Whether a text cell still says what was written into it, whatever saving it has done to it."""
    written = plain(stored).strip()
    return text in (written, in_gbk(written))


def same_amount(read: float | None, stored: float | None) -> bool:
    """Whether two amounts are the same to the 15 digits that a spreadsheet keeps."""
    if read is None or stored is None:
        return read is stored
    return math.isclose(read, stored, rel_tol=1e-14)


_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?|(\d{4})(\d{2})(\d{2})")
_TIME_OF_DAY = re.compile(r"[Tt ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_SERIAL = re.compile(r"([2-7]\d{4})(?:\.\d+)?")
_EXACT = frozenset({"last_contact", "trial_start"})
"""Days on which something happened or begins: a month does not say which, and its last day would be wrong."""

_WITH_UNIT = re.compile("[万萬亿億]")


def _day(text: str, *, exact: bool) -> date:
    written = _TIME_OF_DAY.sub("", normalise(text)).strip()
    with suppress(ValueError):
        if serial := _SERIAL.fullmatch(written):
            return date(1899, 12, 30) + timedelta(days=int(serial[1]))
        if day := _DAY.fullmatch(written):
            year, month, number = (int(part) for part in day.groups() if part is not None)
            return date(year, month, number)
    if exact:
        raise _unreadable(
            text,
            "这一列须写明到日，请写成 2027-12-31 或 2027年12月31日",
            "this column needs the very day; write it as 2027-12-31",
        )
    with suppress(InvalidInput):
        if last := parse_date(text):
            return last
    raise _unreadable(
        text, "日期请写成 2027-12-31、2027年12月31日或 2027年12月", "write a date as 2027-12-31 or 2027年12月"
    )


def _amount(text: str) -> float:
    digits = re.sub(r"[\s,，¥￥]", "", normalise(text))
    digits = re.sub("万元?$", "", digits)
    if _NUMBER.fullmatch(digits):
        return float(digits)
    if _WITH_UNIT.search(text):
        with suppress(InvalidInput):
            money = parse_money(text)
            if money.low is not None and money.low == money.high and not money.negotiable:
                return money.low
    raise _unreadable(
        text,
        "金额请写成一个数字，单位万元，如 120.5，或写明单位，如 1.2亿",
        "write one number of 万元, such as 120.5, or its unit, such as 1.2亿",
    )


def _grade(text: str) -> int:
    digits = normalise(text).removesuffix("分").removesuffix(".0")
    if digits not in map(str, GRADES):
        raise _unreadable(
            text,
            "评分请填 0（不匹配）、1（较弱）、2（较强）或 3（强）",
            "a grade is 0 (none), 1 (weak), 2 (fairly strong) or 3 (strong)",
        )
    return int(digits)


def _choice(column: Column, text: str) -> StrEnum:
    for code in column.codes or ():
        if fold(text) in {fold(label(code, "zh")), fold(label(code, "en")), fold(code.value)}:
            return code
    words = "、".join(choices(column))
    raise _unreadable(text, f"请从下拉列表中选择：{words}", f"choose one of {words}")


def _unreadable(text: str, zh: str, en: str) -> InvalidInput:
    return InvalidInput(f"看不懂“{text[:40]}”；{zh}。", f"{text[:40]!r} cannot be read: {en}.")
