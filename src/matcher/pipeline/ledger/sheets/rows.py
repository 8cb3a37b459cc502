"""One row of an edited sheet beside its entry: which cells people changed, and the columns they make.

What was edited is told by the columns at the version the sheet was written from, so that a row nobody has
edited is never an edit, whatever has happened to its entry since.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from matcher.domain.columns import EDITABLE, Column, Kind, Work
from matcher.domain.entries import EntryView
from matcher.domain.errors import IllegalMove, InvalidInput
from matcher.domain.masking import restore_contacts
from matcher.domain.stages import Stage
from matcher.domain.text import mask_contacts
from matcher.domain.work import edit, grade, keep_reason, move
from matcher.files.ledger_reading import ReadRow, same_amount, says, unchanged
from matcher.files.ledger_sheet import (
    ADDED_LATER,
    FILLED_IN,
    KEPT,
    cell_text,
    checksum,
    human_value,
    same_machine_cell,
    values_of,
)
from matcher.pipeline.ledger.sheets.answers import Cell
from matcher.pipeline.ledger.sheets.export import sheet_row
from matcher.pipeline.ledger.sheets.refusals import COLUMN_OF, Refusal


def cell_of(column: Column, work: Work) -> Cell:
    """What a cell of these columns says, contacts masked: a label, a text, a number, or a day as text."""
    value = human_value(column, work)
    if isinstance(value, str):
        return mask_contacts(value)
    return value.isoformat() if isinstance(value, date) else value


def edits_of(row: ReadRow, base: Work) -> tuple[dict[str, Any], list[Refusal]]:
    """The human columns whose cells say something else than `base`, with their values; what is unreadable.

    A text that is only masked, or reshaped by being saved, says the same.
    """
    edits: dict[str, Any] = {}
    refusals: list[Refusal] = []
    for column in FILLED_IN:
        text = row.cells.get(column.name)
        if text is None:
            continue
        former = getattr(base, column.name)
        if column.kind is Kind.TEXT:
            if unchanged(text, former) or unchanged(text, mask_contacts(former)):
                continue
            text = restore_contacts(text, former)
        try:
            value = says(column, text)
        except InvalidInput as error:
            refusals.append(Refusal.of(error, column.name))
            continue
        same = same_amount(value, former) if column.kind is Kind.AMOUNT else value == former
        if not same and not (column.kind is Kind.TEXT and unchanged(value, former)):
            edits[column.name] = value
    return edits, refusals


def applied(work: Work, edits: Mapping[str, Any], today: date) -> Work | Refusal:
    """The columns with the edits made by the ledger's rules, or why they cannot be."""
    column = next(iter(edits))
    try:
        plain = {name: value for name, value in edits.items() if name in EDITABLE}
        edited = edit(work, plain, today) if plain else work
        if edits.keys() & {"stage", "return_on"}:
            column = "stage"
            edited = _moved(edited, edits, today)
        keep_reason(work, edited)
        if edits.keys() & GRADED:
            column = "grade_reason"
            edited = _graded(edited, edits)
    except (InvalidInput, IllegalMove) as error:
        named = "decline_code" if (error.field, column) == ("reason", "stage") else error.field
        return Refusal.of(error, named if named and named in COLUMN_OF else column)
    return edited


GRADED = frozenset({"grade", "grade_reason"})
"""The columns that a grade is made of."""


def _moved(work: Work, edits: Mapping[str, Any], today: date) -> Work:
    to = edits.get("stage", work.stage)
    if to is None:
        raise InvalidInput("阶段不能为空。", "the stage is never blank.", field="stage")
    return_on = edits.get("return_on")
    if to is not Stage.PAUSED and return_on is not None:
        raise InvalidInput(
            "恢复日期只在阶段为“暂缓”时填写。", "only a paused pair has a day to return.", field="return_on"
        )
    if to is Stage.PAUSED and "return_on" in edits and return_on is None:
        work = replace(work, return_on=None)
    reason = work.decline_code or work.stall_code if to is Stage.ENDED else None
    return move(work, to, today=today, reason=reason, return_on=return_on)


def _graded(work: Work, edits: Mapping[str, Any]) -> Work:
    value = edits.get("grade", work.grade)
    if value is None and work.grade is not None:
        raise InvalidInput(
            "已有的评分不能清空，只能改评。", "a grade is changed, never blanked.", field="grade"
        )
    if value is None:
        raise InvalidInput("写了评分理由，请同时填评分。", "a reason needs a grade.", field="grade")
    return grade(work, value, edits.get("grade_reason", work.grade_reason))


def machine_edits(row: ReadRow, entry: EntryView, reason: Callable[[], str]) -> list[str]:
    """The machine's columns of which someone has changed this row's cell; none where that cannot be told.

    `reason` gives the entry's line of reasons as it is now; it is asked for where a cell may have changed. A
    sheet of an earlier version may show a contact that is masked now.
    """
    if not _is_checked(row) or is_intact(row, entry.id):
        return []
    line = reason()
    versions = [values_of(0, sheet_row(entry, line, unmasked=unmasked)) for unmasked in (False, True)]
    return [
        column.name
        for column in KEPT
        if column.name in row.cells
        and not any(
            same_machine_cell(text, cell_text(values[column.name]))
            for text in (row.cells[column.name], mask_contacts(row.cells[column.name]))
            for values in versions
        )
    ]


def is_intact(row: ReadRow, entry_id: int) -> bool:
    """Whether the machine's cells are those that were written beside this entry's id."""
    return _is_checked(row) and row.cells["check"] == checksum(entry_id, row.cells)


def _is_checked(row: ReadRow) -> bool:
    """Whether the row has its checksum and every cell that went into it."""
    columns = {column.name for column in KEPT}
    return "check" in row.cells and not columns - row.cells.keys() - ADDED_LATER
