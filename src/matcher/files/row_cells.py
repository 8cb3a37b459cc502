"""The cells of a row with their headings and fields, as a sheet or a JSON line states them."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal

from matcher.files.headings import REASON_HEADING, Header
from matcher.files.number_formats import plain_number
from matcher.files.rows import Cell
from matcher.files.sheets import Sheet, column_letter
from matcher.files.table_notes import NO_NOTES, TableNotes
from matcher.files.values import since_1904


def filled_from_merged(sheet: Sheet, index: int, header: Header) -> Sequence[str]:
    """The row with blanks under a vertically merged cell of the data filled from it.

    A code belongs to one row only and is not repeated.
    """
    if not sheet.merged:
        return sheet.rows[index]
    texts = list(sheet.rows[index])
    for column, text in enumerate(texts):
        top = sheet.merged.get((index, column))
        inherits = top and top[0] >= header.first_data_row
        name = header.fields[column] if column < len(header.fields) else None
        if top and inherits and not text.strip() and name not in ("code", "title"):
            texts[column] = sheet.rows[top[0]][column]
    return texts


def counted_from_1900(texts: Sequence[str], header: Header) -> Sequence[str]:
    """The row of a workbook whose days count from 1904, with day numbers that count from 1900."""
    days = [name in ("valid_until", "deadline") for name in header.fields]
    return [
        since_1904(text) if column < len(days) and days[column] else text for column, text in enumerate(texts)
    ]


def distinct(headings: Sequence[str]) -> list[str]:
    """Headings made unique: a repeated one gets a number, a blank one its letter."""
    names: dict[str, None] = {}
    numbers: dict[str, int] = {}
    for column, heading in enumerate(headings):
        name = heading or f"{column_letter(column)}列"
        while name in names:
            numbers[heading] = numbers.get(heading, 1) + 1
            name = f"{heading}（{numbers[heading]}）"
        names[name] = None
    return list(names)


def cells_of(
    texts: Sequence[str], headings: Sequence[str], header: Header, sheet: Sheet, notes: TableNotes
) -> Iterator[Cell]:
    """The cells of a row with their headings and fields, but those hidden and the reasons of rejection."""
    hidden = sheet.hides.columns if sheet.hides else ()
    for column, text in enumerate(texts):
        letter = column_letter(column)
        heading = headings[column] if column < len(headings) else f"{letter}列"
        if heading == REASON_HEADING or column in hidden:
            continue
        name = header.fields[column] if column < len(header.fields) else None
        yield Cell(f"{letter} {heading}", heading, name, text, notes=notes)


def cell_of_value(key: str, value: object, name: str | None, notes: TableNotes = NO_NOTES) -> Cell:
    """The cell that a member of a JSON object stands for; a list's items are its terms."""
    terms: tuple[str, ...] | None = None
    match value:
        case None:
            text = ""
        case bool():
            text = "是" if value else "否"
        case list():
            terms = tuple(str(item) for item in value if item is not None)
            text = "；".join(terms)
        case dict():
            text = json.dumps(value, ensure_ascii=False, default=str)
        case Decimal() if name != "code":
            text = plain_number(float(value))
        case _:
            text = str(value)
    return Cell(key, key, name, text, terms, notes)
