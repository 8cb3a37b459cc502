"""The columns of a sheet while it is read: how many cells are filled, and with what."""

from collections.abc import Sequence
from typing import Literal

from matcher.domain.beside import is_of_persons
from matcher.domain.listing import Side
from matcher.domain.text import mask_contacts, mask_name, normalise
from matcher.files.headings import REASON_HEADING, Header
from matcher.files.mapping import IGNORE, KEEP, UNREAD
from matcher.files.masked_cells import masked_cell
from matcher.files.proposals import Seen, propose
from matcher.files.read_columns import Proposal, ReadColumn, ReadTable
from matcher.files.sheets import column_letter
from matcher.files.values import is_nothing

_VALUES_KEPT = 60
"""Values of a column that proposals are made from."""
_VALUE_LENGTH = 400
_SAMPLE_LENGTH = 40
_SEVERAL = frozenset({
    None, UNREAD, "abstract", "abstract_en", "detail", "problems", "targets", "conditions", "transfer_note",
    "confidentiality", "released",
})  # fmt: skip
"""Fields that take what several columns say."""


class ColumnTally:
    """Counts the filled cells of every column, and keeps the first values.

    `headings` are as rows name them; `header` says which field each has. A row may be longer.
    """

    def __init__(self, headings: Sequence[str], header: Header) -> None:
        self._headings = headings
        self._header = header
        self._rows = 0
        self._filled: list[int] = []
        self._values: list[list[str]] = []

    def take(self, texts: Sequence[str]) -> None:
        """Count one row."""
        self._rows += 1
        while len(self._filled) < len(texts):
            self._filled.append(0)
            self._values.append([])
        for column, text in enumerate(texts):
            if text and not text.isspace():
                self._filled[column] += 1
                if len(self._values[column]) < _VALUES_KEPT:
                    self._values[column].append(normalise(text[:_VALUE_LENGTH]))

    def table(
        self, file: str, sheet: str, side: Side, *, letters: bool = True, read: bool = True
    ) -> ReadTable:
        """What became of each column; `letters` where columns have them, `read` where rows were taken."""
        header = self._header
        seen = [self._seen(column) for column in range(max(len(self._headings), len(self._filled)))]
        proposals = propose(side, seen)
        columns = []
        for column, (one, proposal) in enumerate(zip(seen, proposals, strict=True)):
            if not one.heading and not one.filled:
                continue
            columns.append(
                ReadColumn(
                    file=file,
                    sheet=sheet,
                    letter=column_letter(column) if letters else "",
                    heading=one.heading,
                    state=_state(one) if read else "unread",
                    maps_to=one.field if _state(one) == "mapped" else None,
                    by=_by(header, column, one),
                    filled=round(one.filled / self._rows, 4) if self._rows else 0.0,
                    sample=_sample(one, proposal),
                    proposal=proposal,
                )
            )
        mapping = {
            header.headings[column]: _target(header, column)
            for column, by in enumerate(header.by_mapping)
            if by is not None
        }
        return ReadTable(file, sheet, header.headings, mapping, tuple(columns))

    def _seen(self, column: int) -> Seen:
        within = column < len(self._headings)
        return Seen(
            heading=self._headings[column].replace("\n", "") if within else f"{column_letter(column)}列",
            field=self._field(column) if within else None,
            decided=within
            and column < len(self._header.by_mapping)
            and bool(self._header.by_mapping[column]),
            filled=self._filled[column] if column < len(self._filled) else 0,
            values=self._values[column] if column < len(self._values) else [],
        )

    def _field(self, column: int) -> str | None:
        """The field of a column; of two columns for one value, the second is kept beside."""
        fields = self._header.fields
        name = fields[column]
        by_hand = column < len(self._header.by_mapping) and self._header.by_mapping[column] is not None
        if name in _SEVERAL or by_hand or name not in fields[:column]:
            return name
        first = fields.index(name)
        return None if first < len(self._filled) and self._filled[first] else name


def _target(header: Header, column: int) -> str:
    """What a mapping says of a column, as it is remembered."""
    if column in header.kept:
        return KEEP
    field = header.fields[column]
    return IGNORE if field in (None, UNREAD) else str(field)


def _state(seen: Seen) -> Literal["mapped", "kept", "ignored"]:
    if seen.field == UNREAD or seen.heading == REASON_HEADING:
        return "ignored"
    if seen.field is not None:
        return "mapped"
    return "kept" if seen.filled else "ignored"


def _by(header: Header, column: int, seen: Seen) -> Literal["heading", "map", "profile"] | None:
    by = header.by_mapping[column] if column < len(header.by_mapping) else None
    if by is not None:
        return by
    return "heading" if seen.field else None


def _sample(seen: Seen, proposal: Proposal | None) -> str:
    """The first value that says something, with whatever may be a person's hidden."""
    text = next((value for value in seen.values if not is_nothing(value)), "")
    field = seen.field or (proposal.maps_to if proposal else None)
    if field in ("contact", "contact_phone"):
        text = masked_cell(field, seen.heading, text)
    elif field == "contact_name" or (field is None and is_of_persons(seen.heading)):
        text = mask_name(text)
    else:
        text = mask_contacts(text)
    return f"{text[:_SAMPLE_LENGTH]}…" if len(text) > _SAMPLE_LENGTH else text
