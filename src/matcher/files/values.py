"""What a cell says, as a value of its field. A text that cannot be read raises InvalidInput."""

import calendar
import re
from datetime import date, timedelta

from matcher.domain.errors import InvalidInput
from matcher.domain.listing import Confidentiality, DemandKind
from matcher.domain.numerals import numbers_in_digits
from matcher.domain.script import simplified
from matcher.domain.text import fold, normalise

_NOTHING = frozenset({
    "", "-", "--", "—", "——", "/", "\\", "n/a", "na", "null", "none", "nan",
    "无", "暂无", "空", "不详", "未知",
})  # fmt: skip
PICTURE = "#图片"
"""Stands for a cell that holds a picture."""

NO_RESULT = "#公式没有结果"
"""Stands for a formula that was never calculated."""

_ERROR = re.compile(
    r"#(?:REF!|N/A(?: N/A)?|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|"
    r"BUSY!|GETTING_DATA|EXTERNAL!|PYTHON!|TIMEOUT!|MACRO!)|#{2,}"
    rf"|{PICTURE}|{NO_RESULT}|=(?:[A-Z_][A-Z0-9_.]*\(.*|[+-]?\$?[A-Z]{{1,3}}\$?\d+(?:[-+*/&].*)?)",
    re.IGNORECASE | re.DOTALL,
)

_PICTURE_FORMULA = re.compile(r"=(?:_xlfn\.)?(?:_xlws\.)?(?:DISPIMG|IMAGE)\(", re.IGNORECASE)

_LINE_BREAK = re.compile(
    r"\r\n?|[\v\f\u0085\u2028\u2029]|_x000[DA]_\n?|&#(?:10|13|x0?[AD]);|<br\s*/?>", re.IGNORECASE
)
_ZEROS_AT_THE_END = re.compile(r"[1-9]\d{14}0+")
_POWER_OF_TEN = re.compile(r"[+-]?\d(?:\.\d+)?E\+\d{2,3}", re.IGNORECASE)

_CHINESE = "\u3400-\u4dbf\u4e00-\u9fff"
_SEPARATOR = re.compile(r"[;；、，|\n\t]|(?<!\d),|,(?!\d)")
_SLASH = re.compile(rf"(?<=[{_CHINESE}])\s*/\s*|(?<!\s)\s*/\s*(?=[{_CHINESE}])")
_SPACE_BY_CHINESE = re.compile(rf"(?<=[{_CHINESE}])\s+|(?<!\s)\s+(?=[{_CHINESE}])")
_KEYWORDS_LABEL = re.compile(r"^(?:关键词|关键字|keywords?)\s*[:：]\s*", re.IGNORECASE)


def is_nothing(text: str) -> bool:
    """Whether a cell says that nothing is known: blank, “-”, “无”, “N/A” and the like."""
    return text.strip().casefold() in _NOTHING


def is_error(text: str) -> bool:
    """Whether a cell holds nothing to read: an error (#REF!), a figure that did not fit (####), a picture."""
    return _ERROR.fullmatch(text.strip()) is not None


def is_picture(text: str) -> bool:
    """Whether a cell holds a picture, or the formula that stands for one."""
    return text == PICTURE or _PICTURE_FORMULA.match(text.strip()) is not None


def error_message(text: str) -> tuple[str, str]:
    """What is wrong with such a cell and how to mend it, in Chinese and English."""
    if text == NO_RESULT:
        return (
            "单元格的公式没有保存计算结果，请用 Excel 或 WPS 打开文件、保存后再导入，或直接填写内容。",
            "the cell's formula has no stored result: open and save the file in Excel or WPS, then import.",
        )
    if text == PICTURE or "DISPIMG" in text.upper():
        return (
            "单元格里是图片，无法读取，请改填文字。",
            "the cell holds a picture, which cannot be read: type the content.",
        )
    if text.strip("#") == "":
        return (
            f"单元格是“{text}”：列宽不够，导出时丢失了内容；请加宽该列后重新导出，或直接填写内容。",
            f"the cell holds {text}: its column was too narrow on export: widen it, or type the content.",
        )
    if text.startswith("="):
        return (
            f"单元格是公式“{text[:40]}”而不是结果，请直接填写内容。",
            f"the cell holds the formula {text[:40]} and not its result: type the content.",
        )
    return (
        f"单元格是公式错误“{text}”，请改正公式或直接填写内容。",
        f"the cell holds the error {text}; mend the formula or type the content.",
    )


