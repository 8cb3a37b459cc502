"""What an import did or would do, and past imports, as they are answered."""

from dataclasses import asdict
from typing import Literal, Self

from pydantic import Field, PrivateAttr

from matcher.domain.listing import Side
from matcher.files.report import Problem, RejectedRow
from matcher.files.skipped import Reason, Skipped
from matcher.pipeline.answers import Answer, Moment
from matcher.store.imports import HeldImport


class CellProblem(Answer):
    """清单中的一处问题：哪个文件、哪张表、哪一行、哪一列，原因和改法。"""

    file: str
    sheet: str
    row: int | None
    column: str
    code: str
    message: str
    severity: Literal["rejected", "doubtful"]
    message_en: str

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """A problem that reading or importing met."""
        return cls(**asdict(problem))


class SkippedRowAnswer(Answer):
    """略过的一行；`text` 是该行开头的文字，联系方式已隐去。"""

    row: int
    text: str


class SkippedAnswer(Answer):
    """同一张表中因同一原因略过的行或列。"""

    file: str
    sheet: str
    reason: Reason = Field(
        description="total 合计，note 备注或说明，signature 填表人或盖章，unit 计量单位，"
        "repeated_header 重复的表头，running_number 只有序号，default_only 只有默认值，example 模板示例，"
        "states_nothing 名称为“无”，hidden_row 隐藏的行，filtered_row 筛选掉的行，hidden_column 隐藏的列"
    )
    message: str
    message_en: str
    count: int = Field(description="共多少行（或列）")
    rows: tuple[SkippedRowAnswer, ...] = Field(description="其中最前面的 20 行")
    columns: tuple[str, ...] = Field(description="略过的列，如“F 内部底价”；略过的是行时为空")

    @classmethod
    def of(cls, skipped: Skipped) -> Self:
        """What reading left out."""
        return cls(**asdict(skipped))


class ImportAnswer(Answer):
    """导入的结果；`rows` 是读到的全部行数，含未导入的，不含略过的（`skipped`）。"""

    import_id: int | None
    dry_run: bool
    rows: int
    created: int
    updated: int
    unchanged: int
    withdrawn: int
    rejected: int
    problems: tuple[CellProblem, ...]
    skipped: tuple[SkippedAnswer, ...]

    _rejects: tuple[RejectedRow, ...] = PrivateAttr(())

    @property
    def rejects(self) -> tuple[RejectedRow, ...]:
        """The rows that were not imported, for a workbook of them."""
        return self._rejects


class PastImport(Answer):
    """一次已完成的导入。"""

    import_id: int
    side: Side
    park: str | None
    source: str
    files: list[str]
    counts: dict[str, int]
    actor: str
    created_at: Moment
    undone_at: Moment | None

    @classmethod
    def of(cls, made: HeldImport) -> Self:
        """An import that was made."""
        return cls(
            import_id=made.id,
            side=made.shelf.side,
            park=made.park_code,
            source=made.shelf.source,
            files=list(made.files),
            counts=dict(made.counts),
            actor=made.actor,
            created_at=made.created_at,
            undone_at=made.undone_at,
        )
