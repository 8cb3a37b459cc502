"""Numbers and units of measurement: how they are written, and what they are in base units."""

import re
from functools import lru_cache

_BASES = (
    "m",
    "g",
    "s",
    "A",
    "K",
    "mol",
    "℃",
    "°",
    "dB",
    "lm",
    "cd",
    "bit",
    "帧",
    "次",
    "r",
    "cfu",
    "HRC",
    "HV",
)
_DERIVED: tuple[tuple[str, float, str], ...] = (
    ("%", 1e-2, ""), ("wt%", 1e-2, ""), ("‰", 1e-3, ""), ("ppm", 1e-6, ""), ("ppb", 1e-9, ""),
    ("min", 60, "s"), ("h", 60, "min"), ("d", 24, "h"), ("a", 365, "d"), ("个月", 1 / 12, "a"),
    ("t", 1e6, "g"), ("L", 1e-3, "m3"), ("l", 1, "L"), ("ha", 1e4, "m2"), ("亩", 1 / 15, "ha"),
    ("㎡", 1, "m2"), ("dB(A)", 1, "dB"),
    ("Hz", 1, "s-1"), ("N", 1e3, "g·m/s2"), ("Pa", 1, "N/m2"), ("bar", 1e5, "Pa"), ("J", 1, "N·m"),
    ("W", 1, "J/s"), ("V", 1, "W/A"), ("Ω", 1, "V/A"), ("S", 1, "A/V"), ("Wh", 1, "W·h"), ("Ah", 1, "A·h"),
    ("eV", 1.602176634e-19, "J"), ("rpm", 1, "r/min"), ("bps", 1, "bit/s"), ("fps", 1, "帧/s"),
)  # fmt: skip
_PREFIXED = {
    "m": "nμumcdhk", "g": "nμumk", "s": "nμum", "mol": "nμumk", "A": "μumk", "V": "μumk", "Ω": "mkM",
    "S": "μumM", "W": "μumkMG", "Wh": "mkMG", "Ah": "mk", "Pa": "mhkMG", "N": "mkM", "J": "mkM",
    "Hz": "kMGT", "L": "μum", "eV": "mkM", "bar": "m", "bps": "kMG",
}  # fmt: skip
_PREFIXES = {
    "n": 1e-9, "μ": 1e-6, "u": 1e-6, "m": 1e-3, "c": 1e-2, "d": 1e-1, "h": 1e2, "k": 1e3, "M": 1e6, "G": 1e9,
    "T": 1e12,
}  # fmt: skip
_WORDS = {
    "米": "m", "分米": "dm", "厘米": "cm", "毫米": "mm", "微米": "μm", "纳米": "nm", "公里": "km", "克": "g",
    "毫克": "mg", "微克": "μg", "公斤": "kg", "吨": "t", "升": "L", "毫升": "mL", "秒": "s", "毫秒": "ms",
    "分钟": "min", "小时": "h", "天": "d", "年": "a", "伏": "V", "安": "A", "瓦": "W", "兆瓦": "MW",
    "帕": "Pa", "兆帕": "MPa", "赫兹": "Hz", "摄氏度": "℃", "°C": "℃", "分贝": "dB", "平方米": "m2",
    "平米": "m2", "平方公里": "km2",
    "立方米": "m3", "平方厘米": "cm2", "立方厘米": "cm3", "公顷": "ha", "转/分": "r/min",
}  # fmt: skip

_Measure = tuple[float, dict[str, int]]
_UNITS: dict[str, _Measure] = {base: (1.0, {base: 1}) for base in _BASES}
_POWER = r"(?:\^?[-−]?[1-4]|⁻?[¹²³⁴])(?![\d.])"
_POWERS = str.maketrans("¹²³⁴⁻−", "1234--")


