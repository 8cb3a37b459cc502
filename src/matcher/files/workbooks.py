"""Workbooks (.xlsx, .xls) as sheets of text, read in a process of its own.

What is inside an .xlsx is measured before it is loaded: a zip bomb, or one cell in the last corner of a
sheet, would otherwise fill the memory, for calamine keeps the rectangle around all filled cells. The same
pass finds the cells that hold nothing to read, which calamine returns as blanks: errors, pictures, and
formulas without a result.
"""

import io
import json
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from matcher.files import calamine_process
from matcher.files.hidden import Hidden
from matcher.files.sheets import MAX_ROWS, Sheet, UnreadableFile, column_letter
from matcher.files.values import NO_RESULT, PICTURE
from matcher.files.workbook_parts import WORKBOOK, outline
from matcher.files.worksheet_xml import WorksheetScan

MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
MAX_CELLS = 20_000_000
"""Cells of the rectangle calamine keeps in memory: 200,000 rows of 100 columns."""

MAX_ERROR_CELLS = 100_000
MAX_SECONDS = 120
MAX_MERGED_ROWS = 1000

ZIP_MARK = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
OLE_MARK = calamine_process.OLE_MARK

_FORMULA = re.compile(rb"\s*<(?:\w+:)?f\b[^<]*(?:</(?:\w+:)?f>)?")
_VALUE = re.compile(rb"\s*<(?:\w+:)?v\b[^<>]*>([^<]{0,40})")
_TYPE = re.compile(rb"\bt\s*=\s*[\"'](\w+)[\"']")
_KNOWN = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", PICTURE, NO_RESULT}
_RICH = re.compile(rb"\bvm\s*=\s*[\"']\d")
"""A cell with a value that plain cells have not: an error cell with one holds a picture."""
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    KeyError,
    ValueError,
    EOFError,
)
"""What zipfile and the XML parser raise for archives that are broken, encrypted or made of junk."""

_BLOCK = 1 << 20


def read_workbook(content: bytes, *, as_shown: bool = True) -> list[Sheet]:
    """Every worksheet, hidden ones marked; its cells as people see them, or with their whole values.

    Raises:
        UnreadableFile: no workbook, an encrypted one, or one too large to be a list.
    """
    if content.startswith(OLE_MARK) and _ENCRYPTED in content:
        raise _encrypted()
    unread = _error_cells(content) if content.startswith(ZIP_MARK) else {}
    sheets: list[Sheet] = []
    for line in _read_apart(content, as_shown).splitlines():
        record = json.loads(line)
        if isinstance(record, dict):
            if record["height"] > MAX_ROWS:
                raise _too_many_rows(record["name"], f"A{record['height']}")
            sheets.append(
                Sheet(
                    record["name"],
                    [],
                    record["hidden"],
                    _merged(record["merged"]),
                    since_1904=record["since_1904"],
                    hides=Hidden.from_json(record["hides"]),
                )
            )
        else:
            sheets[-1].rows.append(record)
    for sheet in sheets:
        _restore(sheet, unread.get(sheet.name, {}))
    return sheets


def _read_apart(content: bytes, as_shown: bool) -> bytes:
    texts = calamine_process.AS_SHOWN if as_shown else calamine_process.WHOLE
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; the file is only its input
            [sys.executable, "-m", calamine_process.__name__, str(MAX_ROWS), texts],
            input=content,
            capture_output=True,
            timeout=MAX_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _damaged() from error
    if done.returncode == calamine_process.ENCRYPTED_EXIT:
        raise _encrypted()
    if done.returncode == calamine_process.TOO_LARGE_EXIT:
        raise UnreadableFile(
            "too_large",
            f"单元格的文字超过 {calamine_process.MAX_CELL_TEXT:,} 字，或全部文字过多，请拆分后再导入。",
            f"a cell holds over {calamine_process.MAX_CELL_TEXT:,} characters, or all too many: split it.",
        )
    if done.returncode:
        raise _damaged()
    return done.stdout


def _merged(ranges: Sequence[Sequence[Sequence[int]]]) -> dict[tuple[int, int], tuple[int, int]]:
    """Each cell below the top of a vertically merged range → the range's visible cell.

    Ranges taller than a list's longest group, such as whole merged columns, are left out.
    """
    return {
        (row, left): (top, left)
        for (top, left), (bottom, _) in ranges
        if bottom - top < MAX_MERGED_ROWS
        for row in range(top + 1, bottom + 1)
    }


def _restore(sheet: Sheet, unread: Mapping[tuple[int, int], str]) -> None:
    for (row, column), text in unread.items():
        while len(sheet.rows) <= row:
            sheet.rows.append([])
        sheet.rows[row].extend([""] * (column + 1 - len(sheet.rows[row])))
        sheet.rows[row][column] = text


@dataclass(slots=True)
class _Extent:
    """The rectangle around the filled cells of one worksheet, and the cells that hold nothing to read."""

    rows: int = 0
    columns: int = 0
    lowest: str = ""
    rightmost: str = ""
    unread: dict[tuple[int, int], str] = field(default_factory=dict)

    def add(self, row: int, column: int, attributes: bytes, text: bytes, end: int) -> None:
        """Take in a filled cell; its opening tag ends at `end` of `text`."""
        if row >= self.rows:
            self.rows, self.lowest = row + 1, f"{column_letter(column)}{row + 1}"
        if column >= self.columns:
            self.columns, self.rightmost = column + 1, f"{column_letter(column)}{row + 1}"
        mark = _unread(attributes, text, end)
        if not mark:
            return
        if len(self.unread) == MAX_ERROR_CELLS:
            raise UnreadableFile(
                "too_large",
                f"错误值（#N/A 等）超过 {MAX_ERROR_CELLS:,} 个，请改正后再导入。",
                f"more than {MAX_ERROR_CELLS:,} cells hold errors such as #N/A: mend them first.",
            )
        self.unread[row, column] = mark


