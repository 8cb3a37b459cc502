"""The service over real HTTP, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from typing import Any

import pytest

from matcher.api.app import create_app
from matcher.bootstrap import Service
from matcher.embed.factory import load_encoder
from matcher.ports import Encoder
from matcher.settings import Settings
from tests.api.world import Server, World, populate, serving


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The OpenAPI document, which is every installation's."""
    service = Service(Settings(data_dir=tmp_path_factory.mktemp("document"), change_interval=0))
    return create_app(service).openapi()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The bundled encoder, loaded once: 0.6 s of processor time that every test would spend again."""
    return load_encoder(None)


@pytest.fixture
def server(service: Service, encoder: Encoder, document: dict[str, Any]) -> Iterator[Server]:
    vars(service)["encoder"] = encoder
    with serving(service, document) as running:
        yield running


@pytest.fixture
def world(server: Server) -> World:
    return populate(server)


@pytest.fixture
def ledger(world: World) -> World:
    """The district after one night: eight entries of park jia, four of park yi."""
    world.refresh()
    return world
