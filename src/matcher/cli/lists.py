"""Parks, and lists in: `matcher park` and `matcher import`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli import rules
from matcher.cli.codes import VIA
from matcher.cli.import_columns import show_columns
from matcher.cli.output import beijing, print_json, print_table, read_bytes, say, written
from matcher.cli.session import AsJson, opened
from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.entries import MAX_ID
from matcher.domain.errors import InvalidInput, UndoBlocked
from matcher.domain.field_names import field_words
from matcher.domain.hidden_parts import HiddenParts
from matcher.domain.labels import label
from matcher.domain.listing import Side
from matcher.pipeline.idempotency import Request
from matcher.pipeline.lists import parks
from matcher.pipeline.lists.import_answers import BlockingAnswer, ImportAnswer, SkippedAnswer
from matcher.pipeline.lists.import_plan import ImportRequest, Renames
from matcher.pipeline.lists.import_profiles import list_import_profiles
from matcher.pipeline.lists.importing import import_list, import_shelf
from matcher.pipeline.lists.mappings import given_mapping
from matcher.pipeline.lists.mending import MendedRow, MendOptions, list_rejected_rows, mend_rows
from matcher.pipeline.lists.templates import rejects_workbook, template_workbook
from matcher.pipeline.lists.undoing import import_history, undo_import

park_app = typer.Typer(help="The parks whose demands are matched.", no_args_is_help=True)
import_app = typer.Typer(
    help="Lists in: .xlsx, .xls, .csv (UTF-8, GBK, GB18030) and .jsonl.", no_args_is_help=True
)

Files = Annotated[list[Path], typer.Argument(help="List files.", metavar="FILE...")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Report what would change; write nothing.")]
Full = Annotated[bool, typer.Option("--full", help="The files are the whole list: withdraw what they lack.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Let the files win over edits made since.")]
RenamesOption = Annotated[
    Renames, typer.Option(help="Rows that look like a renamed item: ask (reject), same, or new.")
]
MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="HEADING=FIELD",
        help="The field a column holds, such as 难题描述=detail; keep or ignore leaves it out. Repeat it for "
        "more; it is remembered of the park or source.",
    ),
]
MapFile = Annotated[
    Path | None, typer.Option("--map-file", help="A file of such mappings, one a line, or a JSON object.")
]
HiddenOption = Annotated[
    HiddenParts,
    typer.Option("--hidden", help="Rows, columns and sheets that a workbook hides: skip or include."),
]
Rejects = Annotated[Path | None, typer.Option("--rejects", help="Write the rejected rows to this workbook.")]


@park_app.command("add")
def add_park(
    code: Annotated[str, typer.Argument(help="Short code: letters, digits, - and _.", metavar="CODE")],
    name: Annotated[str, typer.Option(help="The park's name.")],
    industry: Annotated[str, typer.Option(help="Its main field.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add a park; adding it again changes nothing."""
    with opened() as service:
        park = parks.add_park(service.database, LOCAL_OPERATOR, code, name, industry, service.now())
    print_json(park.as_json()) if as_json else say(f"park {park.code}: {park.name}")


@park_app.command("list")
def list_parks(as_json: AsJson = False) -> None:
    """List the parks."""
    with opened() as service:
        listed = parks.list_parks(service.database, DISTRICT).as_json()["items"]
    if as_json:
        print_json(listed)
    else:
        print_table({"code": "代码", "name": "名称", "industry": "产业"}, listed)


park_app.command("profile")(rules.profile)


@import_app.command("achievements")
def import_achievements(
    files: Files,
    source: Annotated[str, typer.Option(help="Whose list it is.")] = "",
    dry_run: DryRun = False,
    full: Full = False,
    overwrite: Overwrite = False,
    renames: RenamesOption = Renames.ASK,
    mapping: MapOption = None,
    map_file: MapFile = None,
    hidden: HiddenOption = HiddenParts.SKIP,
    rejects: Rejects = None,
    as_json: AsJson = False,
) -> None:
    """Import a supply list (科技成果供给清单)."""
    given = given_mapping(Side.SUPPLY, mapping or [], None if map_file is None else read_bytes(map_file))
    options = _Options(dry_run, full, overwrite, renames, hidden, given, rejects, as_json)
    _import(Side.SUPPLY, files, options, park=None, source=source)


