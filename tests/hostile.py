"""Texts made to slow a pattern or a function down, and whether its cost grows with them faster than they do.

Cost is processor time of this process, so that a busy machine changes nothing. A cost that looks too high is
measured again on longer and longer texts: only growth convicts.
"""

import ast
import gc
import importlib
import itertools
import pkgutil
import random
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import matcher

LONGEST = 32_767
"""Characters of a cell of Excel, and of the longest text that the service takes."""

_SCREENED = (20, 30, 45, 65, 100, 150, 225, 1_000)
"""Lengths tried first; so close that what doubles with every few characters is caught before it hangs."""

_FLOOR, _FLOOR_OF_SHORT = 0.01, 0.001
"""Seconds below which no cost convicts, and the same for texts of less than 1,000 characters."""

_SUSPECT = 1.3
"""The power of a text's length with which a cost grows that is looked at closely."""

_CONVICT = 8
"""Times the cost that is too much for four times a text, and for half as much again of a short one."""

_parser: Any = importlib.import_module("re._parser")

Grown = Callable[[int], str]
"""A kind of text, made as long as one asks."""

_Shape = tuple[str, str, str, str]
"""How a text begins, what it repeats, what it repeats after that, and how it ends."""


_ALL_METHODS = frozenset({"fullmatch", "match", "finditer"})


@dataclass(frozen=True)
class Found:
    """A pattern of the package: where it stands, and the methods of it that are called."""

    name: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]

    def exercise(self, text: str) -> None:
        """Try the pattern on a text in all the ways that it is used."""
        said = text.encode() if isinstance(self.pattern.pattern, bytes) else text
        if "fullmatch" in self.methods:
            self.pattern.fullmatch(said)
        if "match" in self.methods:
            self.pattern.match(said)
        if self.methods - {"match", "fullmatch"}:
            deque(self.pattern.finditer(said), maxlen=0)


def patterns() -> Iterator[Found]:
    """Every pattern that a module of the package compiles, and those written where they are used."""
    for about in pkgutil.walk_packages(matcher.__path__, "matcher."):
        if ".migrations" in about.name or about.name.endswith("__main__"):
            continue
        module = importlib.import_module(about.name)
        if module.__file__ is None or not module.__file__.endswith(".py"):
            continue
        source = Path(module.__file__).read_text("utf-8")
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and re.search(rf"^{name}\b", source, re.MULTILINE):
                yield Found(f"{about.name}.{name}", value, _methods(name, source))
        yield from _written_in_place(about.name, source)


def _methods(name: str, source: str) -> frozenset[str]:
    """The methods that a module calls of its pattern; all where others may, or it is handed on."""
    uses = frozenset(re.findall(rf"(?<!^)\b{name}\b(?:\.(\w+))?", source, re.MULTILINE))
    return uses if name.startswith("_") and uses and "" not in uses else _ALL_METHODS


def _written_in_place(module: str, source: str) -> Iterator[Found]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=attr),
                args=[ast.Constant(value=str() | bytes() as written), *_],
            ) if attr not in ("compile", "escape"):
                yield Found(f"{module}, line {node.lineno}", re.compile(written), frozenset({attr}))


def texts_against(pattern: re.Pattern[Any], dice: random.Random) -> list[Grown]:
    """Texts out of what the pattern is made of.

    All up to what it repeats, and that many times; then as `texts_of`. Most end in what nothing matches.
    """
    written = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    parsed = _parser.parse(written, pattern.flags)
    parts = list(dict.fromkeys(filter(None, _parts(parsed))))
    led = {
        shape: None
        for head, repeated in _repeats(parsed)
        for part in repeated
        for shape in ((head, part, "", "\0"), ("", head + part, "", "\0"), ("", head or part, "", "\0"))
        if part
    }
    return [*(partial(_grown, *shape) for shape in _some(list(led), dice, 150)), *texts_of(parts, dice)]


def texts_of(parts: Sequence[str], dice: random.Random, most: int = 150) -> list[Grown]:
    """Each part many times, alone and with something at the end that nothing matches; then at most `most`
    kinds of text of two to five parts, drawn by `dice`."""
    shapes: list[_Shape] = [("", part, "", end) for part in parts for end in ("", "\0")]
    further = [
        shape
        for one, other in itertools.permutations(parts, 2)
        for shape in (("", one + other, "", "\0"), ("", one, other, "\0"), (one, other, "", "\0"))
    ]
    further += [
        ("".join(dice.choices(parts)), "".join(dice.choices(parts, k=3)), "", "".join(dice.choices(parts)))
        for _ in range(50 if parts else 0)
    ]
    return [partial(_grown, *shape) for shape in (*shapes, *_some(further, dice, most))]


def _some(shapes: list[_Shape], dice: random.Random, most: int) -> list[_Shape]:
    return shapes if len(shapes) <= most else dice.sample(shapes, most)


