"""Blind grading as it is asked for."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from matcher.domain.entries import MAX_ID
from matcher.pipeline.judgings.start import MOST_DEEP, MOST_DEMANDS
from matcher.pipeline.texts import FilledLine, Line


class NewJudging(BaseModel):
    """开始一场盲评。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"demands": 20, "depth": 10, "seed": 7, "name": "十一月盲评"}, {}]},
    )

    demands: Annotated[int, Field(strict=True, ge=1, le=MOST_DEMANDS)] = Field(
        20, description="抽取多少项需求"
    )
    depth: Annotated[int, Field(strict=True, ge=1, le=MOST_DEEP)] = Field(
        10, description="每种排序各取前多少名"
    )
    seed: Annotated[int, Field(strict=True, ge=0, le=MAX_ID)] = Field(
        7, description="抽取需求与排列次序所用的种子"
    )
    name: Line = Field("", description="名称，至多 200 字；不填为当天的日期")

    def sent(self) -> dict[str, Any]:
        """What was sent, as JSON: by it a repeated request is known."""
        return self.model_dump(mode="json")


class NewBlindGrade(BaseModel):
    """一位评分人给一对的等级。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"number": 1, "grade": 2, "judge": "示例评分人甲"}]}
    )

    number: Annotated[int, Field(strict=True, ge=1, le=MAX_ID)] = Field(description="第几对")
    grade: Annotated[int, Field(strict=True, ge=0, le=3)] = Field(
        description="0 不匹配、1 较弱、2 较强、3 强"
    )
    judge: FilledLine = Field(description="评分人，至多 200 字")

    def sent(self) -> dict[str, Any]:
        """What was sent, as JSON: by it a repeated request is known."""
        return self.model_dump(mode="json")
