"""What a command imports: a read of the ledger starts in a moment because it brings little."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import environment, run_process

HEAVY = {
    "alembic",
    "cryptography",
    "fastapi",
    "httpx",
    "jwt",
    "numpy",
    "openpyxl",
    "prometheus_client",
    "python_calamine",
    "scipy",
    "sentence_transformers",
    "structlog",
    "tokenizers",
    "torch",
    "transformers",
    "uvicorn",
}
"""Packages that a read of the ledger has no use for; together they take most of two seconds to import."""

ASK = """
import sys
from matcher.cli import main

try:
    main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("imports")
    assert run_process(made, "park", "add", "p1", "--name", "园").code == 0
    return made


def imported(folder: Path, *args: str) -> set[str]:
    """The top-level packages that a command has imported when it ends."""
    asked = [sys.executable, "-c", ASK, *args]
    ended = subprocess.run(asked, env=environment(folder), capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return set(ended.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "command",
    ["ledger list --limit 5", "ledger list --json", "db status", "--version"],
)
def test_a_command_that_reads_the_ledger_imports_nothing_heavy(folder: Path, command: str) -> None:
    assert imported(folder, *command.split()) & HEAVY == set()


def test_what_is_heavy_would_be_noticed(folder: Path) -> None:
    assert imported(folder, "refresh") >= {"numpy", "structlog"}


CASES = Path(__file__).parents[1] / "files" / "cases"


def test_what_an_import_skips_is_said_in_one_line_for_each_reason(folder: Path) -> None:
    done = run_process(
        folder, "import", "demands", str(CASES / "lists/filtered.xlsx"), "--park", "p1", "--dry-run"
    )
    said = [line for line in (done.out + done.err).splitlines() if line.startswith("[略过]")]
    assert len(said) == 2
    assert "F 内部底价 列：" in said[0]
    assert "第 3、5 行：" in said[1]
    everything = run_process(
        folder,
        *("import", "demands", str(CASES / "lists/filtered.xlsx"), "--park", "p1"),
        *("--dry-run", "--hidden", "include"),
    )
    assert "[略过]" not in everything.out + everything.err
