"""The columns of the ledger: one table, of which database, sheet, REST, command line and console are made.

People's are the fields of `Work`: one line there and a migration add a column. `MACHINE` holds the others.
"""

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass, fields, replace
from datetime import date
from enum import Enum, Flag, StrEnum, auto
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from matcher.domain.bands import Band
from matcher.domain.stages import DeclineCode, Stage, StallCode, Teaming
from matcher.domain.standings import Cause, Standing


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    FIGURE = "figure"
    SHARE = "share"
    AMOUNT = "amount"
    DAY = "day"
    MOMENT = "moment"
    CODE = "code"
    GRADE = "grade"
    MILESTONES = "milestones"


GRADES = range(4)
"""From 0 (none) to 3 (strong)."""


class Writer(Enum):
    """Who writes a column: a run, or people, as it is (edit) or by an act with rules of its own."""

    RUN = "run"
    EDIT = "edit"
    MOVE = "move"
    GRADE = "grade"
    REPLY = "reply"


class View(Flag):
    """Where a column is shown, beside the JSON of an entry, which holds every one of people's."""

    NOWHERE = 0
    SHEET = auto()
    ENTRY = auto()
    EVERYWHERE = SHEET | ENTRY


class Group(StrEnum):
    """Columns that stand together in the console's forms."""

    NEXT = "next"
    PEOPLE = "people"
    STATE = "state"
    TRIAL = "trial"
    NOTES = "notes"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Chinese and English name, and all that decides how it is kept, read and shown.

    `about` is what the OpenAPI document says of it, where that is more than its name. `width` is that of the
    sheet's column, in characters. `aliases` are other headings that an imported sheet may have. `key` is its
    key in answers. `masked`: contacts in it are hidden. `holds` is the type of its values, `default` that of
    an untouched entry, `codes` the enumeration of a column of codes.
    """

    zh: str
    en: str
    written_by: Writer = Writer.EDIT
    _: KW_ONLY
    name: str = ""
    key: str = ""
    kind: Kind = Kind.TEXT
    codes: type[StrEnum] | None = None
    holds: Any = None
    default: Any = None
    masked: bool = False
    names_person: bool = False
    views: View = View.EVERYWHERE
    group: Group = Group.STATE
    about: str = ""
    width: int = 10
    hidden: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def filled_in(self) -> bool:
        """Whether people fill it in in the sheet, and an import reads it."""
        return self.written_by in {Writer.EDIT, Writer.MOVE, Writer.GRADE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A point by which suppliers of one demand are compared; `name` is the same on every entry."""

    name: str
    planned_on: date | None = None
    done_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """People's columns of one entry, in the order they are shown; none depends on another's place.

    A field's type says what kind of column it is; contacts in people's texts are always masked. `amount` is
    in 万元; grades run from 0 (none) to 3 (strong).
    """

    stage: Annotated[Stage, Column("阶段", "Stage", Writer.MOVE)] = Stage.SCREENING
    paused_from: Annotated[
        Stage | None,
        Column("暂缓前阶段", "Paused from", Writer.MOVE, views=View.NOWHERE, about="暂缓前的阶段"),
    ] = None
    decline_code: Annotated[
        DeclineCode | None,
        Column(
            "终止原因",
            "Declined because",
            about="终止原因代码：企业为何不接受",
            width=12,
            aliases=("终止原因代码", "原因", "不接受的原因", "不接受原因"),
        ),
    ] = None
    stall_code: Annotated[
        StallCode | None,
        Column("卡点", "Held up by", about="卡点代码", aliases=("卡点代码", "受阻原因")),
    ] = None
    owner: Annotated[str, Column("负责人", "Owner", names_person=True, group=Group.PEOPLE)] = ""
    technology_manager: Annotated[
        str, Column("技术经理人", "Technology manager", names_person=True, group=Group.PEOPLE)
    ] = ""
    responsible_unit: Annotated[str, Column("责任单位", "Responsible unit", group=Group.PEOPLE, width=14)] = (
        ""
    )
    next_action: Annotated[str, Column("下一步", "Next action", group=Group.NEXT, width=18)] = ""
    due: Annotated[
        date | None, Column("截止日期", "Due", group=Group.NEXT, about="下一步的截止日期", width=12)
    ] = None
    last_contact: Annotated[
        date | None,
        Column("最近联系", "Last contact", group=Group.NEXT, about="最近联系日期，不晚于今天", width=12),
    ] = None
    return_on: Annotated[
        date | None,
        Column(
            "恢复日期",
            "Return on",
            Writer.MOVE,
            about="暂缓的恢复日期",
            width=12,
            aliases=("暂缓恢复日期",),
        ),
    ] = None
    amount: Annotated[
        float | None,
        Column("金额（万元）", "Amount (10,000 yuan)", about="金额，万元", width=12, aliases=("金额",)),
    ] = None
    trial_start: Annotated[
        date | None,
        Column("试用开始", "Trial starts", group=Group.TRIAL, about="试用开始（先使用后付费）", width=12),
    ] = None
    trial_end: Annotated[
        date | None,
        Column("试用结束", "Trial ends", group=Group.TRIAL, about="试用结束，不早于开始", width=12),
    ] = None
    payment_trigger: Annotated[
        str, Column("付费触发", "Payment trigger", group=Group.TRIAL, width=16, aliases=("付费条件",))
    ] = ""
    teaming: Annotated[
        Teaming | None,
        Column(
            "协作方式",
            "Teaming",
            views=View.ENTRY,
            group=Group.TEAM,
            about="几家供方的关系：joint 联合攻关、race 赛马",
        ),
    ] = None
    milestones: Annotated[
        tuple[Milestone, ...], Column("里程碑", "Milestones", views=View.ENTRY, group=Group.TEAM)
    ] = ()
    notes: Annotated[str, Column("备注", "Notes", group=Group.NOTES, width=24)] = ""
    grade: Annotated[
        int | None,
        Column("评分", "Grade", Writer.GRADE, about="企业评分：0 不匹配、1 较弱、2 较强、3 强", width=6),
    ] = None
    grade_reason: Annotated[str, Column("评分理由", "Reason of the grade", Writer.GRADE, width=16)] = ""
    reply: Annotated[str, Column("答复", "Answer", Writer.REPLY, about="研发单位的答复", width=16)] = ""


