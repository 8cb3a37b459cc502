"""Grades that enterprises gave, and the research units' answers."""

from pydantic import Field

from matcher.domain.stages import DeclineCode
from matcher.pipeline.answers import Answer, Moment


class GradeAnswer(Answer):
    """一次评分，连同评分人当时看到的数值，和研发单位的答复。

    研发单位看不到评分人；需求未经园区发布的，也看不到是哪项需求。
    """

    grade_id: int
    entry_id: int
    park: str
    demand_id: int | None
    demand_code: str | None
    demand_title: str | None
    demand_organisation: str | None
    achievement_id: int
    achievement_code: str
    achievement_title: str
    achievement_organisation: str
    grade: int = Field(description="0 不匹配、1 较弱、2 较强、3 强")
    reason: str = Field(description="理由")
    decline_code: DeclineCode | None
    decline_label: str | None
    at: Moment
    actor: str | None = Field(description="谁记下的")
    rank: int | None = Field(description="当时的名次")
    similarity: float | None = Field(description="当时的相似度")
    score: float | None = Field(description="当时的得分")
    probability: float | None = Field(description="当时的概率；尚未校准为 null")
    run_id: int | None = Field(description="当时的数值出自哪一次运行")
    demand_version: int = Field(description="当时需求的版本")
    achievement_version: int = Field(description="当时成果的版本")
    reply: str = Field(description="研发单位的答复")
    replied_at: Moment | None
    replied_by: str | None


class GradeList(Answer):
    """一条台账的各次评分，最早的在前。"""

    items: list[GradeAnswer]


class GradePage(Answer):
    """一页评分，最早的在前。"""

    items: list[GradeAnswer]
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")
