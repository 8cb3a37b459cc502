"""Column headings: which words name which field, and where in a sheet the header row is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matcher.domain.listing import Side
from matcher.domain.text import fold

REASON_HEADING = "问题（导入时忽略）"
"""The column that a workbook of rejected rows adds; never read back."""

_BOTH = {
    "code": "编号|编码|代码|ID|外部编号|code|no|number",
    "sequence": "序号|行号|row no|serial number",
    "title": "名称|项目名称|标题|题目|title|name|project name",
    "organisation": "单位|单位名称|所属单位|organisation|organization|institution",
    "industry": (
        "技术领域|所属领域|所属高新技术领域|高新技术领域|所属技术领域|应用领域|领域|行业|所属行业|"
        "行业领域|所属产业|产业领域|产业方向|industry|field|technical field|sector"
    ),
    "keywords": "关键词|关键字|成果关键字|成果关键词|需求关键词|标签|keywords|keyword|tags",
    "region": "所属地区|地区|所在地区|所在地|区域|所属区域|region|location",
    "source_region": "来源区域|来源地区|成果来源地|成果来源地区|三城一区|source region",
    "laboratory": "实验室|所属实验室|重点实验室|依托实验室|实验室名称|laboratory|lab",
    "maturity": (
        "成果所处阶段|成果成熟度|成熟度|技术成熟度|所处阶段|成果阶段|技术阶段|研发阶段|技术就绪度|"
        "技术就绪水平|要求成熟度|期望成熟度|TRL|TRL等级|maturity|stage|technology readiness level"
    ),
    "confidentiality": "密级|保密级别|涉密等级|保密等级|公开程度|公开范围|confidentiality",
    "contact": "联系人及电话|联系人/电话|联系人及联系方式|联系人/联系方式|联系人和电话|contact",
    "contact_name": "联系人|联系人姓名|对接人|项目联系人|contact name|contact person",
    "contact_phone": (
        "联系电话|电话|手机|手机号|手机号码|联系人电话|联系方式|联系人手机|phone|telephone|mobile"
    ),
    "contact_email": "电子邮箱|邮箱|电子邮件|联系邮箱|联系人邮箱|email|e-mail|mail",
    "valid_until": (
        "有效期|有效期至|有效期限|有效日期|截止有效期|失效日期|到期日|valid until|expires|expiry date"
    ),
}

_SUPPLY = {
    "code": "成果编号|项目编号|成果编码|achievement code|achievement id",
    "title": "成果名称|科技成果名称|技术名称|成果标题|论文题目|achievement|achievement title",
    "title_en": "英文名称|成果英文名称|英文标题|英文题目|title_en|english title",
    "organisation": (
        "完成单位|研发单位|成果持有单位|持有单位|成果单位|第一完成单位|供给单位|权利人|成果完成单位|"
        "owner|research unit"
    ),
    "abstract": (
        "成果简介|成果基本情况|简介|摘要|成果介绍|成果描述|技术简介|项目简介|基本情况|成果概述|内容|"
        "abstract|summary|description|content"
    ),
    "abstract_en": "英文摘要|英文简介|abstract_en|english abstract",
    "inventors": "完成人|成果完成人|发明人|主要完成人|研发团队|团队|作者|inventors|authors",
    "classification": "分类号|中图分类号|中图分类|成果分类|学科分类|clc|classification",
    "form": "成果体现形式|成果形式|体现形式|form",
    "level": "成果技术水平|成果水平|技术水平|成果评价|level",
    "modes": (
        "拟采取的转化方式|拟转化方式|转化方式|拟采取转化方式|合作方式|转让方式|成果转化方式|"
        "transfer modes|modes|transfer mode"
    ),
    "transfer_note": "转化说明|转化需求说明|转化备注|transfer note",
    "price": "拟转化金额|转化金额|金额|拟转让金额|转让金额|意向价格|价格|报价|预期金额|price|amount",
    "ip_type": "知识产权类型|知识产权|知识产权形式|专利类型|ip type|intellectual property",
}

_DEMAND = {
    "code": "需求编号|需求编码|难题编号|demand code|demand id",
    "title": (
        "需求名称|技术需求名称|难题名称|需求标题|企业需求名称|技术难题名称|需求题目|demand|demand title"
    ),
    "organisation": (
        "企业名称|所属单位或公司名称|公司名称|企业|需求单位|需求企业|需求方|发布单位|单位或公司名称|"
        "enterprise|company"
    ),
    "kind": "需求类型|需求类别|需求分类|类型|demand type|demand kind|kind",
    "detail": (
        "需求详情|内容和说明|重大科技需求概述|需求内容|需求描述|需求说明|需求概述|需求简介|内容|详情|"
        "具体需求|detail|details|description|content"
    ),
    "problems": (
        "拟解决的技术难题|主要问题、技术关键|主要问题|技术关键|技术难题|拟解决的主要问题|拟解决技术难题|"
        "关键技术问题|需解决的技术难题|problems|technical problems"
    ),
    "targets": "技术指标|主要技术指标|预期目标|技术目标|考核指标|指标要求|targets|technical targets",
    "conditions": "现有基础条件|现有基础|基础条件|已有基础|现有条件|企业现有条件|conditions",
    "budget": (
        "预算金额|拟投入资金总额|预算|投入资金|拟投入资金|拟投入金额|意向投入|资金预算|经费预算|金额|"
        "budget|amount"
    ),
    "modes": (
        "合作方式|技术需求解决方式|解决方式|拟合作方式|意向合作方式|需求解决方式|cooperation modes|modes|"
        "cooperation mode"
    ),
    "organisation_nature": "单位性质|企业性质|企业类型|单位类型|organisation nature|company type",
    "deadline": "需求时限|时限|完成时限|需求截止时间|截止日期|截止时间|期望完成时间|deadline",
    "released": "是否公开|是否向研发单位公开|可否公开|是否同意公开|是否对外公开|是否发布|released",
}
"""Field → its headings, separated by “|”: of either list, of the supply list, of the demand list."""


def aliases(side: Side) -> dict[str, tuple[str, ...]]:
    """The headings of one side's list: field → every wording, the usual one of that side first."""
    of_side = _SUPPLY if side is Side.SUPPLY else _DEMAND
    return {
        name: tuple(alias for table in (of_side, _BOTH) if name in table for alias in table[name].split("|"))
        for name in {**of_side, **_BOTH}
    }