def _measured(unit: str) -> _Measure:
    """A unit of known symbols with powers, joined by · or /; all that follows the first / divides."""
    factor, powers, sign = 1.0, dict[str, int](), 1
    for joint, symbol, power in _PART.findall(unit):
        sign = -1 if joint == "/" else sign
        times = sign * int(power.lstrip("^").translate(_POWERS) or 1)
        size, bases = _of_symbol(symbol)
        factor *= size**times
        for base, exponent in bases.items():
            powers[base] = powers.get(base, 0) + exponent * times
    return factor, powers


def _of_symbol(symbol: str) -> _Measure:
    """Looked up as written, else without regard to case: Mpa can only be MPa; mpa may be MPa or mPa."""
    if symbol in _UNITS or len(symbol) == 1:
        return _UNITS[symbol]
    alike = [name for name in _UNITS if name.casefold() == symbol.casefold()]
    (name,) = [name for name in alike if symbol[0].isupper() and name[0] == symbol[0]] or alike
    return _UNITS[name]


def _any_symbol() -> str:
    return "(?:" + "|".join(re.escape(name) for name in sorted(_UNITS, key=len, reverse=True)) + ")"


def _part() -> re.Pattern[str]:
    return re.compile(rf"([·⋅*/]?)\(?({_any_symbol()})({_POWER})?", re.IGNORECASE)


for _symbol, _factor, _definition in _DERIVED:
    _PART = _part()
    _whole, _powers = _measured(_definition)
    _UNITS[_symbol] = (_factor * _whole, _powers)
for _symbol, _allowed in _PREFIXED.items():
    _UNITS |= {
        prefix + _symbol: (_PREFIXES[prefix] * _UNITS[_symbol][0], _UNITS[_symbol][1]) for prefix in _allowed
    }
_PART = _part()
_UNITS |= {word: _measured(unit) for word, unit in _WORDS.items()}
_PART = _part()

_ONE = rf"{_any_symbol()}(?:{_POWER})?"
UNIT = rf"{_ONE}(?:[·⋅*/](?:{_ONE}|\({_ONE}(?:[·⋅*/]{_ONE})*\)))*(?![A-Za-z0-9²³/])"
"""The pattern of a unit; to be matched without regard to case, and read by `measure`."""


@lru_cache(maxsize=4096)
def measure(unit: str) -> tuple[float, str] | None:
    """What one of this unit is in base units, and its dimension; None where the spelling leaves it open.

    A mere proportion (%, ‰, ppm) has the dimension “”. ℃ and K are two dimensions: a number of degrees may
    be a temperature or a difference.
    """
    try:
        factor, powers = _measured(unit)
    except (KeyError, ValueError):
        return None
    return factor, " ".join(f"{base}{power}" for base, power in sorted(powers.items()) if power)


_RAISED = r"(?:\^[-−]?\d{1,2}|⁻?[⁰¹²³⁴-⁹]{1,2})"
_RAISED_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
_TIMES = {"千": 1e3, "百": 1e2, "十": 10.0, "万": 1e4, "亿": 1e8}
NUMBER = rf"[-−+]?\d{{1,15}}(?:,\d{{3}}){{0,5}}(?:\.\d{{1,15}})?(?:[×xX*]10(?={_RAISED}))?(?:{_RAISED})?"
"""The pattern of a number (1,200; 5×10⁻³; 10^6), and of what multiplies it; both to be read by `number`."""
MULTIPLE = r" ?(?:[千百十]?[万亿]|千)?"


def number(written: str, multiple: str = "") -> float:
    """The number that is written, times its multiple (万, 百万 …)."""
    raised = re.search(_RAISED, written)
    value, *ten = re.split("[×xX*]", written[: raised.start()] if raised else written)
    figure = float(value.replace(",", "").replace("−", "-"))
    if raised:
        power = int(raised[0].lstrip("^").translate(_RAISED_DIGITS))
        figure = figure * 10.0**power if ten else figure**power
    for word in multiple.strip():
        figure *= _TIMES[word]
    return figure
