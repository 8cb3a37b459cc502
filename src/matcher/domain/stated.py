"""What two listings state, compared field by field. Each docstring is the public explanation of its feature.

A feature is a pure function from both sides to a figure from -1 (the two contradict each other) to 1 (they
agree), or None: what either side leaves unsaid is *unknown* and never agreement.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from matcher.domain.listing import Achievement, Demand, Maturity, Money
from matcher.domain.quantities import Comparison, compare
from matcher.domain.text import fold, join_texts


@dataclass(frozen=True, slots=True)
class StatedPair:
    """A pair's two listings; `years` is how many whole years ago the achievement was stated, if known."""

    demand: Demand
    achievement: Achievement
    years: int | None = None


Stated = Callable[[StatedPair], float | None]


def industry(pair: StatedPair) -> float | None:
    """Both name one industry: 1, also where one name holds the other (新材料, 先进新材料产业); -0.5 where the
    names differ, for two lists may file one thing under two names. The classification is not looked at."""
    asked, offered = _industries(pair.demand.industry), _industries(pair.achievement.industry)
    if not asked or not offered:
        return None
    return 1.0 if _any_holds(asked, offered) else -0.5


def maturity(pair: StatedPair) -> float | None:
    """The achievement is as mature as the demand asks: 1 from the level asked, less by a third for each level
    that its highest one is below it, at least -1."""
    asked, offered = pair.demand.maturity.low, pair.achievement.maturity.high
    if asked is None or offered is None:
        return None
    return max(-1.0, 1.0 - max(0, asked - offered) / 3)


def money(pair: StatedPair) -> float | None:
    """The lowest price asked lies within the highest budget: 1; then less in proportion to the excess, 0 at
    one and a half times the budget and -1 from twice. Unknown where either is negotiable (面议), and where
    an open range (50 万元以上) leaves it undecided."""
    price, budget = pair.achievement.price, pair.demand.budget
    if price.negotiable or budget.negotiable:
        return None
    most = budget.high
    if most is None:
        enough = price.low is not None and budget.low is not None and price.low <= budget.low
        return 1.0 if enough else None
    if price.low is None:
        return 1.0 if price.high is not None and price.high <= most else None
    if price.low <= most:
        return 1.0
    return max(-1.0, 1.0 - 2 * (price.low / most - 1)) if most > 0 else -1.0


def mode(pair: StatedPair) -> float | None:
    """One way of working together suits both sides (技术许可, 合作开发 …): 1; -0.5 where each names others
    only, for that can be talked about. Words that name no way (不限, 面议, 其他) say nothing."""
    asked, offered = _modes(pair.demand.modes), _modes(pair.achievement.modes)
    if not asked or not offered:
        return None
    return 1.0 if _any_holds(asked, offered) else -0.5


def region(pair: StatedPair) -> float | None:
    """A region or source region of one side is or holds one of the other: 1; 0.5 where both begin alike
    (北京市大兴区, 北京市海淀区); 0 elsewhere, which speaks against no pair."""
    asked, offered = _regions(pair.demand), _regions(pair.achievement)
    if not asked or not offered:
        return None
    if _any_holds(asked, offered):
        return 1.0
    begins = {name[:2] for name in asked if not name.isascii()}
    return 0.5 if any(name[:2] in begins for name in offered) else 0.0


def quantities(pair: StatedPair) -> float | None:
    """How many bounds that the demand sets in figures (转化率 ≥67%) are met by the same quantity of the
    achievement: (met - failed) / compared. A quantity is the same where the dimension of its unit agrees and
    its name ends alike; all others, and those that leave it open, count neither way."""
    compared = _compared(pair)
    if not compared:
        return None
    met = sum(comparison.met for comparison in compared)
    return (2 * met - len(compared)) / len(compared)


def freshness(pair: StatedPair) -> float | None:
    """The achievement was stated lately, on its list or by its last edit: 1 within a year, halved for every
    five years since."""
    return None if pair.years is None else 0.5 ** (max(0, pair.years) / 5)


def completeness(pair: StatedPair) -> float:
    """The share of ten fields that the achievement states: abstract, keywords, organisation, industry,
    maturity, modes, price, region, form, and kind of intellectual property. Never unknown."""
    filled, fields = _filled(pair.achievement)
    return filled / fields


STATED: Mapping[str, Stated] = {
    feature.__name__: feature
    for feature in (industry, maturity, money, mode, region, quantities, freshness, completeness)
}

STATED_LABELS: Mapping[str, tuple[str, str]] = {
    industry.__name__: ("产业领域", "industry"),
    maturity.__name__: ("成熟度", "maturity"),
    money.__name__: ("预算与要价", "budget and price"),
    mode.__name__: ("合作方式", "cooperation mode"),
    region.__name__: ("地区", "region"),
    quantities.__name__: ("指标数值", "figures in the targets"),
    freshness.__name__: ("新近程度", "freshness"),
    completeness.__name__: ("信息完整度", "completeness"),
}
"""What each feature is called, in Chinese and English."""


