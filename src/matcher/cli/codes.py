"""Codes as people at the terminal write them: the code itself, or its Chinese or English name."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from matcher.cli.usage import WrongValue
from matcher.domain.labels import label

C = TypeVar("C", bound=StrEnum)

VIA = {"rest": "接口", "cli": "命令行", "import": "导入", "workbook": "表格"}
"""What a change came through → its Chinese name."""


def choices(kind: type[C]) -> str:
    """The codes of a kind, as help shows them."""
    return f"<{'|'.join(kind)}>"


def code_of(kind: type[C]) -> Callable[[str], C]:
    """Reads a code of a kind, or its name in Chinese or English.

    Raises:
        WrongValue: there is no such code or name.
    """
    names = {name.casefold(): code for code in kind for name in (code, label(code, "zh"), label(code, "en"))}

    def read(text: str) -> C:
        code = names.get(text.strip().casefold())
        if code is None:
            shown = "、".join(label(code, "zh") for code in kind)
            raise WrongValue(
                f"没有“{text}”；可用：{shown}。", f"there is no “{text}”: use one of {', '.join(kind)}."
            )
        return code

    return read
