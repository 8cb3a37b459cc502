"""Rows and columns that an .xlsx hides: one pass over the tags of its sheets.

Run in the process that reads the workbook, after the archive was measured; nothing in here trusts the file.
"""

import io
import re
import zipfile
from collections.abc import Iterable

from matcher.files.hidden import Hidden
from matcher.files.workbook_parts import outline

_MAX_ROWS = 1 << 20
_MAX_COLUMNS = 1 << 14
"""As many as a sheet of Excel may have; a part with more tags than that is no sheet."""

_BLOCK = 1 << 20
_LONGEST_TAG = 16_384

_TAG = re.compile(rb"<(?:\w+:)?(?:(row)|(col)|(filterColumn))\b")
_HIDDEN = re.compile(rb"\bhidden\s*=\s*[\"'](?:1|true|on)[\"']")
_NO_HEIGHT = re.compile(rb"\b(?:ht|width)\s*=\s*[\"']0+(?:\.0*)?[\"']")
_ROW = re.compile(rb"\br\s*=\s*[\"'](\d{1,7})[\"']")
_FIRST = re.compile(rb"\bmin\s*=\s*[\"'](\d{1,5})[\"']")
_LAST = re.compile(rb"\bmax\s*=\s*[\"'](\d{1,5})[\"']")


def hidden_in_xlsx(content: bytes) -> dict[str, Hidden]:
    """What each worksheet of an .xlsx hides, by the sheet's name.

    Raises:
        ValueError, KeyError, SyntaxError, zipfile.BadZipFile: it is no sound workbook.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = outline(archive).sheets
        there = set(parts.values()) & set(archive.namelist())
        hidden = {part: _of_sheet(_blocks(archive, part)) for part in there}
    return {name: hidden[part] for name, part in parts.items() if part in hidden}


def _blocks(archive: zipfile.ZipFile, part: str) -> Iterable[bytes]:
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            yield block


def _of_sheet(blocks: Iterable[bytes]) -> Hidden:
    reading = _Reading()
    rest = b""
    for block in blocks:
        rest = reading.scan(rest + block)
    reading.scan(rest, last=True)
    return reading.hidden


class _Reading:
    """Reads the rows' and columns' tags of a sheet; no byte is looked at twice, whatever the sheet holds."""

    def __init__(self) -> None:
        self.hidden = Hidden()
        self._row = -1
        self._rows = self._columns = 0

    def scan(self, text: bytes, *, last: bool = False) -> bytes:
        """Read the tags in `text`; what may be the first part of one is given back to be read again."""
        settled = len(text) if last else max(len(text) - _LONGEST_TAG, 0)
        place = 0
        while (tag := _TAG.search(text, place)) and tag.start() < settled:
            end = text.find(b">", tag.end(), tag.start() + _LONGEST_TAG)
            if end < 0:
                raise ValueError("a tag without an end")
            self._take(tag, text[tag.end() : end])
            place = end + 1
        return text[max(place, settled) :]

    def _take(self, tag: re.Match[bytes], attributes: bytes) -> None:
        hides = bool(_HIDDEN.search(attributes) or _NO_HEIGHT.search(attributes))
        if tag[1]:
            self._take_row(attributes, hides)
        elif tag[2]:
            self._take_columns(attributes, hides)
        else:
            self.hidden.filtered = True

    def _take_row(self, attributes: bytes, hides: bool) -> None:
        self._rows += 1
        if self._rows > _MAX_ROWS:
            raise ValueError("more rows than a sheet has")
        number = _ROW.search(attributes)
        self._row = int(number[1]) - 1 if number else self._row + 1
        if hides:
            self.hidden.rows.add(self._row)

    def _take_columns(self, attributes: bytes, hides: bool) -> None:
        first, last = _FIRST.search(attributes), _LAST.search(attributes)
        if first is None or last is None:
            raise ValueError("columns without their numbers")
        columns = range(int(first[1]) - 1, min(int(last[1]), _MAX_COLUMNS))
        self._columns += len(columns) + 1
        if self._columns > 2 * _MAX_COLUMNS:
            raise ValueError("more columns than a sheet has")
        if hides:
            self.hidden.columns.update(columns)
