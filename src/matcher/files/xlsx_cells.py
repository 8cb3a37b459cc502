"""The sheets of an .xlsx as people see them: values by python-calamine, shown by their number formats.

calamine gives no formats: a second pass over the XML of a sheet tells which cell has which. Run in the
process that reads workbooks, after the archive was measured.
"""

import datetime
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence

from python_calamine import CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from matcher.files.sheet_cells import EPOCHS, SheetCells, shown
from matcher.files.workbook_parts import outline, style_formats
from matcher.files.worksheet_xml import WorksheetScan

_STYLE = re.compile(rb"\bs\s*=\s*[\"'](\d{1,6})[\"']")
_BLOCK = 1 << 20


def xlsx_sheets(content: bytes, *, as_shown: bool) -> Iterator[SheetCells]:
    """Every sheet; its rows must be read before the next sheet is asked for. Unless `as_shown`, they hold
    whole values: 12.345 where a cell shows 12.35.

    Raises:
        CalamineError, ValueError, KeyError, SyntaxError, zipfile.BadZipFile: it is no sound workbook.
    """
    with (
        zipfile.ZipFile(io.BytesIO(content)) as archive,
        CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook,
    ):
        about = outline(archive)
        codes = style_formats(archive, about.styles) if as_shown else []
        for sheet in workbook.sheets_metadata:
            cells = workbook.get_sheet_by_name(sheet.name)
            part = about.sheets.get(sheet.name, "")
            formats = _Formats(archive, part, codes) if any(codes) else None
            yield SheetCells(
                sheet.name,
                sheet.visible != SheetVisibleEnum.Visible,
                cells.total_height,
                cells.merged_cell_ranges or [],
                about.since_1904,
                _rows(cells, formats, EPOCHS[about.since_1904]),
            )


def _rows(cells: CalamineSheet, formats: "_Formats | None", epoch: datetime.datetime) -> Iterator[list[str]]:
    # iter_rows gives the blank rows above the used area, but not the blank columns before it.
    left = cells.start[1] if cells.start else 0
    for number, values in enumerate(cells.iter_rows()):
        codes = formats.of_row(number) if formats else {}
        texts = [shown(value, codes.get(left + place, ""), epoch) for place, value in enumerate(values)]
        yield [""] * left + texts


class _Formats:
    """The format codes of a sheet's cells, row by row, as the XML states them from the top down."""

    def __init__(self, archive: zipfile.ZipFile, part: str, codes: Sequence[str]) -> None:
        self._codes = codes
        self._noted: list[tuple[int, int, str]] = []
        self._stream = self._cells(archive, part)
        self._next = next(self._stream, None)

    def of_row(self, row: int) -> Mapping[int, str]:
        """Column → code of the row's cells that are not General; rows must be asked for in order.

        Raises:
            ValueError: the XML has the rows in another order.
        """
        codes = {}
        while self._next is not None and self._next[0] <= row:
            if self._next[0] < row:
                raise ValueError("rows out of order")
            codes[self._next[1]] = self._next[2]
            self._next = next(self._stream, None)
        return codes

    def _cells(self, archive: zipfile.ZipFile, part: str) -> Iterator[tuple[int, int, str]]:
        if part not in archive.namelist():
            return
        scan = WorksheetScan(self._note)
        with archive.open(part) as stream:
            while block := stream.read(_BLOCK):
                scan.feed(block)
                yield from self._noted
                self._noted.clear()
        scan.close()
        yield from self._noted

    def _note(self, row: int, column: int, attributes: bytes, _text: bytes, _end: int) -> None:
        style = _STYLE.search(attributes)
        number = int(style[1]) if style else 0
        code = self._codes[number] if number < len(self._codes) else ""
        if code:
            self._noted.append((row, column, code))
