"""The ledger as operators read it: pages, single entries and the office workbook."""

from datetime import datetime
from typing import BinaryIO

from matcher.domain.access import Scope
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.errors import NotFound
from matcher.domain.labels import label
from matcher.domain.text import mask_contacts
from matcher.lists.ledger_workbook import LedgerRow, write_ledger
from matcher.pipeline.catalogue import get_park
from matcher.pipeline.clock import beijing_day
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


def export_ledger(database: Database, scope: Scope, park_code: str, stream: BinaryIO, now: datetime) -> int:
    """Write a park's entries in view as an .xlsx workbook; returns how many.

    Raises:
        NotFound: the park is not in scope.
    """
    park = get_park(database, park_code, scope)
    found, _ = list_entries(database, scope, EntryFilter(park_id=park.id, in_view=True))
    rows = [_row(entry) for entry in found]
    write_ledger(rows, park_name=park.name, printed_on=beijing_day(now), stream=stream)
    return len(rows)


def _row(entry: EntryView) -> LedgerRow:
    return LedgerRow(
        rank=entry.rank,
        demand_code=entry.demand_code,
        demand_title=mask_contacts(entry.demand_title),
        enterprise=entry.demand_organisation,
        achievement_code=entry.achievement_code,
        achievement_title=mask_contacts(entry.achievement_title),
        organisation=entry.achievement_organisation,
        industry=entry.achievement_industry,
        similarity=entry.similarity,
        score=entry.score,
        probability=entry.probability,
        terms="、".join(entry.terms),
        stage=label(entry.work.stage, "zh"),
        standing=label(entry.standing, "zh"),
        run_id=str(entry.run_id),
        first_seen=beijing_day(entry.first_seen),
    )