def has_lost_digits(text: str) -> bool:
    """Whether a code was turned into a power of ten (1.10108E+17): its last digits are lost."""
    return _POWER_OF_TEN.fullmatch(text.strip()) is not None


def may_have_lost_digits(code: str) -> bool:
    """Whether a code looks as Excel leaves a number of 16 digits or more: zeros from the sixteenth on."""
    return _ZEROS_AT_THE_END.fullmatch(code.strip()) is not None


def lines_of(text: str) -> list[str]:
    """The lines of a cell that say something, each normalised; `<br>` and `&#10;` break lines, too."""
    broken = _LINE_BREAK.sub("\n", text)
    return [line for line in map(normalise, broken.split("\n")) if line]


def parse_people(text: str) -> str:
    """Names in one line; those on lines of their own are joined by “、”."""
    return "、".join(line.strip("、，,；; ") for line in lines_of(text))


def split_terms(text: str) -> tuple[str, ...]:
    """Split keywords or modes; English phrases of several words stay whole.

    Separators are ; ； 、 , ， | and line breaks; only without any of them a “/” or a space beside a
    Chinese character. A comma between digits belongs to the term (1,2-二氯乙烷). The text must be as it
    stands in the file: normalising closes line breaks.
    """
    text = _KEYWORDS_LABEL.sub("", "\n".join(lines_of(text)))
    terms = _SEPARATOR.split(text)
    if len(terms) == 1:
        terms = _SLASH.split(text)
    if len(terms) == 1:
        terms = _SPACE_BY_CHINESE.split(text)
    return unique_terms(terms)


def unique_terms(terms: list[str]) -> tuple[str, ...]:
    """The terms that say something, normalised, in order, without repetitions."""
    cleaned = (normalise(term).strip(" 。.") for term in terms)
    return tuple({fold(term): term for term in reversed([*cleaned]) if not is_nothing(term)}.values())[::-1]


_MODES = {
    "技术转让": ("转让", "成果转让", "专利转让", "专利权转让", "assignment", "transfer"),
    "技术许可": ("许可", "专利许可", "许可使用", "实施许可", "license", "licence", "licensing"),
    "技术作价投资": ("作价入股", "作价投资", "技术入股", "技术作价入股", "入股", "equity"),
    "合作开发": ("联合开发", "合作研发", "联合研发", "共同开发", "joint development"),
    "合作转化": ("合作实施", "联合转化"),
    "技术服务": ("服务", "service"),
    "委托开发": ("委托研发", "技术委托", "commissioned development"),
    "技术咨询": ("咨询", "consulting"),
    "先使用后付费": ("先用后付", "先试用后付费"),
}
_MODE_OF = {fold(word): mode for mode, words in _MODES.items() for word in (mode, *words)}


def parse_modes(text: str) -> tuple[str, ...]:
    """Transfer or cooperation modes in their usual wording; an unusual one stays as it is written."""
    terms = (part for term in split_terms(text) for part in _SLASH.split(term))
    return unique_terms([_MODE_OF.get(fold(term), term) for term in terms])


