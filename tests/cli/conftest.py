"""The command line: run in this process for speed, as a process of its own where that matters."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from matcher.cli import main
from matcher.ports import Encoder

SEED = Path(__file__).parents[2] / "data" / "seed"


@dataclass(frozen=True)
class Ended:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


Matcher = Callable[..., Ended]


@pytest.fixture
def matcher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], encoder: Encoder
) -> Matcher:
    """Runs `matcher ARGS` in this process, in an installation of its own."""
    for name in [name for name in os.environ if name.startswith("MATCHER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MATCHER_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "300")

    def run(*args: object) -> Ended:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["matcher", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run


def run_here(data_dir: Path, *args: object, **more: str) -> Ended:
    """Run `matcher ARGS` in this process, for what several tests are given; it must not fail."""
    out, err = (TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name in os.environ.keys() - environment(data_dir).keys():
            patch.delenv(name)
        for name, value in environment(data_dir, **more).items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["matcher", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
    printed, told = (stream.buffer.getvalue().decode() for stream in (out, err))
    assert not ended.value.code, told
    return Ended(0, printed, told)


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """The environment of a process that works in `data_dir`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")}
    return {**inherited, "MATCHER_DATA_DIR": str(data_dir), "COLUMNS": "300", **more}


def command(*args: object) -> list[str]:
    """`matcher ARGS` for a process of its own."""
    return [sys.executable, "-c", "from matcher.cli import main; main()", *map(str, args)]


def run_process(data_dir: Path, *args: object, **more: str) -> Ended:
    """Run `matcher ARGS` as a process of its own."""
    ended = subprocess.run(command(*args), env=environment(data_dir, **more), capture_output=True, timeout=60)
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())
