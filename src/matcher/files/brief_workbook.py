"""The morning brief of one park as a workbook: a sheet of counts, then one sheet for each list."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill
from openpyxl.styles import Side as Edge
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from matcher.files.safe_cells import set_up_landscape, write_text

TITLE = "供需对接晨报"
UNKNOWN = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """A pair that the nights since made new, changed or took away; `causes` and `change` in plain words."""

    demand_code: str
    demand_title: str
    enterprise: str
    achievement_code: str
    achievement_title: str
    organisation: str
    rank: int | None
    score: float | None
    probability: float | None
    change: str
    causes: str
    standing: str
    stage: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """What someone has to see to, and by when; `wait` says how far off or how late it is."""

    kind: str
    due_on: date
    wait: str
    demand_code: str
    demand_title: str
    enterprise: str
    achievement_title: str
    organisation: str
    stage: str
    owner: str
    technology_manager: str
    next_action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsuppliedRow:
    """A demand without credible supply: why, what binds, the nearest miss, and what would give a match."""

    demand_code: str
    demand_title: str
    enterprise: str
    reason: str
    binding: str
    nearest_code: str
    nearest_title: str
    nearest_organisation: str
    nearest_score: float | None
    would_change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefBook:
    """One park's brief as it is printed; `facts`, `counts` and `stages` are (label, value)."""

    park_name: str
    day: date
    facts: Sequence[tuple[str, str]]
    counts: Sequence[tuple[str, int]]
    stages: Sequence[tuple[str, int]]
    duties: Sequence[DutyRow]
    new: Sequence[PairRow]
    changed: Sequence[PairRow]
    vanished: Sequence[PairRow]
    unsupplied: Sequence[UnsuppliedRow]


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    width: int
    number_format: str = ""


_CODE, _NAME, _UNIT = 12, 30, 22
_PAIR = (
    _Column("需求编号", _CODE),
    _Column("需求名称", _NAME),
    _Column("企业名称", _UNIT),
    _Column("成果编号", _CODE),
    _Column("成果名称", _NAME),
    _Column("完成单位", _UNIT),
    _Column("名次", 6, "0"),
    _Column("得分", 8, "0.000"),
    _Column("概率", 8, "0%"),
    _Column("数值变化", 26),
    _Column("原因", 22),
    _Column("现状", 10),
    _Column("阶段", 10),
    _Column("负责人", 10),
)
_DUTY = (
    _Column("事项", 10),
    _Column("日期", 12, "yyyy-mm-dd"),
    _Column("期限", 12),
    _Column("需求编号", _CODE),
    _Column("需求名称", _NAME),
    _Column("企业名称", _UNIT),
    _Column("成果名称", _NAME),
    _Column("完成单位", _UNIT),
    _Column("阶段", 10),
    _Column("负责人", 10),
    _Column("技术经理人", 10),
    _Column("下一步", 26),
)
_UNSUPPLIED = (
    _Column("需求编号", _CODE),
    _Column("需求名称", _NAME),
    _Column("企业名称", _UNIT),
    _Column("原因", 22),
    _Column("约束", 34),
    _Column("最接近的成果编号", _CODE),
    _Column("最接近的成果", _NAME),
    _Column("完成单位", _UNIT),
    _Column("得分", 8, "0.000"),
    _Column("怎样可以匹配", 40),
)
_HEADER_ROW = 3

_THIN = Edge("thin", color="808080")
_BORDER = Border(_THIN, _THIN, _THIN, _THIN)
_HEADER_FILL = PatternFill("solid", fgColor="D9E2F3")
_BOLD = Font(bold=True)
_TITLE_FONT = Font(bold=True, size=18)
_MIDDLE = Alignment("center", "center", wrap_text=True)
_WRAPPED = Alignment(vertical="center", wrap_text=True)


