"""The ledger's sheet: its columns, shared by writing and reading, and what each cell of a row says."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matcher.domain.columns import Work
from matcher.domain.labels import label
from matcher.domain.stages import DeclineCode, Stage, StallCode
from matcher.files.safe_cells import plain

Value = str | float | date | None
"""What a cell holds; None is a blank one."""


class Kind(StrEnum):
    """What may stand in a column's cells."""

    TEXT = "text"
    FIGURE = "figure"
    AMOUNT = "amount"
    DAY = "day"
    STAGE = "stage"
    STALL = "stall"
    DECLINE = "decline"
    GRADE = "grade"


CHOICES: Mapping[Kind, tuple[str, ...]] = {
    Kind.STAGE: tuple(label(stage, "zh") for stage in Stage),
    Kind.STALL: tuple(label(code, "zh") for code in StallCode),
    Kind.DECLINE: tuple(label(code, "zh") for code in DeclineCode),
    Kind.GRADE: ("0", "1", "2", "3"),
}
"""The drop-down of a column of choices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the sheet; `name` is the machine's or, where `human`, that of `domain.work.Work`.

    `aliases` are other headings that it may stand under. `width` is in characters.
    """

    name: str
    heading: str
    width: int
    kind: Kind = Kind.TEXT
    human: bool = False
    hidden: bool = False
    centred: bool = False
    number_format: str = ""
    aliases: tuple[str, ...] = ()


ENTRY_ID = "条目编号"
VERSION = "行版本"
CHECK = "校验"

_DAY = "yyyy-mm-dd"


def _figure(name: str, heading: str, width: int, number_format: str) -> Column:
    return Column(
        name=name,
        heading=heading,
        width=width,
        kind=Kind.FIGURE,
        number_format=number_format,
        centred=True,
    )


def _human(name: str, heading: str, width: int, kind: Kind = Kind.TEXT, *aliases: str) -> Column:
    formats = {Kind.TEXT: "@", Kind.DAY: _DAY, Kind.AMOUNT: "#,##0.######", Kind.GRADE: "0"}
    return Column(
        name=name,
        heading=heading,
        width=width,
        kind=kind,
        human=True,
        number_format=formats.get(kind, ""),
        centred=kind not in {Kind.TEXT, Kind.AMOUNT},
        aliases=aliases,
    )


COLUMNS = (
    _figure("position", "序号", 6, "0"),
    Column(name="demand_code", heading="需求编号", width=12),
    Column(name="demand_title", heading="需求名称", width=28),
    Column(name="enterprise", heading="企业名称", width=20),
    _figure("rank", "名次", 6, "0"),
    Column(name="achievement_code", heading="成果编号", width=12),
    Column(name="achievement_title", heading="成果名称", width=28),
    Column(name="organisation", heading="完成单位", width=20),
    Column(name="industry", heading="技术领域", width=12),
    _figure("similarity", "相似度", 8, "0.000"),
    _figure("score", "得分", 8, "0.000"),
    _figure("probability", "概率", 8, "0%"),
    Column(name="terms", heading="共同词语", width=22),
    Column(name="reason", heading="匹配理由", width=36),
    Column(name="standing", heading="状态", width=8, centred=True),
    Column(name="cause", heading="状态原因", width=14),
    Column(name="first_seen", heading="首次出现", width=12, kind=Kind.DAY, number_format=_DAY, centred=True),
    _figure("run_id", "批次", 10, "0"),
    _human("stage", "阶段", 10, Kind.STAGE),
    _human("decline_code", "终止原因", 12, Kind.DECLINE, "终止原因代码", "原因"),
    _human("stall_code", "卡点", 10, Kind.STALL, "卡点代码"),
    _human("owner", "负责人", 10),
    _human("technology_manager", "技术经理人", 10),
    _human("responsible_unit", "责任单位", 14),
    _human("next_action", "下一步", 18),
    _human("due", "截止日期", 12, Kind.DAY),
    _human("last_contact", "最近联系", 12, Kind.DAY),
    _human("return_on", "暂缓恢复日期", 12, Kind.DAY),
    _human("amount", "金额（万元）", 12, Kind.AMOUNT, "金额"),
    _human("trial_start", "试用开始", 12, Kind.DAY),
    _human("trial_end", "试用结束", 12, Kind.DAY),
    _human("payment_trigger", "付费触发", 16),
    _human("notes", "备注", 24),
    _human("grade", "评分", 6, Kind.GRADE),
    _human("grade_reason", "评分理由", 16),
    Column(name="reply", heading="答复", width=16, number_format="@"),
    Column(name="entry_id", heading=ENTRY_ID, width=10, kind=Kind.FIGURE, number_format="0", hidden=True),
    Column(name="version", heading=VERSION, width=8, kind=Kind.FIGURE, number_format="0", hidden=True),
    Column(name="check", heading=CHECK, width=14, hidden=True),
)
"""Every column, in the order they are written."""

