"""Blank workbooks for the two lists: header, drop-downs, one example row and instructions."""

from dataclasses import dataclass
from typing import BinaryIO

from xlsxwriter.worksheet import Worksheet

from matcher.domain.labels import label
from matcher.domain.listing import Confidentiality, DemandKind, Side
from matcher.files.reading import EXAMPLE_CODE
from matcher.files.safe_cells import (
    BANNER,
    BOLD,
    FROM_TOP,
    HEADING,
    SafeBook,
    set_up_page,
)

BLANK_ROWS = 500
"""Rows below the header that carry the drop-downs."""


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    width: int
    example: str
    note: str
    choices: tuple[str, ...] = ()
    strict: bool = False


_MATURITY = ("正在研发", "已有样品", "通过小试", "通过中试", "可以量产")
_LEVELS = ("国际领先", "国际先进", "国内领先", "国内先进", "国内一般", "未评价")
_TRANSFER = (
    "技术转让",
    "技术许可",
    "技术作价投资",
    "合作转化",
    "自我转化",
    "合作开发",
    "技术服务",
    "先使用后付费",
)
_COOPERATION = ("合作开发", "委托开发", "技术转让", "技术许可", "技术服务", "技术咨询")
_CONFIDENTIALITY = tuple(label(level, "zh") for level in Confidentiality)
_CONTACT = (
    _Column("联系人", 12, "示例联系人", "选填；对外展示时只显示姓氏"),
    _Column("联系电话", 16, "", "选填；对外展示时隐去中间几位"),
    _Column("电子邮箱", 20, "", "选填"),
    _Column("有效期", 14, "2027-12-31", "过期后不再参与匹配；长期有效请填“长期”或留空"),
    _Column(
        "密级", 10, "公开", "“内部”不对外展示，“涉密”不参与匹配；留空视为公开", _CONFIDENTIALITY, strict=True
    ),
)

_COLUMNS: dict[Side, tuple[_Column, ...]] = {
    Side.SUPPLY: (
        _Column("成果编号", 14, EXAMPLE_CODE, "选填；不重复。没有编号时以名称和单位识别同一成果"),
        _Column("成果名称", 36, "一种低温制氢催化剂（示例）", "必填"),
        _Column("完成单位", 24, "示例研究院", "研发或持有单位"),
        _Column("完成人", 14, "", "选填"),
        _Column("成果简介", 60, "在较低温度下提高制氢效率……", "解决什么问题、主要指标、应用场景"),
        _Column("技术领域", 18, "氢能", "选填"),
        _Column("关键词", 24, "制氢；催化剂；低温", "用分号隔开"),
        _Column("成果成熟度", 14, "通过小试", "可选下拉项，也可填 TRL 等级，如 TRL 6", _MATURITY),
        _Column("成果技术水平", 14, "国内领先", "选填", _LEVELS),
        _Column("成果体现形式", 14, "新材料", "选填"),
        _Column("知识产权类型", 14, "发明专利", "选填"),
        _Column("拟转化方式", 18, "技术许可", "多项用分号隔开", _TRANSFER),
        _Column("转化说明", 24, "", "选填"),
        _Column("拟转化金额（万元）", 16, "100-200", "一个数、一个范围，或“面议”"),
        _Column("所属实验室", 20, "", "选填"),
        _Column("所属地区", 14, "", "选填"),
        _Column("来源区域", 14, "", "选填；如 中关村科学城"),
        *_CONTACT,
    ),
    Side.DEMAND: (
        _Column("需求编号", 14, EXAMPLE_CODE, "选填；不重复。没有编号时以名称和企业识别同一需求"),
        _Column("需求名称", 36, "车载储氢瓶在线泄漏检测（示例）", "必填"),
        _Column("企业名称", 24, "示例科技公司", "提出需求的企业"),
        _Column("需求类型", 18, label(DemandKind.RESEARCH, "zh"), "请从下拉项中选择",
                tuple(label(kind, "zh") for kind in DemandKind), strict=True),
        _Column("技术领域", 18, "氢能", "选填"),
        _Column("需求详情", 60, "需要一种可长期在线工作的泄漏检测方案……", "背景、要解决的问题和使用场景"),
        _Column("拟解决的技术难题", 36, "", "选填"),
        _Column("技术指标", 30, "", "选填"),
        _Column("现有基础条件", 30, "", "选填"),
        _Column("关键词", 24, "储氢；泄漏检测", "用分号隔开"),
        _Column("期望成熟度", 14, "通过中试", "可选下拉项，也可填 TRL 等级，如 TRL 6", _MATURITY),
        _Column("预算金额（万元）", 16, "面议", "一个数、一个范围，或“面议”"),
        _Column("合作方式", 18, "合作开发", "多项用分号隔开", _COOPERATION),
        _Column("单位性质", 14, "民营企业", "选填"),
        _Column("需求时限", 14, "2027年6月", "日期或期限，如 6个月"),
        _Column("所属地区", 14, "", "选填"),
        _Column("是否公开", 10, "否", "填“是”时，研发单位可以看到这条需求", ("是", "否"), strict=True),
        *_CONTACT,
    ),
}  # fmt: skip
_TITLES = {Side.SUPPLY: "科技成果供给清单", Side.DEMAND: "企业需求清单"}

_EXAMPLE = FROM_TOP | {"italic": True, "font_color": "#7F7F7F"}
_HEADER_ROW = 1
"""Counted from zero."""


def write_template(side: Side, stream: BinaryIO) -> None:
    """Write a blank workbook of one side's list.

    The example row is recognised by its code and never imported, even if it is left in.
    """
    columns = _COLUMNS[side]
    with SafeBook(stream) as book:
        sheet = book.add_sheet(_TITLES[side])
        sheet.set_row(0, 30)
        book.write_across(sheet, 0, len(columns), _TITLES[side], book.style(BANNER))
        heading, example = book.style(HEADING), book.style(_EXAMPLE)
        for number, column in enumerate(columns):
            book.write(sheet, _HEADER_ROW, number, column.heading, heading)
            sheet.set_column(number, number, column.width)
            _offer_choices(sheet, number, column)
        for number, column in enumerate(columns):
            book.write(sheet, _HEADER_ROW + 1, number, column.example, example)
        sheet.freeze_panes(_HEADER_ROW + 1, 2)
        set_up_page(sheet, _HEADER_ROW, _HEADER_ROW)
        _write_notes(book, columns)


def _offer_choices(sheet: Worksheet, number: int, column: _Column) -> None:
    if column.choices:
        rule = {
            "validate": "list",
            "source": list(column.choices),
            "show_error": column.strict,
            "error_title": column.heading,
            "error_message": "请从下拉项中选择。",
        }
        sheet.data_validation(_HEADER_ROW + 1, number, _HEADER_ROW + BLANK_ROWS, number, rule)


def _write_notes(book: SafeBook, columns: tuple[_Column, ...]) -> None:
    lines = (
        f"1. 从表头下一行开始填写。编号为“{EXAMPLE_CODE}”的示例行不会被导入，可以保留也可以删除。",
        "2. 只有名称是必填项；不知道的请留空，不要填“无”。留空的内容不会被当作符合条件。",
        "3. 可以增加自己的列，系统会原样保留。请不要删除表头行。",
        "",
        *(f"{column.heading}：{column.note}" for column in columns),
    )
    sheet = book.add_sheet("说明")
    sheet.set_column(0, 0, 100)
    book.write(sheet, 0, 0, "填写说明", book.style(BOLD))
    usual = book.style({})
    for row, line in enumerate(lines, start=1):
        book.write(sheet, row, 0, line, usual)