def _grown(start: str, one: str, other: str, end: str, length: int) -> str:
    room = max(length - len(start) - len(end), 0)
    if not other:
        return start + one * (room // len(one)) + end
    return start + one * (room // 2 // len(one)) + other * (room // 2 // len(other)) + end


def _parts(parsed: Any) -> Iterator[str]:
    """Samples of every part of a parsed pattern that may be repeated or chosen; of a long choice some."""
    for operation, argument in parsed:
        match str(operation):
            case "BRANCH":
                choices = argument[1]
                for choice in choices if len(choices) <= 6 else (*choices[:3], *choices[-3:]):
                    yield _sample(choice)
                    yield from _parts(choice)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                yield _sample(argument[2])
                yield from _parts(argument[2])
            case "SUBPATTERN" | "ASSERT" | "ASSERT_NOT" | "ATOMIC_GROUP":
                yield from _parts(argument if str(operation) == "ATOMIC_GROUP" else argument[-1])
            case "IN":
                yield from _members(argument)
            case "LITERAL" | "NOT_LITERAL" | "ANY":
                yield _sample([(operation, argument)])


def _repeats(parsed: Any, head: str = "") -> Iterator[tuple[str, list[str]]]:
    """What the pattern repeats, as samples of its parts, each with a sample of all that comes before it."""
    for operation, argument in parsed:
        match str(operation):
            case "BRANCH":
                for choice in argument[1][:6]:
                    yield from _repeats(choice, head)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                yield head, list(_parts([(operation, argument)]))
                yield from _repeats(argument[2], head)
            case "SUBPATTERN" | "ATOMIC_GROUP":
                yield from _repeats(argument if str(operation) == "ATOMIC_GROUP" else argument[-1], head)
        head += _sample([(operation, argument)])


def _sample(parsed: Iterable[tuple[Any, Any]]) -> str:
    """A short text that a parsed pattern matches, as far as look-arounds allow."""
    text = ""
    for operation, argument in parsed:
        match str(operation):
            case "LITERAL":
                text += chr(argument)
            case "NOT_LITERAL" | "ANY":
                text += "b" if argument == ord("a") else "a"
            case "IN":
                text += next(_members(argument), "")
            case "BRANCH":
                text += _sample(argument[1][0])
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                text += _sample(argument[2]) * min(max(argument[0], 1), 20)
            case "SUBPATTERN":
                text += _sample(argument[-1])
            case "ATOMIC_GROUP":
                text += _sample(argument)
    return text


_OF_CATEGORY = {
    "CATEGORY_DIGIT": "1",
    "CATEGORY_SPACE": " \n",
    "CATEGORY_WORD": "a1",
    "CATEGORY_NOT_DIGIT": "a",
    "CATEGORY_NOT_SPACE": "a",
    "CATEGORY_NOT_WORD": "-",
}


def _members(items: Sequence[tuple[Any, Any]]) -> Iterator[str]:
    """Members of a class of characters: the first and the last ones that it names."""
    named: list[str] = []
    for operation, argument in items:
        match str(operation):
            case "NEGATE":
                named += (sign for sign in "a1 中-<" if re.fullmatch(_class(items), sign))
                break
            case "LITERAL":
                named.append(chr(argument))
            case "RANGE":
                named.append(chr(argument[0]))
            case "CATEGORY":
                named += _OF_CATEGORY[str(argument)]
    yield from named if len(named) <= 4 else (*named[:3], named[-1])


def _class(items: Sequence[tuple[Any, Any]]) -> str:
    """A negated class, written again."""
    shorthand = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}
    written = ""
    for operation, argument in items[1:]:
        match str(operation):
            case "LITERAL":
                written += re.escape(chr(argument))
            case "RANGE":
                written += f"{re.escape(chr(argument[0]))}-{re.escape(chr(argument[1]))}"
            case "CATEGORY":
                kind = str(argument).removeprefix("CATEGORY_")
                written += shorthand.get(kind) or shorthand[kind.removeprefix("NOT_")].upper()
    return f"[^{written}]"


def outgrows(
    run: Callable[[str], object],
    texts: Iterable[Grown],
    *,
    longest: int = LONGEST,
    screened: Sequence[int] = _SCREENED,
) -> str:
    """The beginning of a text whose cost grows faster than it does, and its costs; blank where none does."""
    gc.disable()
    try:
        for text in texts:
            before, cost_before = 1, 1e-5
            for length in screened:
                if length > longest:
                    break
                cost = _cost(run, text(length), 1)
                steep = cost > 2e-5 + cost_before * (length / before) ** _SUSPECT
                if steep and (costs := _growth(run, text, before, longest)):
                    return f"{text(12)!r}: {costs}"
                before, cost_before = length, cost
        return ""
    finally:
        gc.enable()


def _growth(run: Callable[[str], object], text: Grown, length: int, longest: int) -> str:
    """Two lengths and their costs between which the cost grew too much; blank where none does."""
    while length < longest:
        longer = min(length * 3 // 2 + 1 if length < 1_000 else length * 4, longest)
        short, long = _cost(run, text(length), 3), _cost(run, text(longer), 3)
        grown = longer / length
        if long > _CONVICT * short and long > (_FLOOR if longer >= 1_000 else _FLOOR_OF_SHORT):
            return f"{length:,} characters {short * 1e3:.2f} ms, {longer:,} {long * 1e3:.2f} ms"
        if long < short * grown**_SUSPECT:
            break
        length = longer
    return ""


def _cost(run: Callable[[str], object], text: str, tries: int) -> float:
    """The least of some tries; of a costly one, the first."""
    costs: list[float] = []
    while len(costs) < tries and sum(costs) < 0.1:
        start = time.process_time()
        run(text)
        costs.append(time.process_time() - start)
    return min(costs)
