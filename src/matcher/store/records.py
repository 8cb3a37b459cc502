"""Listings and human columns as JSON records and back."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

from matcher.domain.columns import Work
from matcher.domain.listing import Achievement, Demand, Listing, Side

AnyListing = TypeVar("AnyListing", Achievement, Demand)


_TYPES: dict[Side, type[Listing]] = {Side.SUPPLY: Achievement, Side.DEMAND: Demand}


@cache
def _listings(side: Side) -> TypeAdapter[Any]:
    """Made when first asked for, as the others are: all take 0.01 s, and most commands need none or one."""
    return TypeAdapter(_TYPES[side])


@cache
def _works() -> TypeAdapter[Work]:
    return TypeAdapter(Work)


def to_record(listing: Listing) -> dict[str, Any]:
    """The listing as plain JSON values."""
    side = Side.DEMAND if isinstance(listing, Demand) else Side.SUPPLY
    record: dict[str, Any] = _listings(side).dump_python(listing, mode="json")
    return record


def from_record(side: Side, record: Mapping[str, Any]) -> Listing:
    """The listing a record was made of."""
    listing: Listing = _listings(side).validate_python(record)
    return listing


def work_to_record(work: Work) -> dict[str, Any]:
    """The human columns as plain JSON values, by column."""
    record: dict[str, Any] = _works().dump_python(work, mode="json")
    return record


def work_from_record(record: Mapping[str, Any]) -> Work:
    """The human columns a record was made of; columns that are left out are empty."""
    return _works().validate_python(record)
