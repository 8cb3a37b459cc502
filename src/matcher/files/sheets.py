"""A sheet as text: what every file format is turned into before its rows are read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.files.hidden import Hidden

MAX_BYTES = 64 * 1024 * 1024
MAX_ROWS = 200_000
"""Both bounds are far above any real list; beyond them a file is a mistake or an attack."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of cell texts. `merged` maps a (row, column) hidden by a vertical merge to the visible one.

    `since_1904`: numbers that mean days count from 1904.
    `stray_quotes` maps the index of a row that a stray quotation mark spoils to its line in the file.
    `on_its_side`: its rows are the columns of the file.
    `hidden` is of the sheet as a whole; `hides` are its rows and columns, None where that cannot be told.
    """

    name: str
    rows: list[list[str]]
    hidden: bool = False
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    undecodable: bool = False
    since_1904: bool = False
    stray_quotes: Mapping[int, int] = field(default_factory=dict)
    hides: Hidden | None = field(default_factory=Hidden)
    on_its_side: bool = False


class UnreadableFile(Exception):
    """A file (or sheet) that cannot be read as a list: a stable code and one sentence per language."""

    def __init__(self, code: str, zh: str, en: str, *, row: int | None = None) -> None:
        super().__init__(en)
        self.code = code
        self.zh = zh
        self.en = en
        self.row = row


def too_many_rows() -> UnreadableFile:
    """The error of a list longer than `MAX_ROWS`."""
    return UnreadableFile(
        "too_many_rows",
        f"超过 {MAX_ROWS} 行，请拆分成几个文件分别导入。",
        f"more than {MAX_ROWS} rows; split the file.",
    )


def column_letter(index: int) -> str:
    """The spreadsheet letter of a column counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


_LETTERS = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def cell_position(reference: str) -> tuple[int, int]:
    """(row, column) from 0 of a cell reference such as “C7”.

    Raises:
        ValueError: it is no cell reference.
    """
    match = _LETTERS.fullmatch(reference)
    if match is None:
        raise ValueError(reference)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1
