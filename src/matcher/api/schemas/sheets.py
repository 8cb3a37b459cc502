"""The ledger as a sheet, read back: what it changed, what it could not; and erasing a person."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from matcher.pipeline.answers import Answer, Moment
from matcher.pipeline.texts import Line

_PLACE: dict[str, Any] = {
    "sheet": "台账",
    "row": 5,
    "column": "S",
    "heading": "阶段",
    "field": "stage",
    "entry_id": 408,
}
_CHANGE = _PLACE | {"before": "待研判", "after": "待对接"}
_CONFLICT = _PLACE | {
    "row": 6,
    "base": "待研判",
    "yours": "待对接",
    "theirs": "已推送",
    "changed_by": "氢能园操作员",
    "changed_at": "2026-11-23T02:00:00+00:00",
}
_REFUSAL = _PLACE | {
    "row": 7,
    "code": "illegal_move",
    "reason": "不能从“待研判”到“已落地”；可以到：待对接、暂缓、终止。",
    "reason_en": "screening may not become landed; it may become pending, paused, ended.",
    "remedy": "改正这一格（或恢复原值）后再次导入该文件；已导入的行不受影响。",
    "remedy_en": "mend this cell, or put it back, and import the file again: rows already written stand.",
}
_COUNTS = {"rows": 3, "rows_changed": 1, "rows_unchanged": 0, "rows_conflicting": 1, "rows_rejected": 1}
_PAST: dict[str, Any] = {
    "import_id": 3,
    "park": "hydrogen",
    "file": "台账.xlsx",
    "counts": {**_COUNTS, "cells": 1},
    "actor": "氢能园操作员",
    "created_at": "2026-11-23T02:00:00+00:00",
    "undone_at": None,
}

Cell = str | float | None
"""What a cell shows: a label, a text, a number, a day as 2026-12-31; null for a blank one."""


class SheetPlace(Answer):
    """表格中的一格；`row` 与表格软件显示的行号一致。"""

    sheet: str
    row: int
    column: str = Field(description="列标，如 R；表中没有该列时为空")
    heading: str
    field: str = Field(description="列名；表头不认识时为空")
    entry_id: int | None


class CellChange(SheetPlace):
    """一格的改动，按表格所示书写，联系方式隐去。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(_CHANGE)]})

    before: Cell
    after: Cell


class CellConflict(SheetPlace):
    """导出之后该条目又被人修改，整行未写入。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(_CONFLICT)]})

    base: Cell = Field(description="导出时")
    yours: Cell = Field(description="表中")
    theirs: Cell = Field(description="现在")
    changed_by: str | None
    changed_at: Moment | None


class CellRefusal(SheetPlace):
    """不能写入的一格，及原因和改法。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(_REFUSAL)]})

    code: str = Field(
        description="invalid_input、illegal_move、unknown_entry、unknown_version、doubled_row、another_entry、"
        "not_assigned、machine_column、unknown_heading"
    )
    reason: str
    reason_en: str
    remedy: str
    remedy_en: str


class LedgerImportAnswer(Answer):
    """导回的结果，逐格列出。有冲突或不能写入的行整行不写，其他行照常写入。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "import_id": 3,
                    "dry_run": False,
                    "park": "hydrogen",
                    "file": "台账.xlsx",
                    **_COUNTS,
                    "changes": [dict(_CHANGE)],
                    "conflicts": [dict(_CONFLICT)],
                    "rejected": [dict(_REFUSAL)],
                    "ignored": [],
                }
            ]
        }
    )

    import_id: int | None = Field(description="可据以撤销；什么也没写入时为 null")
    dry_run: bool
    park: str
    file: str
    rows: int = Field(description="读到的行数")
    rows_changed: int
    rows_unchanged: int
    rows_conflicting: int
    rows_rejected: int
    changes: list[CellChange]
    conflicts: list[CellConflict]
    rejected: list[CellRefusal]
    ignored: list[CellRefusal] = Field(description="被改动的系统列，未采用")


class PastLedgerImport(Answer):
    """一次台账导回的记录。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(_PAST)]})

    import_id: int
    park: str
    file: str
    counts: dict[str, int]
    actor: str
    created_at: Moment
    undone_at: Moment | None


class PastLedgerImportPage(Answer):
    """一页台账导回的记录，最新的在前。"""

    items: list[PastLedgerImport]
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")


class RestoredCell(Answer):
    """撤销时恢复的一格。"""

    entry_id: int
    field: str
    heading: str
    before: Cell
    after: Cell


class KeptEntry(Answer):
    """撤销时未恢复的条目，及原因。"""

    entry_id: int
    changed_by: str | None
    changed_at: Moment | None
    reason: str
    reason_en: str


class LedgerUndoAnswer(Answer):
    """撤销的结果；此后又被修改的条目保留现状。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "import_id": 3,
                    "rows_restored": 1,
                    "changes": [
                        {
                            "entry_id": 408,
                            "field": "stage",
                            "heading": "阶段",
                            "before": "待对接",
                            "after": "待研判",
                        }
                    ],
                    "conflicts": [],
                }
            ]
        }
    )

    import_id: int
    rows_restored: int = Field(description="0 为未撤销")
    changes: list[RestoredCell]
    conflicts: list[KeptEntry]


class NewErasure(BaseModel):
    """要删除谁的信息：姓名、电话、邮箱至少一项；给全则删得更全。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "吴示例", "phone": "138 0000 5555", "dry_run": True}]},
    )

    name: Line = Field("", description="姓名，至少两个字；文字中凡出现即删除，同名者亦然")
    phone: Line = Field("", description="电话，按数字比对，不论空格和国家代码")
    email: Line = Field("", description="邮箱，不分大小写")
    dry_run: bool = Field(False, description="只报告会删多少，不写入")


class ErasureAnswer(Answer):
    """各表删除了多少行中的信息；不含任何个人信息。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dry_run": False,
                    "rows": {"achievement": 1, "achievement_revision": 2, "human_change": 3},
                    "total": 6,
                    "entries": 1,
                }
            ]
        }
    )

    dry_run: bool
    rows: dict[str, int] = Field(description="表 → 行数")
    total: int
    entries: int = Field(description="涉及的台账条目数")
