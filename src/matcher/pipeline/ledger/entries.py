"""The ledger as it is read: as it is now, or as a past run left it.

What replays a past run is imported where it is asked for: a list of today does without its 0.03 s.
"""

from pydantic import Field

from matcher.domain.access import Scope
from matcher.domain.entries import EntryFilter, EntryView
from matcher.pipeline import cursors
from matcher.pipeline.answers import Page
from matcher.pipeline.ledger.answers import EntryAnswer
from matcher.pipeline.ledger.past.named_runs import When
from matcher.pipeline.nights.runs import RunAnswer
from matcher.store import ledger
from matcher.store.database import Database
from matcher.store.ledger import EntryPlace


class EntryPage(Page[EntryAnswer]):
    """一页台账，按需求和名次排列。"""

    run: RunAnswer | None = Field(description="有 `as_of` 时，是哪一次运行留下的台账")


def page_of_entries(
    database: Database,
    scope: Scope,
    wanted: EntryFilter,
    *,
    as_of: When | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> EntryPage:
    """The entries in scope that are wanted, as they are now or as they were `as_of`; all, without a limit.

    Raises:
        InvalidCursor: it is not one of this list's.
        NotFound, InvalidInput: as `ledger_as_of`.
    """
    place = cursors.decode("ledger", 3, cursor)
    after = None if place is None else (place[0], place[1], place[2])
    if as_of is None:
        run = None
        entries, following = list_entries(database, scope, wanted, after=after, limit=limit)
    else:
        from matcher.pipeline.ledger.past.replay import ledger_as_of

        run, entries, following = ledger_as_of(database, scope, as_of, wanted, after, limit)
    return EntryPage(
        items=[EntryAnswer.of(entry) for entry in entries],
        next_cursor=None if following is None else cursors.encode("ledger", *following),
        run=run,
    )


def list_entries(
    database: Database,
    scope: Scope,
    wanted: EntryFilter,
    *,
    after: EntryPlace | None = None,
    limit: int | None = None,
) -> tuple[list[EntryView], EntryPlace | None]:
    """Entries in scope and the place that the next page continues after, None on the last one."""
    more = None if limit is None else limit + 1
    with database.reading() as session:
        entries = ledger.entries(session, scope, wanted, after=after, limit=more)
    page = entries[:limit]
    return page, ledger.place_of(page[-1]) if page and len(entries) > len(page) else None