_KINDS = {
    DemandKind.RESEARCH: (
        "技术攻关|联合攻关|攻关|关键技术攻关|技术开发|技术研发|合作研发|合作开发|委托开发|委托研发|"
        "研发类|技术难题|research|joint research"
    ),
    DemandKind.ACQUISITION: (
        "成果引进|技术引进|成果转化|技术转让|成果购买|技术购买|成果承接|成果需求|acquisition"
    ),
    DemandKind.SCENARIO: "应用场景|场景需求|场景应用|示范应用|应用示范|场景|scenario",
    DemandKind.PILOT: (
        "概念验证/中试服务|概念验证中试服务|概念验证|中试服务|中试|小试中试|中试熟化|pilot|proof of concept"
    ),
    DemandKind.CHALLENGE: "揭榜|揭榜挂帅|揭榜制|赛马|challenge|open challenge",
}
_KIND_AROUND = re.compile(r"\([^()]*\)|(?:类|需求|类需求)$")
_KIND_OF = {fold(word): kind for kind, words in _KINDS.items() for word in words.split("|")}


def parse_kind(text: str) -> DemandKind:
    """The kind of a demand.

    Raises:
        InvalidInput: no kind goes by that name.
    """
    words = _KIND_AROUND.sub("", fold(text))
    kind = _KIND_OF.get(fold(text)) or _KIND_OF.get(words)
    if kind is None:
        raise InvalidInput(
            f"没有“{text}”这种需求类型，请改为技术攻关、成果引进、应用场景、概念验证/中试服务或揭榜。",
            f"{text!r} is no kind of demand; use 技术攻关, 成果引进, 应用场景, 概念验证/中试服务 or 揭榜.",
        )
    return kind


_PUBLIC = {"公开", "非密", "非涉密", "不涉密", "无密级", "不保密", "普通", "对外公开", "完全公开", "public"}
_INTERNAL = {
    "内部", "内部公开", "内部资料", "内部使用", "不公开", "限制公开", "限制", "受控", "工作秘密",
    "园区内公开", "internal",
}  # fmt: skip
_SECRET = re.compile(r"^(?:国家|商业)?(?:秘密|机密|绝密)|^涉密|^保密|^(?:secret|confidential)")


def parse_confidentiality(text: str) -> Confidentiality:
    """The level of confidentiality (“秘密★10年” is secret).

    Raises:
        InvalidInput: no level goes by that name; the caller must treat it strictly.
    """
    plain = fold(text)
    if plain in _PUBLIC:
        return Confidentiality.PUBLIC
    if plain in _INTERNAL:
        return Confidentiality.INTERNAL
    if _SECRET.match(plain):
        return Confidentiality.SECRET
    raise InvalidInput(
        f"没有“{text}”这种密级，已按“内部”从严处理；请改为公开、内部或秘密。",
        f"{text!r} is no level of confidentiality and is treated as internal; use 公开, 内部 or 秘密.",
    )


_YES = {"是", "公开", "同意", "可", "可以", "可公开", "对外公开", "√", "✓", "y", "yes", "true", "1"}
_NO = {"否", "不公开", "不同意", "不可", "不可以", "不", "×", "n", "no", "false", "0"}


def parse_yes_no(text: str) -> bool:
    """是 or 否, 公开 or 不公开.

    Raises:
        InvalidInput: it is neither.
    """
    plain = fold(text)
    if plain not in _YES | _NO:
        raise InvalidInput(
            f"看不懂“{text}”，请填“是”或“否”；暂按“否”处理。",
            f"{text!r} is neither 是 nor 否; taken as 否.",
        )
    return plain in _YES


