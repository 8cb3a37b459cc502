"""Console transcripts in Markdown: read them, run them, compare them, write them anew.

A fenced `console` block holds commands after `$ ` and what they print. In what they print, a line `…` stands
for any lines and `…` inside a line for any characters. All blocks of a document run in order, in one shell's
environment, in an empty folder that holds the repository's `data` and `.venv`. `make serve` starts a real
server, as the Makefile does, on a free port.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
WRITTEN_AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
"""The moment (10:00 in Beijing) whose answers the documents show; expiry and due dates depend on it."""

COLUMNS = 132
_ADDRESS = "http://127.0.0.1:8000"
_SERVING_SECONDS = 60
_MASKS = (
    (re.compile(r"mk_[0-9a-f]{12}_[\w-]{43}"), "mk_…"),
    (re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+"), "eyJ…"),
    (re.compile(r'("seconds": )[\d.]+'), r"\1…"),
    (re.compile(r'("queries_per_second": )[\d.]+'), r"\1…"),
    (re.compile(r"(用时（秒）\s*\n(?:\s*\d+)+\s+)[\d.]+"), r"\1…"),
    (re.compile(r"(\b\d\.\d{3})\d{3,}"), r"\1…"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.]*(?:\+00:00|Z)?"), "…"),
    (re.compile(r"(\d{4}-\d\d-\d\d) \d\d:\d\d\b"), r"\1 …"),
)


@dataclass(frozen=True)
class Command:
    """One command of a block and the lines it is said to print; `first` and `end` are line positions."""

    text: str
    shown: tuple[str, ...]
    first: int
    end: int


def blocks(markdown: str, language: str) -> list[str]:
    """The contents of the fenced blocks in `language`."""
    return re.findall(rf"^```{language}\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL)


def commands(markdown: str) -> Iterator[Command]:
    """Every command of every console block, in order."""
    lines = markdown.splitlines()
    inside = False
    started: tuple[int, str] | None = None
    shown = 0
    for at, line in enumerate([*lines, ""]):
        fence = line.startswith("```")
        continued = started is not None and at == shown and lines[at - 1].endswith("\\")
        if continued and started is not None:
            started, shown = (started[0], f"{started[1]}\n{line}"), at + 1
            continue
        if started is not None and (fence or line.startswith("$ ")):
            yield Command(started[1], tuple(lines[shown:at]), shown, at)
            started = None
        if fence:
            inside = line == "```console"
        elif inside and line.startswith("$ "):
            started, shown = (at, line[2:]), at + 1


def agrees(shown: tuple[str, ...], printed: tuple[str, ...]) -> bool:
    """Whether what was printed is what is shown, `…` standing for anything."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else r".*?".join(map(re.escape, line.split("…"))) + r"\n"
        for line in shown
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def rewritten(markdown: str, printed: Mapping[Command, tuple[str, ...]]) -> str:
    """The document with what was printed, where it does not agree; lines left out stay left out."""
    lines = markdown.splitlines()
    for command in sorted(printed, key=lambda one: -one.first):
        if not agrees(command.shown, printed[command]):
            lines[command.first : command.end] = _shortened_as(command.shown, printed[command])
    return "\n".join(lines) + "\n"


def _shortened_as(shown: tuple[str, ...], printed: tuple[str, ...]) -> tuple[str, ...]:
    left_out = [at for at, line in enumerate(shown) if line.strip() == "…"]
    if not left_out or len(printed) <= len(shown):
        return printed
    head, tail = left_out[0], len(shown) - left_out[-1] - 1
    return (*printed[:head], shown[left_out[0]], *printed[len(printed) - tail :])


@dataclass
class Shell:
    """Runs commands one after another as a reader's terminal would."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int | None = None
    server: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        (self.folder / "data").symlink_to(ROOT / "data")
        (self.folder / ".venv").symlink_to(sys.prefix)
        calendar = Path(__file__).parent / "calendar"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")},
            "COLUMNS": str(COLUMNS),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(calendar),
            "DOCS_SECONDS_BACK": str((datetime.now(UTC) - WRITTEN_AT).total_seconds()),
            "LC_ALL": "C.UTF-8",
            "MATCHER_CHANGE_INTERVAL": "0",
            "no_proxy": "127.0.0.1",
        }
        return self

    def __exit__(self, *_: object) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.wait(timeout=30)
            assert self.server.stdout is not None
            self.server.stdout.close()

    def run(self, command: str) -> tuple[str, ...]:
        """What a command prints, on either stream, with `…` for secrets, times, durations and later decimals.

        Raises AssertionError where it fails.
        """
        printed = self._serve() if command == "make serve" else self._execute(command)
        if self.port is not None:
            printed = printed.replace(f"http://127.0.0.1:{self.port}", _ADDRESS)
        printed = printed.replace(str(self.folder), "…")
        for pattern, mask in _MASKS:
            printed = pattern.sub(mask, printed)
        return tuple(line.rstrip() for line in printed.splitlines())

    def _execute(self, command: str) -> str:
        if self.port is not None:
            command = command.replace(_ADDRESS, f"http://127.0.0.1:{self.port}")
        state = self.folder / ".environment"
        done = subprocess.run(
            ["bash", "-c", f"set -a\n{command}\nstatus=$?\nenv -0 > '{state}'\nexit $status"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"{command}\nended with {done.returncode}:\n{done.stdout}"
        pairs = (pair.partition("=") for pair in state.read_text("utf-8").split("\0") if pair)
        self.environment = {name: value for name, _, value in pairs}
        return done.stdout

    def _serve(self) -> str:
        self.port = _free_port()
        self.server = subprocess.Popen(
            [word.format(port=self.port) for word in serve_command()],
            cwd=self.folder,
            env=self.environment | {"MATCHER_DATA_DIR": str(self.folder / "var")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.server.stdout is not None
        printed = ""
        while not printed.endswith("\n") or "/docs" not in printed:
            line = self.server.stdout.readline()
            assert line, f"the server ended:\n{printed}"
            printed += line
        self._await_readiness()
        return printed

    def _await_readiness(self) -> None:
        deadline = time.monotonic() + _SERVING_SECONDS
        while time.monotonic() < deadline:
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                    return
            except OSError:  # refused, or not answered in time
                time.sleep(0.05)
        raise AssertionError("the server was not ready in time")


def printed_by(markdown: str, folder: Path) -> dict[Command, tuple[str, ...]]:
    """What each command of a document prints when all of them run in order in an empty folder."""
    with Shell(folder) as shell:
        return {command: shell.run(command.text) for command in commands(markdown)}


def serve_command() -> list[str]:
    """The words of the command that the Makefile's `serve` runs, with `{port}` for the port."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    found = re.search(r"^serve:.*\n\t\$\(BIN\)/(matcher .*)$", makefile, re.MULTILINE)
    assert found, "the Makefile has no target `serve` that runs matcher"
    return [".venv/bin/matcher", *found[1].replace("$(PORT)", "{port}").split()[1:]]


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port
