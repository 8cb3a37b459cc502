"""Column headings: which words name which field, and where in a sheet the header row is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from matcher.domain.list_columns import aliases, main_text, vague_titles
from matcher.domain.listing import Side
from matcher.files.mapping import IGNORE, KEEP, NO_MAPPINGS, UNREAD, Mapped, Mappings
from matcher.files.plain_headings import plain_heading, without_around

REASON_HEADING = "问题（导入时忽略）"
"""The column that a workbook of rejected rows adds; never read back."""

_PARTS = re.compile(r"[/、及和与]")
_FIGURES = re.compile(r"\d{4}")
_GROUP_END = re.compile(r"(?:基本)?(?:信息|情况|资料)$")


def _by_plain_heading(side: Side) -> dict[str, str]:
    return {plain_heading(alias): name for name, all_of in aliases(side).items() for alias in all_of}


_FIELDS: Mapping[Side, Mapping[str, str]] = {side: _by_plain_heading(side) for side in Side}
_VAGUE: Mapping[Side, frozenset[str]] = {
    side: frozenset(map(plain_heading, vague_titles(side))) for side in Side
}


@lru_cache(maxsize=4096)
def field_of(heading: str, side: Side) -> str | None:
    """The field a heading names.

    Alternatives joined by “/” count where all name the same field; several parts of a contact together
    are a `contact`. What lists put around a name (企业联系人, 技术指标要求) does not matter.
    """
    plain = plain_heading(heading)
    for wording in without_around(plain, side):
        if field := _FIELDS[side].get(wording):
            return field
    named = {_FIELDS[side].get(part) for part in _PARTS.split(plain)}
    if named <= {"contact_name", "contact_phone", "contact_email"}:
        return "contact"
    return named.pop() if len(named) == 1 else None


@dataclass(frozen=True, slots=True)
class Header:
    """A sheet's header: its headings by column, the field of each, and the first row of data (from 0).

    `kept` are the columns that a mapping says are kept beside, `by_mapping` says whose mapping named a
    column's field (`map`, `profile`).
    """

    headings: tuple[str, ...]
    fields: tuple[str | None, ...]
    first_data_row: int
    by_mapping: tuple[Literal["map", "profile"] | None, ...] = ()
    kept: frozenset[int] = frozenset()

    @property
    def known(self) -> int:
        """How many columns name a field, or are mapped."""
        return sum(name is not None for name in self.fields) + len(self.kept)


HEADER_ROWS = 3
"""Rows that a header has at most: headings, their groups, and the groups of those."""

HEADER_WITHIN = 20
"""Rows searched for the header: real lists have it in rows 1 to 4, forms with instructions later."""


def find_header(rows: Sequence[Sequence[str]], side: Side, mappings: Mappings = NO_MAPPINGS) -> Header | None:
    """The header row (or two or three rows, where group headings stand above) with the most known headings.

    A title column is required, and one more known column unless the list has a single one or the title was
    mapped by hand.
    """
    best: Header | None = None
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        header = _with_rows_below(row, rows[number + 1 : number + HEADER_ROWS], number + 1, side, mappings)
        filled = sum(bool(cell) for cell in header.headings)
        if "title" not in header.fields or (header.known < 2 and filled > 1 and not _by_hand(header)):
            continue
        if best is None or header.known > best.known:
            best = header
    return best


def _with_rows_below(
    row: Sequence[str], below: Sequence[Sequence[str]], first_data_row: int, side: Side, mappings: Mappings
) -> Header:
    """The header that a row makes: alone, or above the rows below it where more is known with them."""
    header = _header(row, first_data_row, side, mappings)
    known, above = header.known, row
    for depth, last in enumerate(below, start=1):
        low = last if depth == 1 else _joined(below[0], last, side)
        joined = None if low is None else _joined(row, low, side)
        if low is None or joined is None:
            break
        together = _header(joined, first_data_row + depth, side, mappings)
        known = max(known, header.known, _header(low, first_data_row + depth, side, mappings).known)
        continued = header.first_data_row == first_data_row + depth - 1
        groups = _all_below_groups(row, low) or (continued and _all_below_groups(above, last))
        if together.known > known or ("title" in header.fields and groups):
            header = together
        above = joined
    return header


def header_of_keys(keys: Sequence[str], side: Side, mappings: Mappings) -> Header:
    """The header that the keys of a JSONL file make."""
    return _header(keys, 0, side, mappings)


def _by_hand(header: Header) -> bool:
    return header.by_mapping[header.fields.index("title")] is not None


def _header(row: Sequence[str], first_data_row: int, side: Side, mappings: Mappings) -> Header:
    headings = [cell.strip() for cell in row]
    mapped = mappings.of(headings)
    named = [_named(heading, mapped.get(column), side) for column, heading in enumerate(headings)]
    return Header(
        headings=tuple(headings),
        fields=tuple(_without_vague_titles(headings, named, mapped, side)),
        first_data_row=first_data_row,
        by_mapping=tuple(mapped[column].by if column in mapped else None for column in range(len(headings))),
        kept=frozenset(column for column, target in mapped.items() if target.field == KEEP),
    )


def _named(heading: str, mapped: Mapped | None, side: Side) -> str | None:
    if mapped is not None:
        return {KEEP: None, IGNORE: UNREAD}.get(mapped.field, mapped.field)
    return field_of(heading, side) if heading else None


def _without_vague_titles(
    headings: Sequence[str], named: Sequence[str | None], mapped: Mapping[int, Mapped], side: Side
) -> list[str | None]:
    """The fields with a heading such as 技术需求 taken for the description where another names the title."""
    vague = {
        column
        for column, name in enumerate(named)
        if name == "title" and column not in mapped and plain_heading(headings[column]) in _VAGUE[side]
    }
    if len(vague) == sum(name == "title" for name in named):
        return [*named]
    return [main_text(side) if column in vague else name for column, name in enumerate(named)]


def _joined(upper: Sequence[str], lower: Sequence[str], side: Side) -> list[str] | None:
    """The headings of two rows: group headings above, the columns' own below; None where the lower row is
    data."""
    width = max(len(upper), len(lower))
    high, low = ([cell.strip() for cell in [*row, *[""] * (width - len(row))]] for row in (upper, lower))
    groups = [*_groups(high, low)]
    if not any(low) or any(
        name and not group and field_of(above, side) is not None and field_of(name, side) is None
        for name, above, group in zip(low, high, groups, strict=True)
    ):
        return None
    return [
        _in_group(group, name, side) if group and name else name or above
        for group, name, above in zip(groups, low, high, strict=True)
    ]


def _all_below_groups(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether whatever the lower row says stands below groups, as headings do and hardly ever data."""
    high = [cell.strip() for cell in [*upper, *[""] * (len(lower) - len(upper))]]
    low = [cell.strip() for cell in [*lower, *[""] * (len(upper) - len(lower))]]
    named = [(name, group) for name, group in zip(low, _groups(high, low), strict=True) if name]
    return bool(named) and all(group and not _FIGURES.search(name) for name, group in named)


def _groups(high: Sequence[str], low: Sequence[str]) -> Iterator[str]:
    """The group heading above each column: one that stands over two or more headings, else blank."""
    group, spans = "", False
    for column, (above, name) in enumerate(zip(high, low, strict=True)):
        if above:
            following = column + 1
            spans = bool(name) and following < len(high) and not high[following] and bool(low[following])
            group = above if spans else ""
        elif not name:
            group = ""
        yield group


def _in_group(group: str, name: str, side: Side) -> str:
    """A heading below a group heading: 联系人 over 电话 is the contact's telephone, as is 电话 by itself."""
    noun = _GROUP_END.sub("", plain_heading(group))
    if name.startswith(noun):
        return name
    if field_of(f"{noun}{name}", side) is None and field_of(name, side) is not None:
        return name
    return f"{noun}{name}"
