"""The service over real HTTP, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from typing import Any

import pytest

from matcher.api.app import create_app
from matcher.bootstrap import Service
from matcher.settings import Settings
from tests.api.world import Server, World, populate, serving


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The OpenAPI document, which is every installation's."""
    service = Service(Settings(data_dir=tmp_path_factory.mktemp("document"), change_interval=0))
    return create_app(service).openapi()


@pytest.fixture
def server(service: Service, document: dict[str, Any]) -> Iterator[Server]:
    with serving(service, document) as running:
        yield running


@pytest.fixture
def world(server: Server) -> World:
    return populate(server)