_UNITS = re.compile(r"[(/](?:单位:?)?(?:人民币)?(亿元|千万元|百万元|万元|千元|元|亿|万)\)?$")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>")
_NUMBERING = re.compile(r"^(?:\d{1,2}|[一二三四五六七八九十]{1,2})[.、)]")
_PARTS = re.compile(r"[/、及和与]")
_MARKS = re.compile(r"[\s*:_#?!。—-]+")


def plain_heading(heading: str) -> str:
    """A heading without brackets, numbering, units and marks: the form in which aliases are looked up."""
    bare = _BRACKETS.sub("", _UNITS.sub("", fold(heading)))
    return _MARKS.sub("", _NUMBERING.sub("", bare))


def unit_of(heading: str) -> str:
    """The unit of money a heading names, 万元 where it names none."""
    match = _UNITS.search(_MARKS.sub("", fold(heading)))
    return match[1] if match else "万元"


def _by_plain_heading(side: Side) -> dict[str, str]:
    return {plain_heading(alias): name for name, all_of in aliases(side).items() for alias in all_of}


_FIELDS: Mapping[Side, Mapping[str, str]] = {side: _by_plain_heading(side) for side in Side}


@lru_cache(maxsize=4096)
def field_of(heading: str, side: Side) -> str | None:
    """The field a heading names.

    Alternatives joined by “/” count where all name the same field; several parts of a contact together
    are a `contact`.
    """
    plain = plain_heading(heading)
    if field := _FIELDS[side].get(plain):
        return field
    named = {_FIELDS[side].get(part) for part in _PARTS.split(plain)}
    if named <= {"contact_name", "contact_phone", "contact_email"}:
        return "contact"
    return named.pop() if len(named) == 1 else None


@dataclass(frozen=True, slots=True)
class Header:
    """A sheet's header: its headings by column, the field of each, and the first row of data (from 0)."""

    headings: tuple[str, ...]
    fields: tuple[str | None, ...]
    first_data_row: int

    @property
    def known(self) -> int:
        """How many columns name a field."""
        return sum(name is not None for name in self.fields)


HEADER_WITHIN = 20
"""Rows searched for the header: real lists have it in rows 1 to 4, forms with instructions later."""


def find_header(rows: Sequence[Sequence[str]], side: Side) -> Header | None:
    """The header row (or two rows, where group headings stand above) with the most known headings.

    A title column is required, and one more known column unless the list has a single one.
    """
    best: Header | None = None
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        header = _header(row, number + 1, side)
        below = rows[number + 1] if number + 1 < len(rows) else ()
        joined = _header(_joined(row, below, side), number + 2, side)
        if joined.known > header.known:
            header = joined
        filled = sum(bool(cell) for cell in header.headings)
        if "title" not in header.fields or (header.known < 2 and filled > 1):
            continue
        if best is None or header.known > best.known:
            best = header
    return best


def _header(row: Sequence[str], first_data_row: int, side: Side) -> Header:
    fields = tuple(field_of(cell, side) if cell.strip() else None for cell in row)
    return Header(tuple(cell.strip() for cell in row), fields, first_data_row)


def _joined(upper: Sequence[str], lower: Sequence[str], side: Side) -> list[str]:
    """The lower heading where there is one; the upper row alone where the lower looks like data."""
    if any(
        low.strip() and field_of(low, side) is None and field_of(high, side) is not None
        for high, low in zip(upper, lower, strict=False)
    ):
        return list(upper)
    width = max(len(upper), len(lower))
    padded = [[*row, *[""] * (width - len(row))] for row in (upper, lower)]
    return [low.strip() or high for high, low in zip(*padded, strict=True)]
