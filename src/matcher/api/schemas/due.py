"""What is due, hand-overs, suppliers of one demand side by side, and excluded pairs."""

from datetime import date
from typing import Literal

from pydantic import Field

from matcher.domain.stages import DueKind, Teaming
from matcher.pipeline.answers import Answer, Moment
from matcher.pipeline.ledger.answers import EntryAnswer


class DueAnswer(Answer):
    """一件到期的事。"""

    kind: DueKind = Field(description="action 下一步、return 暂缓到期、trial_end 试用到期")
    kind_label: str
    due_on: date = Field(description="到期日")
    days: int = Field(description="还有几天；负数为已逾期的天数")
    overdue: bool
    entry: EntryAnswer


class DueList(Answer):
    """到期事项，日期早的在前。"""

    items: list[DueAnswer]


class HandOverAnswer(Answer):
    """交接了几条，是哪几条。"""

    entries: int
    entry_ids: list[int]


class MilestoneCell(Answer):
    """一家供方的一个里程碑；没有这个里程碑的，`state` 为 null。"""

    entry_id: int
    planned_on: date | None
    done_on: date | None
    state: Literal["done", "late", "open"] | None = Field(description="done 已完成、late 逾期、open 未到期")


class MilestoneRow(Answer):
    """一个里程碑在各家供方的进展，顺序与 `items` 相同。"""

    name: str
    cells: list[MilestoneCell]


class SuppliersAnswer(Answer):
    """一项需求的几家供方。"""

    demand_id: int
    demand_code: str
    demand_title: str
    teaming: list[Teaming] = Field(description="各条台账写明的关系：joint 联合攻关、race 赛马")
    items: list[EntryAnswer]
    milestones: list[MilestoneRow]


class ExclusionAnswer(Answer):
    """一对不再提出的供需对。"""

    exclusion_id: int
    park: str
    demand_id: int
    demand_code: str
    demand_title: str
    demand_organisation: str
    achievement_id: int
    achievement_code: str
    achievement_title: str
    achievement_organisation: str
    reason: str = Field(description="理由")
    at: Moment
    actor: str = Field(description="谁排除的")
    lifted_at: Moment | None = Field(description="何时解除；仍然有效为 null")
    lifted_by: str | None


class ExclusionPage(Answer):
    """一页排除，最早的在前。"""

    items: list[ExclusionAnswer]
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")
