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

ROOMS = """
import json, re
from matcher.api.console_codes import codes_script
from matcher.api.schemas.work import EntryChanges, NewEntry
from matcher.cli.entries import _SHOWN
from matcher.cli.work import _changes
from matcher.domain.columns import EDITABLE, PEOPLE, UNTOUCHED
from matcher.domain.labels import LABELS
from matcher.files.ledger_reading import _COLUMN_OF
from matcher.files.ledger_sheet import COLUMNS
from matcher.pipeline.ledger.answers import EntryAnswer
from matcher.store.records import work_to_record
from matcher.store.tables import LedgerHuman

script = dict(re.findall(r"export const (\\w+) = (.*);", codes_script()))
print(json.dumps({
    "table": [column.name for column in PEOPLE],
    "database": [column.name for column in LedgerHuman.__table__.columns],
    "record": list(work_to_record(UNTOUCHED)),
    "answer": list(EntryAnswer.model_fields),
    "editable": list(EDITABLE),
    "changes": list(EntryChanges.model_fields),
    "new entry": list(NewEntry.model_fields),
    "sheet": [column.name for column in COLUMNS],
    "sheet read back": [column.name for column in _COLUMN_OF.values()],
    "command line": [column.key for column in _SHOWN],
    "console": list(json.loads(script["COLUMNS"])),
    "console form": [name for name, one in json.loads(script["COLUMNS"]).items() if "group" in one],
}))
"""
"""Prints, room by room, the columns that it has."""

MADE_UP = {
    "visited_on": 'Annotated[date | None, Column("走访日期", "Visited on")] = None',
    "matchmaker": 'Annotated[str, Column("牵线人", "Matchmaker", width=14)] = ""',
    "subsidy": 'Annotated[float | None, Column("补贴", "Subsidy")] = None',
}

TRIP = """
import io, sys
from datetime import UTC, date, datetime
from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.listing import Achievement, Demand, Side
from matcher.cli.work import _changes
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.edits import add_entry, edit_entry, read_entry
from matcher.pipeline.ledger.history import read_history
from matcher.pipeline.ledger.sheets.export import export_ledger
from matcher.pipeline.ledger.sheets.importing import import_ledger
from matcher.files.ledger_reading import read_ledger
from matcher.store import catalogue, parks
from matcher.store.catalogue import Change, Shelf
from matcher.store.database import Database
from matcher.store.tables import Base

now = datetime(2026, 11, 22, 10, tzinfo=UTC)
database = Database.open(sys.argv[1])
Base.metadata.create_all(database.engine)
with database.writing() as session:
    park = parks.add(session, "p", "园", "", now).id
    change = Change("local", now, "rest")
    demand = catalogue.add(session, Shelf(Side.DEMAND, park_id=park), Demand(title="需求"), change)
    supply = catalogue.add(session, Shelf(Side.SUPPLY), Achievement(title="成果"), change)
    session.flush()
    sides = demand.id, supply.id
request = Request(LOCAL_OPERATOR, now)
entry = add_entry(database, request, *sides).entry_id
sent = _changes(["visited_on=2026-11-20", "matchmaker=示例赵 13800005555", "subsidy=12.5"])
answer = edit_entry(database, request, entry, sent).as_json()
assert (answer["visited_on"], answer["subsidy"]) == ("2026-11-20", 12.5)
assert answer["matchmaker"] == "示例赵 138****5555", answer["matchmaker"]
assert read_entry(database, LOCAL_OPERATOR, entry, now).as_json() == answer
told = read_history(database, LOCAL_OPERATOR, entry)[-1]["changes"]
assert told["visited_on"] == {"before": None, "after": "2026-11-20"}
sheet = io.BytesIO()
export_ledger(database, DISTRICT, "p", sheet, now)
[row], strange = read_ledger(sheet.getvalue())
assert (row.cells["visited_on"][:10], row.cells["subsidy"], strange) == ("2026-11-20", "12.5", [])
assert import_ledger(database, request, "p", "台账.xlsx", sheet.getvalue())["changes"] == []
"""
"""Writes the made-up columns, and reads them as the entry, its history and its sheet."""


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


def printed(script: str, sources: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={"PYTHONPATH": str(sources), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_column_added_to_the_table_is_in_every_room(larger: Path) -> None:
    before = json.loads(printed(ROOMS, SOURCES.parent))
    after = json.loads(printed(ROOMS, larger))
    added = {room: sorted(set(columns) - set(before[room])) for room, columns in after.items()}
    assert added == dict.fromkeys(before, sorted(MADE_UP))


def test_an_added_column_is_written_read_masked_told_and_filed_like_any_other(
    larger: Path, tmp_path: Path
) -> None:
    printed(TRIP, larger, f"sqlite:///{tmp_path / 'larger.db'}")


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
