"""Page cursors: opaque to callers, and good only for the list that gave them out."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from matcher.domain.errors import InvalidCursor

_LARGEST = 2**31 - 1
T = TypeVar("T")


def encode(kind: str, *place: int) -> str:
    """The cursor of a place in the list `kind`."""
    return base64.urlsafe_b64encode(json.dumps([kind, *place]).encode()).decode().rstrip("=")


def decode(kind: str, length: int, cursor: str | None) -> tuple[int, ...] | None:
    """The place of `length` numbers that a cursor of the list `kind` names; None where there is no cursor.

    Raises:
        InvalidCursor: it was not given out by this list.
    """
    if cursor is None:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        named, *place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError):
        raise _invalid() from None
    if named != kind or len(place) != length or not all(_is_place(number) for number in place):
        raise _invalid()
    return tuple(place)


def after_id(kind: str, cursor: str | None) -> int:
    """The id that a page of the list `kind`, which is ordered by id, continues after; 0 for the first page.

    Raises:
        InvalidCursor: as `decode`.
    """
    return before_id(kind, cursor) or 0


def before_id(kind: str, cursor: str | None) -> int | None:
    """The id that a page of the list `kind`, newest first, continues before; None for the first page.

    Raises:
        InvalidCursor: as `decode`.
    """
    place = decode(kind, 1, cursor)
    return None if place is None else place[0]


def cut(rows: Sequence[T], limit: int, cursor_of: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
    """The first `limit` of the rows that were asked for with one more, and the cursor of the next page."""
    shown = rows[:limit]
    return shown, cursor_of(shown[-1]) if len(rows) > limit and shown else None


def _is_place(number: object) -> bool:
    return type(number) is int and 0 <= number <= _LARGEST


def _invalid() -> InvalidCursor:
    return InvalidCursor(
        "翻页游标无效；请从第一页重新读取。",
        "this cursor is not one of this list's: start from the first page.",
        field="cursor",
    )
