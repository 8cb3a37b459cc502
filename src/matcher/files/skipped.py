"""Rows and columns of a file that are left out on purpose: what was skipped, where, and why.

Rows of one sheet that are skipped for the same reason are one entry, so that three thousand blank rows of a
form take one line of a report.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from matcher.domain.text import mask_contacts, normalise

SHOWN_ROWS = 20
"""Rows of one entry that are named; the others are counted."""

SHOWN_TEXT = 60
"""Characters of a skipped row that are shown."""


class Reason(StrEnum):
    """Why a row or a column is skipped."""

    TOTAL = "total"
    NOTE = "note"
    SIGNATURE = "signature"
    UNIT = "unit"
    HEADER = "repeated_header"
    NUMBER = "running_number"
    DEFAULT = "default_only"
    NOTHING = "states_nothing"
    EXAMPLE = "example"
    HIDDEN_ROW = "hidden_row"
    FILTERED_ROW = "filtered_row"
    HIDDEN_COLUMN = "hidden_column"


MESSAGES: Mapping[Reason, tuple[str, str]] = {
    Reason.TOTAL: ("合计或小计，不是条目。", "a total, not an item."),
    Reason.NOTE: ("备注或填表说明，不是条目。", "a note or instructions, not an item."),
    Reason.SIGNATURE: (
        "填表人、盖章或日期一行，不是条目。",
        "a line for names, seals or dates, not an item.",
    ),
    Reason.UNIT: ("计量单位一行，不是条目。", "a line that states a unit, not an item."),
    Reason.HEADER: ("重复的标题或表头，不是条目。", "the title or header once more, not an item."),
    Reason.NUMBER: ("只有序号，没有填写。", "only a running number: nothing was filled in."),
    Reason.DEFAULT: (
        "只有下拉默认值或预填内容，没有填写名称。",
        "only defaults that were filled down: no title was filled in.",
    ),
    Reason.NOTHING: (
        "名称为“无”或仍是填写提示，没有内容。",
        "its title says that there is nothing, or still asks to be filled in.",
    ),
    Reason.EXAMPLE: ("模板的示例行。", "the template's example row."),
    Reason.HIDDEN_ROW: (
        "在工作簿中被隐藏，未导入也未撤回；请取消隐藏，或选择导入隐藏内容（--hidden include）。",
        "hidden in the workbook: neither imported nor withdrawn. Unhide it, or import with --hidden include.",
    ),
    Reason.FILTERED_ROW: (
        "被筛选掉，未导入也未撤回；请清除筛选，或选择导入隐藏内容（--hidden include）。",
        "filtered out in the workbook: neither imported nor withdrawn. Clear it, or use --hidden include.",
    ),
    Reason.HIDDEN_COLUMN: (
        "该列在工作簿中被隐藏，未读取；请取消隐藏，或选择导入隐藏内容（--hidden include）。",
        "the column is hidden in the workbook and was not read. Unhide it, or import with --hidden include.",
    ),
}


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A skipped row: its number from 1, as a spreadsheet program shows it, and how it begins."""

    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Rows, or columns, of one sheet that are left out for one reason.

    `count` counts all of them; `rows` holds the first `SHOWN_ROWS`. `columns` are labels such as “F 底价”.
    """

    file: str
    sheet: str
    reason: Reason
    message: str
    message_en: str
    count: int
    rows: tuple[SkippedRow, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(slots=True)
class _Gathered:
    count: int = 0
    rows: list[SkippedRow] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)


class SkippedParts:
    """Gathers what is skipped of one file."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._gathered: dict[tuple[str, Reason], _Gathered] = {}

    def add_row(self, sheet: str, reason: Reason, row: int, cells: Iterable[str]) -> None:
        """A row, by its number from 1."""
        gathered = self._of(sheet, reason)
        if len(gathered.rows) < SHOWN_ROWS:
            gathered.rows.append(SkippedRow(row, _beginning(cells)))

    def add_column(self, sheet: str, reason: Reason, column: str) -> None:
        """A column, by its label."""
        self._of(sheet, reason).columns.append(column)

    def clear(self) -> None:
        """Forget everything: the file is not read after all."""
        self._gathered.clear()

    def entries(self) -> tuple[Skipped, ...]:
        """What was gathered, sheet by sheet and reason by reason in the order of their first rows."""
        return tuple(
            Skipped(
                self._file,
                sheet,
                reason,
                *MESSAGES[reason],
                gathered.count,
                tuple(gathered.rows),
                tuple(gathered.columns),
            )
            for (sheet, reason), gathered in self._gathered.items()
        )

    def _of(self, sheet: str, reason: Reason) -> _Gathered:
        gathered = self._gathered.setdefault((sheet, reason), _Gathered())
        gathered.count += 1
        return gathered


def _beginning(cells: Iterable[str]) -> str:
    """What a row says, contacts masked, cut to `SHOWN_TEXT` characters."""
    said = mask_contacts(" ".join(normalise(cell[:500]) for cell in cells if cell and not cell.isspace()))
    line = " ".join(said.split())
    return line if len(line) <= SHOWN_TEXT else f"{line[: SHOWN_TEXT - 1]}…"
