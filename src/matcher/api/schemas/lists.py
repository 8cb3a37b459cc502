"""Parks as they are asked for, and rows sent back mended; listings as they are sent are in bodies.py."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from matcher.api.fields import ParkCode
from matcher.domain.entries import MAX_ID
from matcher.pipeline.lists.import_plan import Renames
from matcher.pipeline.lists.mending import MAX_MENDED, MendedRow
from matcher.pipeline.texts import FilledLine, Line, LongText


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


class MendedRowBody(BaseModel):
    """改正后送回的一行。"""

    model_config = ConfigDict(extra="forbid")

    row_id: int = Field(ge=1, le=MAX_ID)
    cells: Annotated[dict[FilledLine, LongText], Field(max_length=500)] = Field(
        {}, description="表头 → 改正后的单元格；没有写的单元格照旧"
    )


class MendedRowsBody(BaseModel):
    """改正后送回的行。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"rows": [{"row_id": 1, "cells": {"需求名称": "储氢瓶口密封圈"}}]}]},
    )

    rows: Annotated[list[MendedRowBody], Field(min_length=1, max_length=MAX_MENDED)]
    overwrite: bool = Field(False, description="送回的行优先于此后在系统中的修改")
    renames: Renames = Field(
        Renames.ASK, description="疑似改名的条目：ask 报告，same 视为同一条，new 视为新条目"
    )

    def mended(self) -> list[MendedRow]:
        """The rows as the use case takes them."""
        return [MendedRow(row.row_id, row.cells) for row in self.rows]
