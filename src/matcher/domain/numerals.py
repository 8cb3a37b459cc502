"""Chinese numerals (一百五十万, 壹佰万, 二〇二七) written in digits."""

import re
from decimal import Decimal

_DIGITS = "零一二三四五六七八九"
_PLAIN = str.maketrans("〇○两壹贰叁参肆伍陆柒捌玖拾佰仟", "零零二一二三三四五六七八九十百千")
"""Other signs of the same numerals, those of bank notes included."""

_ALL = _DIGITS + "十百千万亿点"
_AMOUNT = re.compile(rf"(?<![\d.{_ALL}])([{_ALL}]{{1,40}})(元?)")
_SECTIONS = re.compile(
    rf"(?:([^亿万点]{{1,9}}(?:点[{_DIGITS}]{{1,9}})?)亿)?(?:([^亿万点]{{1,9}}(?:点[{_DIGITS}]{{1,9}})?)万)?([^亿万点]{{0,9}})"
)
_SECTION = re.compile(
    r"零?(?:([一二三四五六七八九])千)?零?(?:([一二三四五六七八九])百)?"
    r"零?(?:([一二三四五六七八九])?(十))?零?((?<![千百])[零一二三四五六七八九])?"
)
_NUMBER = re.compile(r"[零一二三四五六七八九十]{1,4}")


def amounts_in_digits(text: str) -> str:
    """The text with its amounts in Chinese numerals in digits.

    一百五十万元 is 150万元, 一亿二千万 is 12000万. What is no full numeral (几十万, 五万八,
    二三十万) stays as it is. The text is in simplified characters.
    """
    return _AMOUNT.sub(_amount_in_digits, text.translate(_PLAIN))


def numbers_in_digits(text: str) -> str:
    """The text with its numbers below a hundred, and numbers written digit by digit, in digits.

    二〇二七年六月三十日 is 2027年6月30日.
    """
    return _NUMBER.sub(_number_in_digits, text.translate(_PLAIN))


def _amount_in_digits(match: re.Match[str]) -> str:
    sections = _SECTIONS.fullmatch(match[1])
    if sections is None:
        return match[0]
    yi, wan, rest = (_value(section) for section in sections.groups())
    if yi is None or wan is None or rest is None:
        return match[0]
    above = yi * 10_000 + wan
    if any(_is_short(sections[after], sections[before]) for before, after in ((1, 2), (1, 3), (2, 3))):
        return match[0]
    if not rest:
        return f"{above:f}万{match[2]}" if sections[1] or sections[2] else f"0{match[2]}"
    return f"{above * 10_000 + rest:f}元" if above else f"{rest:f}{match[2]}"


def _is_short(section: str | None, before: str | None) -> bool:
    """Whether a section after a larger one leaves out its zeros, as 五万八 does, which may mean 五万八千."""
    return bool(section and before) and not str(section).startswith("零") and "千" not in str(section)


def _value(section: str | None) -> Decimal | None:
    """What a numeral below ten thousand says, 0 for none, None where it is no numeral."""
    whole, point, decimals = (section or "").partition("点")
    parts = _SECTION.fullmatch(whole)
    if parts is None:
        return None
    thousands, hundreds, tens, ten, ones = parts.groups()
    value = 1000 * _digit(thousands) + 100 * _digit(hundreds) + _digit(ones)
    value += 10 * (_digit(tens) or 1) if ten else 0
    return Decimal(f"{value}.{''.join(str(_digit(sign)) for sign in decimals)}" if point else value)


def _digit(sign: str | None) -> int:
    return _DIGITS.index(sign) if sign else 0


def _number_in_digits(match: re.Match[str]) -> str:
    if "十" not in match[0]:
        return "".join(str(_digit(sign)) for sign in match[0])
    value = _value(match[0])
    return match[0] if value is None else str(value)
