"""A column of people's is one line of the table and a migration: every room takes its columns from there."""

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import matcher
from matcher.domain.columns import COLUMNS, PEOPLE, Work

SOURCES = Path(matcher.__file__).parent

ROOMS = Path(__file__).with_name("columns_in_rooms.py")

MADE_UP = {
    "visited_on": 'Annotated[date | None, Column("走访日期", "Visited on")] = None',
    "matchmaker": 'Annotated[str, Column("牵线人", "Matchmaker", width=14)] = ""',
    "subsidy": 'Annotated[float | None, Column("补贴", "Subsidy")] = None',
}


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with columns more in the table, and nothing else changed."""
    folder = tmp_path_factory.mktemp("larger")
    shutil.copytree(SOURCES, folder / "matcher", ignore=shutil.ignore_patterns("bundled", "__pycache__"))
    table = folder / "matcher" / "domain" / "columns.py"
    lines = "".join(f"    {name}: {declared}\n" for name, declared in MADE_UP.items())
    with_more, count = re.subn(r"(?m)^    grade: Annotated\[", lines + r"\g<0>", table.read_text("utf-8"))
    assert count == 1
    table.write_text(with_more, "utf-8")
    return folder


def printed(sources: Path, *arguments: str) -> str:
    """What `columns_in_rooms` prints of the program in `sources`."""
    done = subprocess.run(
        [sys.executable, str(ROOMS), *arguments],
        env={"PYTHONPATH": str(sources), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_column_added_to_the_table_is_in_every_room(larger: Path) -> None:
    before = json.loads(printed(SOURCES.parent))
    after = json.loads(printed(larger))
    added = {room: sorted(set(columns) - set(before[room])) for room, columns in after.items()}
    assert added == dict.fromkeys(before, sorted(MADE_UP))


def test_an_added_column_is_written_read_masked_told_and_filed_like_any_other(
    larger: Path, tmp_path: Path
) -> None:
    printed(larger, f"sqlite:///{tmp_path / 'larger.db'}")


def test_no_other_file_spells_out_the_columns() -> None:
    names = {column.name for column in PEOPLE}
    spelt = [
        (path.relative_to(SOURCES).as_posix(), line)
        for path in SOURCES.rglob("*.py")
        if "migrations" not in path.parts
        for line, said in lists_in(ast.parse(path.read_text("utf-8")))
        if len(names.intersection(said)) > 4
    ]
    assert [path for path, _ in spelt] == ["domain/columns.py"], spelt
    console = "".join(path.read_text("utf-8") for path in (SOURCES / "web").rglob("*.js"))
    unnamed = {"stage", "reply", "grade", "notes", "owner", "due"}
    assert [name for name in names - unnamed if re.search(rf'"(column\.)?{name}": ?\[', console)] == []


def lists_in(tree: ast.Module) -> Iterator[tuple[int, list[str]]]:
    """The names in every list, set and dictionary of constants, and the fields of every class."""
    for node in ast.walk(tree):
        match node:
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts) | ast.Dict(keys=parts):
                said = [part.value for part in parts if isinstance(part, ast.Constant)]
                yield node.lineno, [one for one in said if isinstance(one, str)]
            case ast.ClassDef(body=body):
                fields = [one.target for one in body if isinstance(one, ast.AnnAssign)]
                yield node.lineno, [one.id for one in fields if isinstance(one, ast.Name)]


def test_every_column_has_one_name_of_its_own() -> None:
    for names in (
        [column.key for column in COLUMNS],
        [column.name for column in COLUMNS],
        [heading for column in COLUMNS for heading in (column.zh, *column.aliases)],
    ):
        assert len(set(names)) == len(names)
    assert [column.name for column in PEOPLE] == [*Work.__dataclass_fields__]
