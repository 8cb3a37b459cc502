"""Parks as they are asked for; listings as they are sent are in bodies.py."""

from pydantic import BaseModel, ConfigDict

from matcher.api.fields import ParkCode
from matcher.pipeline.texts import FilledLine, Line


class NewPark(BaseModel):
    """要新增的园区。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"code": "hydrogen", "name": "氢能与未来能源示例园", "industry": "氢能与未来能源"}]
        },
    )

    code: ParkCode
    name: FilledLine
    industry: Line = ""