UNTOUCHED = Work()
"""An entry that nobody has worked on."""


def columns_of(record: type) -> Iterator[Column]:
    """The columns that the fields of a dataclass declare, with what the fields themselves say of them."""
    hints = get_type_hints(record, include_extras=True)
    for field in fields(record):
        holds, column = get_args(hints[field.name])
        kind, codes = _kind_of(holds)
        yield replace(
            column,
            name=field.name,
            key=field.name,
            kind=kind,
            codes=codes,
            holds=holds,
            default=field.default,
            masked=kind in {Kind.TEXT, Kind.MILESTONES},
        )


_KINDS = {str: Kind.TEXT, date: Kind.DAY, float: Kind.AMOUNT, int: Kind.GRADE}


def _kind_of(holds: Any) -> tuple[Kind, type[StrEnum] | None]:
    if get_origin(holds) is tuple:
        return Kind.MILESTONES, None
    kind = next(iter(get_args(holds)), holds)
    return (Kind.CODE, kind) if issubclass(kind, StrEnum) else (_KINDS[kind], None)


PEOPLE = tuple(columns_of(Work))
"""People's columns."""

PERSONS = tuple(column.name for column in PEOPLE if column.names_person)
"""Those that name who works on an entry."""


def _machine(name: str, zh: str, en: str, kind: Kind = Kind.TEXT, *, key: str = "", **more: Any) -> Column:
    return Column(zh, en, Writer.RUN, name=name, key=key or name, kind=kind, **more)


ENTRY_ID = "条目编号"
VERSION = "行版本"
CHECK = "校验"

