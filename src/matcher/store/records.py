"""Listings and human columns as JSON records and back."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

from matcher.domain.columns import Work
from matcher.domain.listing import Achievement, Demand, Listing, Side

AnyListing = TypeVar("AnyListing", Achievement, Demand)


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """Made when first asked for: all take 0.01 s, and most commands need none or one."""
    return TypeAdapter(kind)


_TYPES: dict[Side, type[Listing]] = {Side.SUPPLY: Achievement, Side.DEMAND: Demand}


def to_record(listing: Listing) -> dict[str, Any]:
    """The listing as plain JSON values."""
    record: dict[str, Any] = _adapter(type(listing)).dump_python(listing, mode="json")
    return record


def from_record(side: Side, record: Mapping[str, Any]) -> Listing:
    """The listing a record was made of."""
    listing: Listing = _adapter(_TYPES[side]).validate_python(record)
    return listing


def work_to_record(work: Work) -> dict[str, Any]:
    """The human columns as plain JSON values, by column."""
    record: dict[str, Any] = _adapter(Work).dump_python(work, mode="json")
    return record


def work_from_record(record: Mapping[str, Any]) -> Work:
    """The human columns a record was made of; columns that are left out are empty."""
    work: Work = _adapter(Work).validate_python(record)
    return work
