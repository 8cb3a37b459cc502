"""An edited sheet read back, as it is answered: cell by cell, what it changed and what it could not."""

from pydantic import Field

from matcher.pipeline.answers import Answer, Moment
from matcher.pipeline.ledger.answers import Figure

Cell = str | Figure | None
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

    before: Cell
    after: Cell


class CellConflict(SheetPlace):
    """导出之后该条目又被人修改，整行未写入。"""

    base: Cell = Field(description="导出时")
    yours: Cell = Field(description="表中")
    theirs: Cell = Field(description="现在")
    changed_by: str | None
    changed_at: Moment | None


class CellRefusal(SheetPlace):
    """不能写入或存疑的一格，及原因和改法。"""

    code: str = Field(
        description="invalid_input、illegal_move、unknown_entry、unknown_version、doubled_row、another_entry、names_missing、"
        "not_assigned、machine_column、unknown_heading、rearranged"
    )
    reason: str
    reason_en: str
    remedy: str
    remedy_en: str


class LedgerImportAnswer(Answer):
    """导回的结果，逐格列出。有冲突或不能写入的行整行不写，其他行照常写入。"""

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
    doubtful: tuple[CellRefusal, ...] = Field(
        (), description="像是只排序了一列的，照常写入，请核对（rearranged）"
    )


class PastLedgerImport(Answer):
    """一次台账导回的记录。"""

    import_id: int
    park: str
    file: str
    counts: dict[str, int]
    actor: str
    created_at: Moment
    undone_at: Moment | None


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

    import_id: int
    rows_restored: int = Field(description="0 为未撤销")
    changes: list[RestoredCell]
    conflicts: list[KeptEntry]
