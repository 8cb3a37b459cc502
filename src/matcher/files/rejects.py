"""Rejected rows out: a workbook to mend and import again."""

from collections.abc import Sequence
from typing import BinaryIO

from matcher.files.headings import REASON_HEADING
from matcher.files.report import RejectedRow
from matcher.files.safe_cells import BOLD, FROM_TOP, HUMAN_FILL, SafeBook
from matcher.files.table_notes import NO_NOTES, TableNotes


def write_rejects(rejected: Sequence[RejectedRow], stream: BinaryIO) -> None:
    """Write the rows with their original headings and a first column that says what is wrong.

    Reading ignores that column, so the mended workbook imports as it is. What is said beside their tables
    stands below them; rows of which different things are said stand on sheets of their own.
    """
    tables: list[tuple[TableNotes, list[RejectedRow]]] = []
    for row in rejected:
        same = next((rows for notes, rows in tables if notes == row.notes), None)
        if same is None:
            tables.append((row.notes, [row]))
        else:
            same.append(row)
    with SafeBook(stream) as book:
        for number, (notes, rows) in enumerate(tables or [(NO_NOTES, [])], start=1):
            _write_table(book, "未导入的行" if number == 1 else f"未导入的行（{number}）", rows, notes)


def _write_table(book: SafeBook, name: str, rows: Sequence[RejectedRow], notes: TableNotes) -> None:
    headings = list(dict.fromkeys(heading for row in rows for heading in row.cells))
    sheet = book.add_sheet(name)
    bold, reason, cell = (book.style(look) for look in (BOLD, FROM_TOP | HUMAN_FILL, FROM_TOP))
    for column, heading in enumerate([REASON_HEADING, *headings]):
        book.write(sheet, 0, column, heading, bold)
        sheet.set_column(column, column, 44 if column == 0 else 22)
    for number, row in enumerate(rows, start=1):
        book.write(sheet, number, 0, _reason(row), reason)
        for column, heading in enumerate(headings, start=1):
            book.write(sheet, number, column, row.cells.get(heading, ""), cell)
    for number, line in enumerate(notes.as_lines(), start=len(rows) + 1):
        book.write(sheet, number, 1, line, cell)
    sheet.freeze_panes(1, 1)


def _reason(row: RejectedRow) -> str:
    place = f"{row.file} {row.sheet} 第 {row.row} 行".replace("  ", " ")
    column = f"{row.problem.column}：" if row.problem.column else ""
    return f"{column}{row.problem.message}（{place}）"
