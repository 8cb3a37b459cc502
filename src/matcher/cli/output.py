"""How the command line shows things: tables and JSON on stdout, progress and errors on stderr."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from rich.console import Console
from rich.table import Table

from matcher.domain.days import BEIJING
from matcher.domain.errors import InvalidInput, MatcherError
from matcher.domain.system_errors import system_words

if TYPE_CHECKING:
    from matcher.ports import Progress as Report

_PIPED_WIDTH = 160
"""Columns of a table that no terminal limits: wide enough for two titles side by side."""

out = Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else _PIPED_WIDTH)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    """One JSON document on stdout, in UTF-8 whatever the locale."""
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False, indent=2, default=str).encode() + b"\n")
    sys.stdout.flush()


def print_table(
    columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]], *, right: Sequence[str] = ()
) -> None:
    """Rows as a table; `columns` maps a row's key to its heading, `right` names right-aligned keys.

    Figures and codes are never broken; other texts give way where the terminal is narrow.
    """
    table = Table(box=None, header_style="bold", pad_edge=False)
    for key, heading in columns.items():
        whole = key in right or key.endswith("code")
        table.add_column(heading, justify="right" if key in right else "left", no_wrap=whole, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(key)) for key in columns))
    out.print(table)


def beijing(moment: object) -> str | None:
    """A moment, as a JSON document holds it, as people here read it: to the minute."""
    if moment is None:
        return None
    return f"{datetime.fromisoformat(str(moment)).astimezone(BEIJING):%Y-%m-%d %H:%M}"


def say(text: str) -> None:
    """A line for the person at the terminal, on stderr."""
    err.print(text, markup=False)


def too_long(texts: int, max_tokens: int | None) -> str:
    """That some of the texts that were encoded are longer than the model reads."""
    return f"新编码的文本中有 {texts} 条超过模型所读的 {max_tokens} 个词元，超出的部分没有读到。"


def say_error(error: MatcherError) -> None:
    """An error in both languages, on stderr."""
    say(f"错误：{error.zh}\nerror: {error.en}")


def read_bytes(path: Path) -> bytes:
    """What a file holds.

    Raises:
        InvalidInput: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        zh, en = system_words(error)
        raise InvalidInput(
            f"无法读取文件 {path}：{zh}。", f"cannot read {path}: {en}.", field="FILE"
        ) from error


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name when it is whole, or not at all.

    Raises:
        InvalidInput: it cannot be written there.
    """
    aside = path.with_name(f".{path.name}.part")
    try:
        with aside.open("wb") as stream:
            yield stream
        aside.replace(path)
    except OSError as error:
        zh, en = system_words(error)
        raise InvalidInput(
            f"无法写入文件 {path}：{zh}。", f"cannot write {path}: {en}.", field="output"
        ) from error
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def progress() -> "Iterator[Report]":
    """A progress reporter: bars on a terminal, a plain line per stage and tenth elsewhere."""
    if not err.is_terminal:
        yield _PlainProgress()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as bars:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done)

        yield report


class _PlainProgress:
    """Lines such as `match demands: 40/371`, at most eleven for a stage."""

    def __init__(self) -> None:
        self._tenths: dict[str, int] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        tenth = 10 * done // total if total else 10
        if tenth > self._tenths.get(stage, -1):
            self._tenths[stage] = tenth
            say(f"{stage}: {done}/{total}")


def _cell(value: object) -> str:
    match value:
        case None:
            return "—"
        case float():
            return f"{value:.3f}"
        case list() | tuple():
            return "、".join(str(item) for item in value)
        case _:
            return str(value)