_ENDLESS = {"长期", "长期有效", "永久", "永久有效", "无限期", "不限", "不限期", "longterm", "indefinite"}
_PERIOD = re.compile(
    r"(?:约|预计)?(?:\d+(?:\.\d+)?|[一二两三四五六七八九十半]+)(?:[-~至到](?:\d+|[一二两三四五六七八九十]+))?个?"
    r"(?:工作日|年半?|月|季度|周|天|日|years?|months?)(?:内|以内|之内|左右|完成)*|尽快|近期|立即|asap"
)
_TIME_OF_DAY = re.compile(r"[t ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?$")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?|(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?(?:底|末|前)?")
_YEAR = re.compile(r"(\d{4})年?(上半年|下半年|年?底|年?末)?(?:前|以前)?")
_QUARTER = re.compile(r"(\d{4})(?:年|[-/])?(?:第?([1-4])季度?|q([1-4]))(?:底|末)?")
_HALF = re.compile(r"(\d{4})(?:年|[-/])?h([12])")
_SHORT_YEAR = re.compile(r"([1-4]\d)年(?=\d|[上下]半|[底末年第q])")
_BEFORE = re.compile(r"(?:止|为止|截止|之前|以前|前|之内|以内|内)$")
_YEARS = re.compile(r"\d{4}年?[-~—–至到](\d{4})年?")
_BOTH_ENDS = re.compile(r"[~—–至到]|(?<=[日月年])-|(?<=\d)-(?=\d{4}[/.年])")
_SERIAL = re.compile(r"([2-7]\d{4})(?:\.\d+)?")
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIAL_OF_1904 = re.compile(r"(\d{5})(?:\.\d+)?")
_DAYS_TO_1904 = 1462


def is_period(text: str) -> bool:
    """Whether the text states a length of time (“2年”, “6个月内”) rather than a day."""
    return _PERIOD.fullmatch(fold(text)) is not None


def parse_date(text: str) -> date | None:
    """The last day a text names, or None for 长期: a month, quarter, half or year means its last day.

    Of two dates (2026年1月至2027年6月) the later one counts. A five-digit number is an Excel day number.

    Raises:
        InvalidInput: it names no day after which the statement no longer holds.
    """
    plain = _TIME_OF_DAY.sub("", normalise(text).lower())
    plain = simplified(re.sub(r"\s", "", plain))
    if plain in _ENDLESS:
        return None
    plain = numbers_in_digits(_BEFORE.sub("", re.sub(r"^(?:至|截至|截止|到)", "", plain)))
    try:
        day = _last_day(plain) or _last_day(_BOTH_ENDS.split(plain)[-1])
    except (ValueError, OverflowError):
        day = None
    if day is None:
        raise InvalidInput(
            f"看不懂日期“{text}”，请写成“2027-12-31”“2027年12月”或“长期”。",
            f"{text!r} is not a date; write 2027-12-31, 2027年12月 or 长期.",
        )
    return day


def since_1904(text: str) -> str:
    """A day number that counts from 1904 as the one that counts from 1900; other texts stay."""
    serial = _SERIAL_OF_1904.fullmatch(text.strip())
    return str(int(serial[1]) + _DAYS_TO_1904) if serial else text


def _last_day(plain: str) -> date | None:
    plain = _SHORT_YEAR.sub(r"20\1年", plain) if _SHORT_YEAR.match(plain) else plain
    if years := _YEARS.fullmatch(plain):
        return date(int(years[1]), 12, 31)
    if day := _DAY.fullmatch(plain):
        year, month, number = (int(part) for part in day.groups() if part is not None)
        return date(year, month, number)
    if serial := _SERIAL.fullmatch(plain):
        return _EXCEL_EPOCH + timedelta(days=int(serial[1]))
    if year_only := _YEAR.fullmatch(plain):
        year = int(year_only[1])
        return date(year, 6, 30) if year_only[2] == "上半年" else date(year, 12, 31)
    return _last_day_of_months(plain)


def _last_day_of_months(plain: str) -> date | None:
    if month_only := _MONTH.fullmatch(plain):
        year, month = int(month_only[1]), int(month_only[2])
    elif quarter := _QUARTER.fullmatch(plain):
        year, month = int(quarter[1]), 3 * int(quarter[2] or quarter[3])
    elif half := _HALF.fullmatch(plain):
        year, month = int(half[1]), 6 * int(half[2])
    else:
        return None
    return date(year, month, calendar.monthrange(year, month)[1])