@import_app.command("demands")
def import_demands(
    files: Files,
    park: Annotated[str, typer.Option(help="Code of the park whose demands these are.")],
    dry_run: DryRun = False,
    full: Full = False,
    overwrite: Overwrite = False,
    renames: RenamesOption = Renames.ASK,
    mapping: MapOption = None,
    map_file: MapFile = None,
    hidden: HiddenOption = HiddenParts.SKIP,
    rejects: Rejects = None,
    as_json: AsJson = False,
) -> None:
    """Import a park's demand list (企业需求清单)."""
    given = given_mapping(Side.DEMAND, mapping or [], None if map_file is None else read_bytes(map_file))
    options = _Options(dry_run, full, overwrite, renames, hidden, given, rejects, as_json)
    _import(Side.DEMAND, files, options, park=park, source="")


@import_app.command("template")
def template(
    side: Annotated[str, typer.Argument(help="achievements or demands", metavar="achievements|demands")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The workbook to write.")],
) -> None:
    """Write a blank list workbook with drop-downs and an example row."""
    sides = {"achievements": Side.SUPPLY, "demands": Side.DEMAND}
    if side not in sides:
        raise InvalidInput(
            f"没有名为 {side} 的模板；可选 achievements、demands。",
            f"there is no template {side}: choose achievements or demands.",
            field="side",
        )
    with written(output) as stream:
        stream.write(template_workbook(sides[side]))
    say(f"{output}")


@import_app.command("profiles")
def profiles(
    park: Annotated[str | None, typer.Option(help="Only this park's lists.")] = None, as_json: AsJson = False
) -> None:
    """List the remembered mappings: which field each heading of a sender's lists stands for."""
    with opened() as service:
        held = list_import_profiles(service.database, LOCAL_OPERATOR, park=park).as_json()["items"]
    if as_json:
        print_json(held)
        return
    columns = {"sender": "报送方", "mapped": "对应", "updated_at": "时间"}
    print_table(
        columns,
        [
            {
                "sender": profile["park"] or profile["source"],
                "mapped": "；".join(
                    f"{heading}={field_words(field)[0]}" for heading, field in profile["mapping"].items()
                ),
                "updated_at": beijing(profile["updated_at"]),
            }
            for profile in held
        ],
    )


ImportId = Annotated[int, typer.Argument(help="The import's number.", metavar="ID", min=1, max=MAX_ID)]


@import_app.command("rows")
def rows(
    import_id: ImportId,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the rows that an import has not taken, with what is wrong; contacts are masked."""
    with opened() as service:
        page = list_rejected_rows(service.database, LOCAL_OPERATOR, import_id, service.now(), limit=limit)
    items = page.as_json()["items"]
    if as_json:
        print_json(items)
        return
    columns = {"row_id": "编号", "place": "位置", "cells": "单元格", "message": "原因"}
    shown = [
        {
            "row_id": item["row_id"],
            "place": " ".join(filter(None, (item["file"], item["sheet"], f"第 {item['row']} 行"))),
            "cells": "；".join(f"{heading}={text}" for heading, text in item["cells"].items() if text),
            "message": item["problem"]["message"],
        }
        for item in items
    ]
    print_table(columns, shown, right=("row_id",))


@import_app.command("mend")
def mend(
    import_id: ImportId,
    row_id: Annotated[
        int,
        typer.Argument(help="The row's number, as `rows` lists it.", metavar="ROW", min=1, max=MAX_ID),
    ],
    cells: Annotated[
        list[str] | None, typer.Argument(help="The cells that were mended.", metavar="HEADING=TEXT...")
    ] = None,
    overwrite: Overwrite = False,
    renames: RenamesOption = Renames.ASK,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Send a row back that an import has not taken, with its mended cells."""
    mended = MendedRow(row_id, dict(map(_cell, cells or [])))
    options = MendOptions(overwrite=overwrite, renames=renames, dry_run=dry_run)
    with opened() as service:
        request = Request(LOCAL_OPERATOR, service.now(), "cli")
        report = mend_rows(service.database, request, import_id, [mended], options)
    _show(report, as_json)
    if report.rejected:
        raise typer.Exit(2)


def _cell(given: str) -> tuple[str, str]:
    heading, equals, text = given.partition("=")
    if not equals:
        raise InvalidInput(
            f"看不懂“{given[:60]}”，请写成 表头=内容。",
            f"{given[:60]!r} is unreadable: write HEADING=TEXT.",
            field="HEADING=TEXT",
        )
    return heading.strip(), text


@import_app.command("undo")
def undo(
    import_id: ImportId,
    partial: Annotated[
        bool, typer.Option("--partial", help="Leave what was changed since as it is, and undo the rest.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Undo an import as a whole; where rows were changed since, say which, by whom and when."""
    with opened() as service:
        try:
            report = undo_import(service.database, import_id, LOCAL_OPERATOR, service.now(), partial=partial)
        except UndoBlocked as refused:
            for blocking in refused.blocked_by:
                say(_blocking_line(BlockingAnswer.made_of(blocking)))
            raise
    _show(report, as_json)


def _blocking_line(blocking: BlockingAnswer) -> str:
    moment = beijing(blocking.changed_at.isoformat())
    return (
        f"[保留] {blocking.code or blocking.listing_id}“{blocking.title}”：{blocking.changed_by} {moment} "
        f"经{VIA.get(blocking.via, blocking.via)}修改；{blocking.remedy}"
    )


@import_app.command("history")
def history(
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 20, as_json: AsJson = False
) -> None:
    """List past imports, newest first."""
    with opened() as service:
        imports = import_history(service.database, LOCAL_OPERATOR, limit=limit).as_json()["items"]
    if as_json:
        print_json(imports)
        return
    columns = {
        "import_id": "编号",
        "created_at": "时间",
        "side": "清单",
        "park": "园区",
        "files": "文件",
        "undone_at": "撤销时间",
    }
    moments = ("created_at", "undone_at")
    rows = [made | {name: beijing(made[name]) for name in moments} for made in imports]
    print_table(columns, [row | {"side": label(Side(row["side"]), "zh")} for row in rows])


@dataclass(frozen=True, slots=True)
class _Options:
    dry_run: bool
    full: bool
    overwrite: bool
    renames: Renames
    hidden: HiddenParts
    mapping: Mapping[str, str]
    rejects: Path | None
    as_json: bool


def _import(side: Side, files: Sequence[Path], options: _Options, *, park: str | None, source: str) -> None:
    contents = [(path.name, read_bytes(path)) for path in files]
    with opened() as service:
        shelf = import_shelf(service.database, side, LOCAL_OPERATOR, park=park, source=source)
        request = ImportRequest(
            shelf=shelf,
            files=contents,
            dry_run=options.dry_run,
            full=options.full,
            overwrite=options.overwrite,
            renames=options.renames,
            mapping=options.mapping,
            hidden=options.hidden,
        )
        report = import_list(service.database, request, LOCAL_OPERATOR, service.now())
    if options.rejects is not None and report.rejects:
        with written(options.rejects) as stream:
            stream.write(rejects_workbook(report.rejects))
        say(f"未导入的行已写入 {options.rejects}；改正后可直接再次导入。")
    _show(report, options.as_json)
    if report.rows == 0 or report.rejected == report.rows:
        raise typer.Exit(2)


def _show(report: ImportAnswer, as_json: bool) -> None:
    if as_json:
        print_json(report.as_json())
        return
    columns = {
        "rows": "读取",
        "created": "新增",
        "updated": "更新",
        "unchanged": "未变",
        "withdrawn": "撤回",
        "rejected": "未导入",
    }
    print_table(columns, [report.as_json()], right=tuple(columns))
    if report.dry_run:
        show_columns(report)
        say("试运行：没有写入任何内容。")
    for problem in report.problems:
        place = " ".join(
            part
            for part in (
                problem.file,
                problem.sheet,
                f"第 {problem.row} 行" if problem.row else "",
                problem.column,
            )
            if part
        )
        mark = "未导入" if problem.severity == "rejected" else "存疑"
        say(f"[{mark}] {place}：{problem.message}")
    for blocking in report.kept:
        say(_blocking_line(blocking))
    for skipped in report.skipped:
        say(f"[略过] {skipped_line(skipped)}")


SHOWN_ROWS = 5
"""Skipped rows of one reason that are named on the screen; `--json` names more."""


def skipped_line(skipped: SkippedAnswer) -> str:
    """What was skipped for one reason: how much, where it begins, and why."""
    numbers = "、".join(str(row.row) for row in skipped.rows[:SHOWN_ROWS])
    if skipped.columns:
        what = f"{'、'.join(skipped.columns)} 列"
    elif skipped.count > SHOWN_ROWS:
        what = f"第 {numbers}…行，共 {skipped.count} 行"
    else:
        what = f"第 {numbers} 行"
    text = f"“{skipped.rows[0].text}”" if skipped.count == 1 and skipped.rows else ""
    place = " ".join(part for part in (skipped.file, skipped.sheet, what) if part)
    return f"{place}{text}：{skipped.message}"
