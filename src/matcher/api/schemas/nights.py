"""What the nights between two runs changed of the ledger, as it is answered."""

from pydantic import Field

from matcher.domain.standings import Event, Standing
from matcher.pipeline.answers import Answer
from matcher.pipeline.ledger.answers import FigureChange
from matcher.pipeline.nights.runs import RunAnswer


class DiffItemAnswer(Answer):
    """一对供需的变化；数值是后一次运行留下的。"""

    entry_id: int
    rank: int | None
    demand_id: int
    demand_code: str
    demand_title: str
    demand_organisation: str
    achievement_id: int
    achievement_code: str
    achievement_title: str
    achievement_organisation: str
    park: str
    similarity: float | None
    score: float | None
    probability: float | None
    contributions: dict[str, float]
    terms: list[str]
    explored: bool
    event: Event = Field(description="created 新增、returned 重新出现、changed 变化、vanished 消失")
    event_label: str
    standing: Standing
    standing_label: str
    causes: list[str] = Field(description="原因代码；消失的，先是原因，再是不满足的条件")
    causes_zh: list[str]
    figures: dict[str, FigureChange] = Field(
        description="变了的数值（rank、similarity、score、probability）；只改了文字的为空"
    )


class DiffAnswer(Answer):
    """一次运行之后的台账与此前某次运行之后的相比；`since` 为 null 时此前没有台账，全部为新增。"""

    run: RunAnswer
    since: RunAnswer | None
    new: list[DiffItemAnswer] = Field(description="此前没有提出、现在提出的，包括重新出现的")
    changed: list[DiffItemAnswer] = Field(description="两次都提出、数值或文字变了的；变了又变回的不算")
    vanished: list[DiffItemAnswer] = Field(description="此前提出、现在不再提出的")
    aside: list[DiffItemAnswer] = Field(description="两次都没有提出、但现状变了的，如一方撤回而失效")
    kept: int = Field(description="两次都提出、没有任何变化的有多少")
