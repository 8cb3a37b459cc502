"""Rejected rows out: a workbook to mend and import again."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from matcher.files.headings import REASON_HEADING
from matcher.files.report import RejectedRow
from matcher.files.safe_cells import write_text

_HEADER_FONT = Font(bold=True)
_REASON_FILL = PatternFill("solid", fgColor="FFF2CC")
_WRAPPED = Alignment(vertical="top", wrap_text=True)


def write_rejects(rejected: Sequence[RejectedRow], target: Path | BinaryIO) -> None:
    """Write the rows with their original headings and a first column that says what is wrong.

    Reading ignores that column, so the mended workbook imports as it is.
    """
    headings = list(dict.fromkeys(heading for row in rejected for heading in row.cells))
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "未导入的行"
    for column, heading in enumerate([REASON_HEADING, *headings], start=1):
        write_text(sheet, 1, column, heading).font = _HEADER_FONT
        sheet.column_dimensions[get_column_letter(column)].width = 44 if column == 1 else 22
    for number, row in enumerate(rejected, start=2):
        reason = write_text(sheet, number, 1, _reason(row))
        reason.fill = _REASON_FILL
        reason.alignment = _WRAPPED
        for column, heading in enumerate(headings, start=2):
            write_text(sheet, number, column, row.cells.get(heading, "")).alignment = _WRAPPED
    sheet.freeze_panes = "B2"
    workbook.save(target)


def _reason(row: RejectedRow) -> str:
    place = f"{row.file} {row.sheet} 第 {row.row} 行".replace("  ", " ")
    column = f"{row.problem.column}：" if row.problem.column else ""
    return f"{column}{row.problem.message}（{place}）"
