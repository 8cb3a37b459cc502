"""Rejected rows belong to the list that they were meant for: a park's demands, or one source's supply."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from matcher.domain.listing import Side
from matcher.store import imports, parks, rejected_rows
from matcher.store.catalogue import Shelf
from matcher.store.database import Database
from matcher.store.rejected_rows import LIFETIME, KeptRow

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
ROW = KeptRow(file="a.csv", sheet="", row=2, cells={"成果名称": ""}, problem={"code": "missing_title"})


def left_by_import(database: Database, shelf: Shelf, at: datetime) -> int:
    with database.writing() as session:
        import_id = imports.add(session, shelf, ["a.csv"], {}, "示例赵", at)
        rejected_rows.add(session, shelf, import_id, [ROW], at)
    return import_id


def shelves(database: Database) -> Sequence[Shelf]:
    with database.writing() as session:
        made = [parks.add(session, code, code, "", NOW).id for code in ("jia", "yi")]
    sources = [Shelf(Side.SUPPLY, source=source) for source in ("", "示例所", "示例大学")]
    return [*sources, *(Shelf(Side.DEMAND, park_id=park) for park in made)]


def test_an_import_drops_the_old_rows_of_its_own_list_alone(database: Database) -> None:
    lists = shelves(database)
    old = {shelf: left_by_import(database, shelf, NOW) for shelf in lists}
    later = NOW + LIFETIME + timedelta(seconds=1)
    for number, shelf in enumerate(lists):
        left_by_import(database, shelf, later)
        with database.reading() as session:
            left = [rejected_rows.of_import(session, each, import_id) for each, import_id in old.items()]
        assert [*map(bool, left)] == [False] * (number + 1) + [True] * (len(lists) - number - 1)


def test_rows_are_read_kept_and_dropped_on_their_own_list_alone(database: Database) -> None:
    lists = shelves(database)
    made = {shelf: left_by_import(database, shelf, NOW) for shelf in lists}
    for shelf, import_id in made.items():
        for other in lists:
            with database.writing() as session:
                [row] = rejected_rows.of_import(session, shelf, import_id)
                if other == shelf:
                    continue
                assert rejected_rows.of_import(session, other, import_id) == []
                rejected_rows.drop(session, other, [row.id])
                rejected_rows.keep(session, other, replace(row, cells={"成果名称": "别人的"}))
                assert rejected_rows.of_import(session, shelf, import_id) == [row]


def test_rows_within_their_lifetime_stay_when_their_list_is_imported_again(database: Database) -> None:
    [shelf, *_] = shelves(database)
    first = left_by_import(database, shelf, NOW)
    left_by_import(database, shelf, NOW + LIFETIME)
    with database.reading() as session:
        assert len(rejected_rows.of_import(session, shelf, first)) == 1
