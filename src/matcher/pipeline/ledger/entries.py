"""The ledger as operators read it: pages, single entries and the office workbook."""

from matcher.domain.access import Scope
from matcher.domain.entries import EntryFilter, EntryView
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
        entries = ledger.entries(session, scope, wanted, after=after, limit=more)
    page = entries if limit is None else entries[:limit]
    last = page[-1] if page else None
    cursor = ledger.place_of(last) if last is not None and len(entries) > len(page) else None
    return page, cursor
