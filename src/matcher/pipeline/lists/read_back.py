"""Rows of an exported list as they come back: what the export hid, quoted or spelt out is no change."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from matcher.domain.beside import BESIDE, is_of_persons
from matcher.domain.listing import Achievement, Contact, Demand, Listing, Maturity, Money, content_digest
from matcher.files.contacts import parse_contact
from matcher.files.ledger_csv import as_written
from matcher.files.list_sheet import spelt_out, together
from matcher.pipeline.lists.masking import masked, unmasked
from matcher.store.catalogue import HeldListing

_MASK = re.compile(r"\*{2}")
"""What hides a part of a name, a number or an address."""


def unquoted(listing: Achievement | Demand) -> Achievement | Demand:
    """The listing without the apostrophes that keep a spreadsheet program from evaluating its texts."""
    quoted = {
        field.name: value
        for field in fields(listing)
        if (value := _unquoted(held := getattr(listing, field.name))) != held
    }
    return replace(listing, **quoted) if quoted else listing


def as_held(sent: Listing, held: Listing) -> Listing:
    """What was sent, with the held texts where the masks of them came back, and the held amounts and
    maturities where their figures came back spelt out."""
    kept = unmasked(sent, held)
    same = {
        field.name: getattr(held, field.name)
        for field in fields(held)
        if _is_spelt_out(getattr(kept, field.name), getattr(held, field.name))
    }
    if sent.contact == parse_contact(together(masked(held).contact)):
        same["contact"] = held.contact
    return _without_masks(replace(kept, **same), held)


def _without_masks(kept: Listing, held: Listing) -> Listing:
    """No mask is kept in the place of what it hides: where one came back under another heading than it was
    shown under, the contact and all that is held beside it stay as they are."""
    moved = {heading for heading, text in kept.extra.items() if _is_hidden(text, held.extra.get(heading, ""))}
    contact_moved = _is_hidden(together(kept.contact), together(held.contact))
    if not moved and not contact_moved:
        return kept
    beside = {
        heading: text for heading, text in held.extra.items() if is_of_persons(heading) or heading == BESIDE
    }
    said = {heading: text for heading, text in kept.extra.items() if heading not in moved}
    before = {heading: held.extra[heading] for heading in moved & held.extra.keys()}
    return replace(kept, contact=held.contact, extra={**said, **before, **beside})


def _is_hidden(sent: str, held: str) -> bool:
    return _MASK.search(sent) is not None and _MASK.search(held) is None


def says_the_same(sent: Listing, item: HeldListing) -> bool:
    """Whether a row says what its listing says already, or what an export of it would."""
    if content_digest(sent) == item.digest:
        return True
    return content_digest(as_held(sent, item.listing)) == item.digest


def _is_spelt_out(sent: object, held: object) -> bool:
    if not (isinstance(held, Money | Maturity) and isinstance(sent, Money | Maturity)):
        return False
    return sent.text == spelt_out(held) and (sent.low, sent.high) == (held.low, held.high)


def _unquoted(value: Any) -> Any:
    match value:
        case str():
            return as_written(value) if value.startswith("'") else value
        case tuple():
            return tuple(_unquoted(part) for part in value)
        case Mapping():
            return {heading: _unquoted(text) for heading, text in value.items()}
        case Contact():
            return Contact(_unquoted(value.name), _unquoted(value.phone), _unquoted(value.email))
        case _:
            return value
