"""The words by which a row shows that it is no item: totals, notes, signatures and units, in either language.

All are looked for in folded text: half-width, lower case, without white space. Each must be the whole cell,
or stand before a colon, so that “合计成本核算系统” and “备注管理软件” stay the titles they are.
"""

import re

_NUMBER = r"(?:\d[\d.,]*|[零〇一二两三四五六七八九十百千]+|[_×]+)"
_COUNTED = (
    r"(?:项|条|个|家|行|件|份|户|名|笔)(?:有效|技术|科技|企业)*"
    r"(?:需求|成果|难题|项目|问题|企业|单位|清单|条目)?"
)
_ITEMS = r"(?:items?|rows?|records?|demands?|achievements?|projects?|entries)"
_SCOPE = (
    r"(?:以上|本页|本表|本次|本批|本期|本年|本月|本季度|今年|当年|历年|本单位|本街道|本镇|本园区?|全区|全部|各单位|需求|成果|难题|项目|企业|技术|科技|"
    r"金额|经费|投入|预算|资金|数量|总)*"
)
_SUM = r"(?:合计|总计|小计|共计|累计|汇总|总数|总和|平均)"
_TOTAL = re.compile(
    rf"\(?(?:{_SCOPE}{_SUM}(?:数|金额|数量|经费|投入|资金)?|"
    r"(?:grand|sub|page|overall|running|carriedforward)?-?totals?(?:amount|budget|items|rows|number)?|sum)\)?"
    rf"(?:\([^()]*\))?(?:[:,;].*|{_NUMBER}[亿万千]?(?:元|%|{_COUNTED}|{_ITEMS})?(?:[.。]|[,;、].*)?)?|其中[:].*",
    re.DOTALL,
)
_COUNT = re.compile(
    rf"(?P<said>(?:{_SCOPE}(?:共|{_SUM})[有计]?|以上|totalof|intotal)?:?){_NUMBER}"
    rf"(?:{_COUNTED}|{_ITEMS})(?:[.。]|[,;、].*)?",
    re.DOTALL,
)

_NOTE = re.compile(
    r"[(\[【*※★▲◆●○☆#]*"
    r"(?:备注|附注|注意事项|注意|注|说明|(?:填表|填报|填写|编制|备注|特别|有关|使用)(?:说明|须知|要求)|附件|附(?=[:])|"
    r"notes?|remarks?|n\.?b|instructions?|explanation)"
    r"\d{0,2}[)\]】]*(?P<said>[:.、].*)?",
    re.DOTALL,
)
_POINT = re.compile(r"[*※★▲◆●○☆·•].+|[(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[.、)](?!\d).+", re.DOTALL)

