"""Rejected rows out: a workbook to mend and import again."""

from collections.abc import Sequence
from typing import BinaryIO

from matcher.files.headings import REASON_HEADING
from matcher.files.report import RejectedRow
from matcher.files.safe_cells import BOLD, FROM_TOP, HUMAN_FILL, SafeBook


def write_rejects(rejected: Sequence[RejectedRow], stream: BinaryIO) -> None:
    """Write the rows with their original headings and a first column that says what is wrong.

    Reading ignores that column, so the mended workbook imports as it is.
    """
    headings = list(dict.fromkeys(heading for row in rejected for heading in row.cells))
    with SafeBook(stream) as book:
        sheet = book.add_sheet("未导入的行")
        bold, reason, cell = (book.style(look) for look in (BOLD, FROM_TOP | HUMAN_FILL, FROM_TOP))
        for column, heading in enumerate([REASON_HEADING, *headings]):
            book.write(sheet, 0, column, heading, bold)
            sheet.set_column(column, column, 44 if column == 0 else 22)
        for number, row in enumerate(rejected, start=1):
            book.write(sheet, number, 0, _reason(row), reason)
            for column, heading in enumerate(headings, start=1):
                book.write(sheet, number, column, row.cells.get(heading, ""), cell)
        sheet.freeze_panes(1, 1)


def _reason(row: RejectedRow) -> str:
    place = f"{row.file} {row.sheet} 第 {row.row} 行".replace("  ", " ")
    column = f"{row.problem.column}：" if row.problem.column else ""
    return f"{column}{row.problem.message}（{place}）"
