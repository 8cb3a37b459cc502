"""What is wrong with a command as it was typed: Typer's own complaints, in both languages.

Typer says them in English alone. They are told apart by their class, by pydantic's type of error where a
value is wrong, and else by their wording; what a later Typer adds is said in its own words.
"""

import re
from collections.abc import Mapping
from typing import Any

import typer
from pydantic import ValidationError
from typer.exceptions import TyperException

from matcher.domain.errors import InvalidInput
from matcher.domain.labels import Words
from matcher.pipeline.invalid_values import said_of


class WrongValue(typer.BadParameter):
    """A value that a parser of ours refuses, and why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh


def usage_error(error: TyperException) -> InvalidInput:
    """A complaint of Typer's as an error of ours, which says where the usage is to be read."""
    zh, en = _words(error)
    context = getattr(error, "ctx", None)
    if context is not None:
        asked = f"{context.command_path} --help"
        zh, en = f"{zh}用法见 {asked}。", f"{en} See {asked}."
    return InvalidInput(zh, en)


def _words(error: TyperException) -> Words:
    en = error.format_message().replace("Value error, ", "")
    en = en[:1].lower() + en[1:]
    match type(error).__name__:
        case "MissingParameter":
            return f"缺少{_parameter(error)}。", en
        case "NoSuchOption":
            return _no_option(error), f"{en.rstrip('.')}."
        case "BadParameter" | "WrongValue":
            return f"{_parameter(error)} 的值无效：{_wrong_value(error)}", f"{en.rstrip('.')}."
        case _:
            return _by_wording(error.message), f"{en.rstrip('.')}."


def _parameter(error: TyperException) -> str:
    """The option or argument that is meant, as it is typed or as the usage shows it."""
    parameter: Any = getattr(error, "param", None)
    if parameter is None:
        return "参数"
    name = parameter.get_error_hint().replace("'", "").replace(" / ", "、")
    return f"{'选项' if parameter.param_type_name == 'option' else '参数'} {name}"


def _no_option(error: TyperException) -> str:
    possible = getattr(error, "possibilities", None)
    instead = f"；是否指 {'、'.join(sorted(possible))}" if possible else ""
    return f"没有选项 {getattr(error, 'option_name', '')}{instead}。"


def _wrong_value(error: TyperException) -> str:
    cause = error.__cause__
    if isinstance(error, WrongValue):
        return error.zh
    if isinstance(cause, ValidationError):
        wrong: Mapping[str, Any] = cause.errors()[0]
        if wrong["type"] != "value_error":
            return said_of(wrong)
    return _by_wording(error.message)


_WORDINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(wording, re.DOTALL), zh)
    for wording, zh in (
        (r"Missing command\.", "没有写明命令。"),
        (r"No such command '(?P<given>.*)'\.", "没有命令 {given}。"),
        (r"Got unexpected extra arguments?(?:\(s\))? \((?P<given>.*)\)", "多出参数 {given}。"),
        (r"Option '(?P<given>.*)' requires an argument\.", "选项 {given} 之后须有一个值。"),
        (r"Option '(?P<given>.*)' does not take a value\.", "选项 {given} 不带值。"),
        (r"(?:Value error, )?'(?P<given>.*)' is not one of (?P<known>.*)\.", "没有“{given}”；可选 {known}。"),
    )
)
"""What Typer says where its class does not tell → the same in Chinese."""


def _by_wording(message: str) -> str:
    for pattern, zh in _WORDINGS:
        if said := pattern.fullmatch(message):
            named = said.groupdict()
            if "known" in named:
                named["known"] = named["known"].replace("'", "").replace(", ", "、")
            return zh.format(**named)
    return f"命令写法有误（{message}）。"
