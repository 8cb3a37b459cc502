"""The ledger as CSV: UTF-8 with BOM, every cell quoted, and no cell that a spreadsheet would evaluate.

A text that starts like a formula, or that a spreadsheet would take for a number or a date, is written with
an apostrophe before it; one that has such a start after apostrophes of its own gets one more. Reading takes
one apostrophe off such texts, so that every text reads back as it was.
"""

import csv
import io
import re
from collections.abc import Iterable
from typing import BinaryIO

from matcher.domain.columns import Kind
from matcher.files.ledger_sheet import LedgerRow, Value, cell_text, sheet_columns, values_of
from matcher.files.safe_cells import plain
from matcher.files.sheets import MAX_ROWS, UnreadableFile, too_many_rows

_EVALUATED = re.compile(r"'*+(?:\s*[=+\-@＝＋－＠\t\r\n]|(?=\D*\d)[\s\d.,:/%eE+\-]*\Z)")


_AT_ONCE = 1 << 17
"""Characters that are handed over at once."""


def kept_as_text(text: str) -> str:
    """The text with an apostrophe before it, where a spreadsheet program would evaluate or reshape it."""
    return f"'{text}" if _EVALUATED.match(text) else text


def as_written(text: str) -> str:
    """What `kept_as_text` was given."""
    return text[1:] if text.startswith("'") and _EVALUATED.match(text) else text


def write_ledger_csv(rows: Iterable[LedgerRow], stream: BinaryIO, *, original: Iterable[str] = ()) -> None:
    """Write a park's ledger as its rows come: one line of headings, one line for each entry.

    `original` are the headings of the lists' own columns that the rows have.
    """
    columns = sheet_columns(original)
    lines = CsvLines(stream)
    lines.write([column.zh for column in columns])
    for position, row in enumerate(rows, start=1):
        values = values_of(position, row)
        lines.write([_cell(column.kind, values.get(column.name)) for column in columns])
    lines.flush()


class CsvLines:
    """Lines of UTF-8 with BOM, every cell quoted, handed to a stream some hundred thousand characters at
    once; `flush` hands over the last."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._text = io.StringIO("\ufeff", newline="")
        self._text.seek(1)
        self._writer = csv.writer(self._text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")

    def write(self, cells: Iterable[str]) -> None:
        """Write a line."""
        self._writer.writerow(cells)
        if self._text.tell() > _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Hand the lines that are held back to the stream."""
        self._stream.write(self._text.getvalue().encode())
        self._text.seek(0)
        self._text.truncate()


def csv_rows(text: str, delimiter: str) -> list[list[str]]:
    """The rows of a CSV file, their texts as they were before they were written.

    Raises:
        UnreadableFile: a quotation mark is never closed, or there are too many rows.
    """
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows.append([as_written(cell) for cell in row])
            if len(rows) > MAX_ROWS:
                raise too_many_rows()
    except csv.Error as error:
        raise UnreadableFile(
            "unreadable_file",
            f"第 {len(rows) + 1} 行的引号没有成对，请补上引号或另存为 .xlsx。",
            f"row {len(rows) + 1} has an unclosed quotation mark: close it or save as .xlsx.",
            row=len(rows) + 1,
        ) from error
    return rows


def _cell(kind: Kind, value: Value) -> str:
    text = plain(cell_text(value))
    return kept_as_text(text) if kind is Kind.TEXT else text
