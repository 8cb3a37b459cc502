"""Past imports: which there were, and undoing one as a whole."""

from collections.abc import Mapping
from datetime import datetime

from matcher.domain.access import Principal
from matcher.domain.errors import Conflict, NotFound
from matcher.domain.listing import identity_key
from matcher.pipeline import cursors
from matcher.pipeline.answers import Page
from matcher.pipeline.lists.import_answers import ImportAnswer, PastImport
from matcher.pipeline.lists.shelf_changes import ShelfChange, change_shelf
from matcher.pipeline.lists.writing import require_writer
from matcher.store import catalogue, imports, rejected_rows, revisions
from matcher.store.catalogue import HeldListing, Shelf
from matcher.store.database import Database, Transaction
from matcher.store.imports import HeldImport
from matcher.store.revisions import Change, Former, Rewrite


def undo_import(database: Database, import_id: int, principal: Principal, now: datetime) -> ImportAnswer:
    """Put every listing an import touched back to what it was, all of them or none.

    Rows it created are withdrawn, rows it changed or withdrew get their former content.

    Raises:
        NotFound: no such import in the caller's scope.
        Forbidden: the caller may not write this list.
        Conflict: it was undone already, a row it touched has been edited since, another row has taken a
            former identity, or others changed the shelf again and again meanwhile.
    """
    with database.reading() as session:
        shelf = _undoable(session, import_id, principal).shelf

    def planned(session: Transaction) -> ShelfChange[list[Rewrite]]:
        _undoable(session, import_id, principal)
        rewrites = _rewrites(session, shelf, import_id, principal, now)
        change = Change(principal.name, now, "import")
        return ShelfChange(
            plan=rewrites,
            rewrites=rewrites,
            added=[],
            change=change,
            record=lambda session: imports.close(session, import_id, now),
        )

    rewrites, _ = change_shelf(database, shelf, planned)
    withdrawn = sum(rewrite.via is None for rewrite in rewrites)
    return ImportAnswer(
        import_id=import_id,
        dry_run=False,
        rows=len(rewrites),
        created=0,
        updated=len(rewrites) - withdrawn,
        unchanged=0,
        withdrawn=withdrawn,
        rejected=0,
        problems=(),
        skipped=(),
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


def _rewrites(
    session: Transaction, shelf: Shelf, import_id: int, principal: Principal, now: datetime
) -> list[Rewrite]:
    """What puts every listing of an import back."""
    versions = revisions.written_by_import(session, shelf, import_id)
    listings = catalogue.held_by_id(session, shelf.side, versions, principal.scope)
    _require_unedited(versions, listings)
    former = revisions.before_import(session, shelf, import_id)
    return [_restored(session, listings[listing_id], former.get(listing_id), now) for listing_id in versions]


def _require_unedited(versions: Mapping[int, int], listings: Mapping[int, HeldListing]) -> None:
    edited = [
        listings[listing_id]
        for listing_id, version in versions.items()
        if listings[listing_id].version != version
    ]
    if edited:
        names = "、".join(f"{item.code or item.id}“{item.title[:20]}”" for item in edited[:5])
        raise Conflict(
            f"此次导入之后有 {len(edited)} 条又被修改（{names}），不能整体撤销；请先改回这些条目。",
            f"{len(edited)} items were changed after this import ({names}), so it cannot be undone as a "
            "whole: revert those first.",
        )


def _restored(session: Transaction, item: HeldListing, former: Former | None, now: datetime) -> Rewrite:
    """The rewrite that gives a listing its former state; one that had none before is withdrawn."""
    if former is None:
        return Rewrite(held=item, listing=item.listing, withdrawn_at=now)
    renamed = identity_key(former.listing) != identity_key(item.listing)
    if renamed and (taken := catalogue.find_by_key(session, item.shelf, former.listing)):
        raise Conflict(
            f"“{former.listing.title}”已另有一条（编号 {taken.id}），不能整体撤销；请先给那一条改名。",
            f"“{former.listing.title}” is another item now (id {taken.id}), so the import cannot be undone "
            "as a whole: rename that one first.",
        )
    return Rewrite(
        held=item,
        listing=former.listing,
        withdrawn_at=now if former.withdrawn else None,
        replaced_by=former.replaced_by,
        via=former.via,
    )
