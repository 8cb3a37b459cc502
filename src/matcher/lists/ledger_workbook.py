"""The docking ledger as a workbook that an office can file, filter and print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill
from openpyxl.styles import Side as Edge
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from matcher.lists.safe_cells import set_up_landscape, write_text

TITLE = "供需对接服务台账"
UNKNOWN = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One ledger entry as it is printed; `stage` and `standing` are labels, not codes."""

    rank: int | None
    demand_code: str
    demand_title: str
    enterprise: str
    achievement_code: str
    achievement_title: str
    organisation: str
    industry: str
    similarity: float | None
    score: float | None
    probability: float | None
    terms: str
    stage: str
    standing: str
    run_id: str
    first_seen: date


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    width: int
    number_format: str = ""
    centred: bool = False


_COLUMNS = (
    _Column("序号", 6, "0", centred=True),
    _Column("需求编号", 12),
    _Column("需求名称", 28),
    _Column("企业名称", 20),
    _Column("位次", 6, "0", centred=True),
    _Column("成果编号", 12),
    _Column("成果名称", 28),
    _Column("完成单位", 20),
    _Column("技术领域", 12),
    _Column("相似度", 8, "0.000", centred=True),
    _Column("得分", 8, "0.000", centred=True),
    _Column("概率", 8, "0%", centred=True),
    _Column("共同词语", 22),
    _Column("阶段", 10, centred=True),
    _Column("状态", 8, centred=True),
    _Column("首次出现", 12, "yyyy-mm-dd", centred=True),
    _Column("批次", 10, centred=True),
    _Column("负责人", 10),
    _Column("下一步", 18),
    _Column("截止日期", 12, "yyyy-mm-dd"),
    _Column("备注", 18),
)
_HEADER_ROW = 3

_THIN = Edge("thin", color="808080")
_BORDER = Border(_THIN, _THIN, _THIN, _THIN)
_HEADER_FILL = PatternFill("solid", fgColor="D9E2F3")
_HEADER_FONT = Font(bold=True)
_MIDDLE = Alignment("center", "center", wrap_text=True)
_WRAPPED = Alignment(vertical="center", wrap_text=True)


def write_ledger(rows: Sequence[LedgerRow], *, park_name: str, printed_on: date, stream: BinaryIO) -> None:
    """Write a park's ledger to `stream`; the last four columns are left for people to fill in."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "台账"
    _write_head(sheet, park_name, printed_on, len(rows))
    for position, row in enumerate(rows, start=1):
        _write_row(sheet, _HEADER_ROW + position, _values(position, row))
    last = get_column_letter(len(_COLUMNS))
    sheet.auto_filter.ref = f"A{_HEADER_ROW}:{last}{_HEADER_ROW + len(rows)}"
    sheet.freeze_panes = f"D{_HEADER_ROW + 1}"
    set_up_landscape(sheet, f"1:{_HEADER_ROW}")
    workbook.save(stream)


def _write_head(sheet: Worksheet, park_name: str, printed_on: date, count: int) -> None:
    for row in (1, 2):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(_COLUMNS))
    title = write_text(sheet, 1, 1, TITLE)
    title.font = Font(bold=True, size=18)
    title.alignment = _MIDDLE
    sheet.row_dimensions[1].height = 32
    day = f"{printed_on.year}年{printed_on.month}月{printed_on.day}日"
    write_text(sheet, 2, 1, f"园区：{park_name}　　打印日期：{day}　　共 {count} 条").alignment = _WRAPPED
    for number, column in enumerate(_COLUMNS, start=1):
        cell = write_text(sheet, _HEADER_ROW, number, column.heading)
        cell.font = _HEADER_FONT
        cell.fill = _HEADER_FILL
        cell.alignment = _MIDDLE
        cell.border = _BORDER
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.row_dimensions[_HEADER_ROW].height = 30


def _values(position: int, row: LedgerRow) -> tuple[str | float | date, ...]:
    return (
        position,
        row.demand_code,
        row.demand_title,
        row.enterprise,
        UNKNOWN if row.rank is None else row.rank,
        row.achievement_code,
        row.achievement_title,
        row.organisation,
        row.industry,
        UNKNOWN if row.similarity is None else row.similarity,
        UNKNOWN if row.score is None else row.score,
        UNKNOWN if row.probability is None else row.probability,
        row.terms,
        row.stage,
        row.standing,
        row.first_seen,
        row.run_id,
        *[""] * 4,
    )


def _write_row(sheet: Worksheet, number: int, values: tuple[str | float | date, ...]) -> None:
    for position, (column, value) in enumerate(zip(_COLUMNS, values, strict=True), start=1):
        if isinstance(value, str):
            cell = write_text(sheet, number, position, value)
        else:
            cell = write_text(sheet, number, position, "")
            cell.value = value
        if column.number_format:
            cell.number_format = column.number_format
        cell.alignment = _MIDDLE if column.centred else _WRAPPED
        cell.border = _BORDER
