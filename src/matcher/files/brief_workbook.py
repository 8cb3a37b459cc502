"""The morning brief of one park as a workbook: a sheet of counts, then one sheet for each list."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import BinaryIO

from xlsxwriter.worksheet import Worksheet

from matcher.files.safe_cells import (
    BANNER,
    BOLD,
    GRID,
    HEADER_FILL,
    HEADING,
    MIDDLE,
    WRAPPED,
    Look,
    SafeBook,
    set_up_page,
)

TITLE = "供需对接晨报"
UNKNOWN = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """A pair that the nights since made new, changed or took away; `causes` and `change` in plain words."""

    demand_code: str
    demand_title: str
    enterprise: str
    achievement_code: str
    achievement_title: str
    organisation: str
    rank: int | None
    score: float | None
    probability: float | None
    change: str
    causes: str
    standing: str
    stage: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """What someone has to see to, and by when; `wait` says how far off or how late it is."""

    kind: str
    due_on: date
    wait: str
    demand_code: str
    demand_title: str
    enterprise: str
    achievement_title: str
    organisation: str
    stage: str
    owner: str
    technology_manager: str
    next_action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsuppliedRow:
    """A demand without credible supply: why, what binds, the nearest miss, and what would give a match."""

    demand_code: str
    demand_title: str
    enterprise: str
    reason: str
    binding: str
    nearest_code: str
    nearest_title: str
    nearest_organisation: str
    nearest_score: float | None
    would_change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefBook:
    """One park's brief as it is printed; `facts`, `counts` and `stages` are (label, value)."""

    park_name: str
    day: date
    facts: Sequence[tuple[str, str]]
    counts: Sequence[tuple[str, int]]
    stages: Sequence[tuple[str, int]]
    duties: Sequence[DutyRow]
    new: Sequence[PairRow]
    changed: Sequence[PairRow]
    vanished: Sequence[PairRow]
    unsupplied: Sequence[UnsuppliedRow]


_Row = PairRow | DutyRow | UnsuppliedRow


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    width: int
    number_format: str = ""


_CODE, _NAME, _UNIT = 12, 30, 22
_PAIR = (
    _Column("需求编号", _CODE),
    _Column("需求名称", _NAME),
    _Column("企业名称", _UNIT),
    _Column("成果编号", _CODE),
    _Column("成果名称", _NAME),
    _Column("完成单位", _UNIT),
    _Column("名次", 6, "0"),
    _Column("得分", 8, "0.000"),
    _Column("概率", 8, "0%"),
    _Column("数值变化", 26),
    _Column("原因", 22),
    _Column("现状", 10),
    _Column("阶段", 10),
    _Column("负责人", 10),
)
_DUTY = (
    _Column("事项", 10),
    _Column("日期", 12, "yyyy-mm-dd"),
    _Column("期限", 12),
    _Column("需求编号", _CODE),
    _Column("需求名称", _NAME),
    _Column("企业名称", _UNIT),
    _Column("成果名称", _NAME),
    _Column("完成单位", _UNIT),
    _Column("阶段", 10),
    _Column("负责人", 10),
    _Column("技术经理人", 10),
    _Column("下一步", 26),
)
_UNSUPPLIED = (
    _Column("需求编号", _CODE),
    _Column("需求名称", _NAME),
    _Column("企业名称", _UNIT),
    _Column("原因", 22),
    _Column("约束", 34),
    _Column("最接近的成果编号", _CODE),
    _Column("最接近的成果", _NAME),
    _Column("完成单位", _UNIT),
    _Column("得分", 8, "0.000"),
    _Column("怎样可以匹配", 40),
)
_HEADER_ROW = 2
"""Counted from zero."""


def write_brief(book: BriefBook, stream: BinaryIO) -> None:
    """Write a park's brief to `stream`, ready to be printed."""
    lists: tuple[tuple[str, Sequence[_Column], Sequence[_Row]], ...] = (
        ("待办", _DUTY, book.duties),
        ("新增", _PAIR, book.new),
        ("变化", _PAIR, book.changed),
        ("消失", _PAIR, book.vanished),
        ("无可信供给", _UNSUPPLIED, book.unsupplied),
    )
    with SafeBook(stream) as out:
        _write_summary(out, book)
        for title, columns, rows in lists:
            where = f"{book.park_name}　　{book.day:%Y-%m-%d}　　共 {len(rows)} 条"
            _write_list(out, title, columns, rows, where)


def _write_summary(out: SafeBook, book: BriefBook) -> None:
    sheet = out.add_sheet("简报")
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 60)
    _write_title(out, sheet, TITLE, 2)
    day = f"{book.day.year}年{book.day.month}月{book.day.day}日"
    label, value = out.style(WRAPPED | GRID), out.style(WRAPPED | GRID | {"align": "left"})
    head = out.style(BOLD | HEADER_FILL)
    groups: tuple[tuple[str, Iterable[tuple[str, str | int]]], ...] = (
        ("", (("园区", book.park_name), ("日期", day), *book.facts)),
        ("要点", book.counts),
        ("各阶段条目数", book.stages),
    )
    row = 1
    for heading, pairs in groups:
        if heading:
            out.write_across(sheet, row + 1, 2, heading, head)
            row += 2
        for name, content in pairs:
            out.write(sheet, row, 0, name, label)
            out.write(sheet, row, 1, content, value)
            row += 1
    set_up_page(sheet, 0, 0, portrait=True)


def _write_list(
    out: SafeBook, title: str, columns: Sequence[_Column], rows: Sequence[_Row], where: str
) -> None:
    sheet = out.add_sheet(title)
    numbered = (_Column("序号", 6, "0"), *columns)
    _write_title(out, sheet, title, len(numbered))
    out.write_across(sheet, 1, len(numbered), where, out.style(WRAPPED))
    heading = out.style(HEADING)
    for number, column in enumerate(numbered):
        out.write(sheet, _HEADER_ROW, number, column.heading, heading)
        sheet.set_column(number, number, column.width)
    styles = [out.style(_look(column)) for column in numbered]
    for position, row in enumerate(rows, start=1):
        for number, (value, style) in enumerate(zip((position, *astuple(row)), styles, strict=True)):
            out.write(sheet, _HEADER_ROW + position, number, UNKNOWN if value is None else value, style)
    sheet.autofilter(_HEADER_ROW, 0, _HEADER_ROW + len(rows), len(numbered) - 1)
    sheet.freeze_panes(_HEADER_ROW + 1, 0)
    set_up_page(sheet, 0, _HEADER_ROW)


def _look(column: _Column) -> Look:
    return GRID | (MIDDLE | {"num_format": column.number_format} if column.number_format else WRAPPED)


def _write_title(out: SafeBook, sheet: Worksheet, text: str, width: int) -> None:
    sheet.set_row(0, 32)
    out.write_across(sheet, 0, width, text, out.style(BANNER))
