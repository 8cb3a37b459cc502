"""Scorings as they are asked for."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from matcher.api.fields import ParkCode
from matcher.domain.entries import MAX_ID


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
