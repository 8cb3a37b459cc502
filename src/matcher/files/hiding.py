"""A sheet without the columns that it hides, as its rows are read where hidden parts are skipped."""

from dataclasses import replace

from matcher.files.headings import Header
from matcher.files.sheets import Sheet, column_letter


def hidden_columns(sheet: Sheet, header: Header) -> dict[int, str]:
    """The hidden columns that say something below the header: their labels, such as “F 底价”, by column."""
    hidden = sorted(sheet.hides.columns) if sheet.hides else []
    below = sheet.rows[header.first_data_row :]
    return {
        column: f"{column_letter(column)} {_heading(header, column)}".strip()
        for column in hidden
        if any(column < len(row) and row[column].strip() for row in below)
    }


def without_hidden_columns(sheet: Sheet, header: Header) -> tuple[Sheet, Header]:
    """The sheet with its hidden columns blank, and its header with no field for them."""
    hidden = sheet.hides.columns if sheet.hides else set()
    if not hidden:
        return sheet, header
    fields = tuple(None if column in hidden else name for column, name in enumerate(header.fields))
    rows = [["" if column in hidden else cell for column, cell in enumerate(row)] for row in sheet.rows]
    return replace(sheet, rows=rows), replace(header, fields=fields)


def _heading(header: Header, column: int) -> str:
    return " ".join(header.headings[column].split()) if column < len(header.headings) else ""
