"""A listing stated field by field in words, as its list's cells would say it."""

from collections.abc import Mapping

from matcher.domain.errors import InvalidInput
from matcher.domain.field_names import choice_words
from matcher.domain.list_columns import list_fields
from matcher.domain.listing import Listing, Side
from matcher.files.report import RejectedRow
from matcher.files.rows import Cell, Place, RowReader

_PARTS = frozenset({"contact_name", "contact_phone", "contact_email"})
"""Fields that `contact` takes together: one of them alone would blank the others."""


def stated_listing(side: Side, values: Mapping[str, str]) -> Listing:
    """The listing that values such as 350万元 or 通过中试 state, by field; an empty one states nothing.

    Without a title it is no listing yet, and only good to take fields from.

    Raises:
        InvalidInput: there is no such field, or a value that its field cannot be read from.
    """
    fields = [name for name in list_fields(side) if name not in _PARTS]
    for name in values:
        if name not in fields:
            raise InvalidInput(
                f"没有字段“{name}”；可选：{choice_words(fields)}。",
                f"there is no field {name!r}: choose one of {', '.join(fields)}.",
                field=name,
            )
    reader = RowReader(Place("", "", 0), side, undecodable=False)
    listing = reader.read([Cell(name, name, name, text) for name, text in {"title": "—0", **values}.items()])
    if reader.problems:
        first = reader.problems[0]
        raise InvalidInput(first.message, first.message_en, field=first.column)
    assert not isinstance(listing, RejectedRow)
    return listing
