"""Headings without what lists put around them: marks, numbering, units, notes, and words that add nothing."""

import re
from collections.abc import Iterator, Mapping

from matcher.domain.listing import Side
from matcher.domain.text import fold

_CHINESE_UNIT = "亿元|千万元|百万元|万元|千元|元|亿|万"
_ENGLISH_UNIT = r"(?:10,?000|10k|tenthousand|wan)(?:yuan|rmb|cny)?|millionyuan|yuan|rmb|cny"
_UNIT = re.compile(
    rf"[(\[【/,:-](?:单位:?|in)?(?:人民币)?({_CHINESE_UNIT}|{_ENGLISH_UNIT})(?:人民币)?(?=[)\]】,;、/]|$)"
    r"|(?<=.)(亿元|千万元|百万元|万元|千元)$"
)
_UNIT_AT_END = re.compile(rf"/(?:{_CHINESE_UNIT})$|(?<=.)(?:亿元|千万元|百万元|万元|千元)$")
_ENGLISH_UNITS = {"millionyuan": "百万元", "yuan": "元", "rmb": "元", "cny": "元"}
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>|《|》|\([^()]*$")
_NUMBERING = re.compile(r"^(?:\d{1,2}[.、):]?|[一二三四五六七八九十]{1,2}[.、):])(?=\D)")
_REQUIRED = re.compile(r"(?<!:)(?:必填|选填|必选|可选|非必填)项?$")
_IN_ENGLISH = re.compile(r"[(（](?:英文|英语|english)[)）]", re.IGNORECASE)
_MARKS = re.compile(r"[\s*:_#?!。.,;\-—★☆●○▲△※◆■□•·\"“”'‘’√✓]+")


def plain_heading(heading: str) -> str:
    """A heading without brackets, numbering, units and marks: the form in which aliases are looked up."""
    english = "英文" if _IN_ENGLISH.search(heading) else ""
    starred = fold(heading).strip("*★☆●▲※◆■•·:?! ")
    without = _BRACKETS.sub("", _BRACKETS.sub("", starred))
    bare = _UNIT_AT_END.sub("", without) or _MARKS.sub("", starred)
    return english + _MARKS.sub("", _NUMBERING.sub("", _REQUIRED.sub("", bare)))


def unit_of(heading: str, otherwise: str = "万元") -> str:
    """The unit of money a heading names, or what holds where it names none."""
    match = _UNIT.search(re.sub(r"[\s*:_#?!。—]+", "", fold(heading)))
    unit = (match[1] or match[2]) if match else otherwise
    return _ENGLISH_UNITS.get(unit, unit if not unit.isascii() else "万元")


_BEFORE: Mapping[Side, re.Pattern[str]] = {
    Side.SUPPLY: re.compile(r"^(?:本?科技成果|科研成果|成果|技术成果|科研项目|项目|技术)"),
    Side.DEMAND: re.compile(r"^(?:企业技术需求|企业需求|技术需求|科技需求|需求|技术难题|难题|问题|项目)"),
}
_BEFORE_CONTACT = re.compile(
    r"^(?:企业|公司|单位|需求方|供方|院校|学校|项目|技术|成果|需求|主要|业务)(?=联系|电话|手机|邮箱|电子邮)"
)
_AFTER = re.compile(r"(?:要求|情况|信息)$")


def without_around(plain: str, side: Side) -> Iterator[str]:
    """The plain heading, and what is left of it without the words that lists put before and after."""
    yield plain
    for pattern in (_AFTER, _BEFORE[side], _BEFORE_CONTACT):
        shorter = pattern.sub("", plain, count=1)
        if shorter != plain and shorter:
            yield shorter
            yield _AFTER.sub("", shorter)
