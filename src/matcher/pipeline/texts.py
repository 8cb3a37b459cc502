"""Values that people and programs send: texts as lists hold them, and amounts."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from matcher.domain.text import normalise


def invalid(code: str, zh: str, en: str) -> PydanticCustomError:
    """What a validator raises: the message in both languages, which must not hold the value itself."""
    return PydanticCustomError(code, "{en}", {"zh": zh, "en": en})


def plain(text: str) -> str:
    """The text, which must hold no control character but line breaks and tabs."""
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\r\t" for sign in text):
        raise invalid("control_character", "含有控制字符。", "it holds a control character.")
    return text


def _clean(text: str) -> str:
    return normalise(plain(text))


def _filled(text: str) -> str:
    if not text:
        raise invalid("blank", "不能为空。", "it must not be blank.")
    return text


Line = Annotated[str, StringConstraints(max_length=2_000), AfterValidator(_clean)]
"""A short text, normalised as an import normalises it."""

FilledLine = Annotated[Line, AfterValidator(_filled)]
"""A short text that says something."""

LongText = Annotated[str, StringConstraints(max_length=32_767), AfterValidator(_clean)]
"""A long text, as long as a spreadsheet cell can be, normalised as an import normalises it."""

Amount = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
"""万元."""
