"""Text files as sheets or records: CSV and JSON lines."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from matcher.domain.listing import Side
from matcher.files.csv_records import read_records
from matcher.files.encodings import Text, decoded
from matcher.files.headings import HEADER_ROWS, HEADER_WITHIN, Header, find_header
from matcher.files.mapping import NO_MAPPINGS, Mappings
from matcher.files.sheets import MAX_ROWS, Sheet, UnreadableFile, too_many_rows

_MARKUP = re.compile(rb"\s*<[a-z!?/]", re.IGNORECASE)
_MAIL = re.compile(
    rb"\s*(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,20}?MIME-Version\s*:",
    re.IGNORECASE,
)
"""The head of a web page in one file (MHTML)."""

_START = 10_000
_NOT_OF_THE_TEXT = re.compile(rb"\0|^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)")
"""Byte order marks, and the zero bytes of ASCII in UTF-16."""

_FORMULA_OF_TEXT = re.compile(r'="([^"]*)"')
_DELIMITERS = ",;\t|"


def decode(content: bytes) -> Text:
    """Decode a text file in any of the encodings that lists have.

    Raises:
        UnreadableFile: it is binary, a web page, or in none of these encodings.
    """
    start = _NOT_OF_THE_TEXT.sub(b"", content[:_START])
    if _MARKUP.match(start) or _MAIL.match(start):
        raise _web_page()
    return decoded(content)


def _web_page() -> UnreadableFile:
    return UnreadableFile(
        "unreadable_file",
        "文件其实是网页或 XML（有些系统导出的 .xls 如此），请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。",
        "the file is in truth a web page or XML; open it in Excel or WPS and save it as .xlsx.",
    )


def read_csv(text: Text, side: Side, mappings: Mappings = NO_MAPPINGS) -> Sheet:
    """The rows of a CSV file whose delimiter is a comma, semicolon, tab or bar: the one that shows a header.

    Raises:
        UnreadableFile: too many rows, or too many stray quotation marks.
    """
    headers = {delimiter: _header(text.text, delimiter, side, mappings) for delimiter in _DELIMITERS}
    delimiter, header = max(headers.items(), key=lambda item: item[1].known if item[1] else 0)
    rows: list[list[str]] = []
    stray_quotes: dict[int, int] = {}
    for record in read_records(text.text, delimiter, len(header.headings) if header else 0):
        if record.stray:
            stray_quotes[len(rows)] = record.line
        rows.append(
            [_FORMULA_OF_TEXT.sub(r"\1", cell) if cell[:2] == '="' else cell for cell in record.cells]
        )
        if len(rows) > MAX_ROWS:
            raise too_many_rows()
    return Sheet("", rows, undecodable=text.lossy, stray_quotes=stray_quotes)


def _header(text: str, delimiter: str, side: Side, mappings: Mappings) -> Header | None:
    records = islice(read_records(text[:200_000], delimiter, 0), HEADER_WITHIN + HEADER_ROWS - 1)
    try:
        return find_header([record.cells for record in records], side, mappings)
    except UnreadableFile:
        return None


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
    """Every line that is not blank. Fractions are kept as they are written, as `Decimal`."""
    for number, line in enumerate(text.text.split("\n"), start=1):
        if not line.strip():
            continue
        if number > MAX_ROWS:
            raise too_many_rows()
        yield Line(number, line, _record(line))


def _record(line: str) -> Mapping[str, object] | None:
    """The object of a line; None for no object, and for one with half of a character (a lone surrogate)."""
    try:
        record = json.loads(line, parse_constant=lambda _: None, parse_float=Decimal)
        json.dumps(record, ensure_ascii=False, default=str).encode()
    except (ValueError, RecursionError, ArithmeticError):
        return None
    return record if isinstance(record, dict) else None
