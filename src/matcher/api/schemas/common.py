"""What every answer is made of: its base, its moments, and the pair that the examples show."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

Moment = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment in UTC, written as everywhere in the service: 2026-11-22T10:05:00+00:00."""


class Answer(BaseModel):
    """Whatever the service answers; its keys are stable."""

    model_config = ConfigDict(extra="forbid")


MATCH: Mapping[str, Any] = {
    "rank": 1,
    "demand_id": 41,
    "demand_code": "XQ-QN-002",
    "demand_title": "高温浓碱电解槽用低阻隔膜",
    "demand_organisation": "碱槽示例装备有限公司",
    "achievement_id": 58,
    "achievement_code": "CG-2026-058",
    "achievement_title": "碱性电解水制氢用复合隔膜连续制备技术",
    "achievement_organisation": "北郊示例理工学院化工系",
    "park": "hydrogen",
    "similarity": 0.61,
    "score": 0.54,
    "probability": 0.53,
    "contributions": {"dense": 0.06, "dense_title": 0.06, "lexical_text": 0.25, "lexical_title": 0.17},
    "terms": ["电解槽", "隔膜"],
    "explored": False,
    "also": [61],
}