def compare_stated(pair: StatedPair) -> dict[str, float | None]:
    """Every feature's figure, None where it is unknown."""
    return {name: feature(pair) for name, feature in STATED.items()}


def evidence(pair: StatedPair) -> dict[str, tuple[str, str]]:
    """What demand and achievement say for each feature, as short texts to show, empty where one is unsaid.

    For `quantities` only what was compared is said, in the same order on both sides.
    """
    demand, achievement = pair.demand, pair.achievement
    compared = _compared(pair)
    filled, fields = _filled(achievement)
    years = "" if pair.years is None else f"{pair.years} 年前" if pair.years > 0 else "一年以内"
    return {
        industry.__name__: (demand.industry, achievement.industry),
        maturity.__name__: (_level_text(demand.maturity), _level_text(achievement.maturity)),
        money.__name__: (_amount_text("预算", demand.budget), _amount_text("要价", achievement.price)),
        mode.__name__: ("、".join(demand.modes), "、".join(achievement.modes)),
        region.__name__: (_places_text(demand), _places_text(achievement)),
        quantities.__name__: (
            "；".join(comparison.asked.text for comparison in compared),
            "；".join(comparison.offered.text for comparison in compared),
        ),
        freshness.__name__: ("", years),
        completeness.__name__: ("", f"{fields} 项中已填 {filled} 项"),
    }


_fold = lru_cache(maxsize=1 << 14)(fold)
_SEPARATORS = re.compile(r"[、,;|/]+")
_KINDS_OF_TRADE = re.compile(r"(?<=..)(?:产业|行业|领域)$")
_MOST_NAMES = 50
"""Names of one field that are compared with each of the other side's; no list states as many."""

_ANY_INDUSTRY = frozenset({"其他", "其它", "综合", "不限", "无"})
_ANY_MODE = frozenset({"其他", "其它", "不限", "均可", "皆可", "面议", "待定", "无"})
_ANY_REGION = frozenset({"中国", "全国", "国内", "不限", "其他", "其它", "无"})


def _industries(text: str) -> list[str]:
    names = (_KINDS_OF_TRADE.sub("", name) for name in _SEPARATORS.split(_fold(text)))
    return _names(names, _ANY_INDUSTRY)


def _modes(modes: tuple[str, ...]) -> list[str]:
    return _names(map(_fold, modes), _ANY_MODE)


def _regions(listing: Demand | Achievement) -> list[str]:
    names = (_fold(name) for name in (listing.region, listing.source_region))
    return _names((name if name in _ANY_REGION else name.removeprefix("中国") for name in names), _ANY_REGION)


def _names(names: Iterable[str], saying_nothing: frozenset[str]) -> list[str]:
    told = (name for name in names if len(name) > 1 and name not in saying_nothing)
    return list(islice(told, _MOST_NAMES))


def _any_holds(asked: list[str], offered: list[str]) -> bool:
    return any(name in offer or offer in name for name in asked for offer in offered)


def _compared(pair: StatedPair) -> tuple[Comparison, ...]:
    demand, achievement = pair.demand, pair.achievement
    asking = join_texts(demand.problems, demand.detail, demand.targets)
    return compare(asking, join_texts(achievement.title, achievement.abstract))


def _filled(achievement: Achievement) -> tuple[int, int]:
    """How many of the counted fields are stated, and how many are counted."""
    level, price = achievement.maturity, achievement.price
    fields = (
        achievement.abstract,
        achievement.keywords,
        achievement.organisation,
        achievement.industry,
        level.text or level.high,
        achievement.modes,
        price.text or price.negotiable or price.low is not None or price.high is not None,
        achievement.region or achievement.source_region,
        achievement.form,
        achievement.ip_type,
    )
    return sum(map(bool, fields)), len(fields)


def _level_text(level: Maturity) -> str:
    low, high = level.low, level.high
    if low is None and high is None:
        return level.text
    if low is None or high is None:
        levels = f"{low} 级以上" if high is None else f"不超过 {high} 级"
    else:
        levels = f"{low}–{high} 级" if low < high else f"{low} 级"
    return f"{level.text}（{levels}）" if level.text else f"技术就绪 {levels}"


def _amount_text(called: str, amount: Money) -> str:
    low, high = amount.low, amount.high
    if low is not None and high is not None:
        text = f"{low:,.10g} 万元" if low == high else f"{low:,.10g}–{high:,.10g} 万元"
    elif low is not None:
        text = f"{low:,.10g} 万元以上"
    elif high is not None:
        text = f"不超过 {high:,.10g} 万元"
    else:
        text = "" if amount.negotiable else amount.text
    text = "，".join(part for part in (text, "面议" if amount.negotiable else "") if part)
    return f"{called} {text}" if text else ""


def _places_text(side: Demand | Achievement) -> str:
    return "、".join(dict.fromkeys(place for place in (side.region, side.source_region) if place))
