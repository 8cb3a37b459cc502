"""The ledger as a sheet: `matcher ledger export`, `import`, `imports`, `undo`; and `matcher erase-person`."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from matcher.cli.entry_tables import amount_text
from matcher.cli.output import beijing, print_json, print_table, progress, read_bytes, say, written
from matcher.cli.session import AsJson, opened
from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.entries import MAX_ID
from matcher.domain.errors import InvalidInput
from matcher.domain.person import person_of
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger import erasure
from matcher.pipeline.ledger.sheets import importing
from matcher.pipeline.ledger.sheets import undo as ledger_undo
from matcher.pipeline.ledger.sheets.answers import (
    CellChange,
    LedgerImportAnswer,
    RestoredCell,
    SheetPlace,
)
from matcher.pipeline.ledger.sheets.export import SheetFormat, export_ledger

ParkCode = Annotated[str, typer.Option("--park", help="Code of the park.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Report what would change; write nothing.")]

_COUNTS = {
    "rows": "读取",
    "rows_changed": "更新",
    "rows_unchanged": "未变",
    "rows_conflicting": "冲突",
    "rows_rejected": "未导入",
}
_FORMS = {".xlsx": SheetFormat.XLSX, ".csv": SheetFormat.CSV}
_ALIKE = 5
"""Cells refused for one reason that are named; the others are counted."""

_CHANGES = {"place": "位置", "heading": "列", "entry_id": "条目", "before": "原值", "after": "新值"}


def export(
    park: ParkCode,
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write: .xlsx, or .csv.")],
    work: Annotated[
        bool, typer.Option("--work", help="Only what is work: likely, or touched by people.")
    ] = False,
    original_columns: Annotated[
        bool, typer.Option("--original-columns", help="With the columns that the lists have beside.")
    ] = False,
    unmask: Annotated[bool, typer.Option("--unmask", help="Show contacts; this is recorded.")] = False,
) -> None:
    """Write a park's ledger as a workbook (.xlsx) or as CSV, to fill in and import again."""
    form = _FORMS.get(output.suffix.lower())
    if form is None:
        raise InvalidInput(
            f"文件名须以 .xlsx 或 .csv 结尾：{output}。",
            f"the file's name must end in .xlsx or .csv: {output}.",
            field="output",
        )
    with opened() as service, progress() as report, written(output) as stream:
        count = export_ledger(
            service.database,
            DISTRICT,
            park,
            stream,
            service.now(),
            form=form,
            work=work,
            original_columns=original_columns,
            unmask_for=LOCAL_OPERATOR if unmask else None,
            progress=report,
        )
    say(f"{output}：{count} 条")


