"""What an import did or would do, and past imports, as they are answered."""

from dataclasses import asdict
from typing import Literal, Self

from pydantic import PrivateAttr

from matcher.domain.listing import Side
from matcher.files.report import Problem, RejectedRow
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


class ImportAnswer(Answer):
    """导入的结果；`rows` 是读到的全部行数，含未导入的。"""

    import_id: int | None
    dry_run: bool
    rows: int
    created: int
    updated: int
    unchanged: int
    withdrawn: int
    rejected: int
    problems: tuple[CellProblem, ...]

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
