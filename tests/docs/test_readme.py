import os
import re
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path

import pytest

from matcher.api.app import create_app
from matcher.bootstrap import Service
from matcher.cli.app import EXIT_CODES
from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.listing import Side
from matcher.domain.standings import Trigger
from matcher.files.report import Problem
from matcher.pipeline.ledger.answers import EntryAnswer
from matcher.pipeline.lists.import_answers import ImportAnswer
from matcher.settings import Settings
from tests.docs.generated import settings_rows, with_generated_parts
from tests.docs.mentions import mentioned, missing_from_program
from tests.docs.transcript import ROOT, Command, agrees, blocks, commands, printed_by, rewritten
from tests.engines import PostgresServer

ENGLISH = (ROOT / "README.md").read_text("utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text("utf-8")
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("training/*.md")]
)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readme")


@pytest.fixture(scope="module")
def printed(installation: Path) -> Mapping[Command, tuple[str, ...]]:
    return printed_by(ENGLISH, installation)


def test_every_command_of_the_readme_prints_what_it_shows(printed: Mapping[Command, tuple[str, ...]]) -> None:
    differing = {
        command.text: "\n".join(lines)
        for command, lines in printed.items()
        if not agrees(command.shown, lines)
    }
    assert differing == {}, "python -m tests.docs --write writes them down"
    assert len(printed) > 20


def test_the_keys_called_stable_are_the_keys_there_are(
    installation: Path, printed: Mapping[Command, tuple[str, ...]]
) -> None:
    service = Service(Settings(data_dir=installation / "var", change_interval=0))
    report = service.refresh(LOCAL_OPERATOR, Trigger.BATCH).as_json()
    [match] = service.matching.match("相变蓄冷材料", Side.DEMAND, DISTRICT, 1).items
    service.close()
    problem = Problem("", "", None, "", "", "", "doubtful", "")
    expected = [
        set(ImportAnswer.model_fields),
        set(problem.as_json()),
        set(report),
        set(match.as_json()),
        set(EntryAnswer.model_fields) - set(match.as_json()),
    ]
    for document in (ENGLISH, CHINESE):
        table = re.search(r"\| (?:output|输出) \| .*\n\|---\|---\|\n((?:\|.*\n)+)", document)
        assert table
        said = [set(re.findall(r"`(\w+)`", row.split("|")[2])) for row in table[1].splitlines()]
        assert said == expected


def test_both_languages_show_the_same_blocks() -> None:
    assert blocks(ENGLISH, "console") == blocks(CHINESE, "console")
    for language in ("sh", "html"):
        english, chinese = (
            [re.sub(r" +#.*", "", block) for block in blocks(document, language)]
            for document in (ENGLISH, CHINESE)
        )
        assert english == chinese
    assert re.findall(r"\]\((docs/images/[^)]+)\)", ENGLISH) == re.findall(
        r"\]\((docs/images/[^)]+)\)", CHINESE
    )


def test_the_configuration_tables_are_the_settings() -> None:
    assert with_generated_parts(ENGLISH) == ENGLISH, "python -m tests.docs --write"
    rows = re.findall(r"^\| `(MATCHER_\w+)` \|(?: `([^`]*)`)? \| (.+) \|$", CHINESE, re.MULTILINE)
    assert [(name, default) for name, default, _ in rows] == [
        (name, default) for name, default, _ in settings_rows()
    ]


@pytest.mark.parametrize("document", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_the_table_of_exit_codes_is_the_programs(document: str) -> None:
    table = re.search(r"\| (?:code|退出码) \| .*\n\|---\|---\|\n((?:\|.*\n)+)", document)
    assert table
    said = [int(row.split("|")[1]) for row in table[1].splitlines()]
    assert said == sorted({0, 1, *EXIT_CODES.values(), 130})


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_command_and_flag_that_a_document_names_exists(path: str) -> None:
    named = list(mentioned((ROOT / path).read_text("utf-8")))
    assert {" ".join(words): missing for words in named if (missing := missing_from_program(words))} == {}


def test_a_command_that_does_not_exist_would_be_found() -> None:
    named = list(
        mentioned("Run `matcher refersh`, `matcher import … --dryrun`, `matcher db upgrade --json`.")
    )
    assert [missing_from_program(words) for words in named] == [["refersh"], ["--dryrun"], ["--json"]]


@pytest.mark.parametrize("document", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_every_path_that_the_readme_names_is_served(document: str, tmp_path: Path) -> None:
    service = Service(Settings(data_dir=tmp_path, change_interval=0))
    served = {re.sub(r"\{\w+\}", "{id}", path) for path in create_app(service).openapi()["paths"]}
    service.close()
    table = re.search(r"\| (?:path|路径) \| .*\n\|---\|---\|\n((?:\|.*\n)+)", document)
    assert table
    named = {path for row in table[1].splitlines() for path in re.findall(r"`(/[^`]*)`", row)}
    assert len(named) > 10
    assert named - served == set()


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_relative_link_leads_somewhere(path: str) -> None:
    origin = ROOT / path
    prose = re.sub(r"^```.*?^```$", "", origin.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        linked = origin.parent / name if name else origin
        if not linked.exists() or (anchor and anchor not in _anchors(linked)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("document", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_every_make_target_that_the_readme_names_exists(document: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = set(re.findall(r"(?:^|`|[$] |/cpu )make ([a-z]+)", document, re.MULTILINE))
    assert {"serve", "test"} <= named
    assert {target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)} == set()


def test_the_postgresql_example_runs(postgres_server: PostgresServer, tmp_path: Path) -> None:
    [example] = [block for block in blocks(ENGLISH, "sh") if "MATCHER_DATABASE_URL" in block]
    url = postgres_server.make(f"readme_{uuid.uuid4().hex}")
    url = url.replace("postgresql+psycopg://", "postgresql://")
    example = example.replace("postgresql://user:password@host/name", f"'{url}'")
    done = subprocess.run(
        ["bash", "-e", "-c", example],
        cwd=tmp_path,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "postgresql" in done.stdout


def test_an_ellipsis_stands_for_anything_and_nothing_else_does() -> None:
    assert agrees(("a … c", "…", "end"), ("a b c", "more", "and more", "end"))
    assert agrees(("…", "end"), ("end",))
    assert not agrees(("a … c",), ("a b d",))
    assert not agrees(("a", "end"), ("a", "more", "end"))
    assert not agrees(("0.5",), ("0x5",))


def test_a_document_is_rewritten_where_it_lies_and_nowhere_else() -> None:
    document = "```console\n$ one\nold\n$ two \\\n  more\na\n…\nz\n$ three\nkept …\n```\ntext\n"
    one, two, three = commands(document)
    assert [two.text, three.text] == ["two \\\n  more", "three"]
    printed = {one: ("new",), two: ("b", "c", "d", "y"), three: ("kept 3",)}
    assert rewritten(document, printed) == (
        "```console\n$ one\nnew\n$ two \\\n  more\nb\n…\ny\n$ three\nkept …\n```\ntext\n"
    )


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
