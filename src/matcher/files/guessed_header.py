"""The row that is probably the header of a table in which none was recognised."""

from collections.abc import Sequence

from matcher.domain.listing import Side
from matcher.files.headings import HEADER_WITHIN, Header, field_of

_LONGEST_HEADING = 40


def guessed_header(rows: Sequence[Sequence[str]], side: Side) -> Header | None:
    """The row with most known headings, two at least; else the first row of short, distinct words about as
    wide as the table with filled rows below it."""
    headers = [
        _header(row, number, side) for number, row in enumerate(rows[:HEADER_WITHIN]) if _may_be(rows, number)
    ]
    best = max(headers, key=lambda header: header.known, default=None)
    return headers[0] if best is not None and best.known < 2 else best


def _header(row: Sequence[str], number: int, side: Side) -> Header:
    headings = tuple(cell.strip() for cell in row)
    fields = tuple(field_of(heading, side) if heading else None for heading in headings)
    return Header(headings, fields, number + 1)


def _may_be(rows: Sequence[Sequence[str]], number: int) -> bool:
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows[: 2 * HEADER_WITHIN]]
    words = [cell.strip() for cell in rows[number] if cell.strip()]
    wide = len(words) >= 2 and 3 * len(words) >= 2 * max(widths)
    followed = any(width >= 2 for width in widths[number + 1 : number + 4])
    return wide and followed and len(set(words)) == len(words) and all(map(_is_heading, words))


def _is_heading(text: str) -> bool:
    return len(text) <= _LONGEST_HEADING and not text[0].isdigit() and any(map(str.isalpha, text))
