"""Which field a column seems to hold: by the words in its heading and by what its cells hold."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from matcher.domain.errors import InvalidInput
from matcher.domain.list_columns import list_fields, main_text
from matcher.domain.listing import Side
from matcher.domain.money import parse_money
from matcher.domain.text import fold
from matcher.files.read_columns import Proposal
from matcher.files.values import is_nothing, parse_date


@dataclass(frozen=True, slots=True)
class Seen:
    """A column as it was read: its heading, its field, whether a person decided on it, and first values."""

    heading: str
    field: str | None
    decided: bool
    filled: int
    values: Sequence[str]


_MOST = 0.6
"""The share of values that must be of a kind for a column to be of it."""
_MOST_COLUMNS = 200
"""Columns that are looked at; real lists have fewer than fifty."""
_LONG = 20
"""Characters of the middle value from which a text is taken for a description."""

_PHONE = re.compile(
    r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{3,4}[- ]?\d{4}(?:[-转]\d{1,5})?"
)
_NAMED_PHONE = re.compile(rf"(?<![0-9A-Za-z])(?:{_PHONE.pattern})(?![0-9A-Za-z])")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DATE_MARK = re.compile(r"\d[-/.年]\d|[年月]")
_MONEY_UNIT = re.compile(r"[元万亿]|面议|rmb|yuan")
_ORGANISATION = re.compile(
    r"(?:公司|集团|厂|大学|学院|研究院|研究所|院|所|中心|医院|大学.{1,8}系)(?:\(.{1,12}\))?$"
)


def _is_date(text: str) -> bool:
    if not _DATE_MARK.search(text):
        return False
    try:
        return parse_date(text) is not None
    except InvalidInput:
        return False


def _is_amount(text: str) -> bool:
    try:
        money = parse_money(text)
    except InvalidInput:
        return False
    return money.low is not None or money.high is not None or money.negotiable


_KINDS: Mapping[str, tuple[Callable[[str], bool], str, str]] = {
    "phone": (lambda text: bool(_PHONE.fullmatch(text)), "电话号码", "telephone numbers"),
    "contact": (
        lambda text: len(text) <= 40 and any(map(str.isalpha, text)) and bool(_NAMED_PHONE.search(text)),
        "姓名和电话",
        "names with telephone numbers",
    ),
    "email": (lambda text: bool(_EMAIL.fullmatch(text)), "邮箱地址", "e-mail addresses"),
    "date": (_is_date, "日期", "dates"),
    "amount": (_is_amount, "金额", "amounts"),
    "money": (lambda text: bool(_MONEY_UNIT.search(text)) and _is_amount(text), "金额", "amounts of money"),
    "organisation": (lambda text: bool(_ORGANISATION.search(text)), "单位名称", "names of organisations"),
}
"""Kind of content → its test, and its names in both languages."""

_BY_CONTENT = {"phone": "contact_phone", "email": "contact_email", "contact": "contact"}
_NOT_OURS = re.compile(
    r"注册|成立|填报|填表|登记|录入|更新|发布|报送|审核|推荐|批示|签字|盖章|营业|营收|纳税|产值|收入|人数|"
    r"资质|法人|法定|信用|开户|身份|链接|网址|附件|备注|备考|序|registered|founded|updated|remark|note"
)
_Words = Sequence[tuple[str, str, str | None]]
_CONTACT_WORDS: _Words = (
    ("contact_email", "邮箱|邮件|信箱|mail", "email"),
    ("contact_phone", "电话|手机|联系|tel|phone|mobile", "phone"),
    ("contact_name", "联系人|对接人|联络|姓名|找谁|contact", None),
)
_WORDS: Mapping[Side, _Words] = {
    Side.SUPPLY: (
        *_CONTACT_WORDS,
        ("price", "价|费|金额|多少钱|万元|price|cost|fee", "amount"),
        ("valid_until", "有效|到期|截止|expir|valid", "date"),
        ("ip_type", "专利|知识产权|软著|patent", None),
        ("maturity", "成熟|阶段|进度|进展|readiness", None),
        ("inventors", "完成人|发明人|作者|团队|专家|教授|老师|负责人|inventor|author", None),
        ("organisation", "单位|学院|院系|学校|机构|院所|谁家|哪家|organi|institut", None),
        ("industry", "领域|行业|产业|方向|industry|field", None),
        ("modes", "合作|转化|转让|方式|cooperat", None),
        ("keywords", "关键|标签|keyword", None),
        ("abstract", "简介|摘要|内容|描述|介绍|说明|概述|指标|参数|特点|优势|abstract|descri", None),
        ("abstract", "创新|原理|前景|用途|应用|效果", None),
        ("title", "名称|题目|标题|叫什么|title|name", None),
    ),
    Side.DEMAND: (
        *_CONTACT_WORDS,
        ("budget", "预算|经费|资金|金额|投入|费用|出价|多少钱|万元|budget|fund|invest", "amount"),
        ("deadline", "时间|时限|期限|日期|周期|截止|何时|什么时候|deadline|due|date|time", "date"),
        ("targets", "指标|参数|要求|目标|性能|达到|target|spec", None),
        ("detail", "描述|详情|内容|概述|说明|背景|情况|怎么|怎样|简介|descri|detail|background", None),
        ("problems", "难题|难点|痛点|瓶颈|卡脖子|问题|障碍|problem|challenge", None),
        ("conditions", "基础|条件|现状|condition", None),
        ("organisation_nature", "性质|nature", None),
        ("organisation", "单位|企业|公司|厂家|谁家|哪家|谁提|compan|organi|enterprise", None),
        ("industry", "领域|行业|产业|方向|industry|field", None),
        ("modes", "合作|方式|cooperat", None),
        ("kind", "类型|类别|分类", None),
        ("title", "名称|题目|标题|title|name", None),
    ),
}  # fmt: skip
"""Field, the words in a heading that point to it, and the kind its cells must be of."""

_JOINABLE = frozenset({"abstract", "detail", "problems", "targets", "conditions", "transfer_note"})
"""Long texts, of which a list may have several columns."""


def propose(side: Side, columns: Sequence[Seen]) -> list[Proposal | None]:
    """A proposal for each column without a field that nobody decided on, where there is reason for it."""
    taken = {column.field for column in columns if column.field is not None}
    proposals: list[Proposal | None] = []
    for number, column in enumerate(columns):
        free = number < _MOST_COLUMNS and column.field is None and not column.decided
        proposal = next(_candidates(side, column, taken), None) if free else None
        if proposal is not None:
            taken.add(proposal.maps_to)
        proposals.append(proposal)
    if "title" not in taken:
        _propose_title(side, columns, proposals)
    return proposals


def _candidates(side: Side, column: Seen, taken: set[str]) -> Iterator[Proposal]:
    """Proposals, the surest first, of fields that no other column has (long texts may have several)."""
    values = [value for value in column.values if not is_nothing(value)]
    kinds = {name for name, (test, _, _) in _KINDS.items() if _share(values, test) >= _MOST}
    offered = [
        *_by_content(kinds, _BY_CONTENT),
        *_by_words(side, fold(column.heading), kinds, values),
        *_by_content(kinds, _typed(side, fold(column.heading))),
        *_by_length(side, values),
    ]
    fields = list_fields(side)
    for proposal in offered:
        if proposal.maps_to in fields and (proposal.maps_to in _JOINABLE or proposal.maps_to not in taken):
            yield proposal


def _share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, values)) / len(values) if values else 0.0


def _by_content(kinds: set[str], fields: Mapping[str, str]) -> Iterator[Proposal]:
    for kind, field in fields.items():
        if kind in kinds:
            _, zh, en = _KINDS[kind]
            yield Proposal(field, f"内容是{zh}", f"its cells hold {en}")


def _typed(side: Side, heading: str) -> Mapping[str, str]:
    """Kind of content → the field of this side that holds it, for headings that do not say otherwise."""
    if _NOT_OURS.search(heading):
        return {}
    if side is Side.SUPPLY:
        return {"money": "price", "organisation": "organisation"}
    return {"money": "budget", "date": "deadline", "organisation": "organisation"}


def _by_words(side: Side, heading: str, kinds: set[str], values: Sequence[str]) -> Iterator[Proposal]:
    if _NOT_OURS.search(heading):
        return
    for field, words, kind in _WORDS[side]:
        word = re.search(words, heading)
        if word is None or (kind is not None and kind not in kinds):
            continue
        if kind is None:
            if any(any(map(str.isalpha, value)) for value in values):
                yield Proposal(field, f"表头含“{word[0]}”", f"its heading says {word[0]}")
        else:
            _, zh, en = _KINDS[kind]
            yield Proposal(
                field, f"表头含“{word[0]}”，内容是{zh}", f"its heading says {word[0]}, its cells hold {en}"
            )


def _by_length(side: Side, values: Sequence[str]) -> Iterator[Proposal]:
    length = _middle_length(values)
    if length >= _LONG:
        yield Proposal(
            main_text(side),
            f"内容是长文字（一般 {length} 字）",
            f"its cells hold long text ({length} characters)",
        )


def _middle_length(values: Sequence[str]) -> int:
    return int(median(map(len, values))) if values else 0


def _propose_title(side: Side, columns: Sequence[Seen], proposals: list[Proposal | None]) -> None:
    """Propose the title where no column has it: short texts that differ from row to row, at need those of a
    description.

    Where no column is the description yet, the longest of the texts that are left is.
    """
    texts = [number for number, column in enumerate(columns) if _differ(column.values)]
    free = [number for number in texts if _is_free(columns[number], proposals[number])]
    texts = free or [number for number in texts if columns[number].field in _JOINABLE]
    if not texts:
        return
    title = min(texts, key=lambda number: (_middle_length(columns[number].values) > 2 * _LONG, number))
    proposals[title] = Proposal("title", "内容是各不相同的短文字", "its cells hold short texts that differ")
    taken = {proposal.maps_to for proposal in proposals if proposal} | {column.field for column in columns}
    left = [number for number in free if number != title and proposals[number] is None]
    if left and main_text(side) not in taken:
        longest = max(left, key=lambda number: _middle_length(columns[number].values))
        proposals[longest] = Proposal(main_text(side), "是余下最长的文字", "it is the longest text left")


def _is_free(column: Seen, proposal: Proposal | None) -> bool:
    """Whether a column may be proposed as the title: nothing better is known of it."""
    if column.field is not None or column.decided:
        return False
    return proposal is None or proposal.maps_to in _JOINABLE


def _differ(values: Sequence[str]) -> bool:
    words = [value for value in values if any(map(str.isalpha, value))]
    return bool(words) and len(set(words)) >= 0.8 * len(values) and _middle_length(words) >= 2
