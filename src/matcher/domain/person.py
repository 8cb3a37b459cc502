"""One person's data found wherever it stands, and taken out: name, telephone number, e-mail address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from matcher.domain.beside import is_of_persons, persons_of
from matcher.domain.errors import InvalidInput
from matcher.domain.labels import LABELS
from matcher.domain.text import fold, normalise

ERASED = "〔已删除〕"
"""What stands in the place of erased data."""

MIN_DIGITS = 7
"""Digits of a telephone number, so that no year or amount is taken for one."""

_SEPARATORS = r"[\s\-‐‑‒–—－.．·()（）/]{0,3}"
_CODES = frozenset(fold(code.value) for codes in LABELS.values() for code in codes)
_CONTACT = frozenset({"name", "phone", "email"})


@dataclass(frozen=True, slots=True)
class Person:
    """Who is to be erased; what is not given is not looked for."""

    name: str
    patterns: tuple[re.Pattern[str], ...]

    def without(self, text: str) -> str:
        """The text with everything of the person's replaced by `ERASED`."""
        for pattern in self.patterns:
            text = pattern.sub(ERASED, text)
        if "%" in text and self.is_in(plain := unquote(text)):
            return self.without(plain)
        return text

    def is_in(self, text: str) -> bool:
        """Whether the text holds anything of the person's."""
        return any(pattern.search(text) for pattern in self.patterns)

    def erased_from(self, value: Any) -> Any:
        """A JSON value without the person; keys stay, but for those that a list's own headings made.

        A contact that is the person's, by any of its parts, is erased with all its parts; so is what a cell
        under a heading of persons says of the person.
        """
        match value:
            case str():
                return self.without(value)
            case list() | tuple():
                return [self.erased_from(item) for item in value]
            case dict():
                if value.keys() == _CONTACT and self._owns(value):
                    return {key: ERASED if part else "" for key, part in value.items()}
                return {key: self._erased_member(key, member) for key, member in value.items()}
            case _:
                return value

    def _erased_member(self, key: str, member: Any) -> Any:
        if key == "extra" and isinstance(member, dict):
            return {self.without(name): self._erased_member(name, text) for name, text in member.items()}
        if isinstance(member, str) and is_of_persons(key):
            return self._without_parts(member)
        return self.erased_from(member)

    def _without_parts(self, text: str) -> str:
        return "".join(ERASED if self.is_in(part) else part for part in persons_of(text))

    def _owns(self, contact: Mapping[str, Any]) -> bool:
        if self.name and fold(str(contact["name"])) == fold(self.name):
            return True
        return any(self.is_in(str(contact[part])) for part in ("phone", "email"))


def person_of(*, name: str = "", phone: str = "", email: str = "") -> Person:
    """The person of this name, telephone number and e-mail address, of which at least one is given.

    Telephone numbers are compared by their digits, with or without a country code; white space inside a
    Chinese name, and letters' case, make no difference.

    Raises:
        InvalidInput: nothing is given, or something too short to tell a person by; `field` names it.
    """
    name, phone, email = (normalise(given) for given in (name, phone, email))
    patterns = []
    if email:
        patterns.append(_email(email))
    if phone:
        patterns.append(_phone(phone))
    if name:
        patterns.append(_name(name))
    if not patterns:
        raise InvalidInput(
            "请给出姓名、电话或邮箱中的至少一项。",
            "give a name, a telephone number or an e-mail address.",
            field="name",
        )
    return Person(name, tuple(patterns))


def _name(name: str) -> re.Pattern[str]:
    if len(re.sub(r"[\W\d_]", "", name)) < 2 or fold(name) in _CODES:
        raise InvalidInput(
            "姓名至少须有两个字，且不能是系统中的代码。",
            "a name has at least two letters, and is no code of the service's.",
            field="name",
        )
    if name.isascii():
        body = r"\s+".join(re.escape(word) for word in name.split())
    else:
        body = r"\s*".join(re.escape(sign) for sign in name if not sign.isspace())
    before = r"(?<![A-Za-z0-9])" if name[0].isascii() else ""
    after = r"(?![A-Za-z0-9])" if name[-1].isascii() else ""
    return re.compile(before + body + after, re.IGNORECASE)


def _phone(phone: str) -> re.Pattern[str]:
    digits = re.sub(r"\D", "", phone).removeprefix("00")
    if len(digits) > 10 and digits.startswith("86"):
        digits = digits[2:]
    digits = digits.removeprefix("0")
    if len(digits) < MIN_DIGITS:
        raise InvalidInput(
            f"电话号码至少须有 {MIN_DIGITS} 位数字。",
            f"a telephone number has at least {MIN_DIGITS} digits.",
            field="phone",
        )
    country = rf"(?:(?:[+＋]|[0０]{{2}})?[8８][6６]{_SEPARATORS})?(?:[0０]{_SEPARATORS})?"
    body = _SEPARATORS.join(f"[{digit}{chr(ord(digit) + 0xFEE0)}]" for digit in digits)
    return re.compile(rf"(?<!\d){country}{body}(?!\d)")


def _email(email: str) -> re.Pattern[str]:
    user, _, host = email.replace(" ", "").partition("@")
    if not user or "." not in host:
        raise InvalidInput(
            "邮箱须形如 name@example.com。", "an e-mail address reads like name@example.com.", field="email"
        )
    dots = (r"\s*[.．]\s*".join(re.escape(part) for part in side.split(".")) for side in (user, host))
    return re.compile(
        r"(?<![A-Za-z0-9_.+-])" + r"\s*[@＠]\s*".join(dots) + r"(?![A-Za-z0-9_]|[.-][A-Za-z0-9])",
        re.IGNORECASE,
    )
