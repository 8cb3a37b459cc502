"""One listing in scope, or the one answer to its not being there."""

from matcher.domain.access import Scope
from matcher.domain.errors import NotFound, StaleVersion
from matcher.domain.listing import Side
from matcher.store import catalogue
from matcher.store.catalogue import HeldListing
from matcher.store.database import Transaction

_WORDS = {Side.SUPPLY: ("成果", "achievement"), Side.DEMAND: ("需求", "demand")}


def held_listing(
    session: Transaction,
    side: Side,
    listing_id: int,
    scope: Scope,
    *,
    version: int | None = None,
    field: str | None = None,
) -> HeldListing:
    """One listing in scope; with `version`, at that version and locked until the transaction ends.

    Raises:
        NotFound: no such listing, or another park's; `field` is what named it.
        StaleVersion: it is at another version.
    """
    item = catalogue.find(session, side, listing_id, scope, lock=version is not None)
    if item is None:
        raise no_listing(side, listing_id, field=field)
    if version is not None and item.version != version:
        zh, en = _WORDS[side]
        raise StaleVersion(
            f"该{zh}已被修改为第 {item.version} 版，您依据的是第 {version} 版；请重新读取后再改。",
            f"this {en} is at version {item.version}, yours is {version}: read it again.",
            field="version",
        )
    return item


def no_listing(side: Side, listing_id: int, *, field: str | None = None) -> NotFound:
    """The error for a listing that does not exist, or is another park's."""
    zh, en = _WORDS[side]
    return NotFound(f"没有编号为 {listing_id} 的{zh}。", f"there is no {en} {listing_id}.", field=field)