_BY = r"(?:填表|填报|填写|制表|编制|报送|上报|申报|审核|审批|审定|复核|核对|经办|承办|批准|签发|主管|分管)"
_SIGNATURE = re.compile(
    rf"(?:{_BY}(?:负责人|联系人|领导|人员|人|者|单位(?:名称|意见)?|部门|日期|时间)?|"
    r"(?:单位|部门|企业|项目|科室|园区|街道)?(?:负责人|联系人|法定代表人|法人|领导)|"
    r"(?:单位|部门|企业|园区|街道)(?:名称)?(?=[:(])|"
    r"(?:单位|部门|企业|法人|园区|街道)?(?:公章|盖章|签章|签字|签名)|\((?:公章|盖章|签章|签字|签名)\)|"
    r"日期|联系电话|电话|手机|传真|电子邮箱|邮箱|地址|"
    r"(?:prepared|filled(?:in)?|compiled|reviewed|checked|approved|signed|submitted)(?:by|on)?|"
    r"signature|date|seal|stamp|contact(?:person)?|tel(?:ephone)?|phone)"
    r"(?:签字|签名|签章|盖章)?(?:\([^()]{0,12}\))?(?P<said>[:_].*)?",
    re.DOTALL,
)
_DAY = re.compile(
    r"\d{4}[-./]\d{1,2}(?:[-./]\d{1,2})?|(?:\d{2,4}|[二〇零一三四五六七八九]{4}|_*)年(?:\d{1,2}|_*)月(?:(?:\d{1,2}|_*)日)?"
)
_PAGE = re.compile(
    r"[(—–\-*=/]{0,8}(?:第?\d{1,5}/?(?:页[,/]?)?(?:共?\d{1,5}页)|第\d{1,5}页|page\d{1,5}(?:of\d{1,5})?|"
    r"(?:本页)?以下(?:空白|无正文|空)|无正文|正文完|完|结束|(?:the)?end)[)—–\-*=/]{0,8}|"
    r"[—–\-]{1,8}\d{1,5}[—–\-]{1,8}"
)
_UNIT = re.compile(
    r"\(?(?:金额|计量|货币|数量|预算|经费)?单位[:(]?(?:人民币)?(?:亿|千万|百万|十万|万|千)?"
    r"(?:元|美元|欧元|个|项|家|亿|万)(?:人民币)?\)?\)?|"
    r"\(?(?:currency)?units?[:(].{0,24}(?:yuan|rmb|cny|usd|eur).{0,8}\)?"
)
_FIGURE = re.compile(
    r"(?:[\d.,%+~—–\-/*()¥$:~≥≤<>_…]|亿|万|千|百|十|元|项|条|个|家|行|件|份|户|名|人|次|天|年|月|日|共|约|余|"
    r"计|其中|面议|无)+"
)
_PLACEHOLDER = re.compile(r"[(\[【<]?请(?:您|在此(?:处)?)?(?:填写|输入|选择|填报|补充|下拉).{0,40}")
_RUNNING = re.compile(r"[(]?(?:no\.?|第)?(?:\d{1,6}|[一二三四五六七八九十百]{1,5})(?:\.0)?[)、.号项条]?")


def is_total(folded: str) -> bool:
    """Whether a cell is headed as a total: 合计, 本页小计：, 以上共15条, Subtotal."""
    if _TOTAL.fullmatch(folded):
        return True
    count = _COUNT.fullmatch(folded)
    return count is not None and bool(count["said"])


def is_count(folded: str) -> bool:
    """Whether a cell counts items and says nothing else: 15项, 共9项需求, 12 items."""
    return _COUNT.fullmatch(folded) is not None


def is_note(folded: str) -> bool:
    """Whether a cell begins a note: 备注：…, 填表说明, 注1：…, Note: …"""
    return _NOTE.fullmatch(folded) is not None


def is_bare_label(folded: str) -> bool:
    """Whether a cell is the label of a note or signature whose text stands in the next cell."""
    label = _NOTE.fullmatch(folded) or _SIGNATURE.fullmatch(folded)
    return label is not None and not (label["said"] or "").strip(":._、")


def is_point(folded: str) -> bool:
    """Whether a text begins with a number or a mark of its own, as the points of instructions do."""
    return _POINT.fullmatch(folded) is not None


def is_signature(folded: str) -> bool:
    """Whether a cell is one of a line of signatures: 填表人：…, 单位（盖章）."""
    return _SIGNATURE.fullmatch(folded) is not None


def is_day(folded: str) -> bool:
    """Whether a cell is a day or a month, filled in or not: 2026年11月29日, 年 月 日."""
    return _DAY.fullmatch(folded) is not None


def is_page_mark(folded: str) -> bool:
    """Whether a cell belongs to a printed page: 第1页 共3页, Page 2 of 3, 以下空白."""
    return _PAGE.fullmatch(folded) is not None


def is_unit(folded: str) -> bool:
    """Whether a cell states the unit of a table: （单位：万元）."""
    return _UNIT.fullmatch(folded) is not None


def is_placeholder(folded: str) -> bool:
    """Whether a cell still asks to be filled in: 请填写, （请输入需求名称）."""
    return _PLACEHOLDER.fullmatch(folded) is not None


def is_figure(folded: str) -> bool:
    """Whether a cell holds figures, amounts or days and no words."""
    return _FIGURE.fullmatch(folded) is not None


def is_running_number(folded: str) -> bool:
    """Whether a cell is a number such as rows are numbered with."""
    return _RUNNING.fullmatch(folded) is not None
