"""The parts of the documents that are made from the program itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from matcher.cli.app import app
from matcher.settings import Settings
from tests.docs.transcript import ROOT

WIDTH = 100
_PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end generated -->)", re.DOTALL)


def settings_rows() -> list[tuple[str, str, str]]:
    """Variable, default (empty where there is none) and meaning of every setting."""
    return [
        (
            f"MATCHER_{name.upper()}",
            "" if field.default is None else str(field.default),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


def settings_table() -> str:
    """Every setting as a Markdown table."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for variable, default, meaning in settings_rows():
        lines.append(f"| `{variable}` | {f'`{default}`' if default else ''} | {meaning} |")
    return "\n".join(lines) + "\n"


def command_tree() -> Iterator[tuple[str, Any]]:
    """Every command with its full name, groups before what they hold."""

    def walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
        yield name, command
        for child, one in sorted(getattr(command, "commands", {}).items()):
            yield from walk(f"{name} {child}", one)

    return walk("matcher", get_command(app))


def cli_reference() -> str:
    """docs/cli.md: what `--help` says of every command."""
    opening = (
        "Made from the program's own `--help` by `python -m tests.docs --write`; a test holds them equal."
    )
    parts = [f"# The command line\n\n{opening}\n"]
    for name, command in command_tree():
        context = command.context_class(
            command, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH
        )
        said = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
        parts.append(f"## {name}\n\n```text\n{said}\n```\n")
    return "\n".join(parts)


def module_map() -> str:
    """Every package of the service with its modules and the first line each says of itself."""
    source = ROOT / "src" / "matcher"
    folders = [source, *sorted({path.parent for path in source.rglob("*.py")} - {source})]
    parts = []
    for folder in folders:
        name = "matcher" if folder == source else folder.relative_to(source).as_posix()
        modules = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
        if not modules or "migrations" in folder.parts:
            continue
        opening = _first_line(folder / "__init__.py")
        parts.append(f"### {name}\n\n{opening}\n\n| module | what it is |\n|---|---|\n")
        parts.extend(f"| `{module.stem}` | {_first_line(module)} |\n" for module in modules)
        parts.append("\n")
    return "".join(parts).rstrip("\n") + "\n"


def with_generated_parts(markdown: str) -> str:
    """The document with its marked parts made anew."""
    makers = {"settings": settings_table, "modules": module_map}
    return _PART.sub(lambda part: f"{part[1]}{makers[part[2]]()}{part[3]}", markdown)


def _first_line(path: Path) -> str:
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return said.partition("\n\n")[0].replace("\n", " ").replace("|", "\\|")
