"""The demands without a credible supply, as they are answered."""

from pydantic import ConfigDict, Field

from matcher.api.schemas.near_misses import NearMissAnswer
from matcher.domain.ledger import AbstentionReason
from matcher.domain.rules import Constraint
from matcher.pipeline.answers import Answer, Moment


class NearestMiss(Answer):
    """不计园区和需求的规则时得分最高的成果，以及它不满足哪些条件。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "achievement_id": 58,
                    "achievement_code": "CG-2026-058",
                    "achievement_title": "碱性电解水制氢用复合隔膜连续制备技术",
                    "achievement_organisation": "北郊示例理工学院化工系",
                    "similarity": 0.61,
                    "score": 0.54,
                    "probability": None,
                    "failed": ["maturity"],
                    "failed_labels": ["成熟度"],
                }
            ]
        }
    )

    achievement_id: int
    achievement_code: str
    achievement_title: str
    achievement_organisation: str
    similarity: float | None
    score: float | None
    probability: float | None
    failed: list[Constraint] = Field(description="不满足的硬性条件；为空则是未达门槛或超出数量限制")
    failed_labels: list[str]


class AbstentionAnswer(Answer):
    """一项没有可信供给的需求：什么条件限制了它，最接近的成果差在哪里。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "abstention_id": 3,
                    "park": "hydrogen",
                    "demand_id": 41,
                    "demand_code": "XQ-QN-002",
                    "demand_title": "高温浓碱电解槽用低阻隔膜",
                    "demand_organisation": "碱槽示例装备有限公司",
                    "reason": "too_little_text",
                    "reason_label": "文字太少，无法判断",
                    "ruled_out": {},
                    "ruled_out_labels": {},
                    "nearest": None,
                    "binding_zh": "文字太少，无法判断。",
                    "binding_en": "too little text to judge.",
                    "counterfactuals_zh": ["请补充需求详情。"],
                    "counterfactuals_en": ["describe the demand."],
                    "near_misses": [],
                    "run_id": 7,
                    "since_run_id": 5,
                    "since": "2026-11-20T18:00:00+00:00",
                }
            ]
        }
    )

    abstention_id: int
    park: str
    demand_id: int
    demand_code: str
    demand_title: str
    demand_organisation: str
    reason: AbstentionReason
    reason_label: str
    ruled_out: dict[Constraint, int] = Field(description="硬性条件 → 被它排除的成果数")
    ruled_out_labels: dict[Constraint, str]
    nearest: NearestMiss | None = Field(description="最接近的成果")
    binding_zh: str = Field(description="为什么没有可信供给")
    binding_en: str
    counterfactuals_zh: list[str] = Field(description="怎样改变就能匹配")
    counterfactuals_en: list[str]
    near_misses: list[NearMissAnswer] = Field(description="只差一项条件的成果")
    run_id: int = Field(description="最近改动它的运行")
    since_run_id: int = Field(description="最先发现它没有供给的运行")
    since: Moment
