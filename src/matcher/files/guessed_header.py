"""The row that is probably the header of a table whose headings nobody knows."""

from collections.abc import Sequence

from matcher.files.headings import HEADER_WITHIN, Header

_LONGEST_HEADING = 40


def guessed_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The first row of short, distinct words about as wide as the table, with filled rows below it; no
    column of it names a field."""
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows[: 2 * HEADER_WITHIN]]
    widest = max(widths, default=0)
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        headings = [cell.strip() for cell in row]
        words = [heading for heading in headings if heading]
        wide = len(words) >= 2 and 3 * len(words) >= 2 * widest
        followed = any(width >= 2 for width in widths[number + 1 : number + 4])
        if wide and followed and len(set(words)) == len(words) and all(map(_is_heading, words)):
            return Header(tuple(headings), (None,) * len(headings), number + 1)
    return None


def _is_heading(text: str) -> bool:
    return len(text) <= _LONGEST_HEADING and not text[0].isdigit() and any(map(str.isalpha, text))
