"""Many listings changed at once: fields set, withdrawn or restored, all of them or none."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from pydantic import Field

from matcher.domain.access import Principal
from matcher.domain.days import beijing_day
from matcher.domain.errors import Conflict, InvalidInput
from matcher.domain.field_names import field_words
from matcher.domain.listing import Listing, Side, content_digest, identity_key
from matcher.domain.text import mask_contacts
from matcher.pipeline.answers import Answer
from matcher.pipeline.idempotency import Request, done_once
from matcher.pipeline.lists.selection import Selection, named, selected
from matcher.pipeline.lists.writing import edited, require_free, require_writer
from matcher.store import catalogue, revisions
from matcher.store.catalogue import HeldListing, Shelf
from matcher.store.database import Database, Transaction
from matcher.store.revisions import Change, Rewrite

EACH_ITS_OWN = frozenset({"title", "code", "extra"})
"""Fields that are each listing's own, and are not set for many at once."""


class BulkAct(StrEnum):
    """What is done to many listings."""

    SET = "set"
    WITHDRAW = "withdraw"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkChange:
    """What is done to them; where fields are set, `listing` has the values and `fields` names them."""

    act: BulkAct
    listing: Listing | None = None
    fields: Set[str] = field(default_factory=frozenset)


class BulkItem(Answer):
    """批量修改中的一个条目。"""

    id: int
    version: int = Field(description="改动之后的版本；试运行时为现在的版本")
    title: str
    status: Literal["live", "expired", "withdrawn"] = Field(description="改动之后")
    changed: bool


class BulkAnswer(Answer):
    """批量修改的结果。"""

    act: BulkAct
    dry_run: bool
    listings: int = Field(description="所选的条目数")
    changed: int = Field(description="其中有改动的；其余本来就是如此")
    items: tuple[BulkItem, ...]


def change_listings(
    database: Database,
    request: Request,
    side: Side,
    selection: Selection,
    change: BulkChange,
    *,
    dry_run: bool = False,
) -> BulkAnswer:
    """Set fields of many listings, withdraw or restore them, in one transaction: all or none.

    Setting fields leaves a withdrawn listing withdrawn. `dry_run` answers the same and writes nothing.

    Raises:
        NotFound: a listing, or the park, is not in scope.
        StaleVersion: a listing is at another version than the caller has read.
        Conflict: an identity is taken, or the filter holds another number than the caller has seen.
        InvalidInput: too many or no listings, nothing to set, or a field that is each listing's own.
        Forbidden: the caller may not write this list.
    """
    require_writer(request.principal, side)
    _require_settable(change)

    def write(session: Transaction) -> BulkAnswer:
        items = selected(session, request.principal, side, selection, lock=not dry_run)
        rewrites = {
            rewrite.held.id: rewrite
            for item in items
            if (rewrite := _rewrite(request, change, item)) is not None
        }
        _require_free_all(session, request.principal, [*rewrites.values()])
        written: Mapping[int, HeldListing] = {}
        if rewrites and not dry_run:
            made = Change(request.principal.name, request.now, request.via)
            written = {item.id: item for item in revisions.write(session, [*rewrites.values()], made)}
            catalogue.raise_revision(session)
        return _answer(request, change.act, items, rewrites, written, dry_run=dry_run)

    if not dry_run:
        return done_once(database, request, BulkAnswer, write)
    with database.reading() as session:
        return write(session)


def _require_settable(change: BulkChange) -> None:
    if change.act is not BulkAct.SET:
        return
    if not change.fields:
        raise InvalidInput("没有要修改的字段。", "there is no field to set.", field="fields")
    own = sorted(EACH_ITS_OWN & change.fields)
    if own:
        raise InvalidInput(
            f"{'、'.join(field_words(name)[0] for name in own)}因条目而异，不能批量修改；请逐条修改。",
            f"{', '.join(own)} differ from listing to listing and are not set for many: edit them singly.",
            field=f"fields.{own[0]}",
        )


def _rewrite(request: Request, change: BulkChange, item: HeldListing) -> Rewrite | None:
    """What is written to one listing; None where it is so already."""
    if change.act is BulkAct.WITHDRAW:
        gone = Rewrite(held=item, listing=item.listing, withdrawn_at=request.now)
        return gone if item.withdrawn_at is None else None
    if change.act is BulkAct.RESTORE:
        return None if item.withdrawn_at is None else Rewrite(held=item, listing=item.listing)
    assert change.listing is not None
    listing = edited(request.principal, item, change.listing, change.fields)
    if content_digest(listing) == item.digest:
        return None
    return Rewrite(held=item, listing=listing, withdrawn_at=item.withdrawn_at, replaced_by=item.replaced_by)


def _require_free_all(session: Transaction, principal: Principal, rewrites: Sequence[Rewrite]) -> None:
    """Refuse identities that other listings have, or that two of these would share."""
    taking: dict[tuple[Shelf, str], HeldListing] = {}
    for rewrite in rewrites:
        item, key = rewrite.held, identity_key(rewrite.listing)
        if key == identity_key(item.listing):
            continue
        require_free(session, principal, item.shelf, rewrite.listing, but=item.id)
        other = taking.setdefault((item.shelf, key), item)
        if other is not item:
            raise Conflict(
                f"修改后 {named([other, item])} 的名称和单位相同，什么也没有写入；请先给它们编号。",
                f"{named([other, item])} would be the same item, and nothing was written: give each a code.",
                field="fields",
            )


def _answer(
    request: Request,
    act: BulkAct,
    items: Sequence[HeldListing],
    rewrites: Mapping[int, Rewrite],
    written: Mapping[int, HeldListing],
    *,
    dry_run: bool,
) -> BulkAnswer:
    day = beijing_day(request.now)
    after = {
        number: written.get(number)
        or replace(rewrite.held, listing=rewrite.listing, withdrawn_at=rewrite.withdrawn_at)
        for number, rewrite in rewrites.items()
    }
    return BulkAnswer(
        act=act,
        dry_run=dry_run,
        listings=len(items),
        changed=len(rewrites),
        items=tuple(
            BulkItem(
                id=item.id,
                version=after.get(item.id, item).version,
                title=mask_contacts(item.title),
                status=after.get(item.id, item).status_on(day),
                changed=item.id in rewrites,
            )
            for item in items
        ),
    )