MACHINE = (
    _machine("position", "序号", "No.", Kind.NUMBER, views=View.SHEET, width=6),
    _machine("entry_id", ENTRY_ID, "Entry", Kind.NUMBER, hidden=True),
    _machine(
        "version",
        VERSION,
        "Row version",
        Kind.NUMBER,
        key="human_version",
        views=View.SHEET,
        hidden=True,
        width=8,
    ),
    _machine("check", CHECK, "Check", views=View.SHEET, hidden=True, width=14),
    _machine("entry_version", "版本", "Version", Kind.NUMBER, key="version", views=View.ENTRY),
    _machine("park", "园区", "Park", views=View.ENTRY),
    _machine("demand_code", "需求编号", "Demand code", width=12),
    _machine("demand_title", "需求名称", "Demand", masked=True, width=28),
    _machine("enterprise", "企业名称", "Enterprise", key="demand_organisation", width=20),
    _machine("rank", "名次", "Rank", Kind.NUMBER, width=6),
    _machine("achievement_code", "成果编号", "Achievement code", width=12),
    _machine("achievement_title", "成果名称", "Achievement", masked=True, width=28),
    _machine("organisation", "完成单位", "Unit", key="achievement_organisation", width=20),
    _machine("industry", "技术领域", "Industry", key="achievement_industry", views=View.SHEET, width=12),
    _machine("similarity", "相似度", "Similarity", Kind.FIGURE, width=8),
    _machine("score", "得分", "Score", Kind.FIGURE, width=8),
    _machine("probability", "概率", "Probability", Kind.SHARE, width=8),
    _machine("band", "分档", "Band", Kind.CODE, codes=Band, width=8),
    _machine("explored", "探索位", "Explored", views=View.ENTRY),
    _machine("terms", "共有词语", "Shared phrases", views=View.SHEET, width=22, aliases=("共同词语",)),
    _machine("reason", "匹配理由", "Why it matches", views=View.SHEET, width=36),
    _machine("standing", "现状", "Standing", Kind.CODE, codes=Standing, width=8, aliases=("状态",)),
    _machine("cause", "现状原因", "Cause", Kind.CODE, codes=Cause, width=14, aliases=("状态原因",)),
    _machine("first_seen", "首次出现", "First seen", Kind.DAY, views=View.SHEET, width=12),
    _machine("run_id", "批次", "Run", Kind.NUMBER, views=View.SHEET),
    _machine("demand_contact_name", "企业联系人", "Contact of the enterprise", width=10),
    _machine("demand_contact_phone", "企业联系电话", "Telephone of the enterprise", width=15),
    _machine("demand_contact_email", "企业邮箱", "E-mail of the enterprise", width=18),
    _machine("achievement_contact_name", "成果联系人", "Contact of the unit", width=10),
    _machine("achievement_contact_phone", "成果联系电话", "Telephone of the unit", width=15),
    _machine("achievement_contact_email", "成果邮箱", "E-mail of the unit", width=18),
)
"""The machine's columns, and those by which a row of the sheet is known (hidden)."""

ORIGINAL = {"demand": "需求：", "achievement": "成果："}
"""What stands before the heading of a column that a side's list has beside the fields of the service."""

BESIDE = (
    _machine("moves", "可转到", "May become", Kind.CODE, codes=Stage, views=View.ENTRY),
    _machine("updated_at", "修改时间", "Changed at", Kind.MOMENT, views=View.ENTRY),
    _machine("updated_by", "修改人", "Changed by", views=View.ENTRY),
    _machine("demand_version", "需求修订", "Demand revision", Kind.NUMBER, views=View.NOWHERE),
    _machine("achievement_version", "成果修订", "Achievement revision", Kind.NUMBER, views=View.NOWHERE),
    _machine("evidence", "佐证", "Evidence", views=View.NOWHERE),
)
"""What answers and histories tell of an entry beside both."""

COLUMNS = MACHINE + PEOPLE + BESIDE
"""Every column there is."""

BY_KEY = {column.key: column for column in COLUMNS}
"""Each by its key in answers and histories."""

EDITABLE = tuple(column.name for column in PEOPLE if column.written_by is Writer.EDIT)
"""Columns that are written as they are; stage, grade and reply have rules of their own."""
