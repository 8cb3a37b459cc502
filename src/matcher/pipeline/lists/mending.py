"""Rows that an import did not take: read with what is wrong, and sent back mended."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import Field

from matcher.domain.access import Principal, Right
from matcher.domain.errors import Conflict, NotFound
from matcher.domain.listing import Side
from matcher.domain.text import mask_contacts
from matcher.files.headings import header_of_keys
from matcher.files.mapping import Mappings
from matcher.files.masked_cells import masked_cell
from matcher.files.reading import read_lists
from matcher.files.report import ParsedList, Problem
from matcher.files.table_notes import TableNotes
from matcher.pipeline import cursors
from matcher.pipeline.answers import Answer, Page
from matcher.pipeline.idempotency import Request, done_once
from matcher.pipeline.lists.import_answers import CellProblem, ImportAnswer
from matcher.pipeline.lists.import_plan import ImportRequest, Renames
from matcher.pipeline.lists.importing import apply_list, kept_row
from matcher.pipeline.lists.writing import require_writer
from matcher.store import access, import_profiles, imports, rejected_rows
from matcher.store.database import Database, Transaction
from matcher.store.imports import HeldImport
from matcher.store.rejected_rows import KeptRow

MAX_MENDED = 500
"""Rows that one request may send back."""


class RejectedRowAnswer(Answer):
    """没有导入的一行，及原因和改法。"""

    row_id: int = Field(description="送回时以此为准")
    file: str
    sheet: str
    row: int
    cells: dict[str, str] = Field(description="表头 → 单元格，联系方式已隐去")
    problem: CellProblem


class MendedRowsAnswer(ImportAnswer):
    """送回的行导入的结果；自成一次导入，可单独撤销。"""

    left: int = Field(description="原来那次导入还有多少行没有导入")


@dataclass(frozen=True, slots=True)
class MendedRow:
    """A row as it is sent back: the cells that were mended, by heading; the others stay."""

    row_id: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MendOptions:
    """How rows that are sent back are treated, as `ImportRequest` says."""

    overwrite: bool = False
    renames: Renames = Renames.ASK
    dry_run: bool = False


def list_rejected_rows(
    database: Database,
    principal: Principal,
    import_id: int,
    now: datetime,
    *,
    cursor: str | None = None,
    limit: int = 50,
    unmask: bool = False,
) -> Page[RejectedRowAnswer]:
    """One page of the rows that an import has not taken yet; unmasking is recorded.

    Raises:
        NotFound: no such import in the caller's scope.
        Forbidden: the caller may not write this list, or not see contacts.
        InvalidCursor: it is not one of this list's.
    """
    kind = f"rejected-rows-{import_id}"
    after = cursors.after_id(kind, cursor)
    with database.reading() as session:
        done = _import(session, principal, import_id)
        if unmask:
            principal.require(Right.UNMASK)
        rows = rejected_rows.of_import(session, done.shelf, import_id, after=after, limit=limit + 1)
        shown, following = cursors.cut(rows, limit, lambda row: cursors.encode(kind, row.id))
        remembered = import_profiles.remembered(session, done.shelf)
    if unmask:
        with database.writing() as session:
            access.record(
                session,
                at=now,
                actor=principal.name,
                act="unmask_rejected_rows",
                subject=f"import:{import_id}",
                park_id=done.shelf.park_id,
            )
    masks = _Masks(done.shelf.side, Mappings(remembered=remembered))
    items = [_answer(row, row.cells if unmask else masks.of(row.cells)) for row in shown]
    return Page[RejectedRowAnswer](items=items, next_cursor=following)


def mend_rows(
    database: Database, request: Request, import_id: int, mended: Sequence[MendedRow], options: MendOptions
) -> MendedRowsAnswer:
    """Import rows that an import did not take, with the cells that were mended; all in one transaction.

    A cell that comes back as its mask is left as it was. A row that still cannot be taken stays with the
    import, as it was sent and with what is wrong now. What is taken is an import of its own.

    Raises:
        NotFound: no such import in the caller's scope, or no such row of it.
        Forbidden: the caller may not write this list.
        Conflict: the import is undone.
    """

    def write(session: Transaction) -> MendedRowsAnswer:
        done = _import(session, request.principal, import_id)
        if done.undone_at is not None:
            raise Conflict(
                f"导入 {import_id} 已经撤销，其中的行不能再送回；请重新导入。",
                f"import {import_id} is undone, and its rows cannot be sent back: import the list again.",
            )
        return _mend(session, request, done, mended, options)

    if not options.dry_run:
        return done_once(database, request, MendedRowsAnswer, write)
    with database.reading() as session:
        return write(session)


def _import(session: Transaction, principal: Principal, import_id: int) -> HeldImport:
    done = imports.find(session, import_id, principal.scope)
    if done is None:
        raise NotFound(f"没有编号为 {import_id} 的导入。", f"there is no import {import_id}.")
    require_writer(principal, done.shelf.side)
    return done


def _mend(
    session: Transaction,
    request: Request,
    done: HeldImport,
    mended: Sequence[MendedRow],
    options: MendOptions,
) -> MendedRowsAnswer:
    left = {row.id: row for row in rejected_rows.of_import(session, done.shelf, done.id)}
    mappings = Mappings(remembered=import_profiles.remembered(session, done.shelf))
    masks = _Masks(done.shelf.side, mappings)
    sent = [_with_cells(left, row, masks) for row in mended]
    parsed = _read(done.shelf.side, sent, mappings)
    asked = ImportRequest(
        done.shelf,
        [(name, b"") for name in dict.fromkeys(row.file for row in sent)],
        options.dry_run,
        overwrite=options.overwrite,
        renames=options.renames,
    )
    answer = apply_list(session, asked, parsed, request.principal, request.now, keep_rejects=False)
    places = {(row.file, row.sheet, row.row): row.id for row in sent}
    refused = [kept_row(row, places[row.file, row.sheet, row.row]) for row in answer.rejects]
    read = {places[row.file, row.sheet, row.row] for row in parsed.rows}
    taken = read - {row.id for row in refused}
    if not options.dry_run:
        for row in refused:
            rejected_rows.keep(session, done.shelf, row)
        rejected_rows.drop(session, done.shelf, sorted(taken))
    return MendedRowsAnswer.made_of(answer, left=len(left) - len(taken))


def _with_cells(left: Mapping[int, KeptRow], mended: MendedRow, masks: "_Masks") -> KeptRow:
    """A kept row with the cells that were mended."""
    kept = left.get(mended.row_id)
    if kept is None:
        raise NotFound(
            f"这次导入没有编号为 {mended.row_id} 的未导入行；可能已经导入。",
            f"the import has no rejected row {mended.row_id}: it may be taken by now.",
            field="rows",
        )
    shown = masks.of(kept.cells)
    changed = {heading: text for heading, text in mended.cells.items() if text != shown.get(heading)}
    held = {} if kept.problem["code"] == "not_json" else kept.cells
    return replace(kept, cells={**held, **changed})


def _read(side: Side, rows: Sequence[KeptRow], mappings: Mappings) -> ParsedList:
    """The rows read again, sheet by sheet, each problem at its row's place in the file."""
    tables: dict[tuple[str, str], list[KeptRow]] = {}
    for row in rows:
        tables.setdefault((row.file, row.sheet), []).append(row)
    files: list[tuple[str, bytes]] = []
    notes: dict[str, TableNotes] = {}
    places: dict[tuple[str, int], KeptRow] = {}
    for (file, sheet), of_sheet in tables.items():
        name = f"{file} {sheet}.jsonl"
        lines = [json.dumps(dict(row.cells), ensure_ascii=False) for row in of_sheet]
        files.append((name, "\n".join(lines).encode()))
        notes[name] = TableNotes.from_json(of_sheet[0].notes)
        places |= {(name, number): row for number, row in enumerate(of_sheet, start=1)}

    def at_place(part: Any) -> Any:
        row = places[part.file, part.row]
        return replace(part, file=row.file, sheet=row.sheet, row=row.row)

    def told(problem: Problem) -> Problem:
        if problem.row is not None:
            placed: Problem = at_place(problem)
            return placed
        of_table = places[problem.file, 1]
        return replace(problem, file=of_table.file, sheet=of_table.sheet)

    parsed = read_lists(files, side, mappings, notes=notes)
    return replace(
        parsed,
        rows=tuple(at_place(row) for row in parsed.rows),
        rejected=tuple(replace(at_place(row), problem=told(row.problem)) for row in parsed.rejected),
        problems=tuple(told(problem) for problem in parsed.problems),
    )


@dataclass(frozen=True, slots=True)
class _Masks:
    """Hides contacts in cells, by the fields that their headings name."""

    side: Side
    mappings: Mappings

    def of(self, cells: Mapping[str, str]) -> dict[str, str]:
        """The cells of one row with their contacts hidden."""
        fields = header_of_keys([*cells], self.side, self.mappings).fields
        return {
            heading: masked_cell(field, heading, text)
            for (heading, text), field in zip(cells.items(), fields, strict=True)
        }


def _answer(row: KeptRow, cells: Mapping[str, str]) -> RejectedRowAnswer:
    problem = CellProblem.model_validate(
        {**row.problem, **{name: mask_contacts(row.problem[name]) for name in ("message", "message_en")}}
    )
    return RejectedRowAnswer(
        row_id=row.id, file=row.file, sheet=row.sheet, row=row.row, cells=dict(cells), problem=problem
    )
