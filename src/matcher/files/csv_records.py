"""The records of a CSV file, and the lines in which a stray quotation mark would swallow others.

Python's reader takes everything from a stray mark to the next one, even across lines, for one cell, and says
nothing. Here a record is doubted where its marks break the rules of RFC 4180, or where the lines that it
spans would each be a whole record of their own. Of a doubted record the first line is set apart, and reading
goes on with the second.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matcher.files.sheets import UnreadableFile

MAX_STRAY = 100
"""Beyond that many the file was made by a program that knows no quotation marks. Each costs a look ahead."""

_END = "\x1f"

_LEAST_CERTAIN = 4
"""Columns from which lines that all have as many delimiters as the header are no chance of prose."""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record, the line on which it starts (from 1), and whether a stray mark spoils it."""

    cells: list[str]
    line: int
    stray: bool = False


def read_records(text: str, delimiter: str, width: int) -> Iterator[Record]:
    """Every record of a file whose header has `width` columns; 0 where no header is known.

    Raises:
        UnreadableFile: more than `MAX_STRAY` lines have stray quotation marks.
    """
    lines = list(io.StringIO(text, newline=""))
    start = 0
    stray = 0
    while start < len(lines):
        cells, used = _next_record(lines, start, delimiter, width)
        if cells is None:
            stray += 1
            if stray > MAX_STRAY:
                raise _too_many(start + 1)
            yield Record(_as_written(lines[start], delimiter), start + 1, stray=True)
        else:
            yield Record(cells, start + 1)
        start += used


def _next_record(
    lines: Sequence[str], start: int, delimiter: str, width: int
) -> tuple[list[str] | None, int]:
    """The cells of the record at `start` and its number of lines; no cells where a stray mark spoils it."""
    line = lines[start]
    if '"' not in line:
        return _as_written(line, delimiter), 1
    reader = csv.reader(
        (lines[number] for number in range(start, len(lines))), delimiter=delimiter, strict=True
    )
    try:
        cells = next(reader)
    except csv.Error:
        *lenient, end = _leniently(line, start + 1, delimiter)
        closed = end == _END
        return (lenient, 1) if closed and (len(lenient) == width or not width) else (None, 1)
    used = reader.line_num
    if used > 1 and width >= _LEAST_CERTAIN and _each_whole(lines[start : start + used], delimiter, width):
        return None, 1
    return cells, used


def _leniently(line: str, number: int, delimiter: str) -> list[str]:
    """The cells of one line, text behind a closing mark included, and `_END` unless a mark is left open.

    Raises:
        UnreadableFile: the open mark swallows more than the reader takes.
    """
    try:
        return next(csv.reader([line.rstrip("\r\n") + delimiter + _END], delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableFile(
            "unreadable_file",
            f"第 {number} 行的引号没有成对，其后无法分列，请补上引号或另存为 .xlsx。",
            f"row {number} has an unclosed quotation mark; close it or save as .xlsx.",
            row=number,
        ) from error


def _each_whole(lines: Sequence[str], delimiter: str, width: int) -> bool:
    return all(line.count(delimiter) == width - 1 for line in (lines[0], lines[-1]))


def _as_written(line: str, delimiter: str) -> list[str]:
    text = line.rstrip("\r\n")
    return text.split(delimiter) if text else []


def stray_quote(line: int) -> tuple[str, str, str]:
    """The code of a row's problem, and what it says in Chinese and English."""
    return (
        "stray_quote",
        f"文件第 {line} 行的引号没有成对，会把后面的分隔符或换行算进同一格，该行未导入；请补上或删去引号。",
        f"line {line} has an unpaired quotation mark, and the row was not imported: close or delete it.",
    )


def _too_many(line: int) -> UnreadableFile:
    return UnreadableFile(
        "stray_quote",
        f"到第 {line} 行为止已有 {MAX_STRAY} 多行的引号没有成对，无法分列；请另存为 .xlsx 再导入。",
        f"more than {MAX_STRAY} lines up to {line} have unpaired quotation marks: save the file as .xlsx.",
        row=line,
    )
