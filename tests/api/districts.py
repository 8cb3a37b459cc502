"""The invented district, made once for each kind of database and copied for every test that asks for it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from matcher.bootstrap import Service
from matcher.clock import utc_now
from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.days import beijing_day
from matcher.domain.standings import Trigger
from matcher.settings import Settings
from tests.api.world import Server, World, populate, serving
from tests.engines import MIGRATED, Databases

State = Literal["populated", "refreshed"]
"""How far the district has come: its lists were sent, and a night has matched them."""


@contextmanager
def installed(url: str, folder: Path) -> Iterator[Service]:
    """An installation on a database, with its data in a folder; matching by day is off."""
    service = Service(Settings(data_dir=folder, database_url=url, change_interval=0))
    yield service
    service.close()


@dataclass(frozen=True)
class District:
    """A district that was made and closed: its template, its data folder, and what reaches into a copy."""

    template: str
    folder: Path
    keys: dict[str, str]
    achievements: list[int]
    demands: dict[str, list[int]]

    def reached(self, server: Server) -> World:
        """The clients and the ids of a copy that `server` serves."""
        clients = {name: server.client(key) for name, key in self.keys.items()}
        demands = {park: list(listed) for park, listed in self.demands.items()}
        return World(server, **clients, achievements=list(self.achievements), demands=demands)


class Districts:
    """The districts that were made in this process."""

    def __init__(self, folder: Path, document: dict[str, Any]) -> None:
        self._folder = folder
        self._document = document
        self._made: dict[tuple[str, str], District] = {}

    @contextmanager
    def opened(self, state: State, databases: Databases, folder: Path) -> Iterator[World]:
        """A copy of the district, served until the block ends; its data are in `folder`."""
        district = self._district(state, databases)
        shutil.copytree(district.folder, folder, dirs_exist_ok=True)
        with (
            databases.copy(district.template, folder) as url,
            installed(url, folder) as service,
            serving(service, self._document) as server,
        ):
            yield district.reached(server)

    def _district(self, state: State, databases: Databases) -> District:
        """The district as it was made today: tests speak of days from now."""
        template = f"{state}_{beijing_day(utc_now()):%Y%m%d}"
        if (databases.kind, template) not in self._made:
            make = self._populated if state == "populated" else self._refreshed
            folder = self._folder / databases.kind / template
            folder.mkdir(parents=True)
            self._made[databases.kind, template] = make(databases, template, folder)
        return self._made[databases.kind, template]

    def _populated(self, databases: Databases, template: str, folder: Path) -> District:
        url = databases.make(template, MIGRATED)
        with installed(url, folder) as service, serving(service, self._document) as server:
            world = populate(server)
            callers = {"admin": world.admin, "jia": world.jia, "yi": world.yi, "reader": world.reader}
            keys = {
                name: client.headers["authorization"].removeprefix("Bearer ")
                for name, client in callers.items()
            }
        return District(template, folder, keys, world.achievements, world.demands)

    def _refreshed(self, databases: Databases, template: str, folder: Path) -> District:
        populated = self._district("populated", databases)
        with installed(databases.make(template, populated.template), folder) as service:
            service.refresh(LOCAL_OPERATOR, Trigger.BATCH)
        return District(template, folder, populated.keys, populated.achievements, populated.demands)
