"""What a quantity is called: the words that stand before a number, and which of two names are alike."""

import re
from dataclasses import dataclass

_VAGUE = frozenset({"去除率", "回收率", "利用率", "增长率", "达标率", "覆盖率"})
_LONGEST = 12
_BRACKETS = re.compile(r"\([^()]*\)\s*$")
_WORDS = re.compile(r"[^\W\d_][\w-]*$")
_SYMBOL = re.compile(r"(?<=[\u4e00-\u9fff]{2})[A-Za-zα-ωΑ-Ω][A-Za-z0-9]{0,3}$")
_PREAMBLE = re.compile(
    r"^.*(?:\d{5,}|的|使(?!用)|其|且|并|与|要求|保证|确保|实现|研制|开发|采用|具有|最[高低大小]|平均)(?=.{2})"
)
_TRAILING = re.compile(r"(?:范围|最高|最低|可|均|只|仅|需)+$")
_CHANGED = re.compile(
    r"(?P<verb>(?P<up>提高|提升|增加|增长)|降低|减低|下降|减少|减小|缩短|节约|节省)了?(?P<what>.{2,}?)(?P<to>[到至]?)$"
)
_NAMELESS = re.compile(
    r"(?:研制|开发|研发|采用|使用|具有|要求|实现|需要|生产|建设|产品|项目|技术|其中|目前|只有|已|年|月|日)+"
)
_NO_MEASURE = re.compile(
    r"[高低优大小]于|超过|[\u4e00-\u9fff]\d+$|[的第每近前]$"
    r"|价格|[售报单要造]价|预算|经费|费用|金额|资金|投资|投入|产值|营收|利润|销售|税"
)


@dataclass(frozen=True, slots=True)
class Name:
    """What is measured, blank where the words name nothing, or money, and how a verb before it says to change
    it: `verb` as it is written, `up` or not, by a number or `to` it (“提高转化率至” 80%)."""

    what: str = ""
    verb: str = ""
    up: bool = False
    to: bool = False


def name_before(text: str) -> Name:
    """The name that a text ends with."""
    match = _WORDS.search(_BRACKETS.sub("", text.rstrip(" :(")).rstrip(" :("))
    if match is None:
        return Name()
    changed = _CHANGED.search(match[0])
    phrase = changed["what"] if changed else match[0]
    what = _SYMBOL.sub("", _TRAILING.sub("", _PREAMBLE.sub("", phrase)))
    if len(what) < 2 or _NAMELESS.fullmatch(what) or _NO_MEASURE.search(what):
        return Name()
    if changed is None:
        return Name(what[-_LONGEST:])
    return Name(what[-_LONGEST:], changed["verb"] + changed["to"], bool(changed["up"]), bool(changed["to"]))


def alike(left: str, right: str) -> int:
    """Characters of the ending that two names share; 0 where it does not make them the same thing.

    A Chinese name ends with what is measured: 单程转化率 is a 转化率. Two characters of two longer names are
    too few (抗拉强度, 屈服强度), and so are the endings of `_VAGUE` (COD去除率, 氨氮去除率).
    """
    left, right = left.casefold(), right.casefold()
    shorter, shared = min(len(left), len(right)), 0
    while shared < shorter and left[-shared - 1] == right[-shared - 1]:
        shared += 1
    if shared == shorter:
        return shared
    return shared if shared >= 3 and left[len(left) - shared :] not in _VAGUE else 0
