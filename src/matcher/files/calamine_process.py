"""Reads one workbook with python-calamine in a process of its own: workbook in, JSON lines out.

A damaged .xls makes calamine 0.37 panic or fill the memory: of some hundred randomly damaged copies of a
30-row file several panicked (cfb.rs:305 and :329) and one took all of it. Here that ends a child with a
bounded address space, never the service. Run by `matcher.files.workbooks`.

For each sheet one object (name, hidden, height, merged ranges, the rows and columns it hides), then its rows,
each a list of texts.
"""

import datetime
import io
import json
import sys

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from matcher.files.hidden import Hidden
from matcher.files.hidden_workbook import hidden_in

ENCRYPTED_EXIT = 3
TOO_LARGE_EXIT = 4
MAX_CELL_TEXT = 32_767
"""Characters of a cell: Excel's own limit. One shared text of 90 KB in 2,000 cells makes 180 MB of 12 KB."""

MAX_TEXT = 50_000_000
"""Characters of all cells: ten times the largest list known."""

MAX_ADDRESS_SPACE = 3 * 1024**3


def cell_text(value: object) -> str:
    """A cell as its reader would type it: whole numbers without “.0”, dates as 2027-12-31, 是 and 否."""
    match value:
        case str():
            return value
        case bool():
            return "是" if value else "否"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime.datetime():
            midnight = value.time() == datetime.time()
            return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
        case _:
            return str(value)


class _TooLargeError(Exception):
    """A cell, or all cells together, hold more text than a list does."""


def _write(record: object) -> None:
    sys.stdout.write(json.dumps(record, ensure_ascii=True))
    sys.stdout.write("\n")


def _write_sheet(sheet: CalamineSheet, hidden: bool, hides: Hidden | None, max_rows: int, left: int) -> int:
    """Write a sheet of at most `left` characters; how many are left after it."""
    height = sheet.total_height
    _write(
        {
            "name": sheet.name,
            "hidden": hidden,
            "height": height,
            "merged": sheet.merged_cell_ranges or [],
            "hides": None if hides is None else hides.as_json(max_rows),
        }
    )
    if height <= max_rows:
        # iter_rows gives the blank rows above the used area, but not the blank columns before it.
        before = [""] * sheet.start[1] if sheet.start else []
        for row in sheet.iter_rows():
            texts = [cell_text(value) for value in row]
            left -= sum(map(len, texts))
            if left < 0 or max(map(len, texts), default=0) > MAX_CELL_TEXT:
                raise _TooLargeError
            _write(before + texts)
    return left


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESS_SPACE, MAX_ADDRESS_SPACE))


def main() -> int:
    """Read the workbook on standard input; `argv[1]` is the most rows a sheet may have."""
    _limit_memory()
    left = MAX_TEXT
    content = sys.stdin.buffer.read()
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            hides = hidden_in(content, workbook.sheet_names)
            for about in workbook.sheets_metadata:
                sheet = workbook.get_sheet_by_name(about.name)
                hidden = about.visible != SheetVisibleEnum.Visible
                left = _write_sheet(sheet, hidden, hides.get(about.name), int(sys.argv[1]), left)
    except PasswordError:
        return ENCRYPTED_EXIT
    except _TooLargeError:
        return TOO_LARGE_EXIT
    return 0


if __name__ == "__main__":
    sys.exit(main())
