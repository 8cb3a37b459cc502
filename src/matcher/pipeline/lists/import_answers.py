"""What an import did or would do, and past imports, as they are answered."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal, Self

from pydantic import Field, PrivateAttr

from matcher.domain.listing import Side
from matcher.files.read_columns import ReadColumn
from matcher.files.report import ParsedRow, Problem, RejectedRow
from matcher.files.skipped import Reason, Skipped
from matcher.pipeline.answers import Answer, Moment
from matcher.pipeline.lists.masking import masked
from matcher.store.imports import HeldImport
from matcher.store.records import to_record


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


class ProposalAnswer(Answer):
    """一列看来是什么，以及理由。"""

    maps_to: str = Field(description="字段")
    reason: str
    reason_en: str


class ColumnAnswer(Answer):
    """文件中的一列：对应到哪个字段，还是原样保留、忽略或未读取。"""

    file: str
    sheet: str
    column: str = Field(description="列的字母；JSONL 为空")
    heading: str
    state: Literal["mapped", "kept", "ignored", "unread"] = Field(
        description="mapped 已对应，kept 原样保留而不参与匹配，ignored 忽略，unread 没有认出表头、未读取"
    )
    maps_to: str | None = Field(description="对应的字段；未对应的为 null")
    by: Literal["heading", "map", "profile"] | None = Field(
        description="由什么对应：表头本身、随文件给出的对应、记住的对应"
    )
    filled: float = Field(description="有内容的行所占的比例，0–1")
    sample: str = Field(description="第一个值，联系方式已隐去")
    proposal: ProposalAnswer | None

    @classmethod
    def of(cls, column: ReadColumn) -> Self:
        """A column that was read."""
        proposal = column.proposal
        return cls.made_of(
            column,
            column=column.letter,
            proposal=None if proposal is None else ProposalAnswer.made_of(proposal),
        )


class PreviewRow(Answer):
    """试导入时的一行，按读到的样子；联系方式已隐去，没有内容的字段略去。"""

    file: str
    sheet: str
    row: int
    fields: dict[str, Any] = Field(description="字段 → 读到的值")


_PREVIEWED = 3
"""Rows of each sheet that a dry run shows as they are read."""


def first_rows(rows: Sequence[ParsedRow]) -> tuple[PreviewRow, ...]:
    """The first rows of each sheet as they are read, contacts hidden."""
    shown: dict[tuple[str, str], list[PreviewRow]] = {}
    for row in rows:
        of_sheet = shown.setdefault((row.file, row.sheet), [])
        if len(of_sheet) < _PREVIEWED:
            unstated = to_record(type(row.listing)(title=""))
            record = to_record(masked(row.listing))
            fields = {name: _stated(value) for name, value in record.items() if value != unstated[name]}
            of_sheet.append(PreviewRow(file=row.file, sheet=row.sheet, row=row.row, fields=fields))
    return tuple(row for of_sheet in shown.values() for row in of_sheet)


def _stated(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: part for name, part in value.items() if part not in ("", None, False)}
    return value


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


class BlockingAnswer(Answer):
    """使一次导入不能整体撤销的条目，及怎么办。"""

    listing_id: int
    version: int
    code: str
    title: str
    reason: Literal["edited", "identity_taken"] = Field(
        description="edited 导入之后又被修改，identity_taken 原来的名称或编号已另有一条"
    )
    taken_by: int | None = Field(description="已另有的那一条的编号")
    changed_by: str = Field(description="最近由谁修改")
    changed_at: Moment
    via: str = Field(description="经由：rest、cli 或 import")
    remedy: str = Field(description="怎么办")
    remedy_en: str


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
    columns: tuple[ColumnAnswer, ...] = Field((), description="文件的每一列去了哪里")
    preview: tuple[PreviewRow, ...] = Field((), description="试导入时每张表的前几行，按读到的样子")

    kept: tuple[BlockingAnswer, ...] = Field((), description="部分撤销时保持现状的条目，及原因")

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
    rejected: int = Field(
        description="还有多少行没有导入，可改正后送回（POST /v1/imports/{id}/rows）；保留 90 天"
    )

    @classmethod
    def of(cls, made: HeldImport, rejected: int) -> Self:
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
            rejected=rejected,
        )
