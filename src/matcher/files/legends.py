"""The legend of maturity in numbers: 1=实验室阶段，2=小试 in a heading, a note, a side column or a sheet.

A legend is of maturity where the words beside two numbers or more are stages with a known band. A number that
two legends explain differently has no meaning.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from matcher.domain.maturity import parse_maturity
from matcher.domain.text import fold
from matcher.files.headings import Header
from matcher.files.sheets import Sheet

_WORD = r"[a-z\u4e00-\u9fff]{2,12}"
_EXPLAINED = re.compile(rf"(?<![\d.])([1-9])(?:[=:]|代表|表示|[为指]|[-—–]{{1,2}})({_WORD})")
_LISTED = re.compile(rf"(?<![\d.])([1-9])[.、)]({_WORD})")
_BRACKETED = re.compile(r"([\u4e00-\u9fff]{2,8})[(=:]([1-9])(?!\d)")
_OF_MATURITY = re.compile(r"成熟|所处阶段|就绪")
_LONGEST = 300
_LEAST = 2
"""Numbers that a legend explains at least."""

_ROWS_OF_A_SHEET = 400
_ROWS_BESIDE = 200
_ROWS_BELOW = 8
"""Rows that are looked through: of a sheet of instructions, beside a list's first items, and the last."""


def maturity_legend(sheet: Sheet, header: Header, others: Sequence[Sheet]) -> Mapping[str, str]:
    """What the numbers of a sheet's maturity mean, digit → stage; `others` are the file's sheets of no list.

    The sheet's own legend counts before those of others. Blank where none is given.
    """
    own = _legend(_entries(_texts_beside(sheet.rows, header)))
    if own:
        return own
    return _legend(
        entry for other in others if not other.hidden for entry in _of_sheet(other.rows[:_ROWS_OF_A_SHEET])
    )


def is_legend(text: str) -> bool:
    """Whether a text explains what numbers mean as stages of maturity."""
    return bool(_legend(_entries([text])))


def _texts_beside(rows: Sequence[Sequence[str]], header: Header) -> Iterator[str]:
    """The cells above the data, those of notes in the last rows, and those of columns that no field takes."""
    first = header.first_data_row
    for row in rows[:first]:
        yield from row
    for row in rows[max(first, len(rows) - _ROWS_BELOW) :]:
        said = [cell for cell in row if cell.strip()]
        if len(said) <= _LEAST:
            yield from said
    for row in rows[first : first + _ROWS_BESIDE]:
        for column, cell in enumerate(row):
            if column >= len(header.fields) or header.fields[column] is None:
                yield cell


def _of_sheet(rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    for row in rows:
        yield from _entries(row)
        said = [fold(cell[:_LONGEST]) for cell in row if cell.strip()]
        for number, word in pairwise(said):
            if re.fullmatch("[1-9]", number):
                yield number, word


def _entries(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        if not any(map(str.isdigit, text[:_LONGEST])):
            continue
        plain = fold(text[:_LONGEST])
        yield from _EXPLAINED.findall(plain)
        yield from ((number, word) for word, number in _BRACKETED.findall(plain))
        if _OF_MATURITY.search(plain):
            yield from _LISTED.findall(plain)


def _legend(entries: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """The entries whose words are stages, without the numbers that two of them explain differently."""
    meant: dict[str, str] = {}
    torn: set[str] = set()
    for number, word in entries:
        stage = parse_maturity(word)
        if stage.low is None:
            continue
        former = parse_maturity(meant.setdefault(number, word))
        if (former.low, former.high) != (stage.low, stage.high):
            torn.add(number)
    if len(meant) < _LEAST:
        return {}
    return {number: word for number, word in meant.items() if number not in torn}
