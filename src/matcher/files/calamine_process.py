"""Reads one workbook in a process of its own: workbook in, JSON lines out.

A damaged workbook can make any reader panic, loop or fill the memory: of some hundred randomly damaged
copies of a 30-row .xls several made calamine 0.37 panic (cfb.rs:305 and :329) and one took all memory. Here
that ends a child with a bounded address space, never the service. Run by `matcher.files.workbooks`.

For each sheet one object (name, hidden, height, merged ranges, calendar, the rows and columns it hides), then
its rows, each a list of texts.
"""

import json
import sys
from collections.abc import Iterable, Mapping

from python_calamine import PasswordError

from matcher.files.hidden import Hidden
from matcher.files.hidden_workbook import hidden_in
from matcher.files.sheet_cells import SheetCells
from matcher.files.xls_cells import EncryptedError, xls_sheets
from matcher.files.xlsx_cells import xlsx_sheets

OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
AS_SHOWN, WHOLE = "as-shown", "whole"
ENCRYPTED_EXIT = 3
TOO_LARGE_EXIT = 4
MAX_CELL_TEXT = 32_767
"""Characters of a cell: Excel's own limit. One shared text of 90 KB in 2,000 cells makes 180 MB of 12 KB."""

MAX_TEXT = 50_000_000
"""Characters of all cells: ten times the largest list known."""

MAX_ADDRESS_SPACE = 3 * 1024**3


class _TooLargeError(Exception):
    """A cell, or all cells together, hold more text than a list does."""


def _write(record: object) -> None:
    sys.stdout.write(json.dumps(record, ensure_ascii=True))
    sys.stdout.write("\n")


def _write_sheet(sheet: SheetCells, hides: Hidden | None, max_rows: int, left: int) -> int:
    """Write a sheet of at most `left` characters; how many are left after it."""
    _write(
        {
            "name": sheet.name,
            "hidden": sheet.hidden,
            "height": sheet.height,
            "merged": sheet.merged,
            "since_1904": sheet.since_1904,
            "hides": None if hides is None else hides.as_json(max_rows),
        }
    )
    if sheet.height <= max_rows:
        for texts in sheet.rows:
            left -= sum(map(len, texts))
            if left < 0 or max(map(len, texts), default=0) > MAX_CELL_TEXT:
                raise _TooLargeError
            _write(texts)
    return left


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESS_SPACE, MAX_ADDRESS_SPACE))


def _sheets(content: bytes, *, as_shown: bool) -> tuple[Iterable[SheetCells], Mapping[str, Hidden]]:
    """The sheets, and by their names what each hides."""
    if content.startswith(OLE_MARK):
        sheets = list(xls_sheets(content, as_shown=as_shown))
        return sheets, hidden_in(content, [sheet.name for sheet in sheets])
    return xlsx_sheets(content, as_shown=as_shown), hidden_in(content, ())


def main() -> int:
    """Read the workbook on standard input.

    `argv[1]` is the most rows a sheet may have, `argv[2]` whether cells are read as people see them
    (`AS_SHOWN`) or with their whole values (`WHOLE`).
    """
    _limit_memory()
    left = MAX_TEXT
    content = sys.stdin.buffer.read()
    try:
        sheets, hides = _sheets(content, as_shown=sys.argv[2] == AS_SHOWN)
        for sheet in sheets:
            left = _write_sheet(sheet, hides.get(sheet.name), int(sys.argv[1]), left)
    except (PasswordError, EncryptedError):
        return ENCRYPTED_EXIT
    except _TooLargeError:
        return TOO_LARGE_EXIT
    return 0


if __name__ == "__main__":
    sys.exit(main())
