"""What was done to an entry, and what backs it."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from matcher.pipeline.answers import Answer, Moment


class ColumnChange(Answer):
    """一列的前后两个值。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"before": "", "after": "示例赵"}]})

    before: Any
    after: Any


class HistoryItem(Answer):
    """人或批处理的一次改动。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "at": "2026-11-22T10:06:02+00:00",
                    "kind": "machine",
                    "actor": "matcher",
                    "act": "created",
                    "via": "batch",
                    "run_id": 7,
                    "changes": {
                        "score": {"before": None, "after": 0.54},
                        "rank": {"before": None, "after": 1},
                    },
                    "causes": ["demand_added"],
                    "causes_zh": ["新增需求"],
                },
                {
                    "at": "2026-11-23T01:30:00+00:00",
                    "kind": "people",
                    "actor": "氢能园操作员",
                    "act": "edit",
                    "via": "rest",
                    "run_id": None,
                    "changes": {"owner": {"before": "", "after": "示例赵"}},
                    "causes": [],
                    "causes_zh": [],
                },
            ]
        }
    )

    at: Moment
    kind: Literal["people", "machine"] = Field(description="people 人、machine 批处理")
    actor: str = Field(description="谁")
    act: str = Field(
        description="做了什么。人：add、edit、stage、grade、reply、hand_over、import、undo、evidence、erase；"
        "批处理：created、changed、returned、vanished"
    )
    via: str = Field(description="经由：人为 rest、workbook、cli，批处理为启动方式")
    run_id: int | None = Field(description="哪一次运行")
    changes: dict[str, ColumnChange] = Field(description="列名 → 前后两个值")
    causes: list[str] = Field(description="批处理所作改动的原因代码")
    causes_zh: list[str] = Field(description="原因")


class HistoryAnswer(Answer):
    """一条台账的全部改动，最早的在前。"""

    items: list[HistoryItem]


class EvidenceAnswer(Answer):
    """一条佐证：链接，或文件（`url` 为 null）。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "evidence_id": 6,
                    "entry_id": 408,
                    "title": "样品检测报告",
                    "url": None,
                    "file_name": "检测报告.pdf",
                    "media_type": "application/pdf",
                    "size": 48213,
                    "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
                    "added_at": "2026-11-23T02:10:00+00:00",
                    "added_by": "氢能园操作员",
                }
            ]
        }
    )

    evidence_id: int
    entry_id: int
    title: str = Field(description="名称")
    url: str | None = Field(description="链接的地址")
    file_name: str | None = Field(description="文件名")
    media_type: str | None = Field(description="上传时所称的文件类型")
    size: int | None = Field(description="文件大小，字节")
    sha256: str | None = Field(description="文件的 SHA-256")
    added_at: Moment
    added_by: str = Field(description="谁添加的")


class EvidenceList(Answer):
    """一条台账的佐证，最早的在前。"""

    items: list[EvidenceAnswer]
