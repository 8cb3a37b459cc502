"""Groups of commands that import a command's module when it is asked for.

All modules together take two seconds to import, most of them for one command alone.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group


class _Commands(Mapping[str, Any]):
    """Name → command, as Typer makes it, of a table of name → `module:attribute`."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places

    def __getitem__(self, name: str) -> Any:
        module, _, attribute = self._places[name].partition(":")
        command = getattr(import_module(module), attribute)
        around = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
        if isinstance(command, typer.Typer):
            around.add_typer(command, name=name)
        else:
            around.command(name)(command)
        return get_group(around).commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def group_of(places: Mapping[str, str]) -> type[TyperGroup]:
    """The class of a group with the commands of a table, in its order.

    `places` maps a command's name to `module:attribute`: a function, or a `Typer` with commands of its own.
    """

    class Group(TyperGroup):
        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            self.commands = _Commands(places)  # type: ignore[assignment]  # read alone, never written

    return Group
