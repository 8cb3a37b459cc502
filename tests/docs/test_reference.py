import re
from pathlib import Path

from matcher.ports import Encoder
from tests.docs.examples import RECORDED, recorded, written
from tests.docs.generated import cli_reference, module_map, with_generated_parts
from tests.docs.transcript import ROOT

DOCS = ROOT / "docs"


def test_the_command_reference_is_what_help_says() -> None:
    assert (DOCS / "cli.md").read_text("utf-8") == cli_reference(), "python -m tests.docs --write"


def test_the_module_map_is_the_tree() -> None:
    document = (DOCS / "architecture.md").read_text("utf-8")
    assert with_generated_parts(document) == document, "python -m tests.docs --write"


def test_the_examples_of_answers_are_what_the_service_answers(tmp_path: Path, encoder: Encoder) -> None:
    assert RECORDED.read_text("utf-8") == written(recorded(tmp_path)), "python -m tests.docs --write"


def test_every_module_says_what_it_is() -> None:
    unsaid = [line for line in module_map().splitlines() if line.endswith("|  |")]
    assert unsaid == []


def test_the_index_of_decisions_names_each_of_them() -> None:
    files = sorted(path.name for path in (DOCS / "adr").glob("0*.md"))
    assert [name[:4] for name in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    index = (DOCS / "adr" / "README.md").read_text("utf-8")
    assert re.findall(r"\]\((0[^)]+)\)", index) == files
    for name in files:
        title = (DOCS / "adr" / name).read_text("utf-8").partition("\n")[0].removeprefix(f"# {name[:4]} ")
        assert f"| {title} |" in index


def test_a_decision_fits_one_screen() -> None:
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in (DOCS / "adr").glob("0*.md")}
    assert {name: length for name, length in lengths.items() if length > 50} == {}


def test_the_glossary_gives_each_term_once_in_both_languages() -> None:
    lines = (DOCS / "glossary.md").read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    terms = [row[0] for row in rows[1:]]
    assert len(terms) == len(set(terms)) > 30
    assert all(re.search(r"[\u4e00-\u9fff]", row[1]) and row[2] for row in rows[1:])
