"""The morning brief of a park, as it is answered."""

from datetime import date

from pydantic import Field

from matcher.domain.stages import Stage
from matcher.pipeline.answers import Answer, Moment
from matcher.pipeline.ledger.due import DueAnswer
from matcher.pipeline.ledger.past.differences import DiffItemAnswer
from matcher.pipeline.matches.abstentions import AbstentionAnswer
from matcher.pipeline.nights.runs import RunAnswer

DAYS = 7
"""How far ahead a next action or a return shows up; a trial's end does `TRIAL_NOTICE_DAYS` before."""

LISTS = ("overdue", "due", "returns", "trials", "new", "changed", "vanished", "aside", "abstentions")
"""What a brief lists, in the order in which it is read."""


class BriefPair(DiffItemAnswer):
    """一对供需的变化，和人在其上写了什么。"""

    stage: Stage
    stage_label: str
    owner: str = Field(description="负责人")
    touched: bool = Field(description="是否有人处理过")


class BriefCounts(Answer):
    """各列表有几条；`kept` 为没有变化的对数，`folded` 为不可信、无人处理而未列出的变化数。"""

    overdue: int
    due: int
    returns: int
    trials: int
    new: int
    changed: int
    vanished: int
    aside: int
    abstentions: int
    kept: int
    folded: int


class StageCount(Answer):
    """一个阶段有几条台账。"""

    stage: Stage
    stage_label: str
    entries: int


class BriefAnswer(Answer):
    """一个园区的晨报。`run` 为其台账所出的运行，`since` 为相比的运行；首次运行之前均为 null。"""

    park: str
    park_name: str
    day: date = Field(description="北京时间的哪一天")
    made_at: Moment
    run: RunAnswer | None
    since: RunAnswer | None
    counts: BriefCounts
    stages: list[StageCount] = Field(description="各阶段的条目数")
    overdue: list[DueAnswer] = Field(description="逾期的事项")
    due: list[DueAnswer] = Field(description="七日内到期的下一步")
    returns: list[DueAnswer] = Field(description="七日内恢复的暂缓")
    trials: list[DueAnswer] = Field(description="三十日内到期的试用")
    new: list[BriefPair] = Field(description="新增的")
    changed: list[BriefPair] = Field(description="变化的")
    vanished: list[BriefPair] = Field(description="消失的，有人处理过的在前")
    aside: list[BriefPair] = Field(description="有人处理过、两次都没有提出、但现状变了的")
    abstentions: list[AbstentionAnswer] = Field(description="没有可信供给的需求，及其约束")
    next_cursor: str | None = Field(
        description="下一页的游标：各列表接下去的条目；都已列完为 null。总数见 `counts`"
    )

    @property
    def title(self) -> str:
        """Whose brief it is, of which day."""
        return f"{self.park_name}晨报 {self.day:%Y-%m-%d}"

    @property
    def headline(self) -> str:
        """The brief in one line."""
        counts = self.counts
        waiting = counts.due + counts.returns + counts.trials
        return f"逾期 {counts.overdue}、将到期 {waiting}、新增 {counts.new}、无可信供给 {counts.abstentions}"
