"""Quantities that a text states (“转化率 ≥67%”, “密度不低于 1.80 g/cm³”), and whether one meets another.

A quantity is a number with a unit of measurement and a name just before it. Bare numbers, years, ordinals,
types (5G, 10kV开关柜) and amounts of money are none.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from math import inf

from matcher.domain.quantity_names import Name, alike, name_before
from matcher.domain.units import MULTIPLE, NUMBER, UNIT, measure, number

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A stated quantity in base units. `dimension` also tells a change (提高 20%) from a value.

    `stated` is what an achievement that says so claims; `asked` is what a demand that says so wants, None
    where its words set no bound (“转化率 60%”). `text` is what is written.
    """

    name: str
    dimension: str
    stated: Interval
    asked: Interval | None
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A bound that a demand sets and what the achievement states of the same."""

    asked: Quantity
    offered: Quantity
    met: bool


_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F) if wide != ord("，")} | str.maketrans(
    "µΩ", "μΩ"
)
_SPACES = re.compile(r"[^\S\n]+")
_FIGURE = re.compile(
    rf"(?<![A-Za-z0-9.×^第])(?<![\d.] )(?<![A-Za-z0-9]-)(?P<tolerance>±)?"
    rf"(?P<low>{NUMBER})(?:(?P<low_multiple>{MULTIPLE}) ?(?P<low_unit>{UNIT})?"
    rf" ?(?P<joint>[-~∼〜–—−至到]{{1,2}}|±) ?(?P<high>{NUMBER}))?"
    rf"\)?(?P<multiple>{MULTIPLE}) ?(?P<unit>{UNIT})(?! ?[-~∼〜–—−至到±]+ ?\d)"
    r" ?(?:(?P<over>[及或]?以上)|(?P<under>[及或]?(?:以下|以内|之内)))?",
    re.IGNORECASE,
)
_TYPE = re.compile(r"\s*级|[\u4e00-\u9fff](?<![以之左及或和与且并时后下内])")
_LINK = r"(?:[\s:为是在须]|(?<![响反效])应|大?约)*+"
_LEADING = re.compile(
    rf"(?:(?P<up>提高|提升|增加|增长|上升)|(?P<down>降低|减低|下降|减少|减小|缩短|节约|节省))?(?:了|幅度)?{_LINK}"
    r"(?:(?P<raised>(?:提高|提升|增加|增长|上升)[到至]|[可高均能]*(?<![马雷])达到?)"
    rf"|(?P<lowered>(?:降低?|下降|减少|减小|缩短)[到至]|控制在))?{_LINK}"
    r"(?:(?P<least>[≥⩾≧>]=?|不低于|不少于|不小于|大于或?等于|大于|高于|超过|至少)"
    rf"|(?P<most>[≤⩽≦<]=?|不超过|不高于|不大于|不多于|小于或?等于|小于|低于|少于|至多|最多))?{_LINK}\(?\s*$"
)
_FORMER = re.compile(r"[由从]$")
_UNTOLD = " :为是在须应"
_BEFORE = 24
"""Characters before a number in which its name and its bound are looked for."""


MAX_QUANTITIES = 100
"""Quantities that are read of one text: the fullest of 17,000 texts has 34. Each bound of a demand is held
against each quantity of an achievement, so that two tables of thousands of figures would take millions."""


@lru_cache(maxsize=1 << 14)
def quantities_in(text: str) -> tuple[Quantity, ...]:
    """The first `MAX_QUANTITIES` quantities of a text, each once, in their order."""
    plain = _SPACES.sub(" ", text.translate(_NARROW))
    quantities, after, name = dict[Quantity, None](), 0, Name()
    for figure in _FIGURE.finditer(plain):
        before = plain[max(after, figure.start() - _BEFORE) : figure.start()].rpartition("\n")[2]
        leading = _LEADING.search(before)
        assert leading is not None
        phrase = before[: leading.start()]
        goes_on = not phrase and (leading["raised"] or leading["lowered"])  # 由60%提高到75%
        name = name if goes_on else name_before(_FORMER.sub("", phrase))
        if name.what and not _FORMER.search(phrase) and (quantity := _quantity(name, leading, figure)):
            quantities[quantity] = None
        if len(quantities) == MAX_QUANTITIES:
            break
        after = figure.end()
    return tuple(quantities)


def compare(asking: str, offering: str) -> tuple[Comparison, ...]:
    """Every bound of the asking text that the offering one tells met or failed.

    Two quantities are compared where they have one dimension and their names end alike. A bound is met where
    the whole interval of an offered quantity lies within it, failed where that is so of none and one lies
    wholly outside; else it is open and left out. Only the most alike names count. Of either text
    `MAX_QUANTITIES` are read.
    """
    offered = quantities_in(offering)
    comparisons = (_settled(asked, offered) for asked in quantities_in(asking) if asked.asked)
    return tuple(comparison for comparison in comparisons if comparison is not None)


def _settled(asked: Quantity, offered: tuple[Quantity, ...]) -> Comparison | None:
    ends = [(alike(asked.name, offer.name), offer) for offer in offered if offer.dimension == asked.dimension]
    closest = max((length for length, _ in ends), default=0)
    told = [
        Comparison(asked, offer, met)
        for length, offer in ends
        if length and length == closest and (met := _meets(offer.stated, asked.asked)) is not None
    ]
    return max(told, key=lambda comparison: comparison.met, default=None)


def _meets(stated: Interval, asked: Interval | None) -> bool | None:
    if asked is None:
        return None
    if asked[0] <= stated[0] and stated[1] <= asked[1]:
        return True
    return False if stated[1] < asked[0] or asked[1] < stated[0] else None


def _quantity(name: Name, leading: re.Match[str], figure: re.Match[str]) -> Quantity | None:
    measured = measure(figure["unit"])
    stated = _interval(figure, measured) if measured else None
    if measured is None or stated is None or _is_type_or_year(figure, measured[1]):
        return None
    to = leading["raised"] or leading["lowered"] or name.to
    rising = leading["up"] or leading["raised"] or name.up
    falling = leading["down"] or leading["lowered"] or (name.verb and not name.up)
    change = "" if to or not (rising or falling) else "+" if rising else "-"
    led = leading[0].strip().lstrip(_UNTOLD)
    text = f"{name.what} {name.verb}{led if ')' in figure[0] else led.rstrip('(')}{figure[0].strip()}"
    least, most = leading["least"] or figure["over"], leading["most"] or figure["under"]
    asked: Interval | None = None
    if least or most:
        asked = stated = (stated[0], inf) if least else (-inf, stated[1])
    elif change or rising:
        asked = stated[0], inf
    elif falling and (stated[0] == stated[1] or leading["lowered"] != "控制在"):
        asked = -inf, stated[1]
    elif stated[0] != stated[1]:
        asked = stated
    return Quantity(name.what, measured[1] + change, stated, asked, text)


def _interval(figure: re.Match[str], measured: tuple[float, str]) -> Interval | None:
    multiple, low_unit = figure["multiple"], figure["low_unit"]
    low_measure = measure(low_unit) if low_unit else measured
    if low_measure is None or low_measure[1] != measured[1]:
        return None
    try:
        low = number(figure["low"], figure["low_multiple"] or ("" if low_unit else multiple)) * low_measure[0]
        high = low if not figure["high"] else number(figure["high"], multiple) * measured[0]
    except ArithmeticError:  # 9999999999^99, 0^-9
        return None
    if figure["joint"] == "±":
        low, high = low - high, low + high
    elif figure["tolerance"]:
        low, high = -low, low
    return (float(f"{low:.12g}"), float(f"{high:.12g}")) if low <= high else None


def _is_type_or_year(figure: re.Match[str], dimension: str) -> bool:
    if figure["unit"].startswith("年") and number(figure["low"]) >= 1000:
        return True
    bounded = figure["over"] or figure["under"]
    return bool(dimension) and not bounded and _TYPE.match(figure.string, figure.end("unit")) is not None
