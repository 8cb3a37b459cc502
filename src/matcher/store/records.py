"""Listings and human columns as JSON records and back."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter

from matcher.domain.columns import Work
from matcher.domain.listing import Achievement, Demand, Listing, Side

AnyListing = TypeVar("AnyListing", Achievement, Demand)

_ADAPTERS: dict[type[Listing], TypeAdapter[Any]] = {
    Achievement: TypeAdapter(Achievement),
    Demand: TypeAdapter(Demand),
}
_TYPES: dict[Side, type[Listing]] = {Side.SUPPLY: Achievement, Side.DEMAND: Demand}


def to_record(listing: Listing) -> dict[str, Any]:
    """The listing as plain JSON values."""
    record: dict[str, Any] = _ADAPTERS[type(listing)].dump_python(listing, mode="json")
    return record


def from_record(side: Side, record: Mapping[str, Any]) -> Listing:
    """The listing a record was made of."""
    listing: Listing = _ADAPTERS[_TYPES[side]].validate_python(record)
    return listing


_WORK = TypeAdapter(Work)


def work_to_record(work: Work) -> dict[str, Any]:
    """The human columns as plain JSON values, by column."""
    record: dict[str, Any] = _WORK.dump_python(work, mode="json")
    return record


def work_from_record(record: Mapping[str, Any]) -> Work:
    """The human columns a record was made of; columns that are left out are empty."""
    return _WORK.validate_python(record)
