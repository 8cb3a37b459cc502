"""Listings merged as duplicates: one is kept, the others are withdrawn and point to it."""

from collections.abc import Mapping, Sequence

from pydantic import Field

from matcher.domain.days import beijing_day
from matcher.domain.errors import Conflict, InvalidInput
from matcher.domain.listing import Side
from matcher.pipeline.answers import Answer
from matcher.pipeline.idempotency import Request, done_once
from matcher.pipeline.lists.answers import ListingAnswer, answers_of
from matcher.pipeline.lists.selection import listings_of_ids, named
from matcher.pipeline.lists.writing import require_writer
from matcher.store import catalogue, ledger, revisions
from matcher.store.catalogue import HeldListing
from matcher.store.database import Database, Transaction
from matcher.store.revisions import Change, Rewrite

MAX_DUPLICATES = 50
"""Listings that are merged into one at once."""


class MergeAnswer(Answer):
    """合并重复条目的结果。"""

    kept: ListingAnswer = Field(description="保留的条目，没有改动")
    merged: tuple[ListingAnswer, ...] = Field(description="并入它的条目：已撤回，`replaced_by` 指向它")
    entries: int = Field(
        description="并入的条目有多少条台账有人处理过；照旧保留，并写明由哪一条代替（`demand_replaced_by`）"
    )


def merge_listings(
    database: Database,
    request: Request,
    side: Side,
    kept_id: int,
    duplicates: Mapping[int, int | None],
    *,
    version: int | None = None,
) -> MergeAnswer:
    """Withdraw `duplicates` (id → the version the caller has read, or None) in favour of `kept_id`.

    What people wrote in the ledger stays where it is, and its entries say which listing replaces theirs.
    Restoring a listing takes it out of the merge. `version` is that of the kept listing as the caller has
    read it.

    Raises:
        NotFound: one of them is not in scope.
        StaleVersion: one of them is at another version.
        Conflict: the kept one is withdrawn, a duplicate is merged into another, or they are of two parks.
        InvalidInput: the kept one is among the duplicates, or there are too many of them or none.
        Forbidden: the caller may not write this list.
    """
    require_writer(request.principal, side)
    _require_duplicates(kept_id, duplicates)

    def write(session: Transaction) -> MergeAnswer:
        asked = {kept_id: version, **duplicates}
        kept, *others = listings_of_ids(session, request.principal, side, asked, lock=True)
        _require_mergeable(kept, others)
        rewrites = [
            Rewrite(
                held=item,
                listing=item.listing,
                withdrawn_at=item.withdrawn_at or request.now,
                replaced_by=kept.id,
            )
            for item in others
            if item.replaced_by != kept.id
        ]
        if rewrites:
            revisions.write(session, rewrites, Change(request.principal.name, request.now, request.via))
            catalogue.raise_revision(session)
        return _answer(session, request, side, [*asked])

    return done_once(database, request, MergeAnswer, write)


def _require_duplicates(kept_id: int, duplicates: Mapping[int, int | None]) -> None:
    if kept_id in duplicates:
        raise InvalidInput(
            f"编号 {kept_id} 是要保留的条目，不能同时并入自己。",
            f"{kept_id} is the listing to keep: it cannot be merged into itself.",
            field="duplicates",
        )
    if not 0 < len(duplicates) <= MAX_DUPLICATES:
        raise InvalidInput(
            f"一次可并入 1 至 {MAX_DUPLICATES} 条。",
            f"1 to {MAX_DUPLICATES} listings are merged at once.",
            field="duplicates",
        )


def _require_mergeable(kept: HeldListing, others: Sequence[HeldListing]) -> None:
    if kept.withdrawn_at is not None:
        raise Conflict(
            f"要保留的条目 {named([kept])} 已撤回；请先恢复它，或保留另一条。",
            f"the listing to keep, {named([kept])}, is withdrawn: restore it first, or keep another.",
            field="id",
        )
    foreign = [item for item in others if item.shelf.park_id != kept.shelf.park_id]
    if foreign:
        raise Conflict(
            f"{named(foreign)} 是另一个园区的需求，不能合并。",
            f"{named(foreign)} is another park's demand and cannot be merged.",
            field="duplicates",
        )
    elsewhere = [item for item in others if item.replaced_by not in (None, kept.id)]
    if elsewhere:
        raise Conflict(
            f"{named(elsewhere)} 已并入另一条；请先恢复，再合并。",
            f"{named(elsewhere)} is merged into another: restore it first.",
            field="duplicates",
        )


def _answer(session: Transaction, request: Request, side: Side, identifiers: Sequence[int]) -> MergeAnswer:
    scope = request.principal.scope
    held = catalogue.held_by_id(session, side, identifiers, scope)
    in_order = [held[number] for number in identifiers]
    kept, *merged = answers_of(session, in_order, scope, beijing_day(request.now))
    entries = ledger.count_touched(session, scope, side, identifiers[1:])
    return MergeAnswer(kept=kept, merged=tuple(merged), entries=entries)