def import_(
    file: Annotated[Path, typer.Argument(help="An exported ledger, filled in.", metavar="FILE")],
    park: ParkCode,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Read a filled-in ledger back (.xlsx or .csv), cell by cell."""
    content = read_bytes(file)
    with opened() as service, progress() as report_progress:
        report = importing.import_ledger(
            service.database,
            Request(LOCAL_OPERATOR, service.now(), "cli"),
            park,
            file.name,
            content,
            dry_run=dry_run,
            progress=report_progress,
        )
    print_json(report.as_json()) if as_json else _show(report)
    held_up = report.rows_conflicting + report.rows_rejected
    if report.rows == 0 or (held_up and not report.rows_changed):
        raise typer.Exit(2)


def imports(
    park: Annotated[str | None, typer.Option(help="Only this park's.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List past imports of filled-in ledgers, newest first."""
    with opened() as service:
        page = ledger_undo.list_imports(service.database, LOCAL_OPERATOR, park_code=park, limit=limit)
    past = page.as_json()["items"]
    if as_json:
        print_json(past)
        return
    columns = {
        "import_id": "编号",
        "created_at": "时间",
        "park": "园区",
        "file": "文件",
        "rows_changed": "更新",
        "actor": "操作人",
        "undone_at": "撤销时间",
    }
    rows = [
        record | record["counts"] | {name: beijing(record[name]) for name in ("created_at", "undone_at")}
        for record in past
    ]
    print_table(columns, rows, right=("import_id", "rows_changed"))


def undo(
    import_id: Annotated[int, typer.Argument(help="The import's number.", metavar="ID", min=1, max=MAX_ID)],
    as_json: AsJson = False,
) -> None:
    """Undo an import of a filled-in ledger; entries changed since keep what they say."""
    with opened() as service:
        request = Request(LOCAL_OPERATOR, service.now(), "cli")
        report = ledger_undo.undo_import(service.database, request, import_id)
    if as_json:
        print_json(report.as_json())
    else:
        columns = {name: heading for name, heading in _CHANGES.items() if name != "place"}
        print_table(columns, [_shown(cell) for cell in report.changes])
        say(f"已恢复 {report.rows_restored} 条。")
        for kept in report.conflicts:
            say(f"[保留] 条目 {kept.entry_id}：{kept.reason}")
    if report.conflicts and not report.rows_restored:
        raise typer.Exit(4)


def erase_person(
    name: Annotated[str, typer.Option(help="The name; everyone of that name is erased.")] = "",
    phone: Annotated[str, typer.Option(help="The telephone number, in any form.")] = "",
    email: Annotated[str, typer.Option(help="The e-mail address.")] = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Erase one person's data from every list, ledger, history and record, for good."""
    person = person_of(name=name, phone=phone, email=email)
    with opened() as service:
        request = Request(LOCAL_OPERATOR, service.now(), "cli")
        report = erasure.erase_person(service.database, request, person, dry_run=dry_run)
    if as_json:
        print_json(report.as_json())
        return
    rows = [{"table": table, "rows": count} for table, count in report.rows.items()]
    print_table({"table": "表", "rows": "行数"}, rows, right=("rows",))
    if dry_run:
        say("试运行：没有写入任何内容。")
    elif rows:
        say("作为佐证的文件、此前的备份和您手中的表格不在其内，请另行处理。")


def _show(report: LedgerImportAnswer) -> None:
    print_table(_COUNTS, [report.as_json()], right=tuple(_COUNTS))
    if report.changes:
        print_table(_CHANGES, [_shown(cell) for cell in report.changes])
    if report.dry_run:
        say("试运行：没有写入任何内容。")
    elif report.import_id is not None:
        say(f"导入编号 {report.import_id}；可用 matcher ledger undo {report.import_id} 撤销。")
    for cell in report.conflicts:
        theirs = "（空）" if cell.theirs is None else cell.theirs
        say(
            f"[冲突] {_place(cell)} {cell.heading}：导出之后 {cell.changed_by} 改过该条，现为“{theirs}”，"
            "整行未写入。"
        )
    _show_refused(report)


def _show_refused(report: LedgerImportAnswer) -> None:
    """The cells not written and why; of many alike, a few and how many more."""
    for mark, cells in (("未导入", report.rejected), ("未采用", report.ignored), ("存疑", report.doubtful)):
        alike = Counter[tuple[str, str]]()
        for cell in cells:
            alike[cell.heading, cell.reason] += 1
            if alike[cell.heading, cell.reason] <= _ALIKE:
                say(f"[{mark}] {_place(cell)} {cell.heading}：{cell.reason}{cell.remedy}")
        for (heading, reason), count in alike.items():
            if count > _ALIKE:
                say(f"[{mark}] {heading}：{reason}另有 {count - _ALIKE} 处。")
    unknown = [cell for cell in report.rejected if cell.code == "unknown_entry"]
    if unknown and len(unknown) == report.rows:
        say(f"没有一行是园区 {report.park} 的条目：请核对 --park 与文件。")


def _shown(cell: CellChange | RestoredCell) -> dict[str, Any]:
    """A changed cell as people read it: with its place, and an amount without needless zeros."""
    record = cell.as_json()
    for name in ("before", "after"):
        if isinstance(record[name], float):
            record[name] = amount_text(record[name])
    return record | ({"place": _place(cell)} if isinstance(cell, SheetPlace) else {})


def _place(cell: SheetPlace) -> str:
    return f"{cell.sheet} {cell.column}{cell.row}".strip()
