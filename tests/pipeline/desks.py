"""Desks that are filled once for each kind of database, and copied for every test that asks for one."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from matcher.ports import Encoder
from tests.engines import MIGRATED, Databases
from tests.pipeline.given import Desk

Made = TypeVar("Made")
Fill = Callable[[Desk], Made]
"""Fills an empty desk, and says what it made: ids and other plain values, which hold in a copy."""


class DeskLike(Protocol):
    """Gives a desk that was filled, and what was made on it."""

    def __call__(self, fill: Fill[Made]) -> tuple[Desk, Made]: ...


@dataclass(frozen=True)
class Filled:
    """A desk that was filled and closed: its template, its data folder, its clock and what was made."""

    template: str
    folder: Path
    now: datetime
    made: Any


class Desks:
    """The desks that were filled in this process."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._folder = folder
        self._encoder = encoder
        self._filled: dict[tuple[str, Fill[Any]], Filled] = {}

    @contextmanager
    def copy(self, fill: Fill[Made], databases: Databases, folder: Path) -> Iterator[tuple[Desk, Made]]:
        """A copy of the desk that `fill` fills, and what it made; its data are in `folder`."""
        key = databases.kind, fill
        if key not in self._filled:
            self._filled[key] = self._fill(fill, databases)
        filled = self._filled[key]
        shutil.copytree(filled.folder, folder, dirs_exist_ok=True)
        with databases.copy(filled.template, folder) as url:
            desk = Desk.at(url, folder, self._encoder)
            desk.now = filled.now
            yield desk, filled.made
            desk.service.close()

    def _fill(self, fill: Fill[Any], databases: Databases) -> Filled:
        name = f"desk_{len(self._filled)}"
        folder = self._folder / name
        folder.mkdir()
        desk = Desk.at(databases.make(name, MIGRATED), folder, self._encoder)
        made = fill(desk)
        desk.service.close()
        return Filled(name, folder, desk.now, made)
