"""Codes as people at the terminal write them: the code itself, or its Chinese or English name."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

import typer

from matcher.domain.labels import label

C = TypeVar("C", bound=StrEnum)


def choices(kind: type[C]) -> str:
    """The codes of a kind, as help shows them."""
    return f"<{'|'.join(kind)}>"


def code_of(kind: type[C]) -> Callable[[str], C]:
    """Reads a code of a kind, or its name in Chinese or English.

    Raises:
        BadParameter: there is no such code or name.
    """
    names = {name.casefold(): code for code in kind for name in (code, label(code, "zh"), label(code, "en"))}

    def read(text: str) -> C:
        code = names.get(text.strip().casefold())
        if code is None:
            shown = "、".join(label(code, "zh") for code in kind)
            raise typer.BadParameter(
                f"没有“{text}”；可用：{shown}。\nthere is no “{text}”: use one of {', '.join(kind)}."
            )
        return code

    return read
