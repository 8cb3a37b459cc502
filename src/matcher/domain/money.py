"""Amounts as people write them in lists, read as a range in 万元 (10,000 yuan)."""

import re
import unicodedata
from decimal import Decimal

from matcher.domain.errors import InvalidInput
from matcher.domain.listing import Money
from matcher.domain.numerals import amounts_in_digits
from matcher.domain.script import simplified
from matcher.domain.text import normalise

_IN_WAN = {
    "元": Decimal("0.0001"),
    "千元": Decimal("0.1"),
    "万": Decimal(1),
    "w": Decimal(1),
    "万元": Decimal(1),
    "十万": Decimal(10),
    "十万元": Decimal(10),
    "百万": Decimal(100),
    "百万元": Decimal(100),
    "千万": Decimal(1000),
    "千万元": Decimal(1000),
    "亿": Decimal(10_000),
    "亿元": Decimal(10_000),
}
MAX_WITHOUT_UNIT = Decimal(100_000)
"""10亿元 in 万元. A bare number this large in a 万元 column is far more often an amount in yuan."""

_UNIT = "|".join(sorted(_IN_WAN, key=len, reverse=True))
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_BRACKETED_UNIT = re.compile(rf"\(({_UNIT})\)$")
_HAS_UNIT = re.compile("[万亿元]")
_TERM = (
    r"(?:不?含税价?|税[前后]|(?:首付|首期|预付|定金|尾款)款?\d{1,3}(?:\.\d{1,2})?%|"
    r"可?分(?:\d{1,2}|[一二三四五六七八九十两])?[期次年](?:付款|支付|付清)?)"
)
_TERMS = re.compile(rf"\({_TERM}(?:[,;、]{_TERM}){{0,5}}\)$")
"""Terms of payment in brackets after an amount, which do not change it."""

_NEGOTIABLE = re.compile(
    r"[,;、(]{0,9}(?:或|也?可|价格|具体|双方){0,9}"
    r"(?:面议|面谈|协商|商议|洽谈|另议|详谈|议价|negotiable)(?:确定)?\)?"
)
_UNSTATED = re.compile(r"待定|未定|不限|不详|未知|视.{0,8}而定|根据.{0,8}确定|tbd")
_FILLER = re.compile(
    r"人民币|rmb|cny|¥|大约|大概|约|左右|上下|预计|预估|暂定|总计|共计|合计|企业自筹|自筹|资金|经费|总投资|投入|整$|含税|[。;,:()]"
)
_AMOUNT = rf"(?P<{{0}}>\d{{{{1,15}}}}(?:\.\d{{{{1,15}}}})?)(?P<{{0}}_over>[多余])?(?P<{{0}}_unit>{_UNIT})?"
_RANGE = re.compile(
    r"(?P<at_least>不低于|不少于|不小于|至少|大于等于|大于|超过|高于|>=|≥|>)?"
    r"(?P<at_most>不超过|不高于|不多于|不大于|最多|最高|小于等于|小于|低于|<=|≤|<)?"
    + _AMOUNT.format("low")
    + r"(?:[-~〜—–至到]+"
    + _AMOUNT.format("high")
    + r")?(?P<upwards>(?:及|或)?以上|起)?(?P<downwards>(?:及|或)?以下|以内|之内|内|封顶)?"
)


def parse_money(text: str, unit: str = "万元") -> Money:
    """Read one amount; a number without a unit of its own is in `unit`.

    “约50万” and “五十万元” are 50, “100-200万元” a range, “50万以上” a range open above, “面议” negotiable.
    A blank text gives `Money()`; one that names no figure (自筹, 待定) keeps its words only. `Money.text`
    reads as the same amount again without `unit`.

    Raises:
        InvalidInput: the text is no amount in yuan, its range runs backwards, or a bare figure is so
            large that its unit is in doubt.
    """
    kept = normalise(text)
    plain = unicodedata.normalize("NFKC", kept).replace(" ", "").replace("\n", "").lower()
    plain = _THOUSANDS.sub("", simplified(plain).replace("圆", "元"))
    plain = _TERMS.sub("", plain)
    if suffix := _BRACKETED_UNIT.search(plain):
        unit, plain = suffix[1], plain[: suffix.start()]
    if suffix or _HAS_UNIT.search(plain):
        plain = amounts_in_digits(plain)
    rest = _NEGOTIABLE.sub("", plain)
    negotiable = rest != plain
    rest = _FILLER.sub("", _UNSTATED.sub("", rest))
    if not rest:
        return Money(negotiable=negotiable, text=kept)
    parts = _RANGE.fullmatch(rest)
    if parts is None:
        raise _unreadable(kept)
    low, high = _bounds(parts, unit, kept)
    if unit not in ("万元", "万") and not suffix and not parts["low_unit"]:
        kept = f"{kept}（{unit}）"
    return Money(low=low, high=high, negotiable=negotiable, text=kept)


def _bounds(parts: re.Match[str], unit: str, kept: str) -> tuple[float | None, float | None]:
    named = parts["low_unit"] or parts["high_unit"]
    high_unit = parts["high_unit"] or named or unit
    low = Decimal(parts["low"]) * _IN_WAN[named or unit]
    high = Decimal(parts["high"]) * _IN_WAN[high_unit] if parts["high"] else low
    if low > high:
        raise InvalidInput(
            f"金额“{kept}”的下限大于上限，请改为从小到大的范围。",
            f"the amount {kept!r} runs from large to small.",
        )
    if not named and high >= MAX_WITHOUT_UNIT:
        raise InvalidInput(
            f"金额“{kept}”没有单位，按{unit}计达到10亿元以上，请写明单位（如“50万元”或“500000元”）。",
            f"the amount {kept!r} has no unit and is implausibly large; state its unit.",
        )
    if parts["at_most"] or parts["downwards"]:
        return None, float(high)
    if parts["at_least"] or parts["upwards"] or (parts["low_over"] and not parts["high"]):
        return float(low), None
    return float(low), float(high)


def _unreadable(kept: str) -> InvalidInput:
    return InvalidInput(
        f"看不懂金额“{kept}”，请写成“50万元”“100-200万元”或“面议”。",
        f"{kept!r} is not an amount; write 50万元, 100-200万元 or 面议.",
    )
