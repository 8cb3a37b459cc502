"""Number formats of Excel (ECMA-376, 18.8.31): what a cell shows of the number, day or text it holds.

Rendered are scale (% and trailing commas), decimals, grouping, leading zeros, literals, currency signs and
sections; colours, alignment and [DBNum] are not, for they do not change what is said. Fractions and powers of
ten show the number itself.
"""

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"¥"#,##0', 6: '"¥"#,##0', 7: '"¥"#,##0.00',
    8: '"¥"#,##0.00', 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: "yyyy年m月", 28: "m月d日", 29: "m月d日",
    30: "m-d-yy", 31: "yyyy年m月d日", 32: "h时mm分", 33: "h时mm分ss秒", 34: "h时mm分", 35: "h时mm分ss秒",
    36: "yyyy年m月", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00", 41: '#,##0;-#,##0;"-"', 42: '"¥"#,##0;"¥"-#,##0;"-"',
    43: '#,##0.00;-#,##0.00;"-"', 44: '"¥"#,##0.00;"¥"-#,##0.00;"-"', 45: "mm:ss", 46: "[h]:mm:ss",
    47: "mm:ss.0", 48: "##0.0E+0", 49: "@", 50: "yyyy年m月", 51: "m月d日", 52: "yyyy年m月", 53: "m月d日",
    54: "m月d日", 55: "h时mm分", 56: "h时mm分ss秒", 57: "yyyy年m月", 58: "m月d日",
}  # fmt: skip
"""Formats that files name by number alone, those of a Chinese Excel among them (27 to 36, 50 to 58)."""

LOCAL_FORMATS = frozenset({*range(27, 37), *range(50, 59)})
"""Numbers that mean another format in every language."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|(?P<padding>[_*].)|\[(?P<bracket>[^\]]{0,99})\]'
    r"|(?P<general>General|G/通用格式)|(?P<power>[Ee][+-])|(?P<half>AM/PM|A/P|上午/下午)"
    r"|(?P<digit>[0#?])|(?P<sign>[.,%/@;])|(?P<day>[ymdhsebgYMDHSEBG]+)|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d*)?)")
_ELAPSED = re.compile(r"[hms]+", re.IGNORECASE)
_LONGEST_CODE = 255
"""Excel's own limit."""

_DIGITS = 15
"""What Excel keeps of a number: 0.1 + 0.2 is 0.3 there."""

_LOST_FROM = 10**_DIGITS
"""From here on a number has more digits than Excel keeps."""


class _Token(NamedTuple):
    kind: str
    text: str


_Section = tuple[_Token, ...]

_POINT, _COMMA, _PERCENT, _SLASH = (_Token("sign", sign) for sign in ".,%/")


def format_code(number: int, custom: str | None) -> str:
    """A format's code: as the file states it, else the built-in one of that number; "" is General."""
    code = _BUILT_IN.get(number, "") if custom is None else custom
    return "" if code in ("General", "G/通用格式", "@") or len(code) > _LONGEST_CODE else code


def value_code(code: str) -> str:
    """The format that shows the whole value: a day as a day, a number as its digits."""
    return "yyyy-mm-dd hh:mm:ss" if names_a_day(code) else ""


def plain_number(value: float) -> str:
    """A number as digits, rounded to the 15 that Excel keeps; a longer one as a power of ten (1.1E+17)."""
    if abs(value) >= _LOST_FROM:
        return f"{value:.{_DIGITS - 1}E}"
    return _digits(_rounded(value))


def shown_number(value: float, code: str) -> str:
    """What a cell of that format shows of a number."""
    section, value = _section_for(value, code)
    plan = _plan(section)
    match plan.shows:
        case "literals":
            return plan.prefix or plain_number(value)
        case "general":
            return f"{plan.prefix}{plain_number(value)}{plan.suffix}".strip()
    number = _rounded(value).scaleb(plan.shift)
    if plan.shows == "value" or abs(number) >= _LOST_FROM:
        return plain_number(value)
    number = number.quantize(plan.unit, ROUND_HALF_UP)
    whole, _, fraction = f"{abs(number):f}".partition(".")
    whole = whole.lstrip("0").rjust(plan.whole_zeros, "0")
    fraction = fraction.rstrip("0").ljust(plan.fraction_zeros, "0")
    if plan.apart:
        shown = _whole(plan.before, whole) + _fraction(plan.after, fraction)
    else:
        whole = _grouped(whole) if plan.grouped else whole
        shown = f"{plan.prefix}{whole}.{fraction}" if fraction else plan.prefix + (whole or "")
        shown += plan.suffix
    return ("-" if number < 0 else "") + shown.strip()


def shown_text(text: str, code: str) -> str:
    """What a cell of that format shows of a text."""
    section = _sections(code)[-1]
    if _Token("sign", "@") not in section:
        return text
    return "".join(text if token == ("sign", "@") else _literal(token) for token in section)


def names_a_day(code: str) -> bool:
    """Whether the format shows a number as a date or a time."""
    return bool(_day_parts(code))


def shown_day(moment: datetime, code: str) -> str:
    """A date as 2027-12-31, with its time if it has one; as 2027年12月 or 2027年 where no more is shown.

    Excel's own wording would lose the year of 12月31日.
    """
    parts = _day_parts(code)
    if parts and not parts & set("dhs"):
        return f"{moment.year}年{moment.month}月" if "m" in parts else f"{moment.year}年"
    if parts and not parts & set("ymde"):
        return moment.time().isoformat("seconds" if moment.second else "minutes")
    midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return moment.date().isoformat() if midnight else moment.isoformat(" ", "seconds")


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    sections: list[list[_Token]] = [[]]
    for match in _TOKEN.finditer(code):
        token = _Token(str(match.lastgroup), match[str(match.lastgroup)])
        if token == ("sign", ";"):
            sections.append([])
        else:
            sections[-1].append(token)
    return tuple(map(tuple, sections))


