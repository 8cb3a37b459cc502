"""The docking ledger as a workbook that an office can file, filter, fill in and print.

The machine's columns are protected without a password, so that a slip of the hand changes none of them;
people's columns are open, with drop-downs and checked dates and numbers. Three hidden columns say which
entry a row is of, at which version, and what its protected cells said.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, BinaryIO

from xlsxwriter.worksheet import Worksheet

from matcher.domain.columns import Column, Kind, Writer
from matcher.domain.work import MAX_AMOUNT
from matcher.files.ledger_sheet import UNKNOWN, LedgerRow, choices, sheet_columns, values_of
from matcher.files.safe_cells import (
    BANNER,
    FIRST_DAY,
    GRID,
    HEADING,
    HUMAN_FILL,
    LAST_DAY,
    MACHINE_FILL,
    MIDDLE,
    WRAPPED,
    Look,
    SafeBook,
    set_up_page,
)

TITLE = "供需对接服务台账"
NOTE = (
    "填写说明：只填浅黄色列，带下拉箭头的请从中选择；填好保存后可原样导回系统，导入前可先试运行查看逐格改动。"
    "灰色列由系统维护，改动不会导入；联系方式已隐藏的，不改动即保持原值。请勿删除隐藏列；"
    "可以筛选、调整列宽，如需排序请先“撤消工作表保护”（无密码），并选中整行排序。"
)
HEADER_ROW = 4
"""As people count rows; counted from zero it is the first row below the headings."""

_FORMATS = {
    Kind.TEXT: "@",
    Kind.NUMBER: "0",
    Kind.FIGURE: "0.000",
    Kind.SHARE: "0%",
    Kind.AMOUNT: "#,##0.######",
    Kind.DAY: "yyyy-mm-dd",
    Kind.GRADE: "0",
}
"""How cells of a kind are shown; the machine's texts, and codes, as they are."""

_FIGURES = {Kind.NUMBER, Kind.FIGURE, Kind.SHARE}

_ROWS_BETWEEN_REPORTS = 200


def write_ledger(
    rows: Iterable[LedgerRow],
    *,
    count: int,
    park_name: str,
    printed_on: date,
    stream: BinaryIO,
    original: Iterable[str] = (),
    written: Callable[[int], object] = lambda _: None,
) -> None:
    """Write a park's ledger of `count` rows to `stream`; `written` is told now and then how many are done.

    `original` are the headings of the lists' own columns that the rows have.
    """
    with SafeBook(stream) as book:
        sheet = book.add_sheet("台账")
        columns = sheet_columns(original)
        about = f"园区：{park_name}　　打印日期：{_in_words(printed_on)}　　共 {count} 条"
        _write_head(book, sheet, about, columns)
        styles = [book.style(_look(column)) for column in columns]
        for position, row in enumerate(rows, start=1):
            values = values_of(position, row)
            for number, (column, style) in enumerate(zip(columns, styles, strict=True)):
                value = values.get(column.name)
                if value is None and column.kind in _FIGURES:
                    value = UNKNOWN
                book.write(sheet, HEADER_ROW + position - 1, number, value, style)
            if position % _ROWS_BETWEEN_REPORTS == 0:
                written(position)
        last = HEADER_ROW + count - 1
        sheet.autofilter(HEADER_ROW - 1, 0, last, len(columns) - 1)
        sheet.freeze_panes(HEADER_ROW, 3)
        for number, column in enumerate(columns):
            if count and (rule := _rule(column)):
                sheet.data_validation(HEADER_ROW, number, last, number, rule)
        _protect(sheet)
        set_up_page(sheet, 0, HEADER_ROW - 1)


def _in_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _write_head(book: SafeBook, sheet: Worksheet, about: str, columns: Sequence[Column]) -> None:
    shown = sum(1 for column in columns if not column.hidden)
    wrapped = book.style(WRAPPED)
    head = ((TITLE, 32, book.style(BANNER)), (about, 18, wrapped), (NOTE, 32, wrapped))
    for row, (text, height, style) in enumerate(head):
        sheet.set_row(row, height)
        book.write_across(sheet, row, shown, text, style)
    sheet.set_row(HEADER_ROW - 1, 30)
    machine, human = book.style(HEADING), book.style(HEADING | HUMAN_FILL)
    for number, column in enumerate(columns):
        book.write(sheet, HEADER_ROW - 1, number, column.zh, human if column.filled_in else machine)
        sheet.set_column(number, number, column.width, None, {"hidden": column.hidden})


def _look(column: Column) -> Look:
    look = (
        (WRAPPED if column.kind in {Kind.TEXT, Kind.AMOUNT} else MIDDLE)
        | GRID
        | {"locked": not column.filled_in}
    )
    if not column.filled_in:
        look |= MACHINE_FILL
    if column.kind in _FORMATS and not (column.kind is Kind.TEXT and column.written_by is Writer.RUN):
        look |= {"num_format": _FORMATS[column.kind]}
    return look


def _rule(column: Column) -> dict[str, Any] | None:
    """What Excel and WPS let into a human column; None lets everything in."""
    if not column.filled_in or column.kind is Kind.TEXT:
        return None
    match column.kind:
        case Kind.DAY:
            rule: dict[str, Any] = {
                "validate": "date",
                "criteria": "between",
                "minimum": FIRST_DAY,
                "maximum": LAST_DAY,
            }
            error = "请填写日期，例如 2027-12-31；不需要时留空。"
        case Kind.AMOUNT:
            rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": int(MAX_AMOUNT)}
            error = f"请填写 0 到 {MAX_AMOUNT:,.0f} 的数字，单位万元；不需要时留空。"
        case _:
            rule = {"validate": "list", "source": list(choices(column))}
            error = f"请从下拉列表中选择：{'、'.join(choices(column))}。"
    if column.kind is Kind.GRADE:
        error = "请选择：0 不匹配，1 较弱，2 较强，3 强；不评时留空。"
        rule |= {"input_title": column.zh, "input_message": error}
    return rule | {"error_title": column.zh, "error_message": error}


def _protect(sheet: Worksheet) -> None:
    """Lock the machine's cells without a password; widths, heights, filters and sorting stay free."""
    free = ("format_columns", "format_rows", "autofilter", "sort", "objects", "scenarios")
    sheet.protect("", dict.fromkeys(free, True))
