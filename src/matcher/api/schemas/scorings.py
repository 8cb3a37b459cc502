"""Scorings learned from grades: as they are asked for, and as they are answered."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from matcher.api.fields import ParkCode
from matcher.domain.entries import MAX_ID
from matcher.pipeline.answers import Answer, Moment

_CURRENT: Mapping[str, float] = {
    "log_loss": 0.61,
    "brier": 0.21,
    "ece": 0.05,
    "ndcg@10": 0.71,
    "auc": 0.79,
    "grade_mae": 0.66,
}
_LEARNED: Mapping[str, float] = {
    "log_loss": 0.55,
    "brier": 0.19,
    "ece": 0.03,
    "ndcg@10": 0.73,
    "auc": 0.82,
    "grade_mae": 0.58,
}
_SCORING: Mapping[str, Any] = {
    "scoring_id": 3,
    "scorer": "learned-3",
    "park": "hydrogen",
    "source": "ledger",
    "weights": {
        "dense": 0.18,
        "dense_title": 0.14,
        "lexical_text": 0.31,
        "lexical_title": 0.25,
        "maturity": 0.12,
    },
    "calibration": {
        "version": "learned-3",
        "odds": [{"factor": 420, "power": 1.9}, {"factor": 2.3, "power": 1.1}, {"factor": 0.5, "power": 1.0}],
        "offset": 0.03,
    },
    "learned_from": {"grades": 320, "demands": 41, "leads": 96, "explored": 28},
    "evaluation": {
        "current": dict(_CURRENT),
        "learned": dict(_LEARNED),
        "against": "2",
        "better": True,
        "why_zh": "在留出的需求上，对数损失的变化为 -0.0600（标准误 0.0140），排序没有变差。",
        "why_en": "on demands kept aside the log loss changes by -0.0600 (standard error 0.0140), and the "
        "order does not get worse.",
    },
    "at": "2026-11-23T02:00:00+00:00",
    "actor": "氢能园操作员",
    "in_use_by_installation": False,
    "in_use_by_parks": ["hydrogen"],
}
_IN_USE: Mapping[str, Any] = {
    "park": "hydrogen",
    "scoring_id": 3,
    "scorer": "learned-3",
    "at": "2026-11-23T02:00:00+00:00",
}
_INSTALLATION: Mapping[str, Any] = {"park": None, "scoring_id": None, "scorer": "2", "at": None}


class NewScoring(BaseModel):
    """以一个园区台账中的评分学习。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"park": "hydrogen", "adopt": True}]}
    )

    park: ParkCode = Field(description="园区代码；只用这个园区的评分，也只供它使用")
    adopt: bool = Field(False, description="优于现用的，是否随即启用；不优的只留存")

    def sent(self) -> dict[str, Any]:
        """What was sent, as JSON: by it a repeated request is known."""
        return self.model_dump(mode="json")


class UseScoring(BaseModel):
    """为一个园区、或为全区选用评分方案。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"park": "hydrogen", "scoring_id": 3}]}
    )

    park: ParkCode | None = Field(description="园区代码；null 为全区，须有全区管理权限")
    scoring_id: Annotated[int, Field(ge=1, le=MAX_ID)] | None = Field(
        description="评分方案的编号，须为该园区自己的或全区的；null 即不用：园区沿用全区的，全区用随程序的"
    )

    def sent(self) -> dict[str, Any]:
        """What was sent, as JSON: by it a repeated request is known."""
        return self.model_dump(mode="json")


class OddsAnswer(Answer):
    """达到一个等级的可能性之比：factor ×（得分 + offset）^ power。"""

    factor: float
    power: float


class CalibrationAnswer(Answer):
    """概率校准：达到 1、2、3 级各自的可能性之比。"""

    version: str
    odds: list[OddsAnswer] = Field(description="1、2、3 级，依次")
    offset: float


class EvaluationAnswer(Answer):
    """在留出的需求上，与学习时现用的评分相比。"""

    current: dict[str, float | None] = Field(
        description="现用评分的数值：log_loss、brier、ece、ndcg@10、auc、grade_mae；无法计算为 null"
    )
    learned: dict[str, float | None] = Field(description="学得评分的同样数值")
    against: str = Field(description="与之相比的评分的版本")
    better: bool = Field(description="是否优于现用的；只有优于的才会由学习启用")
    why_zh: str
    why_en: str


class ScoringAnswer(Answer):
    """由评分学得的评分方案：权重、校准、学自多少评分、优劣，以及谁在使用。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(_SCORING)]})

    scoring_id: int
    scorer: str = Field(description="使用它时，匹配运行所记的评分与校准版本")
    park: str | None = Field(description="学自并只用于哪个园区；全区的为 null")
    source: str = Field(description="学自什么：ledger 为该园区的台账，否则为评测文件夹的名称")
    weights: dict[str, float] = Field(description="特征 → 权重，绝对值之和为 1")
    calibration: CalibrationAnswer
    learned_from: dict[str, int] = Field(
        description="学自多少：grades 评分、demands 需求、leads 较强以上、explored 出自探索位"
    )
    evaluation: EvaluationAnswer
    at: Moment
    actor: str | None = Field(description="谁学得；全区的只有区级密钥可见")
    in_use_by_installation: bool = Field(description="全区是否在用")
    in_use_by_parks: list[str] = Field(description="自行启用了它的园区，限调用者可见的")


class LearnedAnswer(ScoringAnswer):
    """刚学得的评分方案，以及是否已启用。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(_SCORING) | {"adopted": True}]})

    adopted: bool


class InUseAnswer(Answer):
    """一个园区或全区现用的评分方案。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(_IN_USE)]})

    park: str | None = Field(description="全区为 null")
    scoring_id: int | None = Field(description="不用学得的评分为 null")
    scorer: str | None = Field(description="评分的版本；园区沿用全区的为 null")
    at: Moment | None = Field(description="何时选用；从未选过为 null")


class ScoringPage(Answer):
    """一页评分方案，最新的在前；以及现用的。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [dict(_SCORING)],
                    "in_use": [dict(_INSTALLATION), dict(_IN_USE)],
                    "next_cursor": None,
                }
            ]
        }
    )

    items: list[ScoringAnswer]
    in_use: list[InUseAnswer] = Field(description="全区现用的，和自行启用了评分方案的各园区的")
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")
