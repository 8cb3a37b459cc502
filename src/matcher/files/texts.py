"""Text files as sheets or records: the encoding, CSV and JSON lines."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matcher.domain.listing import Side
from matcher.files.headings import HEADER_WITHIN, find_header
from matcher.files.mapping import NO_MAPPINGS, Mappings
from matcher.files.sheets import MAX_ROWS, Sheet, UnreadableFile, too_many_rows

_LARGEST_BAD_SHARE = 0.1
"""Lines that may be undecodable; above it the encoding was misjudged and nothing is worth reading."""

_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_MARKUP = re.compile(r"\s*<(?:\?xml|!doctype|html|head|table|meta)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded file; `lossy` where some bytes belong to no encoding and became U+FFFD."""

    text: str
    lossy: bool = False


def decode(content: bytes) -> Text:
    """Decode UTF-8 (with or without BOM), UTF-16 with BOM, GBK or GB18030.

    Raises:
        UnreadableFile: it is binary, a web page, or in none of these encodings.
    """
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return _readable(Text(content.decode(encoding, "replace"), _fails(content, encoding)))
    if b"\0" in content:
        raise UnreadableFile(
            "unreadable_file",
            "不是表格文件，请提供 .xlsx、.xls、.csv 或 .jsonl。",
            "not a list; give .xlsx, .xls, .csv or .jsonl.",
        )
    for encoding in ("utf-8", "gb18030"):
        if not _fails(content, encoding):
            return _readable(Text(content.decode(encoding)))
    lines = content.splitlines()
    bad = {
        encoding: [number for number, line in enumerate(lines, start=1) if _fails(line, encoding)]
        for encoding in ("utf-8", "gb18030")
    }
    encoding = min(bad, key=lambda name: len(bad[name]))
    if len(bad[encoding]) > max(len(lines) * _LARGEST_BAD_SHARE, 1) or len(bad[encoding]) == len(lines):
        raise UnreadableFile(
            "bad_encoding",
            f"从第 {bad[encoding][0]} 行起无法识别文字编码，请另存为“CSV UTF-8”再导入。",
            f"from line {bad[encoding][0]} on neither UTF-8 nor GB18030; save it as CSV UTF-8.",
            row=bad[encoding][0],
        )
    text = b"\n".join(lines).decode(encoding, "replace")
    return _readable(Text(text, lossy=True))


def _fails(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return True
    return False


def _readable(text: Text) -> Text:
    if _MARKUP.match(text.text):
        raise UnreadableFile(
            "unreadable_file",
            "文件其实是网页或 XML（有些系统导出的 .xls 如此），请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。",
            "the file is in truth a web page or XML; open it in Excel or WPS and save it as .xlsx.",
        )
    return text


def read_csv(text: Text, side: Side, mappings: Mappings = NO_MAPPINGS) -> Sheet:
    """The rows of a CSV file whose delimiter is a comma, semicolon or tab: the one that shows a header.

    Raises:
        UnreadableFile: a quotation mark is never closed, or there are too many rows.
    """
    delimiter = max(",;\t", key=lambda candidate: _known_columns(text.text, candidate, side, mappings))
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text.text, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) > MAX_ROWS:
                raise too_many_rows()
    except csv.Error as error:
        raise UnreadableFile(
            "unreadable_file",
            f"第 {len(rows) + 1} 行的引号没有成对，其后无法分列，请补上引号或另存为 .xlsx。",
            f"row {len(rows) + 1} has an unclosed quotation mark; close it or save as .xlsx.",
            row=len(rows) + 1,
        ) from error
    return Sheet("", rows, undecodable=text.lossy)


def _known_columns(text: str, delimiter: str, side: Side, mappings: Mappings) -> int:
    start = text[:200_000]
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(start, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) > HEADER_WITHIN:
                break
    except csv.Error:
        return 0
    header = find_header(rows, side, mappings)
    return header.known if header else 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a JSONL file: its number from 1, its text, and its object where it is one."""

    number: int
    text: str
    record: Mapping[str, object] | None


def is_jsonl(text: Text) -> bool:
    """Whether the content is JSON lines rather than CSV."""
    return text.text.lstrip().startswith("{")


def read_jsonl(text: Text) -> Iterator[Line]:
    """Every line that is not blank."""
    for number, line in enumerate(text.text.split("\n"), start=1):
        if not line.strip():
            continue
        if number > MAX_ROWS:
            raise too_many_rows()
        try:
            record = json.loads(line, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            record = None
        yield Line(number, line, record if isinstance(record, dict) else None)
