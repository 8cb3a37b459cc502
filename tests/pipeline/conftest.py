"""A desk: an installation on a fresh database, on SQLite and on PostgreSQL."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from matcher.embed.factory import load_encoder
from matcher.ports import Encoder
from tests.pipeline.given import Desk

NewDesk = Callable[[], Desk]


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The model that ships with the package."""
    return load_encoder(None)


@pytest.fixture
def desk(database_url: str, tmp_path: Path, encoder: Encoder) -> Iterator[Desk]:
    opened = Desk.at(database_url, tmp_path / "data", encoder)
    yield opened
    opened.service.close()


@pytest.fixture
def new_desk(sqlite_template: Path, tmp_path: Path, encoder: Encoder) -> Iterator[NewDesk]:
    """As many installations as a property needs, each on an SQLite file of its own."""
    desks: list[Desk] = []

    def make() -> Desk:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        shutil.copy(sqlite_template, folder / "matcher.db")
        desks.append(Desk.at(f"sqlite:///{folder / 'matcher.db'}", folder, encoder))
        return desks[-1]

    yield make
    for one in desks:
        one.service.close()
