"""Text written into a workbook stays text: no formulas, no characters that Excel cannot hold."""

import re

from openpyxl.cell.cell import Cell
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

LONGEST_TEXT = 32_767
"""Characters an Excel cell holds."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def plain(text: str) -> str:
    """The text as a workbook can hold it: lines end in a line feed; what no XML file holds is left out."""
    return _NO_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST_TEXT]


def set_up_landscape(sheet: Worksheet, header_rows: str) -> None:
    """Print on A4 landscape, as wide as the page, with `header_rows` (“1:3”) and a page number on each."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = header_rows
    sheet.oddFooter = HeaderFooterItem(center=_HeaderFooterPart("第 &P 页 共 &N 页"))
    sheet.page_margins.left = sheet.page_margins.right = 0.4


def write_text(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Write text that no spreadsheet program evaluates, whatever it starts with.

    The cell's type is text, and the quote prefix keeps it text when someone edits it. A text such as
    “_x0041_”, which stands for a character in workbooks, is written so that it reads back as it is.
    """
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if held := plain(text):
        cell.value = _LOOKS_ESCAPED.sub("_x005F_", held)
        cell.data_type = "s"
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True
    return cell