def _unread(attributes: bytes, text: bytes, end: int) -> str:
    """What stands for a cell that holds nothing to read: an error, `PICTURE`, `NO_RESULT`; "" for others."""
    kind = _TYPE.search(attributes)
    formula = _FORMULA.match(text, end)
    if not formula and (kind is None or kind[1] != b"e"):
        return ""
    value = _VALUE.match(text, formula.end() if formula else end)
    if kind and kind[1] == b"e":
        error = value[1].decode("utf-8", "replace").strip() if value else ""
        rich = _RICH.search(attributes) and (formula is None or b"IMAGE(" in formula[0])
        return PICTURE if rich else error or "#VALUE!"
    stated = value is not None and (value[1].strip() or (kind and kind[1] == b"str"))
    return "" if stated else NO_RESULT


def _error_cells(content: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """Cells that hold nothing to read by sheet, after making sure that the archive can be loaded safely."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if WORKBOOK not in archive.namelist():
                raise UnreadableFile(
                    "unreadable_file",
                    "不是 .xlsx 工作簿，请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。",
                    "not an .xlsx workbook; save it as .xlsx and import that.",
                )
            extents = _measure(archive)
            parts = outline(archive).sheets
    except _DAMAGE as error:
        raise _damaged() from error
    found = {sheet: extents[part] for sheet, part in parts.items() if part in extents}
    for sheet, extent in found.items():
        _refuse_far_cells(sheet, extent)
        _refuse_new_errors(sheet, extent.unread)
    return {sheet: extent.unread for sheet, extent in found.items()}


def _measure(archive: zipfile.ZipFile) -> dict[str, _Extent]:
    extents: dict[str, _Extent] = {}
    left = MAX_UNPACKED_BYTES
    for entry in archive.infolist():
        worksheet = entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
        extent = extents.setdefault(entry.filename, _Extent()) if worksheet else None
        scan = WorksheetScan(extent.add) if extent else None
        for block in _blocks(archive, entry, left):
            left -= len(block)
            if scan is not None:
                scan.feed(block)
        if scan is not None:
            scan.close()
    return extents


def _refuse_far_cells(sheet: str, extent: _Extent) -> None:
    """Raise `UnreadableFile` where the used area is larger than a list's; it names the cell that makes it."""
    if extent.rows > MAX_ROWS:
        raise _too_many_rows(sheet, extent.lowest)
    if extent.rows * extent.columns > MAX_CELLS:
        raise UnreadableFile(
            "too_large",
            f"工作表“{sheet}”的已用区域达 {extent.rows} 行 × {extent.columns} 列，最远处是单元格 "
            f"{extent.lowest} 和 {extent.rightmost}（可能只有空格），请删除这些远处的行列，或拆分文件。",
            f"the used area of sheet {sheet} is {extent.rows} × {extent.columns} cells; its far ends are the "
            f"cells {extent.lowest} and {extent.rightmost}, which may hold but a space: delete those rows "
            "and columns, or split the file.",
        )


def _refuse_new_errors(sheet: str, unread: Mapping[tuple[int, int], str]) -> None:
    """Raise `UnreadableFile` for an error with which calamine 0.37 reads no workbook; it names the cell."""
    for (row, column), text in unread.items():
        if text not in _KNOWN:
            cell = f"{column_letter(column)}{row + 1}"
            raise UnreadableFile(
                "cell_error",
                f"工作表“{sheet}”的单元格 {cell} 是公式错误“{text}”，请改正公式或直接填写内容后再导入。",
                f"cell {cell} of sheet {sheet} holds the error {text}: mend the formula or type the content.",
                row=row + 1,
            )


def _too_many_rows(sheet: str, cell: str) -> UnreadableFile:
    return UnreadableFile(
        "too_many_rows",
        f"工作表“{sheet}”超过 {MAX_ROWS} 行：最下面有内容的单元格是 {cell}。如果那里只是误留的内容或空格，"
        "请删除该行；否则请拆分成几个文件分别导入。",
        f"sheet {sheet} has more than {MAX_ROWS} rows: the lowest cell that holds something is {cell}. "
        "Delete that row if it is a stray cell or a space, or split the file.",
    )


def _blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> Iterator[bytes]:
    """The unpacked content of an entry; its stated size is not believed."""
    entry.file_size = limit + 2 * _BLOCK
    with archive.open(entry) as stream:
        read = 0
        while block := stream.read(_BLOCK):
            read += len(block)
            if read > limit:
                raise UnreadableFile(
                    "too_large",
                    f"解压后超过 {MAX_UNPACKED_BYTES >> 20} MB，不是正常的清单文件，请拆分后再导入。",
                    f"unpacks to more than {MAX_UNPACKED_BYTES >> 20} MB; split the file.",
                )
            yield block


def _encrypted() -> UnreadableFile:
    return UnreadableFile(
        "encrypted_file",
        "文件设有打开密码，请取消密码后再导入。",
        "the workbook is encrypted; remove its password.",
    )


def _damaged() -> UnreadableFile:
    return UnreadableFile(
        "unreadable_file",
        "文件已损坏或不是 Excel 工作簿，请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。",
        "the file is damaged or no workbook; open it in Excel or WPS and save it as .xlsx.",
    )
