"""Lists out: a sheet of listings as a workbook, or as CSV."""

from typing import BinaryIO

from matcher.files.ledger_csv import CsvLines, kept_as_text
from matcher.files.list_sheet import ListSheet
from matcher.files.safe_cells import FROM_TOP, HEADING, SafeBook, plain, set_up_page

_WIDTH = 22
_STARTS = frozenset("'=+-@＝＋－＠")


def write_list(sheet: ListSheet, title: str, stream: BinaryIO) -> None:
    """Write a workbook of one sheet, its header in the first row."""
    with SafeBook(stream) as book:
        page = book.add_sheet(title)
        heading, cell = book.style(HEADING), book.style(FROM_TOP)
        for column, text in enumerate(sheet.headings):
            book.write(page, 0, column, text, heading)
            page.set_column(column, column, _WIDTH)
        for number, row in enumerate(sheet.rows, start=1):
            for column, text in enumerate(row):
                book.write(page, number, column, text, cell)
        page.freeze_panes(1, 0)
        set_up_page(page, 0, 0)


def write_list_csv(sheet: ListSheet, stream: BinaryIO) -> None:
    """Write UTF-8 with BOM, every cell quoted, an apostrophe before what a spreadsheet would evaluate."""
    lines = CsvLines(stream)
    lines.write(plain(heading) for heading in sheet.headings)
    for row in sheet.rows:
        lines.write(_kept(plain(cell)) for cell in row)
    lines.flush()


def _kept(text: str) -> str:
    """The text as no spreadsheet evaluates it; numbers and days stay, for lists are read cell by cell."""
    return kept_as_text(text) if text.lstrip()[:1] in _STARTS else text
