"""A free text as it is sent to be matched."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from matcher.api.fields import ParkCode
from matcher.domain.listing import Side


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
