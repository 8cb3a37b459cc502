"""Ledger entries as they are answered: the pair, what the batch says of it, and people's columns."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ConfigDict, Field, WithJsonSchema, create_model

from matcher.domain.bands import Band
from matcher.domain.beside import masked_beside
from matcher.domain.columns import PEOPLE, Kind
from matcher.domain.entries import EntryView
from matcher.domain.errors import NotFound
from matcher.domain.labels import label
from matcher.domain.listing import Contact
from matcher.domain.stages import Stage, moves_from
from matcher.domain.standings import Cause, Standing
from matcher.domain.work import masked
from matcher.pipeline.answers import Answer, Moment
from matcher.pipeline.pairs import pair_record


class PairColumns(Answer):
    """供需双方，和批处理给这一对的数值。"""

    rank: int | None = Field(description="名次，从 1 起")
    demand_id: int
    demand_code: str
    demand_title: str
    demand_organisation: str
    achievement_id: int
    achievement_code: str
    achievement_title: str
    achievement_organisation: str
    park: str = Field(description="需求所在园区")
    similarity: float | None = Field(description="编码器给出的相似度，−1 到 1")
    score: float | None = Field(description="得分，0 到 1，由 contributions 合成")
    probability: float | None = Field(description="评为可用（2 级以上）的概率，由得分换算")
    band: Band | None = Field(
        description="概率所在的档：likely 可信、possible 待看、below 低于待看；没有概率为 null"
    )
    contributions: dict[str, float] = Field(description="各通道对得分的贡献")
    terms: list[str] = Field(description="两边共有的词语")
    explored: bool = Field(description="是否为探索位")


Figure = Annotated[int | float, WithJsonSchema({"type": "number"})]
"""A rank, a similarity, a score or a probability; a rank is shown as the whole number it is."""


class FigureChange(Answer):
    """一个数值的前后。"""

    before: Figure | None
    after: Figure | None


class ContactAnswer(Answer):
    """一方的联系人，取自其清单；默认隐去。以往的台账中为当时清单所写。"""

    name: str
    phone: str
    email: str


class MilestoneAnswer(Answer):
    """同一需求的几家供方据以比较的节点。"""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(description="名称，各家相同")
    planned_on: date | None = Field(description="计划日期")
    done_on: date | None = Field(description="完成日期")
    note: str = Field(description="说明")


if TYPE_CHECKING:

    class WorkColumns(Answer):
        """People's columns, each by its name in `domain.columns.PEOPLE`."""

        def __getattr__(self, name: str) -> Any: ...

else:
    WorkColumns = create_model(
        "WorkColumns",
        __base__=Answer,
        __module__=__name__,
        __doc__="人工填写的各列；批处理从不改动。",
        **{
            column.name: (
                list[MilestoneAnswer] if column.kind is Kind.MILESTONES else column.holds,
                Field(description=column.about or column.zh),
            )
            for column in PEOPLE
        },
    )


class EntryAnswer(WorkColumns, PairColumns):
    """一条台账。人工添加而从未由批处理提出的，数值和 `run_id` 为 null。联系方式默认隐去。"""

    also: list[int] = Field(description="上一次运行认为与该成果相同的其他成果的编号；以往的台账中不列")
    demand_replaced_by: int | None = Field(
        description="该需求已作为重复条目并入哪一条；没有合并、或为以往的台账时为 null"
    )
    achievement_replaced_by: int | None = Field(description="该成果已作为重复条目并入哪一项；同上")
    entry_id: int
    version: int = Field(description="版本；即 ETag，批处理和人的每次改动都使它增加")
    human_version: int = Field(description="人工改动的次数；0 为尚无人处理")
    stage_label: str
    moves: list[Stage] = Field(description="可以转到的阶段，最常用的在前")
    standing: Standing = Field(description="现状：批处理怎么看这一对")
    standing_label: str
    cause: Cause | None = Field(description="现状原因：为何不再当前")
    cause_label: str | None
    excluded: bool = Field(description="这一对已被排除，不再提出")
    run_id: int | None = Field(description="数值出自哪一次运行")
    first_seen: Moment
    updated_at: Moment | None = Field(description="人工最近一次改动的时间")
    updated_by: str | None = Field(description="谁改的")
    demand_contact: ContactAnswer = Field(description="企业联系人")
    achievement_contact: ContactAnswer = Field(description="成果联系人")
    demand_extra: dict[str, str] = Field(
        description="需求清单中的其他列，联系方式默认隐去；读取一条并有 `original_columns` 时给出"
    )
    achievement_extra: dict[str, str] = Field(
        description="成果清单中的其他列，联系方式默认隐去；读取一条并有 `original_columns` 时给出"
    )

    @classmethod
    def of(cls, entry: EntryView, *, unmasked: bool = False, original_columns: bool = False) -> "EntryAnswer":
        """An entry as callers are shown it; contacts are masked unless `unmasked`.

        What both lists say in columns of their own is left out unless `original_columns`.
        """
        work = entry.work if unmasked else masked(entry.work)
        extra = (entry.demand_extra, entry.achievement_extra) if original_columns else ({}, {})
        return cls.made_of(
            entry,
            **pair_record(entry),
            **{column.name: getattr(work, column.name) for column in PEOPLE},
            entry_id=entry.id,
            stage_label=label(work.stage, "zh"),
            moves=list(moves_from(work.stage, work.paused_from)),
            standing_label=label(entry.standing, "zh"),
            cause_label=None if entry.cause is None else label(entry.cause, "zh"),
            also=list(entry.also),
            demand_contact=_contact(entry.demand_contact, unmasked=unmasked),
            achievement_contact=_contact(entry.achievement_contact, unmasked=unmasked),
            demand_extra=extra_columns(extra[0], unmasked=unmasked),
            achievement_extra=extra_columns(extra[1], unmasked=unmasked),
        )


def extra_columns(extra: Mapping[str, str], *, unmasked: bool) -> dict[str, str]:
    """A list's other columns by their headings; contacts inside them, and names where the heading is of
    persons, are masked unless `unmasked`."""
    return {heading: text if unmasked else masked_beside(heading, text) for heading, text in extra.items()}


def _contact(contact: Contact, *, unmasked: bool) -> ContactAnswer:
    shown = contact if unmasked else contact.masked
    return ContactAnswer(name=shown.name, phone=shown.phone, email=shown.email)


def no_entry(entry_id: int) -> NotFound:
    """What is said of an entry that does not exist for the caller."""
    return NotFound(f"没有编号为 {entry_id} 的台账条目。", f"there is no ledger entry {entry_id}.")
