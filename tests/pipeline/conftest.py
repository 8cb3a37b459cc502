"""A desk: an installation on a fresh database, on SQLite; marked `both_engines`, on PostgreSQL as well."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from matcher.ports import Encoder
from tests.engines import MIGRATED, SqliteFiles
from tests.pipeline.given import Desk

NewDesk = Callable[[], Desk]


@pytest.fixture
def desk(database_url: str, tmp_path: Path, encoder: Encoder) -> Iterator[Desk]:
    opened = Desk.at(database_url, tmp_path / "data", encoder)
    yield opened
    opened.service.close()


@pytest.fixture
def new_desk(sqlite_files: SqliteFiles, tmp_path: Path, encoder: Encoder) -> Iterator[NewDesk]:
    """As many installations as a property needs, each on an SQLite file of its own."""
    with ExitStack() as opened:

        def make() -> Desk:
            folder = Path(tempfile.mkdtemp(dir=tmp_path))
            desk = Desk.at(opened.enter_context(sqlite_files.copy(MIGRATED, folder)), folder, encoder)
            opened.callback(desk.service.close)
            return desk

        yield make