def write_brief(book: BriefBook, stream: BinaryIO) -> None:
    """Write a park's brief to `stream`, ready to be printed."""
    workbook = Workbook()
    _write_summary(workbook.worksheets[0], book)
    where = f"{book.park_name}　　{book.day:%Y-%m-%d}"
    _write_list(workbook, "待办", _DUTY, book.duties, where)
    _write_list(workbook, "新增", _PAIR, book.new, where)
    _write_list(workbook, "变化", _PAIR, book.changed, where)
    _write_list(workbook, "消失", _PAIR, book.vanished, where)
    _write_list(workbook, "无可信供给", _UNSUPPLIED, book.unsupplied, where)
    workbook.save(stream)


def _write_summary(sheet: Worksheet, book: BriefBook) -> None:
    sheet.title = "简报"
    for column, width in enumerate((26, 60), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    _write_title(sheet, TITLE, 2)
    row = 2
    day = f"{book.day.year}年{book.day.month}月{book.day.day}日"
    row = _write_pairs(sheet, row, (("园区", book.park_name), ("日期", day), *book.facts))
    for heading, figures in (("要点", book.counts), ("各阶段条目数", book.stages)):
        sheet.merge_cells(start_row=row + 1, start_column=1, end_row=row + 1, end_column=2)
        head = write_text(sheet, row + 1, 1, heading)
        head.font, head.fill = _BOLD, _HEADER_FILL
        row = _write_pairs(sheet, row + 2, figures)
    set_up_landscape(sheet, "1:1")
    sheet.page_setup.orientation = "portrait"


def _write_pairs(sheet: Worksheet, row: int, pairs: Iterable[tuple[str, str | int]]) -> int:
    """Write label and value in one row each; returns the row after them."""
    for name, value in pairs:
        _write_value(sheet, row, 1, name)
        _write_value(sheet, row, 2, value, Alignment("left", "center", wrap_text=True))
        row += 1
    return row


def _write_list(
    workbook: Workbook,
    title: str,
    columns: Sequence[_Column],
    rows: Sequence[PairRow | DutyRow | UnsuppliedRow],
    where: str,
) -> None:
    sheet: Worksheet = workbook.create_sheet(title)
    width = len(columns) + 1
    _write_title(sheet, title, width)
    sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=width)
    write_text(sheet, 2, 1, f"{where}　　共 {len(rows)} 条").alignment = _WRAPPED
    for number, column in enumerate((_Column("序号", 6), *columns), start=1):
        _write_value(sheet, _HEADER_ROW, number, column.heading, _MIDDLE)
        sheet.cell(_HEADER_ROW, number).font = _BOLD
        sheet.cell(_HEADER_ROW, number).fill = _HEADER_FILL
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    for position, row in enumerate(rows, start=1):
        at = _HEADER_ROW + position
        _write_value(sheet, at, 1, position, _MIDDLE)
        for number, (column, value) in enumerate(zip(columns, astuple(row), strict=True), start=2):
            _write_value(sheet, at, number, value)
            if column.number_format:
                sheet.cell(at, number).number_format = column.number_format
                sheet.cell(at, number).alignment = _MIDDLE
    last = get_column_letter(width)
    sheet.auto_filter.ref = f"A{_HEADER_ROW}:{last}{_HEADER_ROW + len(rows)}"
    sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
    set_up_landscape(sheet, f"1:{_HEADER_ROW}")


def _write_title(sheet: Worksheet, text: str, width: int) -> None:
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    title = write_text(sheet, 1, 1, text)
    title.font, title.alignment = _TITLE_FONT, _MIDDLE
    sheet.row_dimensions[1].height = 32


def _write_value(
    sheet: Worksheet, row: int, column: int, value: str | float | date | None, alignment: Alignment = _WRAPPED
) -> None:
    """Write text as text, whatever it starts with; figures and days as what they are, None as a dash."""
    if value is None or isinstance(value, str):
        cell = write_text(sheet, row, column, UNKNOWN if value is None else value)
    else:
        cell = write_text(sheet, row, column, "")
        cell.value = value
    cell.alignment, cell.border = alignment, _BORDER
