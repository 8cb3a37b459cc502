"""Workbooks to hand out: text that stays text, the looks they share, and A4 pages.

Rows and columns count from zero here. Rows are written from the top down, each goes to disk as soon as the
next begins, and a large ledger takes little memory.
"""

import re
from datetime import date, datetime, time
from shutil import copyfileobj
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, BinaryIO, NamedTuple, Self

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

LONGEST_TEXT = 32_767
"""UTF-16 units that an Excel cell holds."""

FIRST_DAY, LAST_DAY = date(1901, 1, 1), date(9999, 12, 31)
"""The days a workbook's date cell can hold in every program; others are written as text."""

Look = dict[str, Any]
"""How cells look, by XlsxWriter's names; looks are joined with `|`."""

BOLD: Look = {"bold": True}
MIDDLE: Look = {"align": "center", "valign": "vcenter", "text_wrap": True}
WRAPPED: Look = {"valign": "vcenter", "text_wrap": True}
FROM_TOP: Look = {"valign": "top", "text_wrap": True}
GRID: Look = {"border": 1, "border_color": "#808080"}
HEADER_FILL: Look = {"bg_color": "#D9E2F3"}
HUMAN_FILL: Look = {"bg_color": "#FFF2CC"}
MACHINE_FILL: Look = {"bg_color": "#F2F2F2"}
BANNER: Look = BOLD | MIDDLE | {"font_size": 18}
HEADING: Look = BOLD | MIDDLE | GRID | HEADER_FILL

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\n")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_LIKE_MARKUP = re.compile("(?<=_)(?=x[0-9A-Fa-f]{4}_)|(?<=^<)(?=r>)")


def plain(text: str) -> str:
    """The text as a workbook can hold it: lines end in a line feed; what no XML file holds is left out."""
    if len(text) <= LONGEST_TEXT // 2 and text.isprintable():
        return text  # nearly every cell, and four times as fast
    kept = _NO_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if 2 * len(kept) <= LONGEST_TEXT:
        return kept
    return kept.encode("utf-16-le")[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")


class Style(NamedTuple):
    """A look made ready for cells: for text that a program might take for a formula, and for all else."""

    usual: Format
    quoted: Format


class SafeBook:
    """A workbook whose texts no spreadsheet program evaluates.

    The stream gets it whole when the block is left, and nothing where an exception ends the block.

    Raises:
        OSError: the stream, or the folder of temporary files, cannot be written to.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._whole = TemporaryFile()  # noqa: SIM115 - closed when the block is left
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._workbook = Workbook(self._whole, options | {"constant_memory": True})
        self._run = self._workbook.add_format()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._whole:
            try:
                self._workbook.close()
            except FileCreateError as error:
                raise OSError(*error.args[0].args) from error
            if kind is None:
                self._whole.seek(0)
                copyfileobj(self._whole, self._stream)

    def add_sheet(self, title: str) -> Worksheet:
        """A further sheet, blank."""
        return self._workbook.add_worksheet(title)

    def style(self, look: Look) -> Style:
        """The style of cells that look so; make it once, for every call adds one to the file."""
        make = self._workbook.add_format
        return Style(make(look), make(look | {"quote_prefix": True}))

    def write(
        self, sheet: Worksheet, row: int, column: int, value: str | float | date | None, style: Style
    ) -> None:
        """Write text as text, whatever it starts with, and figures and days as what they are.

        None and "" make a blank cell. The quote prefix keeps text what it is when someone edits it.
        """
        if isinstance(value, date) and not FIRST_DAY <= value <= LAST_DAY:
            value = value.isoformat()
        match value:
            case str() if text := plain(value):
                look = style.quoted if text.startswith(_FORMULA_STARTS) else style.usual
                self._write_text(sheet, row, column, text, look)
            case str() | None:
                sheet.write_blank(row, column, None, style.usual)
            case date():
                sheet.write_datetime(row, column, datetime.combine(value, time()), style.usual)
            case _:
                sheet.write_number(row, column, value, style.usual)

    def write_across(self, sheet: Worksheet, row: int, columns: int, text: str, style: Style) -> None:
        """Write text into one cell that spans the first `columns` columns of a row."""
        sheet.merge_range(row, 0, row, columns - 1, "", style.usual)
        self.write(sheet, row, 0, text, style)

    def _write_text(self, sheet: Worksheet, row: int, column: int, text: str, look: Format) -> None:
        """Write text so that it reads back as it is, even “_x0041_”, which in a workbook stands for “A”.

        Such text is cut within the mark, into runs. So is “<r>…</r>”, which XlsxWriter 3.3.1 puts into the
        file as XML: one cell that says “<r>&</r>” made a workbook that nothing could open.
        """
        pieces = _LOOKS_LIKE_MARKUP.split(text)
        if len(pieces) == 1:
            sheet.write_string(row, column, text, look)
        else:
            runs = [part for piece in pieces for part in (self._run, piece)]
            sheet.write_rich_string(row, column, *runs, look)


def set_up_page(sheet: Worksheet, first: int, last: int, *, portrait: bool = False) -> None:
    """Print on A4 as wide as the page, with the rows from `first` to `last` and a page number on each."""
    if portrait:
        sheet.set_portrait()
    else:
        sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(first, last)
    sheet.set_margins(left=0.4, right=0.4, top=1, bottom=1)
    sheet.set_footer("&C第 &P 页 共 &N 页", {"margin": 0.5})