HUMAN = tuple(column for column in COLUMNS if column.human)
"""What people fill in; an import reads these."""

MACHINE = tuple(column for column in COLUMNS[1:] if not column.human and not column.hidden)
"""What people are not to change; the position is left out, for it belongs to no entry."""

ADDED_LATER = frozenset({"reason"})
"""Machine columns that sheets written by earlier versions lack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One ledger entry as it is printed; `standing` and `cause` are labels, not codes.

    `version` is that of the human columns, `work`.
    """

    entry_id: int
    version: int
    work: Work
    rank: int | None
    demand_code: str
    demand_title: str
    enterprise: str
    achievement_code: str
    achievement_title: str
    organisation: str
    industry: str
    similarity: float | None
    score: float | None
    probability: float | None
    terms: str
    reason: str
    standing: str
    cause: str
    run_id: int | None
    first_seen: date


def human_value(column: Column, work: Work) -> Value:
    """What a human column's cell says of these columns; choices are shown by their labels."""
    value = getattr(work, column.name)
    if isinstance(value, StrEnum):
        return label(value, "zh")
    return value or None if isinstance(value, str) else value


def values_of(position: int, row: LedgerRow) -> dict[str, Value]:
    """Every cell of a row, by column."""
    values: dict[str, Value] = {column.name: human_value(column, row.work) for column in HUMAN}
    machine: dict[str, Value] = {
        column.name: row.work.reply if column.name == "reply" else getattr(row, column.name)
        for column in MACHINE
    }
    cells = {name: cell_text(value) for name, value in machine.items()}
    return {
        "position": position,
        **machine,
        **values,
        "entry_id": row.entry_id,
        "version": row.version,
        "check": checksum(row.entry_id, cells),
    }


def cell_text(value: Value) -> str:
    """A cell's value as text: dates as 2027-12-31, whole numbers without “.0”, a blank as nothing."""
    match value:
        case None:
            return ""
        case date():
            return value.isoformat()
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case _:
            return str(value)


def same_machine_cell(one: str, other: str) -> bool:
    """Whether two texts of a machine column's cell say the same, however a program has saved them."""
    return _comparable(one) == _comparable(other)


def checksum(entry_id: int, cells: Mapping[str, str]) -> str:
    """What the machine's cells of a row say, in short; it shows whether someone has changed one."""
    there = [column.name for column in MACHINE if column.name in cells or column.name not in ADDED_LATER]
    said = [str(entry_id), *(_comparable(cells.get(name, "")) for name in there)]
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:12]


UNKNOWN = "—"

_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T].*)?")


def _comparable(text: str) -> str:
    """A cell's text without what saving does to it; a spreadsheet keeps 15 digits of a figure."""
    text = in_gbk(plain(text)).strip()
    if text == UNKNOWN:
        return ""
    if day := _DATE.fullmatch(text):
        return f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}"
    try:
        return f"{float(f'{float(text):.15g}'):.3f}"
    except ValueError:
        return text


def in_gbk(text: str) -> str:
    """The text as spreadsheet programs save a CSV file in GBK: “?” for what that cannot hold."""
    return "".join(sign if _fits(sign) else "?" * (2 if ord(sign) > 0xFFFF else 1) for sign in text)


def _fits(sign: str) -> bool:
    try:
        sign.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True
