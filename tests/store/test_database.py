import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from matcher.domain.access import DISTRICT
from matcher.domain.errors import DatabaseAway, InvalidInput, StoreError
from matcher.store import parks
from matcher.store.database import Database
from matcher.store.tables import Base

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_the_migrations_make_exactly_the_schema_of_the_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_an_empty_database_gets_its_schema_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'deep' / 'new.db'}")
    database.ensure_schema()
    assert database.schema_revision() is not None
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    with pytest.raises(StoreError, match="matcher db upgrade"):
        database.ensure_schema()
    database.close()


def test_an_unreachable_database_says_which_and_hides_the_password() -> None:
    database = Database.open("postgresql+psycopg://user:hunter2@127.0.0.1:1/none?connect_timeout=2")
    with pytest.raises(StoreError) as caught:
        database.ensure_schema()
    assert "127.0.0.1" in caught.value.en
    assert "hunter2" not in caught.value.en + caught.value.zh
    database.close()


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.writing() as session:
            parks.add(session, "p", "园区", "", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.reading() as session:
        assert parks.find(session, "p", DISTRICT) is None


def test_writers_in_many_threads_queue_instead_of_failing(database: Database) -> None:
    failures: list[Exception] = []

    def write(number: int) -> None:
        try:
            with database.writing() as session:
                parks.page(session, DISTRICT)
                parks.add(session, f"p{number}", "园区", "", NOW)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.reading() as session:
        assert len(parks.page(session, DISTRICT)) == 12


def test_what_a_writer_has_looked_for_is_not_added_behind_its_back(database: Database) -> None:
    failures: list[Exception] = []

    def add_once() -> None:
        try:
            with database.writing() as session:
                if parks.find(session, "one", DISTRICT) is None:
                    time.sleep(0.05)
                    parks.add(session, "one", "园区", "", NOW)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=add_once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_second_holder_of_a_lock_is_told_so_and_may_have_it_afterwards(database: Database) -> None:
    with database.exclusive("refresh", wait=False) as first:
        assert first
        with database.exclusive("refresh", wait=False) as second:
            assert not second
        with database.exclusive("other", wait=False) as other:
            assert other
    with database.exclusive("refresh", wait=False) as again:
        assert again


def test_sqlite_is_durable_and_keeps_its_constraints(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'a.db'}")
    with database.engine.connect() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert pragmas == ["wal", 2, 1]
    database.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "foo://bar", ""])
def test_a_url_of_no_database_we_use_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="MATCHER_DATABASE_URL"):
        Database.open(url)


def test_a_stamp_lasts_until_anything_is_committed_by_anyone(database: Database) -> None:
    elsewhere = Database.open(database.url)
    before = database.stamp()
    with database.reading() as session:
        parks.page(session, DISTRICT)
    with database.writing(dry_run=True) as session:
        parks.add(session, "a", "园区", "", NOW)
    assert database.stamp() == before or database.engine.dialect.name == "postgresql"
    seen = {database.stamp()}
    for place, writer in enumerate((database, elsewhere, database, elsewhere)):
        with writer.writing() as session:
            parks.add(session, f"p{place}", "园区", "", NOW)
            assert database.stamp() in seen, "nothing is committed yet"
        assert database.stamp() not in seen
        seen.add(database.stamp())
    elsewhere.close()


def test_the_sqlite_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'a.db'}")
    database.upgrade()
    assert (tmp_path / "a.db").stat().st_mode & 0o077 == 0
    database.close()


def test_a_note_is_left_out_while_another_writes_and_readers_go_on(database: Database) -> None:
    def add(code: str) -> None:
        database.note(lambda session: parks.add(session, code, "园区", "", NOW))

    with database.writing() as session:
        parks.add(session, "writing", "园区", "", NOW)
        if database.engine.dialect.name == "sqlite":
            add("lost")
        with database.reading() as reading:
            assert parks.page(reading, DISTRICT) == []
    add("kept")
    with database.reading() as session:
        assert [park.code for park in parks.page(session, DISTRICT)] == ["kept", "writing"]


def test_a_file_that_is_no_database_is_said_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "bad.db"
    path.write_text("no database" * 100, encoding="utf-8")
    with pytest.raises(DatabaseAway, match=r"bad\.db.*not a database"):
        Database.open(f"sqlite:///{path}").check_schema()
