"""Matches: as a run wrote them, as a free text finds them, and as another site may show them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from matcher.api.fields import ParkCode
from matcher.api.schemas.common import MATCH
from matcher.domain.listing import Side
from matcher.pipeline.answers import Answer


class MatchAnswer(Answer):
    """一对匹配：相似度、得分和（校准后的）概率是三个数。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(MATCH)]})

    rank: int = Field(description="名次，从 1 起")
    demand_id: int | None
    demand_code: str | None
    demand_title: str
    demand_organisation: str | None
    achievement_id: int | None
    achievement_code: str | None
    achievement_title: str
    achievement_organisation: str | None
    park: str | None = Field(description="需求所在园区")
    similarity: float = Field(description="编码器给出的相似度，−1 到 1")
    score: float = Field(description="得分，0 到 1，由 contributions 合成")
    probability: float | None = Field(description="评为可用（2 级以上）的概率，由得分换算")
    contributions: dict[str, float] = Field(description="各通道对得分的贡献")
    terms: list[str] = Field(description="两边共有的词语")
    explored: bool = Field(description="是否为探索位：不因得分靠前、而为了解它而列出")
    also: list[int] = Field(description="与该成果相同、因此未另列的其他成果的编号")


class ReasonAnswer(Answer):
    """没有结果的原因，以及怎样改变它。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "not_matched_yet",
                    "zh": "尚未匹配；服务运行时通常一分钟内完成。",
                    "en": "not matched yet: a running service does so within a minute.",
                }
            ]
        }
    )

    code: str
    zh: str
    en: str


class MatchesAnswer(Answer):
    """上一次匹配写下的结果；没有结果时 `reason` 说明原因。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [dict(MATCH)], "reason": None}]})

    items: list[MatchAnswer]
    reason: ReasonAnswer | None


class FreeText(BaseModel):
    """要匹配的文字；第一行视作名称。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"text": "电解槽隔膜\n大幅面、耐高温浓碱、低面阻", "side": "demand", "top_k": 5},
                {"text": "碱性电解水制氢用复合隔膜连续制备技术", "side": "supply", "park": "hydrogen"},
            ]
        },
    )

    text: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
    side: Side = Field(Side.DEMAND, description="这段文字是需求（demand，查成果）还是供给（supply，查需求）")
    top_k: int = Field(10, ge=1, le=50, description="最多几条")
    park: ParkCode | None = Field(None, description="只查这个园区的需求（side 为 supply 时）")


class FoundAnswer(Answer):
    """按文字找到的结果，最好的在前。"""

    items: list[MatchAnswer]


class EmbeddedMatch(Answer):
    """嵌入页面可见的一条结果：只含公开成果的名称、单位、数值和词语。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    name: MATCH[name]
                    for name in (
                        "rank",
                        "achievement_title",
                        "achievement_organisation",
                        "similarity",
                        "score",
                        "probability",
                        "terms",
                        "explored",
                    )
                }
            ]
        }
    )

    rank: int
    achievement_title: str
    achievement_organisation: str | None
    similarity: float
    score: float
    probability: float | None
    terms: list[str]
    explored: bool


class EmbeddedMatches(Answer):
    """嵌入页面可见的结果。"""

    items: list[EmbeddedMatch]
    reason: ReasonAnswer | None
