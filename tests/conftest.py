"""What tests share: databases on SQLite and, where a test asks for both, on PostgreSQL; one loaded model."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from matcher.store.database import Database
from tests.engines import MIGRATED, Databases, PostgresServer, SqliteFiles, migrated, running_postgres

if TYPE_CHECKING:
    from matcher.bootstrap import Service
    from matcher.ports import Encoder
    from tests.pipeline.desks import DeskLike, Desks


# A busy machine is slow: no example has to end within a time of its own.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with a database has one on SQLite; marked `both_engines`, it runs on PostgreSQL as well."""
    if "databases" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_engines") is not None
        kinds = ["sqlite", "postgresql"] if both else ["sqlite"]
        metafunc.parametrize("databases", kinds, indirect=True, scope="module")


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    files = SqliteFiles(tmp_path_factory.mktemp("templates"))
    migrated(files)
    return files


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        migrated(server)
        yield server


@pytest.fixture(scope="module")
def databases(request: pytest.FixtureRequest) -> Databases:
    """The databases of the kind that the test runs on."""
    kinds = {"sqlite": "sqlite_files", "postgresql": "postgres_server"}
    found: Databases = request.getfixturevalue(kinds[request.param])
    return found


@pytest.fixture
def database_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database at the newest schema."""
    with databases.copy(MIGRATED, tmp_path) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database.open(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def encoder() -> "Iterator[Encoder]":
    """The bundled encoder, loaded once: 0.4 s that every installation of this process would spend again."""
    from matcher.embed import factory

    load_encoder = factory.load_encoder
    loaded = load_encoder(None)

    def load(spec: str | None, **options: Any) -> "Encoder":
        return loaded if spec is None else load_encoder(spec, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(factory, "load_encoder", load)
        yield loaded


@pytest.fixture(scope="session")
def desks(tmp_path_factory: pytest.TempPathFactory, encoder: "Encoder") -> "Desks":
    from tests.pipeline.desks import Desks

    return Desks(tmp_path_factory.mktemp("desks"), encoder)


@pytest.fixture
def desk_like(desks: "Desks", databases: Databases, tmp_path: Path) -> "Iterator[DeskLike]":
    """`desk_like(fill)` is a desk that `fill` has filled, and what it made; the same one within a test."""
    with ExitStack() as opened:
        yield cache(lambda fill: opened.enter_context(desks.copy(fill, databases, tmp_path / "data")))


@pytest.fixture
def service(database_url: str, tmp_path: Path, encoder: "Encoder") -> "Iterator[Service]":
    """A whole installation on a fresh database; matching by day is off."""
    from matcher.bootstrap import Service
    from matcher.settings import Settings

    opened = Service(Settings(data_dir=tmp_path, database_url=database_url, change_interval=0))
    yield opened
    opened.close()
