"""Where documents and deployment files name a command of the program, and whether it exists."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from matcher.cli.app import app

_MENTION = re.compile(r"(?<![\w./$-])(?:/opt/matcher/bin/)?matcher ((?:[a-z-]+|…|--)[^`|;#\n]*)")
_CODE = re.compile(r"`([^`\n]+)`")


def mentioned(markdown: str) -> Iterator[list[str]]:
    """The words after `matcher` wherever a document's code names a command."""
    fenced = re.findall(r"^```(?:console|sh)\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL)
    lines = [line.removeprefix("$ ") for block in fenced for line in block.splitlines()]
    starts = [line for line in lines if line.startswith("matcher ")]
    prose = re.sub(r"^```.*?^```$", "", markdown, flags=re.MULTILINE | re.DOTALL)
    for code in [*starts, *_CODE.findall(prose)]:
        for match in _MENTION.finditer(code):
            yield words_of(match[1])


def words_of(line: str) -> list[str]:
    """A command line's words, up to where a shell would redirect or go on."""
    words = shlex.split(line)
    ends = [at for at, word in enumerate(words) if re.match(r"\d*[<>]|\|\||&&", word)]
    return words[: ends[0]] if ends else words


def missing_from_program(words: list[str]) -> list[str]:
    """The subcommand or the flags among `words` that the program does not have.

    `…` in place of a subcommand stands for any of the group's.
    """
    commands: list[Any] = [get_command(app)]
    rest = list(words)
    while rest and all(hasattr(one, "commands") for one in commands):
        word = rest.pop(0)
        if word.startswith("--"):
            rest.insert(0, word)
            break
        named = [child for one in commands for name, child in one.commands.items() if word in {"…", name}]
        if not named:
            return [word]
        commands = named
    known = {flag for one in commands for parameter in one.params for flag in parameter.opts}
    known |= {flag for one in commands for parameter in one.params for flag in parameter.secondary_opts}
    flags = [word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)]
    return [flag for flag in flags if flag not in known | {"--help"}]
