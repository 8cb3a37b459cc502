"""The two lists: what an achievement (supply) and a demand say, and when they may be matched.

Only a title is required. What a list does not say stays None or empty and means *unknown*; nothing
downstream may read it as agreement.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum

from matcher.domain.text import (
    TextView,
    fold,
    fold_in_script,
    join_texts,
    mask_contacts,
    mask_name,
    mask_number,
)


class Side(StrEnum):
    """Which list a text belongs to."""

    SUPPLY = "supply"
    DEMAND = "demand"


class Confidentiality(StrEnum):
    """密级. `internal` stays inside the service (no embed, no reverse feed); `secret` is never matched."""

    PUBLIC = "public"
    INTERNAL = "internal"
    SECRET = "secret"  # noqa: S105 - a level, not a password


class DemandKind(StrEnum):
    """需求类型, in the plan's words; labels are in domain.labels."""

    RESEARCH = "research"
    ACQUISITION = "acquisition"
    SCENARIO = "scenario"
    PILOT = "pilot"
    CHALLENGE = "challenge"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in 万元 (10,000 yuan) as a range, or `negotiable` (面议); `text` keeps the original."""

    low: float | None = None
    high: float | None = None
    negotiable: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Maturity:
    """A technology-readiness band (1–9, both ends included); `text` keeps the list's own words."""

    low: int | None = None
    high: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Personal data: masked on every way out unless unmasking is allowed, and then logged."""

    name: str = ""
    phone: str = ""
    email: str = ""

    @property
    def masked(self) -> "Contact":
        """The contact with all but the beginning of each part hidden."""
        return Contact(mask_name(self.name), mask_number(self.phone), mask_contacts(self.email))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What both lists have in common. `code` is the list's own external code, where it has one."""

    title: str
    code: str = ""
    organisation: str = ""
    industry: str = ""
    keywords: tuple[str, ...] = ()
    region: str = ""
    source_region: str = ""
    laboratory: str = ""
    maturity: Maturity = Maturity()
    modes: tuple[str, ...] = ()
    confidentiality: Confidentiality = Confidentiality.PUBLIC
    contact: Contact = Contact()
    valid_until: date | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement(Listing):
    """A research result on offer. `price` is the intended transfer amount; `modes` the transfer modes."""

    title_en: str = ""
    abstract: str = ""
    abstract_en: str = ""
    inventors: str = ""
    classification: str = ""
    form: str = ""
    level: str = ""
    transfer_note: str = ""
    price: Money = Money()
    ip_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand(Listing):
    """What an enterprise (`organisation`) needs. `modes` are the cooperation modes it accepts.

    `released` says that its park lets research units see it (the reverse feed).
    """

    kind: DemandKind | None = None
    detail: str = ""
    problems: str = ""
    targets: str = ""
    conditions: str = ""
    budget: Money = Money()
    organisation_nature: str = ""
    deadline: date | None = None
    released: bool = False


@dataclass(frozen=True, slots=True)
class LiveListing:
    """A listing that may be matched today; `stated_at` is when it was put on its list or last edited."""

    id: int
    version: int
    listing: Listing
    park_id: int | None = None
    stated_at: datetime | None = None


def identity_key(listing: Listing) -> str:
    """What makes two rows of one list the same item: the external code, else title and organisation."""
    if listing.code:
        return code_key(listing.code)
    named = json.dumps(
        [fold_in_script(listing.title), fold_in_script(listing.organisation)], ensure_ascii=False
    )
    return f"name:{hashlib.sha256(named.encode()).hexdigest()}"


def code_key(code: str) -> str:
    """The identity of an item that has this external code."""
    return f"code:{fold_in_script(code)}"


def content_digest(listing: Listing) -> str:
    """SHA-256 over every field; equal digests mean nothing was edited."""
    record = json.dumps(asdict(listing), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(record.encode()).hexdigest()


def text_of(listing: Listing) -> TextView:
    """The text that is embedded and compared. Contacts (in free text, too), money and dates are no part."""
    keywords = " ".join(listing.keywords)
    match listing:
        case Achievement():
            title = join_texts(listing.title, listing.title_en)
            body = join_texts(keywords, listing.abstract, listing.abstract_en)
        case Demand():
            title = listing.title
            body = join_texts(keywords, listing.problems, listing.detail, listing.targets)
        case _:
            title, body = listing.title, keywords
    return TextView(title=mask_contacts(title), body=mask_contacts(body))


def fields_of(demand: Demand) -> dict[str, str]:
    """The single fields of a demand that are embedded, too, by name; contacts are hidden in them."""
    fields = {"title": demand.title, "problems": demand.problems, "targets": demand.targets}
    return {name: mask_contacts(text) for name, text in fields.items()}


def is_valid_on(listing: Listing, day: date) -> bool:
    """Whether the listing's validity covers `day` (Beijing date); no stated validity never expires."""
    return listing.valid_until is None or listing.valid_until >= day


def same_organisation(left: Listing, right: Listing) -> bool:
    """Whether both name the same organisation; an unknown organisation is never the same."""
    name = fold(left.organisation)
    return bool(name) and name == fold(right.organisation)
