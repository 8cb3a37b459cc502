"""Why a cell or a row of an edited sheet is not written, and what to do about it, in both languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.domain.columns import Column
from matcher.domain.errors import IllegalMove, InvalidInput
from matcher.files.ledger_reading import ReadRow, StrangeColumn
from matcher.files.ledger_sheet import COLUMNS
from matcher.pipeline.ledger.sheets.answers import CellRefusal

COLUMN_OF: Mapping[str, Column] = {column.name: column for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cell (or, by its entry id, a row) that is not written: why, and what to do, in both languages."""

    column: str
    code: str
    reason: str
    reason_en: str
    remedy: str
    remedy_en: str

    @classmethod
    def of(cls, error: InvalidInput | IllegalMove, column: str) -> "Refusal":
        """What a rule of the domain says of a column."""
        return cls(
            column,
            error.code,
            error.zh,
            error.en,
            "改正这一格（或恢复原值）后再次导入该文件；已导入的行不受影响。",
            "mend this cell, or put it back, and import the file again: rows already written stand.",
        )


def place_of(row: ReadRow, column: str, entry_id: int | None) -> dict[str, Any]:
    """Where a cell stands, and what it is of."""
    return {
        "sheet": row.sheet,
        "row": row.row,
        "column": row.letters.get(column, ""),
        "heading": COLUMN_OF[column].zh,
        "field": column,
        "entry_id": entry_id,
    }


UNKNOWN_ENTRY = Refusal(
    "entry_id",
    "unknown_entry",
    "本园区台账中没有这一条（隐藏的“条目编号”列为空或有误）。",
    "the park's ledger has no such entry: the hidden column of its id is blank or wrong.",
    "新的供需对请在系统中添加；已有的条目请重新导出后填写。",
    "add a new pair in the service; for one that is there, export the ledger again.",
)
UNKNOWN_VERSION = Refusal(
    "version",
    "unknown_version",
    "隐藏的“行版本”列为空或有误，无法判断改了哪些格。",
    "the hidden column of the row's version is blank or wrong: what was edited cannot be told.",
    "请重新导出台账后填写。",
    "export the ledger again and fill that in.",
)
DOUBLED = Refusal(
    "entry_id",
    "doubled_row",
    "同一条目在表中有几行，内容不同。",
    "the sheet holds this entry several times, and the rows differ.",
    "请只保留一行。",
    "keep one of the rows.",
)
NOT_ASSIGNED = Refusal(
    "owner",
    "not_assigned",
    "这一条不由您负责。",
    "this entry is not assigned to you.",
    "请由园区操作员指派负责人或技术经理人，或由其导入。",
    "a park operator assigns its owner or technology manager, or imports it.",
)

NAMELESS = Refusal(
    "entry_id",
    "names_missing",
    "表中没有名称、编号和单位各列，无法核对该行是哪一条。",
    "the sheet lacks the columns of titles, codes and organisations: which entry the row is cannot be told.",
    "请恢复被删去的列，或重新导出后填写。",
    "put the deleted columns back, or export the ledger again and fill that in.",
)


def machine_cell(column: str) -> Refusal:
    """A cell of the machine's that someone has changed."""
    return Refusal(
        column,
        "machine_column",
        "这一列由系统维护，改动未采用。",
        "this column is the system's: the change was not taken.",
        "需要更正时，请在需求或成果清单中修改。",
        "to mend it, edit the demand or the achievement.",
    )


def another_entry(entry_id: int, named: str, meant: str) -> Refusal:
    """A row that names one pair, `named`, beside the id of another, `meant`."""
    return Refusal(
        "entry_id",
        "another_entry",
        f"本行写的是“{named}”，而条目 {entry_id} 是“{meant}”；可能只排序或粘贴了一部分列。",
        f"the row says “{named}”, but entry {entry_id} is “{meant}”: perhaps some columns only were sorted "
        "or pasted.",
        "请撤消排序或粘贴，选中整行再做；若改动过名称，请改回原名；也可重新导出后填写。",
        "undo that and sort or paste whole rows; put a changed name back; or export the ledger again.",
    )


def any_of_several(entry_id: int, named: str, lacking: Sequence[str]) -> Refusal:
    """A row whose names, `named`, may be its entry's and others', for want of the cells `lacking`."""
    zh = f"（缺少：{'、'.join(lacking)}）" if lacking else ""
    en = f" (lacking: {', '.join(lacking)})" if lacking else ""
    return Refusal(
        "entry_id",
        "names_missing",
        f"本行写的是“{named}”，台账中不止一条可以这样写{zh}，无法确定是条目 {entry_id}。",
        f"the row says “{named}”, which may be any of several in the ledger{en}: it is not surely entry "
        f"{entry_id}.",
        "请恢复被删去或清空的名称、编号和单位，或重新导出后填写。",
        "put the deleted titles, codes and organisations back, or export the ledger again and fill that in.",
    )


def names_missing(sheet: str, row: int, lacking: Sequence[str]) -> CellRefusal:
    """A sheet without a column of titles: its rows could not be held beside their entries by that name."""
    return CellRefusal(
        sheet=sheet,
        row=row,
        column="",
        heading="、".join(lacking),
        field="",
        entry_id=None,
        code="names_missing",
        reason="表中没有这一列，未能按它核对各行与条目编号是否相符。",
        reason_en="the sheet lacks this column: its rows were not held beside their entry ids by it.",
        remedy="如在表中排序或粘贴过，请重新导出后填写。",
        remedy_en="if rows were sorted or pasted in it, export the ledger again and fill that in.",
    )


def refused(row: ReadRow, entry_id: int | None, refusal: Refusal) -> CellRefusal:
    """A refusal as it is answered, with its place in the sheet."""
    return CellRefusal.made_of(refusal, **place_of(row, refusal.column, entry_id))


def strange_column(column: StrangeColumn) -> CellRefusal:
    """A column that is not read, as it is answered: what people wrote in it would be lost in silence."""
    remedy, remedy_en = "自加的列可不理会。", "a column of your own may stay."
    if column.lacking:
        remedy = f"如改动过表头，请改回（表中缺少：{'、'.join(column.lacking)}）后再次导入。"
        remedy_en = f"a changed heading? Put it back (lacking: {', '.join(column.lacking)}); import again."
    return CellRefusal(
        sheet=column.sheet,
        row=column.row,
        column=column.letter,
        heading=column.heading,
        field="",
        entry_id=None,
        code="unknown_heading",
        reason="台账没有这个表头，这一列没有读取。",
        reason_en="the ledger has no such heading: the column was not read.",
        remedy=remedy,
        remedy_en=remedy_en,
    )
