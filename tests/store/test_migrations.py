"""A database of the first release, with rows in every table that the second changes."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text
from sqlalchemy.exc import IntegrityError

import matcher.store
from matcher.domain.access import DISTRICT
from matcher.domain.listing import Side
from matcher.domain.stages import Stage
from matcher.domain.standings import Standing
from matcher.store import ledger, rejected_rows
from matcher.store.catalogue import Shelf
from matcher.store.database import Database, newest_migration
from tests.engines import Databases

NIGHT = datetime(2026, 10, 10, 18, tzinfo=UTC)


pytestmark = pytest.mark.both_engines


@pytest.fixture
def first(databases: Databases) -> Iterator[Database]:
    """An empty database at schema 0001."""
    database = Database.open(databases.make(f"first_{uuid.uuid4().hex}"))
    config = Config()
    config.set_main_option("script_location", str(Path(matcher.store.__path__[0]) / "migrations"))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.commit()
    yield database
    database.close()


def write(database: Database, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Write rows of tables as the schema has them now."""
    found = MetaData()
    found.reflect(database.engine)
    with database.engine.begin() as connection:
        for table, records in rows.items():
            connection.execute(found.tables[table].insert(), records)


SAYS = {
    "id": 1,
    "key": "k",
    "code": "C-1",
    "title": "题目",
    "organisation": "示例单位",
    "data": {"industry": "氢能"},
    "digest": "0" * 64,
    "version": 1,
    "confidentiality": "public",
    "via": "cli",
    "created_at": NIGHT,
    "updated_at": NIGHT,
}
KEY = {"secret_hash": "h", "name": "示例钱", "role": "admin", "parks": None, "created_at": NIGHT}
ENTRY = {
    "park_id": 1,
    "demand_id": 1,
    "version": 1,
    "run_id": 1,
    "first_run_id": 1,
    "rank": 1,
    "similarity": 0.7,
    "score": 0.4,
    "contributions": {"similarity": 0.4},
    "terms": ["电堆"],
    "demand_version": 1,
    "achievement_version": 1,
}
RUN = {
    "id": 1,
    "trigger": "batch",
    "status": "succeeded",
    "actor": "local",
    "started_at": NIGHT,
    "finished_at": NIGHT,
    "code_version": "0.1",
    "catalogue_revision": 1,
    "encoder_id": "e",
    "scorer": "s",
    "top_k": 10,
    "counts": {},
}
ROWS: dict[str, list[dict[str, Any]]] = {
    "park": [{"id": 1, "code": "p", "name": "示例园", "industry": "氢能", "created_at": NIGHT}],
    "run": [RUN],
    "demand": [SAYS | {"park_id": 1, "released": True}],
    "achievement": [SAYS | {"source": ""}, SAYS | {"id": 2, "key": "l", "source": ""}],
    "ledger_entry": [
        ENTRY | {"id": 1, "achievement_id": 1, "standing": "current", "cause": None},
        ENTRY | {"id": 2, "achievement_id": 2, "standing": "vanished", "cause": "outranked"},
    ],
    "ledger_human": [
        {"entry_id": 1, "park_id": 1, "stage": "engaged", "updated_at": NIGHT, "updated_by": "示例赵"}
    ],
    "access_key": [KEY | {"id": 1, "prefix": "a", "kind": "key", "opened_by": None}],
}


def test_a_database_in_use_is_upgraded_with_every_row_and_reference(first: Database) -> None:
    write(first, ROWS)
    write(first, {"access_key": [KEY | {"id": 2, "prefix": "b", "kind": "session", "opened_by": 1}]})

    first.upgrade()

    with first.reading() as session:
        kept = ledger.entries_by_id(session, DISTRICT, [1, 2])
        opened = session.execute(text("SELECT opened_by, subject FROM access_key WHERE id = 2")).one()
        states = session.execute(text("SELECT entry_id, run_id, event FROM entry_state ORDER BY 1")).all()
    assert {one.id: (one.standing, one.first_seen) for one in kept.values()} == {
        1: (Standing.CURRENT, NIGHT),
        2: (Standing.VANISHED, NIGHT),
    }
    assert (kept[1].work.stage, kept[1].human_version, kept[1].updated_by) == (Stage.ENGAGED, 1, "示例赵")
    assert tuple(opened) == (1, "")
    assert [tuple(one) for one in states] == [(1, 1, "created"), (2, 1, "vanished")]


def test_references_are_enforced_again_after_an_upgrade(first: Database) -> None:
    first.upgrade()
    with pytest.raises(IntegrityError):
        write(first, {"ledger_human": ROWS["ledger_human"]})


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(first: Database) -> None:
    write(first, {name: ROWS[name] for name in ("park", "run", "demand", "achievement")})
    write(first, {"ledger_entry": [ROWS["ledger_entry"][0]]})
    with first.engine.begin() as connection:  # a table in the way of one of the second release's last steps
        connection.execute(text("ALTER TABLE run ADD COLUMN profiles TEXT"))

    with pytest.raises(Exception, match="profiles"):
        first.upgrade()

    assert first.schema_revision() == "0001"
    with first.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM ledger_entry")) == 1
        found = MetaData()
        found.reflect(connection)
    assert "idempotent_answer" not in found.tables


def test_the_newest_migrations_file_names_alembics_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(matcher.store.__path__[0]) / "migrations"))
    assert newest_migration() == ScriptDirectory.from_config(config).get_current_head()


def test_rejected_rows_of_an_earlier_release_are_kept_without_notes(first: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(matcher.store.__path__[0]) / "migrations"))
    with first.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")
        connection.commit()
    write(first, {"park": ROWS["park"]})
    made = {"id": 1, "side": "demand", "park_id": 1, "source": "", "files": ["a.csv"], "counts": {}}
    write(first, {"import_batch": [made | {"actor": "示例赵", "created_at": NIGHT}]})
    row = {"import_id": 1, "park_id": 1, "file": "a.csv", "sheet": "", "row": 2, "problem": {}, "at": NIGHT}
    write(first, {"rejected_row": [row | {"cells": {"需求名称": ""}}]})

    first.upgrade()

    with first.reading() as session:
        [kept] = rejected_rows.of_import(session, Shelf(Side.DEMAND, park_id=1), 1)
    assert (kept.cells, kept.notes) == ({"需求名称": ""}, None)
