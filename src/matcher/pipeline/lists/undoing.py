"""Past imports: which there were, and undoing one as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matcher.domain.access import Principal
from matcher.domain.errors import BlockingListing, Conflict, NotFound, UndoBlocked
from matcher.domain.listing import identity_key
from matcher.domain.text import mask_contacts
from matcher.pipeline import cursors
from matcher.pipeline.answers import Page
from matcher.pipeline.lists.import_answers import BlockingAnswer, ImportAnswer, PastImport
from matcher.pipeline.lists.shelf_changes import ShelfChange, change_shelf
from matcher.pipeline.lists.writing import require_writer
from matcher.store import catalogue, imports, rejected_rows, revisions
from matcher.store.catalogue import HeldListing, Shelf
from matcher.store.database import Database, Transaction
from matcher.store.imports import HeldImport
from matcher.store.revisions import Change, Former, Rewrite

NAMED = 100
"""Listings that keep an import from being undone and that a refusal names."""


@dataclass(frozen=True, slots=True)
class _Undoing:
    """What undoing an import writes, and the listings that it cannot put back."""

    rewrites: Sequence[Rewrite]
    blocked_by: Sequence[BlockingListing]


def undo_import(
    database: Database, import_id: int, principal: Principal, now: datetime, *, partial: bool = False
) -> ImportAnswer:
    """Put every listing an import touched back to what it was, all of them or none.

    Rows it created are withdrawn, rows it changed or withdrew get their former content. With `partial`, the
    listings that cannot be put back stay as they are and are named (`kept`), and the others are put back.

    Raises:
        NotFound: no such import in the caller's scope.
        Forbidden: the caller may not write this list.
        UndoBlocked: a row it touched has been edited since, or another row has taken a former identity; with
            `partial`, that is so of every row.
        Conflict: it was undone already, or others changed the shelf again and again meanwhile.
    """
    with database.reading() as session:
        shelf = _undoable(session, import_id, principal).shelf

    def planned(session: Transaction) -> ShelfChange[_Undoing]:
        _undoable(session, import_id, principal)
        undoing = _undoing(session, shelf, import_id, principal, now)
        if undoing.blocked_by and not (partial and undoing.rewrites):
            raise _blocked(undoing)
        return ShelfChange(
            plan=undoing,
            rewrites=undoing.rewrites,
            added=[],
            change=Change(principal.name, now, "import"),
            record=lambda session: imports.close(session, import_id, now),
        )

    undoing, _ = change_shelf(database, shelf, planned)
    if not undoing.rewrites:
        with database.writing() as session:
            imports.close(session, import_id, now)
    withdrawn = sum(rewrite.via is None for rewrite in undoing.rewrites)
    return ImportAnswer(
        import_id=import_id,
        dry_run=False,
        rows=len(undoing.rewrites),
        created=0,
        updated=len(undoing.rewrites) - withdrawn,
        unchanged=0,
        withdrawn=withdrawn,
        rejected=0,
        problems=(),
        skipped=(),
        kept=tuple(BlockingAnswer.made_of(blocking) for blocking in undoing.blocked_by),
    )


def import_history(
    database: Database, principal: Principal, *, cursor: str | None = None, limit: int = 20
) -> Page[PastImport]:
    """Past imports in the caller's scope, newest first.

    Raises:
        InvalidCursor: it is not one of this list's.
    """
    before = cursors.before_id("imports", cursor)
    with database.reading() as session:
        made = imports.page(session, principal.scope, before=before, limit=limit + 1)
        left = rejected_rows.counts(session, principal.scope, [past.id for past in made])
    shown, following = cursors.cut(made, limit, lambda past: cursors.encode("imports", past.id))
    items = [PastImport.of(past, left.get(past.id, 0)) for past in shown]
    return Page[PastImport](items=items, next_cursor=following)


def _undoable(session: Transaction, import_id: int, principal: Principal) -> HeldImport:
    done = imports.find(session, import_id, principal.scope)
    if done is None:
        raise NotFound(f"没有编号为 {import_id} 的导入。", f"there is no import {import_id}.")
    require_writer(principal, done.shelf.side)
    if done.undone_at is not None:
        raise Conflict(f"导入 {import_id} 已经撤销过。", f"import {import_id} is undone already.")
    return done


def _undoing(
    session: Transaction, shelf: Shelf, import_id: int, principal: Principal, now: datetime
) -> _Undoing:
    """What puts every listing of an import back, as far as each can be."""
    versions = revisions.written_by_import(session, shelf, import_id)
    listings = catalogue.held_by_id(session, shelf.side, versions, principal.scope)
    former = revisions.before_import(session, shelf, import_id)
    rewrites: list[Rewrite] = []
    blocked_by: list[BlockingListing] = []
    for listing_id, version in versions.items():
        item, before = listings[listing_id], former.get(listing_id)
        taken = None if before is None else _taken(session, item, before)
        if item.version != version:
            blocked_by.append(_edited_since(session, item, version))
        elif taken is not None:
            blocked_by.append(_identity_taken(session, item, taken))
        else:
            rewrites.append(_restored(item, before, now))
    return _Undoing(rewrites, blocked_by)


def _taken(session: Transaction, item: HeldListing, before: Former) -> HeldListing | None:
    """The listing that has the former identity of a renamed one by now."""
    if identity_key(before.listing) == identity_key(item.listing):
        return None
    return catalogue.find_by_key(session, item.shelf, before.listing)


def _edited_since(session: Transaction, item: HeldListing, version: int) -> BlockingListing:
    return _blocking(
        session,
        item,
        reason="edited",
        remedy=f"导入后为第 {version} 版，现为第 {item.version} 版；可只撤销其余条目，再改回这一条。",
        remedy_en=f"it was at version {version} after the import and is at {item.version} now: undo the rest "
        "and put this one back by hand, field by field as its revisions show.",
    )


def _identity_taken(session: Transaction, item: HeldListing, taken: HeldListing) -> BlockingListing:
    return _blocking(
        session,
        item,
        reason="identity_taken",
        taken_by=taken.id,
        remedy=f"它原来的名称或编号现属于编号 {taken.id} 的条目；请先给那一条改名，或只撤销其余条目。",
        remedy_en=f"its former name or code is that of listing {taken.id} by now: rename that one first, or "
        "undo the rest.",
    )


def _blocking(session: Transaction, item: HeldListing, **told: Any) -> BlockingListing:
    [last] = revisions.page(session, item.shelf, item.id, before=None, limit=1)
    return BlockingListing(
        listing_id=item.id,
        version=item.version,
        code=item.code,
        title=mask_contacts(item.title),
        changed_by=last.actor,
        changed_at=last.at,
        via=last.via,
        **{"taken_by": None, **told},
    )


def _blocked(undoing: _Undoing) -> UndoBlocked:
    """The refusal: which listings keep the import from being undone, and how many others can be put back."""
    blocked_by, others = undoing.blocked_by, len(undoing.rewrites)
    names = "、".join(f"{one.code or one.listing_id}“{one.title[:20]}”" for one in blocked_by[:5])
    edited = sum(one.reason == "edited" for one in blocked_by)
    zh = f"此次导入之后有 {edited} 条又被修改" if edited else "原来的名称或编号已另有一条"
    en = (
        f"{edited} items were changed after this import"
        if edited
        else "former identities are another item now"
    )
    rest_zh = f"；也可只撤销其余 {others} 条（partial）" if others else ""
    rest_en = f", or undo the other {others} alone (partial)" if others else ""
    return UndoBlocked(
        f"{zh}（{names}），不能整体撤销；请先处理这些条目{rest_zh}。",
        f"{en} ({names}), so it cannot be undone as a whole: mend those first{rest_en}.",
        blocked_by=blocked_by[:NAMED],
    )


def _restored(item: HeldListing, former: Former | None, now: datetime) -> Rewrite:
    """The rewrite that gives a listing its former state; one that had none before is withdrawn."""
    if former is None:
        return Rewrite(held=item, listing=item.listing, withdrawn_at=now)
    return Rewrite(
        held=item,
        listing=former.listing,
        withdrawn_at=now if former.withdrawn else None,
        replaced_by=former.replaced_by,
        via=former.via,
    )
