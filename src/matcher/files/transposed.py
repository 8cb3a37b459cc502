"""Lists that lie on their side: the fields in the first column, and one item in each column beside it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, zip_longest

from matcher.domain.listing import Side
from matcher.domain.text import fold
from matcher.files.headings import Header, field_of, find_header
from matcher.files.hidden import Hidden
from matcher.files.mapping import Mappings
from matcher.files.sheets import Sheet

_LEAST_LABELS = 3
_MOST_ROWS = 400
_MOST_COLUMNS = 500
"""Labels that name fields, from which a sheet lies on its side; and its rows and columns at most."""

_LABELS_WITHIN = 3
"""Columns in which labels may stand: of their groups, of running numbers, and their own."""

_LONGEST_LABEL = 60
_EXPLAINS = re.compile(
    r"^(?:填写|填报|填表)?(?:说明|要求|示例|样例|举例|备注|注释|提示)$|必填|选填|字以内|请填|请输入|请写"
)
_VALUE = re.compile(r"\d|公司|集团|大学|学院|研究|中心|[厂院所]$|^.{11}")
"""What a label beside a value hardly ever is: a figure, an organisation or a sentence."""


def is_on_its_side(sheet: Sheet, side: Side) -> bool:
    """Whether a column of labels has several columns of values beside it, whether or not it can be read."""
    return len(sheet.rows) <= _MOST_ROWS and any(
        _labels_in(sheet.rows, column, side) >= _LEAST_LABELS for column in range(_LABELS_WITHIN)
    )


def is_too_wide(sheet: Sheet) -> bool:
    """Whether a sheet has more columns than are read as items."""
    return max(map(_width, sheet.rows), default=0) > _MOST_COLUMNS


def upright(sheet: Sheet, side: Side, mappings: Mappings) -> tuple[Sheet, Header] | None:
    """The sheet with rows for columns, so that every item is a row, and its header; None for no such list.

    Nothing of it is read unless all is: the labels name a title and two more fields, every column beside them
    is an item's, and none holds labels or explains how to fill in another.
    """
    if is_too_wide(sheet) or sheet.stray_quotes:
        return None
    rows = [list(column) for column in zip_longest(*(row[: _width(row)] for row in sheet.rows), fillvalue="")]
    header = find_header(rows, side, mappings)
    if header is None or header.known < _LEAST_LABELS or not _holds_items(rows, header, side):
        return None
    hides = None if sheet.hides is None else Hidden(sheet.hides.columns, sheet.hides.rows)
    return replace(sheet, rows=rows, merged={}, hides=hides, on_its_side=True), header


def _labels_in(rows: Sequence[Sequence[str]], column: int, side: Side) -> int:
    """How many fields the cells of a column name that have two values or more beside them, and no label."""
    named: set[str] = set()
    for row in rows:
        label = row[column].strip() if column < len(row) else ""
        field = field_of(label, side) if 0 < len(label) <= _LONGEST_LABEL else None
        if field is not None and _has_values(row[column + 1 :], side):
            named.add(field)
    return len(named)


def _has_values(beside: Sequence[str], side: Side) -> bool:
    """Whether two cells or more say something, of which the first two are no labels."""
    first = [cell.strip() for cell in islice((cell for cell in beside if cell.strip()), 2)]
    return len(first) > 1 and all(field_of(cell[:_LONGEST_LABEL], side) is None for cell in first)


def _holds_items(rows: Sequence[Sequence[str]], header: Header, side: Side) -> bool:
    """Whether two columns or more are items, and none names fields or explains them."""
    title = header.fields.index("title")
    items = [row for row in rows[header.first_data_row :] if any(map(str.strip, row))]
    if sum(bool(row[title].strip()) for row in items) < 2:
        return False
    return all(
        _states_values(row, header) and not _names_fields(row, side) and not _explains(row, title)
        for row in items
    )


def _states_values(row: Sequence[str], header: Header) -> bool:
    return any(field and _VALUE.search(cell.strip()) for cell, field in zip(row, header.fields, strict=True))


def _names_fields(row: Sequence[str], side: Side) -> bool:
    cells = [cell.strip()[:_LONGEST_LABEL] for cell in row if cell.strip()]
    return sum(field_of(cell, side) is not None for cell in cells) > 1


def _explains(row: Sequence[str], title: int) -> bool:
    """Whether a column says at its top, or in the place of a title, that it explains the others."""
    top = next(cell for cell in row if cell.strip())
    return any(_EXPLAINS.search(fold(cell[:60])) for cell in (top, row[title]))


def _width(row: Sequence[str]) -> int:
    """How many cells a row has up to the last that says something."""
    return next((column + 1 for column in reversed(range(len(row))) if row[column].strip()), 0)
