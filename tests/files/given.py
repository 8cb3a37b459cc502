"""Real list files, built by the tests that read them."""

import io
from collections.abc import Sequence
from typing import Any

import xlwt
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from matcher.domain.listing import Achievement, Demand, Side
from matcher.files.reading import read_lists
from matcher.files.report import ParsedList

Rows = Sequence[Sequence[Any]]


def xlsx(rows: Rows, *, titles: int = 0, sheets: dict[str, Rows] | None = None) -> bytes:
    """A workbook with `titles` merged title rows above `rows`, and further sheets."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "清单"
    width = max(len(row) for row in rows)
    for number in range(1, titles + 1):
        sheet.cell(number, 1).value = f"大标题第{number}行"
        sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=width)
    for row in rows:
        sheet.append(list(row))
    for name, further in (sheets or {}).items():
        added = workbook.create_sheet(name)
        for row in further:
            added.append(list(row))
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def pages_across(sheet: Worksheet) -> int:
    """The pages that a print is fitted to in width: 1 where the file leaves it out (ECMA-376, 18.3.1.63)."""
    across = sheet.page_setup.fitToWidth
    return 1 if across is None else int(across)


def xls(rows: Rows, *, titles: int = 0) -> bytes:
    """The same in the old format."""
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("清单")
    width = max(len(row) for row in rows)
    for number in range(titles):
        sheet.write_merge(number, number, 0, width - 1, f"大标题第{number + 1}行")
    for number, row in enumerate(rows, start=titles):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def read_list(content: bytes, filename: str, side: Side) -> ParsedList:
    """A list that is one file."""
    return read_lists([(filename, content)], side)


def csv_text(rows: Rows, delimiter: str = ",") -> str:
    return "\r\n".join(delimiter.join("" if cell is None else str(cell) for cell in row) for row in rows)


def achievement(parsed: ParsedList, index: int = 0) -> Achievement:
    listing = parsed.rows[index].listing
    assert isinstance(listing, Achievement)
    return listing


def demand(parsed: ParsedList, index: int = 0) -> Demand:
    listing = parsed.rows[index].listing
    assert isinstance(listing, Demand)
    return listing


def read_supply(*row: Any, heading: Sequence[str] = ("成果名称", "成果简介")) -> ParsedList:
    """A list of one row, as CSV."""
    return read_list(csv_text([heading, row]).encode(), "清单.csv", Side.SUPPLY)


def read_one_demand(heading: str, cell: str) -> ParsedList:
    """A list of one demand with a title and one more cell."""
    rows = [["需求名称", heading], ["储氢瓶泄漏检测", f'"{cell}"']]
    return read_list(csv_text(rows).encode(), "需求.csv", Side.DEMAND)


def codes(parsed: ParsedList) -> list[tuple[str, str]]:
    return [(problem.code, problem.severity) for problem in parsed.problems]
