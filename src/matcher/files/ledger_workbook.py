"""The docking ledger as a workbook that an office can file, filter, fill in and print.

The machine's columns are protected without a password, so that a slip of the hand changes none of them;
people's columns are open, with drop-downs and checked dates and numbers. Three hidden columns say which
entry a row is of, at which version, and what its protected cells said.
"""

from collections.abc import Callable, Sequence
from copy import copy
from datetime import date
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection
from openpyxl.styles import Side as Edge
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from matcher.domain.work import MAX_AMOUNT
from matcher.files.ledger_sheet import CHOICES, COLUMNS, UNKNOWN, Column, Kind, LedgerRow, Value, values_of
from matcher.files.safe_cells import FORMULA_STARTS, set_up_landscape, write_text

TITLE = "供需对接服务台账"
NOTE = (
    "填写说明：只填浅黄色列，带下拉箭头的请从中选择；填好保存后可原样导回系统，导入前可先试运行查看逐格改动。"
    "灰色列由系统维护，改动不会导入；联系方式已隐藏的，不改动即保持原值。请勿删除隐藏列；"
    "可以筛选、调整列宽，如需排序请先“撤消工作表保护”（无密码），并选中整行排序。"
)
HEADER_ROW = 4

_FIRST_DAY, _LAST_DAY = date(1901, 1, 1), date(9999, 12, 31)
"""The days a workbook's date cell can hold in every program; others are written as text."""

_THIN = Edge("thin", color="808080")
_BORDER = Border(_THIN, _THIN, _THIN, _THIN)
_HEADER_FILL = PatternFill("solid", fgColor="D9E2F3")
_HUMAN_FILL = PatternFill("solid", fgColor="FFF2CC")
_MACHINE_FILL = PatternFill("solid", fgColor="F2F2F2")
_HEADER_FONT = Font(bold=True)
_MIDDLE = Alignment("center", "center", wrap_text=True)
_WRAPPED = Alignment(vertical="center", wrap_text=True)

_ROWS_BETWEEN_REPORTS = 200


def write_ledger(
    rows: Sequence[LedgerRow],
    *,
    park_name: str,
    printed_on: date,
    stream: BinaryIO,
    written: Callable[[int], object] = lambda _: None,
) -> None:
    """Write a park's ledger to `stream`; `written` is told now and then how many rows are done."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "台账"
    _write_head(sheet, park_name, printed_on, len(rows))
    styles = [_styled(workbook, column) for column in COLUMNS]
    for position, row in enumerate(rows, start=1):
        _write_row(sheet, HEADER_ROW + position, values_of(position, row), styles)
        if position % _ROWS_BETWEEN_REPORTS == 0:
            written(position)
    last = HEADER_ROW + len(rows)
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(COLUMNS))}{last}"
    sheet.freeze_panes = f"D{HEADER_ROW + 1}"
    for number, column in enumerate(COLUMNS, start=1):
        if rows and (validation := _validation(column)) is not None:
            letter = get_column_letter(number)
            validation.add(f"{letter}{HEADER_ROW + 1}:{letter}{last}")
            sheet.add_data_validation(validation)
    _protect(sheet)
    set_up_landscape(sheet, f"1:{HEADER_ROW}")
    workbook.save(stream)


def _write_head(sheet: Worksheet, park_name: str, printed_on: date, count: int) -> None:
    shown = sum(1 for column in COLUMNS if not column.hidden)
    day = f"{printed_on.year}年{printed_on.month}月{printed_on.day}日"
    about = f"园区：{park_name}　　打印日期：{day}　　共 {count} 条"
    for row, (text, height) in enumerate(((TITLE, 32), (about, 18), (NOTE, 32)), start=1):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=shown)
        write_text(sheet, row, 1, text).alignment = _WRAPPED
        sheet.row_dimensions[row].height = height
    sheet["A1"].font = Font(bold=True, size=18)
    sheet["A1"].alignment = _MIDDLE
    for number, column in enumerate(COLUMNS, start=1):
        cell = write_text(sheet, HEADER_ROW, number, column.heading)
        cell.font = _HEADER_FONT
        cell.fill = _HUMAN_FILL if column.human else _HEADER_FILL
        cell.alignment = _MIDDLE
        cell.border = _BORDER
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = column.width
        dimension.hidden = column.hidden
    sheet.row_dimensions[HEADER_ROW].height = 30


def _styled(workbook: Workbook, column: Column) -> Any:
    """The style of a column's cells; copying it takes a tenth of the time of making it for each cell."""
    cell = Cell(workbook.worksheets[0], row=1, column=1)
    cell.alignment = _MIDDLE if column.centred else _WRAPPED
    cell.border = _BORDER
    cell.protection = Protection(locked=not column.human)
    if not column.human:
        cell.fill = _MACHINE_FILL
    if column.number_format:
        cell.number_format = column.number_format
    return cell._style  # type: ignore[attr-defined]


def _write_row(sheet: Worksheet, number: int, values: dict[str, Value], styles: Sequence[Any]) -> None:
    for position, (column, style) in enumerate(zip(COLUMNS, styles, strict=True), start=1):
        value = _cell_value(column, values[column.name])
        cell = write_text(sheet, number, position, value if isinstance(value, str) else "")
        cell._style = copy(style)  # type: ignore[attr-defined]
        if not isinstance(value, str):
            cell.value = value
        elif value.startswith(FORMULA_STARTS):
            cell.quotePrefix = True


def _cell_value(column: Column, value: Value) -> Value:
    if value is None:
        return UNKNOWN if column.kind is Kind.FIGURE else None
    if isinstance(value, date) and not _FIRST_DAY <= value <= _LAST_DAY:
        return value.isoformat()
    return value


def _validation(column: Column) -> DataValidation | None:
    """What Excel and WPS let into a human column; None lets everything in."""
    if not column.human or column.kind is Kind.TEXT:
        return None
    match column.kind:
        case Kind.DAY:
            first, last = ((day - date(1899, 12, 30)).days for day in (_FIRST_DAY, _LAST_DAY))
            rule = DataValidation("date", operator="between", formula1=str(first), formula2=str(last))
            rule.error = "请填写日期，例如 2027-12-31；不需要时留空。"
        case Kind.AMOUNT:
            rule = DataValidation("decimal", operator="between", formula1="0", formula2=f"{MAX_AMOUNT:.0f}")
            rule.error = f"请填写 0 到 {MAX_AMOUNT:,.0f} 的数字，单位万元；不需要时留空。"
        case _:
            rule = DataValidation("list", formula1=f'"{",".join(CHOICES[column.kind])}"')
            rule.error = f"请从下拉列表中选择：{'、'.join(CHOICES[column.kind])}。"
    if column.kind is Kind.GRADE:
        rule.error = rule.prompt = "请选择：0 不匹配，1 较弱，2 较强，3 强；不评时留空。"
        rule.promptTitle, rule.showInputMessage = column.heading, True
    rule.errorTitle = column.heading
    rule.showErrorMessage = True
    rule.allow_blank = True
    return rule


def _protect(sheet: Worksheet) -> None:
    """Lock the machine's cells without a password; widths, heights, filters and sorting stay free."""
    sheet.protection.sheet = True
    for free in ("formatColumns", "formatRows", "autoFilter", "sort"):
        setattr(sheet.protection, free, False)
