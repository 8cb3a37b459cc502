"""The service over real HTTP, on SQLite; marked `both_engines`, on PostgreSQL as well."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matcher.api.app import create_app
from matcher.bootstrap import Service
from matcher.ports import Encoder
from matcher.settings import Settings
from tests.api.districts import Districts
from tests.api.world import Server, World, serving
from tests.engines import Databases


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The OpenAPI document, which is every installation's."""
    service = Service(Settings(data_dir=tmp_path_factory.mktemp("document"), change_interval=0))
    return create_app(service).openapi()


@pytest.fixture(scope="session")
def districts(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any], encoder: Encoder
) -> Districts:
    return Districts(tmp_path_factory.mktemp("districts"), document)


@pytest.fixture
def server(service: Service, document: dict[str, Any]) -> Iterator[Server]:
    """An installation that holds nothing yet."""
    with serving(service, document) as running:
        yield running


@pytest.fixture
def world(districts: Districts, databases: Databases, tmp_path: Path) -> Iterator[World]:
    """The district, whose lists no night has matched yet."""
    with districts.opened("populated", databases, tmp_path) as opened:
        yield opened


@pytest.fixture
def ledger(districts: Districts, databases: Databases, tmp_path: Path) -> Iterator[World]:
    """The district after one night: eight entries of park jia, four of park yi."""
    with districts.opened("refreshed", databases, tmp_path) as opened:
        yield opened
