"""The sheets of an .xls (Excel 5 to 2003) as people see them, by xlrd.

calamine 0.37 returns error cells as blanks, gives no formats, and reads GBK in Excel 95 files as U+FFFD.
"""

import datetime
import io
from collections.abc import Iterator

import xlrd

from matcher.files.number_formats import LOCAL_FORMATS, format_code, value_code
from matcher.files.sheet_cells import EPOCHS, SheetCells, shown

_BIFF8 = 80
_CHINESE = {"cp936", "gbk", "gb2312", "gb18030", "cp950", "big5"}


class EncryptedError(Exception):
    """The workbook asks for a password."""


def xls_sheets(content: bytes, *, as_shown: bool) -> Iterator[SheetCells]:
    """Every worksheet; unless `as_shown`, its rows hold whole values.

    Raises:
        EncryptedError: the workbook asks for a password.
        Exception: it is no sound workbook; xlrd raises many kinds.
    """
    book = _opened(content)
    codes = [_code(book, style.format_key) for style in book.xf_list]
    if not as_shown:
        codes = [value_code(code) for code in codes]
    for index in range(book.nsheets):
        sheet = book.sheet_by_index(index)
        merged = [((top, left), (bottom - 1, right - 1)) for top, bottom, left, right in sheet.merged_cells]
        yield SheetCells(
            sheet.name,
            bool(sheet.visibility),
            sheet.nrows,
            merged,
            bool(book.datemode),
            _rows(sheet, codes, EPOCHS[book.datemode]),
        )


def _opened(content: bytes) -> xlrd.Book:
    """The workbook; one of Excel 95 whose code page is not Chinese is tried as GB18030, for many writers
    leave the code page out or name their own."""
    try:
        book = _open(content, None)
    except (UnicodeError, LookupError):
        return _open(content, "gb18030")
    if book.biff_version >= _BIFF8 or book.encoding in _CHINESE:
        return book
    try:
        return _open(content, "gb18030")
    except UnicodeError:
        return book


def _open(content: bytes, encoding: str | None) -> xlrd.Book:
    try:
        return xlrd.open_workbook(
            file_contents=content,
            encoding_override=encoding,
            formatting_info=True,
            ragged_rows=True,
            ignore_workbook_corruption=True,
            logfile=io.StringIO(),
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise EncryptedError from error
        raise


def _rows(sheet: xlrd.sheet.Sheet, codes: list[str], epoch: datetime.datetime) -> Iterator[list[str]]:
    for row in range(sheet.nrows):
        yield [_shown(cell, codes, epoch) for cell in sheet.row(row)]


def _code(book: xlrd.Book, key: int) -> str:
    stated = book.format_map.get(key)
    return format_code(key, stated.format_str if stated and key not in LOCAL_FORMATS else None)


def _shown(cell: xlrd.sheet.Cell, codes: list[str], epoch: datetime.datetime) -> str:
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#VALUE!"))
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return ""
    value = bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value
    style = cell.xf_index
    return shown(value, codes[style] if style is not None and style < len(codes) else "", epoch)
