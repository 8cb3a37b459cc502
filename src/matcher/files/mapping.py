"""A mapping by hand: headings to fields, as given with an import or remembered of a sender."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from matcher.domain.errors import InvalidInput
from matcher.domain.list_columns import list_fields
from matcher.domain.listing import Side
from matcher.files.plain_headings import plain_heading

KEEP = "keep"
"""The target of a column that is kept beside, as it is."""
IGNORE = "ignore"
"""The target of a column that is not read."""
UNREAD = "sequence"
"""The field of a column that is not read: a row's number says nothing."""

_KEPT = frozenset({"keep", "extra", "保留"})
_IGNORED = frozenset({"ignore", "sequence", "-", "忽略"})

MAX_MAPPED = 200
"""Headings that one mapping may name."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """Where a column goes, and whose mapping says so."""

    field: str
    by: Literal["map", "profile"]


@dataclass(frozen=True, slots=True)
class Mappings:
    """Heading → field: what was given with the files, and what is remembered by heading signature.

    What was given wins over what is remembered.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, headings: Sequence[str]) -> dict[int, Mapped]:
        """The mapped columns of a header by their place."""
        remembered: Mapping[str, str] = {}
        if self.remembered:
            remembered = self.remembered.get(heading_signature(headings), {})
        if not (self.given or remembered):
            return {}
        columns = _places(headings, remembered, "profile")
        return columns | _places(headings, self.given, "map")


NO_MAPPINGS = Mappings()


def heading_signature(headings: Sequence[str]) -> str:
    """What makes two headers of one sender the same: their headings, in whatever order."""
    plain = sorted(filter(None, map(plain_heading, headings)))
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()[:32]


def checked_mapping(mapping: Mapping[str, str], side: Side) -> dict[str, str]:
    """A mapping with every field by its name; a field may be named by its label, too.

    Raises:
        InvalidInput: a field that this side's list does not have, or too many headings.
    """
    if len(mapping) > MAX_MAPPED:
        raise InvalidInput(
            f"列的对应不能超过 {MAX_MAPPED} 个。",
            f"a mapping names at most {MAX_MAPPED} headings.",
            field="map",
        )
    return {heading.strip(): _field(target, side) for heading, target in mapping.items() if heading.strip()}


def parsed_mapping(lines: Sequence[str], side: Side) -> dict[str, str]:
    """A mapping out of lines such as “难题描述=detail”.

    Raises:
        InvalidInput: a line without “=”, or as `checked_mapping`.
    """
    mapping = {}
    for line in lines:
        heading, equals, target = line.replace("＝", "=").rpartition("=")
        if not (equals and heading.strip() and target.strip()):
            raise InvalidInput(
                f"看不懂“{line[:60]}”，请写成“表头=字段”，如“难题描述=detail”。",
                f"{line[:60]!r} is no mapping: write HEADING=FIELD, such as 难题描述=detail.",
                field="map",
            )
        mapping[heading] = target
    return checked_mapping(mapping, side)


def _field(target: str, side: Side) -> str:
    plain = target.strip().casefold()
    if plain in _KEPT:
        return KEEP
    if plain in _IGNORED:
        return IGNORE
    fields = list_fields(side)
    if plain in fields:
        return plain
    for name, labels in fields.items():
        if target.strip() in labels:
            return name
    known = "、".join([*(zh for zh, _ in fields.values()), "保留", "忽略"])
    raise InvalidInput(
        f"没有字段“{target[:40]}”；可选：{known}。",
        f"there is no field {target[:40]!r}; choose one of {', '.join([*fields, KEEP, IGNORE])}.",
        field="map",
    )


def _places(
    headings: Sequence[str], mapping: Mapping[str, str], by: Literal["map", "profile"]
) -> dict[int, Mapped]:
    """The columns a mapping names: by their very heading, else by its plain form."""
    exact = {heading.strip(): target for heading, target in mapping.items()}
    plain = {plain_heading(heading): target for heading, target in mapping.items()}
    places = {}
    for column, heading in enumerate(headings):
        name = heading.strip()
        target = exact.get(name) or (plain.get(plain_heading(name)) if name else None)
        if target is not None:
            places[column] = Mapped(target, by)
    return places


def names_heading(mapped: str, headings: Sequence[str]) -> bool:
    """Whether a mapping's heading is one of these."""
    return bool(_places(headings, {mapped: KEEP}, "map"))
