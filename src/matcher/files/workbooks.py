"""Workbooks (.xlsx, .xls) as sheets of text, by python-calamine in a process of its own.

What is inside an .xlsx is measured before it is loaded: a zip bomb, or one cell in the last corner of a
sheet, would otherwise fill the memory, for calamine keeps the rectangle around all filled cells. The same
pass finds error cells, which calamine returns as blanks; in .xls files they stay blanks.
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
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from matcher.files import calamine_process
from matcher.files.hidden import Hidden
from matcher.files.sheets import MAX_ROWS, Sheet, UnreadableFile, cell_position, too_many_rows

MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
MAX_CELLS = 20_000_000
"""Cells of the rectangle calamine keeps in memory: 200,000 rows of 100 columns."""

MAX_INDEX_BYTES = 1 << 20
"""Of each part that names the sheets: they are parsed in the serving process, and have a few kilobytes."""

MAX_ERROR_CELLS = 100_000
MAX_SECONDS = 120
MAX_MERGED_ROWS = 1000

ZIP_MARK = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_ROW_OR_CELL = re.compile(rb"<(?:\w+:)?(?:row|(c))\b")
_VALUE = re.compile(rb"(?:<(?:\w+:)?f\b[^<]*(?:</(?:\w+:)?f>)?)?<(?:\w+:)?v>([^<]{0,40})")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{0,3}\d{1,7})[\"']")
_ERROR_CELL = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
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
_LONGEST_TAG = 16_384

_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_workbook(content: bytes) -> list[Sheet]:
    """Every worksheet of a workbook, hidden ones marked.

    Raises:
        UnreadableFile: no workbook, an encrypted one, or one too large to be a list.
    """
    if content.startswith(OLE_MARK) and _ENCRYPTED in content:
        raise _encrypted()
    errors = _error_cells(content) if content.startswith(ZIP_MARK) else {}
    sheets: list[Sheet] = []
    for line in _by_calamine(content).splitlines():
        record = json.loads(line)
        if isinstance(record, dict):
            if record["height"] > MAX_ROWS:
                raise too_many_rows()
            merged, hides = _merged(record["merged"]), Hidden.from_json(record["hides"])
            sheets.append(Sheet(record["name"], [], record["hidden"], merged, hides=hides))
        else:
            sheets[-1].rows.append(record)
    for sheet in sheets:
        _restore_errors(sheet, errors.get(sheet.name, {}))
    return sheets


def _by_calamine(content: bytes) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; the file is only its input
            [sys.executable, "-m", calamine_process.__name__, str(MAX_ROWS)],
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


def _restore_errors(sheet: Sheet, errors: Mapping[tuple[int, int], str]) -> None:
    for (row, column), text in errors.items():
        while len(sheet.rows) <= row:
            sheet.rows.append([])
        sheet.rows[row].extend([""] * (column + 1 - len(sheet.rows[row])))
        sheet.rows[row][column] = text


@dataclass(slots=True)
class _Extent:
    """The rectangle around the filled cells of one worksheet, and its error cells."""

    rows: int = 0
    columns: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    _row: int = 0
    _column: int = 0

    def add_row(self, attributes: bytes) -> None:
        """Take in a row's opening tag; it may leave out its number."""
        reference = _REFERENCE.search(attributes)
        self._row = int(reference[1]) - 1 if reference else self._row + 1
        self._column = 0

    def add_cell(self, attributes: bytes, text: bytes, end: int) -> None:
        """Take in a filled cell's opening tag; it ends at `end` of `text` and may leave out its reference."""
        if reference := _REFERENCE.search(attributes):
            self._row, self._column = cell_position(reference[1].decode())
        self.rows = max(self.rows, self._row + 1)
        self.columns = max(self.columns, self._column + 1)
        if _ERROR_CELL.search(attributes):
            if len(self.errors) == MAX_ERROR_CELLS:
                raise UnreadableFile(
                    "too_large",
                    f"错误值（#N/A 等）超过 {MAX_ERROR_CELLS:,} 个，请改正后再导入。",
                    f"more than {MAX_ERROR_CELLS:,} cells hold errors such as #N/A: mend them first.",
                )
            value = _VALUE.match(text, end)
            error = value[1] if value and value[1] else b"#VALUE!"
            self.errors[self._row, self._column] = error.decode("utf-8", "replace")
        self._column += 1


def _error_cells(content: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """Error cells by sheet name, after making sure that the archive can be loaded safely."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                raise UnreadableFile(
                    "unreadable_file",
                    "不是 .xlsx 工作簿，请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。",
                    "not an .xlsx workbook; save it as .xlsx and import that.",
                )
            extents = _measure(archive)
            parts = _sheet_parts(archive)
    except _DAMAGE as error:
        raise _damaged() from error
    return {sheet: extents[part].errors for sheet, part in parts.items() if part in extents}


def _measure(archive: zipfile.ZipFile) -> dict[str, _Extent]:
    extents: dict[str, _Extent] = {}
    left = MAX_UNPACKED_BYTES
    for entry in archive.infolist():
        worksheet = entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
        extent = extents.setdefault(entry.filename, _Extent()) if worksheet else None
        tail = b""
        for block in _blocks(archive, entry, left):
            left -= len(block)
            if extent is not None:
                tail = _scan(tail + block, extent)
        if extent is not None:
            _scan(tail, extent, last=True)
            if extent.rows > MAX_ROWS:
                raise too_many_rows()
            if extent.rows * extent.columns > MAX_CELLS:
                raise UnreadableFile(
                    "too_large",
                    f"已用区域达 {extent.rows} 行 × {extent.columns} 列，请删除远处的单元格或拆分文件。",
                    f"the used area is {extent.rows} × {extent.columns} cells; delete far-off cells.",
                )
    return extents


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


def _scan(text: bytes, extent: _Extent, *, last: bool = False) -> bytes:
    """Note the cells in `text`; what may be the first part of a cell is given back to be scanned again.

    No byte is looked at twice, whatever the text holds: a tag ends at the first “>”, and one that is too long
    for a worksheet's is refused.
    """
    settled = len(text) if last else max(len(text) - _LONGEST_TAG, 0)
    place = 0
    while (tag := _ROW_OR_CELL.search(text, place)) and tag.start() < settled:
        end = text.find(b">", tag.end(), tag.start() + _LONGEST_TAG)
        if end < 0:
            raise _damaged()
        attributes = text[tag.end() : end]
        place = end + 1
        if tag[1] is None:
            extent.add_row(attributes)
        elif not attributes.endswith(b"/"):
            extent.add_cell(attributes, text, place)
    return text[max(place, settled) :]


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → path of its XML in the archive."""
    relations = _parsed(archive, "xl/_rels/workbook.xml.rels")
    targets = {relation.get("Id"): str(relation.get("Target")) for relation in relations}
    sheets = _parsed(archive, "xl/workbook.xml").iter(f"{_NAMESPACE}sheet")
    return {
        str(sheet.get("name")): _part(targets[sheet.get(_RELATION_ID)])
        for sheet in sheets
        if sheet.get(_RELATION_ID) in targets
    }


def _parsed(archive: zipfile.ZipFile, name: str) -> Element:
    """A small XML part of the archive; a large one, or one with a document type, counts as damaged."""
    with archive.open(name) as part:
        content = part.read(MAX_INDEX_BYTES + 1)
    if len(content) > MAX_INDEX_BYTES:
        raise _damaged()
    return fromstring(content, forbid_dtd=True)


def _part(target: str) -> str:
    return target[1:] if target.startswith("/") else str(PurePosixPath("xl") / target)


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
