"""Exports as streams: rows are written as they are read, of one moment; memory does not grow with them."""

import io
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import pytest
from sqlalchemy import event, update

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.listing import Achievement, Side
from matcher.pipeline.ledger.sheets.export import SheetFormat, export_ledger, ledger_export
from matcher.pipeline.lists.export import ListFormat, list_export
from matcher.store import revisions
from matcher.store.catalogue import Shelf
from matcher.store.database import Database
from matcher.store.revisions import Change
from matcher.store.tables import LedgerEntry
from tests.large_ledger import fill
from tests.pipeline.given import NOON


def as_csv(database: Database, stream: BinaryIO) -> int:
    return export_ledger(database, DISTRICT, "jia", stream, NOON, form=SheetFormat.CSV)


class Told(io.BytesIO):
    """A stream that calls `first` when the first bytes reach it."""

    def __init__(self, first: Callable[[], object]) -> None:
        super().__init__()
        self._first = first

    def write(self, content: Any, /) -> int:
        if not self.tell():
            self._first()
        return super().write(content)


@contextmanager
def pages_read(database: Database) -> Iterator[list[str]]:
    """The queries that read a page of entries, as they are sent."""
    queries: list[str] = []

    def watch(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FROM ledger_entry JOIN demand" in statement and "LIMIT" in statement:
            queries.append(statement)

    event.listen(database.engine, "before_cursor_execute", watch)
    try:
        yield queries
    finally:
        event.remove(database.engine, "before_cursor_execute", watch)


@pytest.mark.both_engines
def test_the_first_lines_are_written_before_the_last_entries_are_read(database: Database) -> None:
    fill(database, "jia", 2_000)
    with pages_read(database) as queries:
        before_the_first_line: list[int] = []
        assert as_csv(database, Told(lambda: before_the_first_line.append(len(queries)))) == 2_000
    assert before_the_first_line == [1]
    assert len(queries) > 4


@pytest.mark.both_engines
def test_what_is_changed_while_an_export_is_written_is_not_in_it(database: Database) -> None:
    fill(database, "jia", 1_200)
    before = io.BytesIO()
    as_csv(database, before)

    def end_all() -> None:
        with database.writing() as session:
            session.execute(update(LedgerEntry).values(standing="vanished", cause="outranked"))

    meanwhile = Told(end_all)
    assert as_csv(database, meanwhile) == 1_200
    assert meanwhile.getvalue() == before.getvalue()
    after = io.BytesIO()
    assert as_csv(database, after) == 0


def test_entries_stand_on_the_sheet_once_and_in_the_order_of_the_ledger(database: Database) -> None:
    fill(database, "jia", 1_200)
    stream = io.BytesIO()
    as_csv(database, stream)
    codes = [line.split(",")[2:8] for line in stream.getvalue().decode("utf-8-sig").splitlines()[1:]]
    assert len({tuple(row) for row in codes}) == len(codes) == 1_200


@pytest.mark.parametrize("form", SheetFormat)
def test_memory_does_not_grow_with_the_ledger(database: Database, form: SheetFormat) -> None:
    fill(database, "few", 1_000)
    fill(database, "many", 6_000)

    def held(park: str) -> int:
        allowed = ledger_export(database, DISTRICT, park, NOON, form=form)
        return peak(lambda: allowed.write(database, Sink()))

    held("few")  # what stays from the first time on, such as compiled queries, is no part of it
    assert held("many") < 1.5 * held("few")


@pytest.mark.parametrize("form", ListFormat)
def test_memory_does_not_grow_with_a_list(database: Database, form: ListFormat) -> None:
    for source, count in (("few", 1_000), ("many", 6_000)):
        listings = [Achievement(title=f"检测方法{number}", abstract="低温" * 200) for number in range(count)]
        with database.writing() as session:
            revisions.add(session, Shelf(Side.SUPPLY, source=source), listings, Change("某人", NOON, "cli"))

    def held(source: str) -> int:
        allowed = list_export(database, LOCAL_OPERATOR, Side.SUPPLY, NOON, source=source, form=form)
        return peak(lambda: allowed.write(database, Sink()))

    held("few")
    assert held("many") < 1.5 * held("few")


class Sink(io.BytesIO):
    """A stream that keeps nothing."""

    def write(self, content: Any, /) -> int:
        return len(content)


def peak(act: Callable[[], object]) -> int:
    """The most bytes of Python objects that `act` held at once."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
