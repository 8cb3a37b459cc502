"""What every answer is made of: its base, its moments, and the pair that the examples show."""

from collections.abc import Mapping
from typing import Any

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
