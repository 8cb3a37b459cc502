"""Maturity as lists state it, read as a band of technology-readiness levels.

GB/T 22900-2022 describes nine levels of technology readiness. Neither that standard nor the lists say
which levels a word such as 中期阶段 covers: the bands below are this project's reading, chosen so that
within one family of values they follow one another. The list's own words are always kept beside the band.
"""

import re

from matcher.domain.listing import Maturity
from matcher.domain.text import fold, normalise

BANDS: dict[str, tuple[int, int]] = {
    # Family 1: three stages
    "初期阶段": (1, 3),
    "中期阶段": (4, 6),
    "成熟应用阶段": (7, 9),
    # Family 2: what exists
    "正在研发": (1, 3),
    "已有样品": (4, 5),
    "通过小试": (5, 6),
    "通过中试": (7, 7),
    "可以量产": (8, 9),
    # Family 3: where it is done
    "实验室阶段": (1, 4),
    "中试阶段": (5, 7),
    "具备产业化条件": (8, 9),
    # Other wordings of the same
    "基础研究": (1, 2),
    "概念阶段": (1, 3),
    "概念验证": (3, 4),
    "研发阶段": (1, 3),
    "研发中": (1, 3),
    "研制阶段": (1, 3),
    "实验室": (1, 4),
    "实验室样品": (4, 5),
    "样品": (4, 5),
    "样品阶段": (4, 5),
    "样机": (4, 5),
    "样机阶段": (4, 5),
    "已有样机": (4, 5),
    "小试": (5, 6),
    "小试阶段": (5, 6),
    "中试": (5, 7),
    "完成中试": (7, 7),
    "批量生产": (8, 9),
    "可量产": (8, 9),
    "量产": (8, 9),
    "产业化": (8, 9),
    "产业化阶段": (8, 9),
    "可产业化": (8, 9),
    "已产业化": (9, 9),
    "成熟应用": (7, 9),
    "成熟阶段": (7, 9),
    "初级阶段": (1, 3),
}
"""Wording → (lowest, highest) level, both included."""

_BULLET = re.compile(r"^[a-z0-9][.、)]")
_BRACKETS = re.compile(r"\([^()]*\)")
_LEVELS = re.compile(
    r"(?:trl|技术就绪(?:度|水平)|技术成熟度)(?:等级|级别)?:?第?([1-9])级?(?:[-~—–至到]+(?:trl)?第?([1-9])级?)?"
)
_BARE_LEVELS = re.compile(r"第?([1-9])级?(?:[-~—–至到]{1,3}第?([1-9]))?级")
_CHINESE_DIGITS = str.maketrans("一二三四五六七八九", "123456789")


def parse_maturity(text: str) -> Maturity:
    """Read a maturity; words without a known band keep their text and have no band."""
    kept = normalise(text)
    plain = fold(kept)
    words = _BULLET.sub("", _BRACKETS.sub("", plain))
    if band := BANDS.get(words):
        return Maturity(*band, text=kept)
    digits = plain.translate(_CHINESE_DIGITS)
    if levels := _LEVELS.fullmatch(digits) or _BARE_LEVELS.fullmatch(digits):
        low, high = int(levels[1]), int(levels[2] or levels[1])
        if low <= high:
            return Maturity(low, high, text=kept)
    return Maturity(text=kept)
