"""What was done to an entry, and what backs it."""

from typing import Any, Literal

from pydantic import Field

from matcher.pipeline.answers import Answer, Moment


class ColumnChange(Answer):
    """一列的前后两个值。"""

    before: Any
    after: Any


class HistoryItem(Answer):
    """人或批处理的一次改动。"""

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
