"""What became of the columns of a file: mapped, kept beside, ignored or not read at all."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Proposal:
    """The field that a column seems to hold, and why, in both languages."""

    maps_to: str
    reason: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """One column: its letter (blank in JSONL), its heading and what became of it.

    `maps_to` is a field of the list where the column is mapped, `by` says through what: its heading, the
    mapping given with the file, or the sender's profile. `filled` is the share of rows with a value, from 0
    to 1. `sample` is the first value, contacts hidden.
    """

    file: str
    sheet: str
    letter: str
    heading: str
    state: Literal["mapped", "kept", "ignored", "unread"]
    maps_to: str | None
    by: Literal["heading", "map", "profile"] | None
    filled: float
    sample: str
    proposal: Proposal | None = None

    @property
    def label(self) -> str:
        """Letter and heading, as problems name a column."""
        return f"{self.letter} {self.heading}".strip()


@dataclass(frozen=True, slots=True)
class ReadTable:
    """The columns of one sheet (or file) and the headings that its header is recognised by.

    `mapping` is what was mapped by hand, heading → field. It has a header unless its columns are `unread`.
    """

    file: str
    sheet: str
    headings: tuple[str, ...]
    mapping: dict[str, str]
    columns: tuple[ReadColumn, ...]
