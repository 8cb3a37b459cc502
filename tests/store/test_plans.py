"""The questions asked most are answered by indexes, on both databases: no table is read from end to end."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from matcher.domain.access import DISTRICT, Scope
from matcher.domain.entries import EntryFilter
from matcher.domain.listing import Side
from matcher.domain.standings import Standing
from matcher.store import access, catalogue, human_columns, ledger
from matcher.store.database import Database
from matcher.store.human_columns import DueBy
from matcher.store.tables import Base
from tests.large_ledger import fill

pytestmark = pytest.mark.both_engines

DAY = date(2026, 11, 2)
OF_PARK = Scope(frozenset({1}))
OF_PARKS = Scope(frozenset({1, 2}))
IN_VIEW = EntryFilter(in_view=True)
OF_DEMAND = EntryFilter(demand_id=2, park_id=1, standing=Standing.CURRENT)
OF_ACHIEVEMENT = EntryFilter(achievement_id=7, park_id=1, in_view=True)

Asked = Callable[[Session], object]
QUESTIONS: dict[str, Asked] = {
    "a page of a park's ledger": lambda session: ledger.entries(session, OF_PARK, IN_VIEW, limit=21),
    "a page of several parks'": lambda session: ledger.entries(session, OF_PARKS, IN_VIEW, limit=21),
    "a page of the district's": lambda session: ledger.entries(session, DISTRICT, IN_VIEW, limit=21),
    "the page after": lambda session: ledger.entries(session, OF_PARK, IN_VIEW, after=(2, 9, 109), limit=21),
    "a demand's matches": lambda session: ledger.entries(session, OF_PARK, OF_DEMAND, only_live_on=DAY),
    "an achievement's entries": lambda session: ledger.entries(session, OF_PARK, OF_ACHIEVEMENT),
    "one entry": lambda session: ledger.entry(session, OF_PARK, 5),
    "an entry's history": lambda session: human_columns.history(session, OF_PARK, 5),
    "the reverse feed": lambda session: ledger.feed(session, OF_PARK, 7, DAY),
    "what is due": lambda session: human_columns.due_entries(
        session, OF_PARK, DueBy(DAY, DAY + timedelta(days=7))
    ),
    "a page of demands": lambda session: catalogue.page(session, Side.DEMAND, OF_PARK, after=1),
    "a page of achievements": lambda session: catalogue.page(session, Side.SUPPLY, OF_PARK, after=1),
    "one demand": lambda session: catalogue.find(session, Side.DEMAND, 2, OF_PARK),
    "who calls": lambda session: access.by_prefix(session, "0123456789ab"),
}

TAKEN_BY = {
    "a page of a park's ledger": "ix_ledger_entry_page",
    "the page after": "ix_ledger_entry_page",
    "a demand's matches": "ix_ledger_entry_page",
    "an achievement's entries": "ix_ledger_entry_achievement_id",
    "an entry's history": "ix_human_change_of_entry",
    "the reverse feed": "ix_feed_entry_page",
    "a page of demands": "ix_demand_page",
}
"""Where SQLite, which knows nothing of how many rows there are, might take an index that finds more."""


@pytest.fixture
def filled(database: Database) -> Database:
    for park in ("a", "b"):
        fill(database, park, 300)
    return database


@contextmanager
def statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """What is asked in the block, with its parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            seen.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def plan_of(connection: Connection, statement: str, parameters: Any) -> tuple[set[str], str]:
    """The tables that the plan of a statement reads from end to end, and the whole plan."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        lines = [row[3] for row in rows]
        read = (re.match(r"SCAN (\w+)(?! USING)$", line) for line in lines)
        tables = {scan[1] for scan in read if scan is not None and scan[1] in Base.metadata.tables}
        return tables, "\n".join(lines)
    # A table of a few rows is read from end to end whatever indexes it has, unless that is made dear.
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    [plan] = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    return set(_read_whole(plan["Plan"])), json.dumps(plan, indent=1)


def _read_whole(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for part in node.get("Plans", ()):
        yield from _read_whole(part)


@pytest.mark.parametrize("asked", QUESTIONS)
def test_no_table_is_read_from_end_to_end(filled: Database, asked: str) -> None:
    with statements(filled) as seen, filled.reading() as session:
        QUESTIONS[asked](session)
    assert seen
    with filled.engine.connect() as connection:
        plans = [plan_of(connection, statement, parameters) for statement, parameters in seen]
    for tables, plan in plans:
        assert tables == set(), plan
    if asked in TAKEN_BY and filled.engine.dialect.name == "sqlite":
        assert any(TAKEN_BY[asked] in plan for _, plan in plans), plans
