"""Contacts in listings: hidden on the way out, and not lost where their masks are sent back."""

from collections.abc import Mapping
from dataclasses import fields, replace
from enum import StrEnum
from typing import Any

from matcher.domain.beside import masked_beside
from matcher.domain.listing import Contact, Listing, Maturity, Money
from matcher.domain.text import mask_contacts


def masked(listing: Listing) -> Listing:
    """The listing with its contact, and contacts inside every text of it, hidden."""
    texts = {
        field.name: _hidden(getattr(listing, field.name))
        for field in fields(listing)
        if field.name != "contact"
    }
    return replace(listing, **texts, contact=listing.contact.masked)


def unmasked(sent: Listing, current: Listing) -> Listing:
    """What was sent, with every text that is the masked form of the present one left as it is.

    So a caller may read a listing, change a word and send it back without losing the contacts it never saw.
    """
    shown = masked(current)
    contact: Contact = replace(sent.contact, **_restored(sent.contact, shown.contact, current.contact))
    extra = {
        heading: current.extra[heading] if shown.extra.get(heading) == text else text
        for heading, text in sent.extra.items()
    }
    same = _restored(sent, shown, current) | {"contact": contact, "extra": extra}
    return replace(sent, **same)


def _restored(sent: Any, shown: Any, current: Any) -> dict[str, Any]:
    return {
        field.name: getattr(current, field.name)
        for field in fields(current)
        if getattr(sent, field.name) == getattr(shown, field.name)
    }


def _hidden(value: Any) -> Any:
    match value:
        case StrEnum():
            return value
        case str():
            return mask_contacts(value)
        case tuple():
            return tuple(mask_contacts(item) for item in value)
        case Mapping():
            return {heading: masked_beside(heading, item) for heading, item in value.items()}
        case Money() | Maturity():
            return replace(value, text=mask_contacts(value.text))
        case _:
            return value