@lru_cache(maxsize=1024)
def _day_parts(code: str) -> frozenset[str]:
    """The parts of a date or time that the first section shows: y, m (month), d, h, s."""
    tokens = _sections(code)[0]
    if any(token.kind in ("digit", "general") and not _follows_seconds(tokens, token) for token in tokens):
        return frozenset()
    found = "".join(
        token.text.lower()
        for token in tokens
        if token.kind == "day" or (token.kind == "bracket" and _ELAPSED.fullmatch(token.text))
    )
    parts = set(found)
    if "e" in parts or "b" in parts or "g" in parts:
        parts = (parts - set("ebg")) | {"y"}
    if parts & set("hs") and not parts & set("yd"):
        parts.discard("m")
    return frozenset(parts)


def _follows_seconds(tokens: _Section, digit: _Token) -> bool:
    """Whether the digit is a fraction of a second, as in mm:ss.0."""
    place = tokens.index(digit)
    return place > 1 and tokens[place - 1] == ("sign", ".") and tokens[place - 2].text.lower().endswith("s")


def _section_for(value: float, code: str) -> tuple[_Section, float]:
    """The section that shows the value, and the value without the sign that the section shows itself."""
    sections = _sections(code)[:3]
    conditions = [_condition(section) for section in sections]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or _holds(value, *condition):
                return section, value
        return sections[-1], value
    if value < 0 and len(sections) > 1:
        return sections[1], -value
    if value == 0 and len(sections) > 2:
        return sections[2], value
    return sections[0], value


def _condition(section: _Section) -> tuple[str, float] | None:
    for token in section:
        if token.kind == "bracket" and (match := _CONDITION.fullmatch(token.text)):
            return match[1], float(match[2])
    return None


def _holds(value: float, sign: str, limit: float) -> bool:
    return {
        "<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit,
        "=": value == limit, "<>": value != limit,
    }[sign]  # fmt: skip


class _Plan(NamedTuple):
    """How a section shows numbers: as digits in a frame of literals, as the value itself, or not at all."""

    shows: Literal["digits", "general", "value", "literals"]
    prefix: str = ""
    suffix: str = ""
    shift: int = 0
    unit: Decimal = Decimal(1)
    whole_zeros: int = 0
    fraction_zeros: int = 0
    grouped: bool = False
    apart: bool = False
    before: _Section = ()
    after: _Section = ()


@lru_cache(maxsize=1024)
def _plan(section: _Section) -> _Plan:
    tokens = tuple(token for token in section if token.kind != "padding")
    kinds = [token.kind for token in tokens]
    if "general" in kinds:
        place = kinds.index("general")
        return _Plan("general", _literals(tokens[:place]), _literals(tokens[place + 1 :]))
    if "digit" not in kinds:
        return _Plan("literals", _literals(tokens).strip())
    if "power" in kinds or _SLASH in tokens:
        return _Plan("value")
    point = tokens.index(_POINT) if _POINT in tokens else len(tokens)
    before, after = tokens[:point], tokens[point + 1 :]
    first, last = kinds.index("digit"), len(kinds) - 1 - kinds[::-1].index("digit")
    decimals = [token.text for token in after if token.kind == "digit"]
    return _Plan(
        "digits",
        _literals(tokens[: min(first, point)]),
        _literals(tokens[last + 1 :]),
        2 * tokens.count(_PERCENT) - 3 * _trailing_commas(tokens[last + 1 :]),
        Decimal(1).scaleb(-len(decimals)),
        sum(token == ("digit", "0") for token in before) or min(len(decimals), 1),
        max((place for place, digit in enumerate(decimals, start=1) if digit == "0"), default=0),
        _COMMA in tokens[first : max(last, point)],
        any(_literal(token) for token in tokens[first : last + 1] if token != _POINT),
        before,
        after,
    )


def _trailing_commas(tokens: _Section) -> int:
    """The commas right after the last placeholder, each of which divides by a thousand."""
    return next((place for place, token in enumerate(tokens) if token != _COMMA), len(tokens))


def _whole(tokens: _Section, digits: str) -> str:
    """The part before the point, filled from the right; the first placeholder takes all that is left."""
    places = [place for place, token in enumerate(tokens) if token.kind == "digit"]
    rest = max(len(digits) - len(places) + 1, 0)
    shown = dict(zip(reversed(places[1:]), reversed(digits[rest:]), strict=False))
    if places:
        shown[places[0]] = digits[:rest]
    return "".join(
        shown.get(place, "") if token.kind == "digit" else _literal(token)
        for place, token in enumerate(tokens)
    )


def _fraction(tokens: _Section, digits: str) -> str:
    """The point and what follows it."""
    left = iter(digits)
    text = "".join(next(left, "") if token.kind == "digit" else _literal(token) for token in tokens)
    return f".{text}" if digits else text


def _literal(token: _Token) -> str:
    match token.kind:
        case "quoted" | "escaped" | "other" | "day" | "half":
            return token.text
        case "sign" if token.text in "%./":
            return token.text
        case "bracket" if token.text.startswith("$"):
            return token.text[1:].partition("-")[0]
        case _:
            return ""


def _literals(tokens: _Section) -> str:
    return "".join(map(_literal, tokens))


def _grouped(digits: str) -> str:
    first = len(digits) % 3
    triples = [digits[place : place + 3] for place in range(first, len(digits), 3)]
    return ",".join([digits[:first], *triples] if first else triples)


def _rounded(value: float) -> Decimal:
    return Decimal(f"{value:.{_DIGITS}g}")


def _digits(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
