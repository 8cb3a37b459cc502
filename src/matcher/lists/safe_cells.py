"""Text written into a workbook stays text: no formulas, no characters that Excel cannot hold."""

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

LONGEST_TEXT = 32_767
"""Characters an Excel cell holds."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


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

    The cell's type is text, and the quote prefix keeps it text when someone edits it.
    """
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if text := ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_TEXT]:
        cell.value = text
        cell.data_type = "s"
    if text.startswith(_FORMULA_STARTS):
        cell.quotePrefix = True
    return cell
