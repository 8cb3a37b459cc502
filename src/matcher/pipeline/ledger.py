"""The ledger as operators read it: pages and single entries."""

from matcher.domain.access import Scope
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.errors import NotFound
from matcher.store import ledger
from matcher.store.database import Database

Cursor = tuple[int, int, int]
"""The place of an entry in the ledger's order: (demand id, rank, entry id)."""


def list_entries(
    database: Database,
    scope: Scope,
    wanted: EntryFilter,
    *,
    after: Cursor | None = None,
    limit: int | None = None,
) -> tuple[list[EntryView], Cursor | None]:
    """Entries in scope and the cursor of the next page, None on the last one."""
    more = None if limit is None else limit + 1
    with database.reading() as session:
        found = ledger.entries(session, scope, wanted, after=after, limit=more)
    page = found if limit is None else found[:limit]
    last = page[-1] if page else None
    cursor = ledger.place_of(last) if last is not None and len(found) > len(page) else None
    return page, cursor


def get_entry(database: Database, scope: Scope, entry_id: int) -> EntryView:
    """One entry in scope.

    Raises:
        NotFound: no such entry, or another park's.
    """
    with database.reading() as session:
        found = ledger.entry(session, scope, entry_id)
    if found is None:
        raise NotFound(f"没有编号为 {entry_id} 的台账条目。", f"there is no ledger entry {entry_id}.")
    return found
