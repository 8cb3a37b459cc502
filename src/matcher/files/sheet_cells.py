"""One sheet of a workbook as people see it, whichever library read it."""

import datetime
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from matcher.files.number_formats import names_a_day, plain_number, shown_day, shown_number, shown_text

EPOCHS = {
    False: datetime.datetime.fromisoformat("1899-12-30"),
    True: datetime.datetime.fromisoformat("1904-01-01"),
}
"""Day 0 by whether days count from 1904."""

_LAST_DAY_NUMBER = 2_900_000
"""31 December 9999 is day 2,958,465."""

Merged = tuple[tuple[int, int], tuple[int, int]]
"""First and last cell of a merged range, each (row, column) from 0."""


class SheetCells(NamedTuple):
    """One sheet: what it is called, how it is built, and its rows of shown texts."""

    name: str
    hidden: bool
    height: int
    merged: Sequence[Merged]
    since_1904: bool
    rows: Iterator[list[str]]


def shown(value: object, code: str, epoch: datetime.datetime) -> str:
    """What a cell of that format shows of its value: 是 or 否, a day as `shown_day` writes it."""
    match value:
        case str():
            return shown_text(value, code) if code else value
        case bool():
            return "是" if value else "否"
        case datetime.datetime():
            return shown_day(value, code)
        case datetime.date():
            return shown_day(datetime.datetime.combine(value, datetime.time()), code)
        case float() | int():
            if code and names_a_day(code) and 0 <= value < _LAST_DAY_NUMBER:
                return shown_day(epoch + datetime.timedelta(days=value), code)
            return shown_number(value, code) if code else plain_number(value)
        case _:
            return str(value)
