"""Near misses as they are answered: an achievement, what is in its way, and the change that would do."""

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, Field

from matcher.domain.counterfactual import Hindrance
from matcher.domain.rulings import Whose
from matcher.pipeline.answers import Answer

_CHANGE: Mapping[str, Any] = {"of": "demand", "field": "max_price", "from": 50.0, "to": 80.0, "by": 0.6}
_MISS: Mapping[str, Any] = {
    "park": "hydrogen",
    "demand_id": 41,
    "demand_code": "XQ-QN-002",
    "demand_title": "高温浓碱电解槽用低阻隔膜",
    "place": 1,
    "achievement_id": 58,
    "achievement_code": "CG-2026-058",
    "achievement_title": "碱性电解水制氢用复合隔膜连续制备技术",
    "achievement_organisation": "北郊示例理工学院化工系",
    "similarity": 0.61,
    "score": 0.54,
    "probability": 0.38,
    "constraint": "price",
    "constraint_label": "金额上限",
    "wanted": 50.0,
    "stated": 80.0,
    "change": dict(_CHANGE),
    "change_zh": "金额上限由 50 万元提高到 80 万元（+60 %）即可匹配（需求规则）。",
    "change_en": "it would match if the price ceiling rose from 50 to 80 (10,000 yuan, +60 %) (the demand's "
    "rules).",
    "run_id": 7,
}

Stated = int | float | str | list[str] | dict[str, float] | None
"""A figure, a day, a name, names, or names with weights."""


class ChangeAnswer(Answer):
    """要改动的一项：谁的、哪个字段、由什么改为什么。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(_CHANGE)]})

    of: Whose = Field(description="park 园区规则、demand 需求规则、achievement 成果")
    field: str
    before: Stated | bool = Field(alias="from")
    to: Stated | bool = Field(description="为 null 时须先补充，再重新判断")
    by: Stated = Field(description="改动多少：金额为比例，成熟度为级数，门槛为差值，名单为增减的名称")


class NearMissAnswer(Answer):
    """一项差一点的成果：只有一项条件不满足，改动之后就会列入这项需求的匹配。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(_MISS)]})

    park: str
    demand_id: int
    demand_code: str
    demand_title: str
    place: int = Field(description="从 1 起，最好的在前")
    achievement_id: int
    achievement_code: str
    achievement_title: str
    achievement_organisation: str
    similarity: float
    score: float
    probability: float | None
    constraint: Hindrance = Field(description="不满足的一项")
    constraint_label: str
    wanted: Stated = Field(description="要求什么")
    stated: Stated = Field(description="成果写的是什么；没有写明的为 null")
    change: ChangeAnswer
    change_zh: str
    change_en: str
    run_id: int = Field(description="最近改动它的运行")


class NearMissList(Answer):
    """一项需求的差一点的成果。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [dict(_MISS)]}]})

    items: list[NearMissAnswer]
