"""Parks, and the two lists as they are answered; listings as they are sent are in bodies.py."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from matcher.api.bodies import ACHIEVEMENT, DEMAND, AchievementBody, DemandBody
from matcher.api.fields import FilledLine, Line, ParkCode
from matcher.domain.listing import Side
from matcher.pipeline.answers import Answer, Moment

_OWN: Mapping[str, Any] = {
    "id": 41,
    "version": 3,
    "status": "live",
    "updated_at": "2026-11-22T10:05:00+00:00",
    "repeats": [],
}


class ParkAnswer(Answer):
    """园区。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"code": "hydrogen", "name": "氢能与未来能源示例园", "industry": "氢能与未来能源"}]
        }
    )

    code: str = Field(description="园区代码")
    name: str = Field(description="名称")
    industry: str = Field(description="主导产业")


class ParkList(Answer):
    """调用者可见的园区。"""

    items: list[ParkAnswer]


class NewPark(BaseModel):
    """要新增的园区。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra=ParkAnswer.model_config["json_schema_extra"])

    code: ParkCode
    name: FilledLine
    industry: Line = ""


class _Listed(Answer):
    """The service's own fields of a listing."""

    id: int
    version: int = Field(description="版本；即 ETag")
    status: Literal["live", "expired", "withdrawn"] = Field(description="有效、已过期或已撤回")
    updated_at: Moment
    repeats: list[int] = Field(description="上一次运行认为与它相同的其他条目的编号；只含调用者可见的")


class AchievementAnswer(AchievementBody, _Listed):
    """一项科技成果，联系方式已隐去。"""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_OWN, "source": "示例高校清单", **ACHIEVEMENT}]}
    )

    source: str = Field(description="哪一家的清单")


class DemandAnswer(DemandBody, _Listed):
    """一项企业需求，联系方式已隐去。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_OWN, "park": "hydrogen", **DEMAND}]})

    park: str = Field(description="园区代码")


class AchievementPage(Answer):
    """一页科技成果。"""

    items: list[AchievementAnswer]
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")


class DemandPage(Answer):
    """一页企业需求。"""

    items: list[DemandAnswer]
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")


class CellProblem(Answer):
    """清单中的一处问题：哪个文件、哪张表、哪一行、哪一列，原因和改法。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "file": "需求清单.xlsx",
                    "sheet": "Sheet1",
                    "row": 7,
                    "column": "B 需求名称",
                    "code": "missing_title",
                    "message": "没有名称，请填写名称。",
                    "severity": "rejected",
                    "message_en": "no title; fill it in.",
                }
            ]
        }
    )

    file: str
    sheet: str
    row: int | None
    column: str
    code: str
    message: str
    severity: Literal["rejected", "doubtful"]
    message_en: str


class ImportAnswer(Answer):
    """导入的结果；`rows` 是读到的全部行数，含未导入的。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "import_id": 3,
                    "dry_run": False,
                    "rows": 18,
                    "created": 16,
                    "updated": 1,
                    "unchanged": 0,
                    "withdrawn": 0,
                    "rejected": 1,
                    "problems": [],
                }
            ]
        }
    )

    import_id: int | None
    dry_run: bool
    rows: int
    created: int
    updated: int
    unchanged: int
    withdrawn: int
    rejected: int
    problems: list[CellProblem]


class PastImport(Answer):
    """一次已完成的导入。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "import_id": 3,
                    "side": "demand",
                    "park": "hydrogen",
                    "source": "",
                    "files": ["需求清单.xlsx"],
                    "counts": {"created": 16, "updated": 1},
                    "actor": "氢能园操作员",
                    "created_at": "2026-11-22T10:05:00+00:00",
                    "undone_at": None,
                }
            ]
        }
    )

    import_id: int
    side: Side
    park: str | None
    source: str
    files: list[str]
    counts: dict[str, int]
    actor: str
    created_at: Moment
    undone_at: Moment | None


class PastImportPage(Answer):
    """一页导入记录，最新的在前。"""

    items: list[PastImport]
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")
