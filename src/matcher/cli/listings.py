"""Work on the listings of both lists: `matcher listings list`, `show`, `set`, `withdraw` and the like."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from matcher.cli.codes import VIA
from matcher.cli.output import beijing, print_json, print_table, say, written
from matcher.cli.session import AsJson, opened
from matcher.cli.usage import WrongValue
from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.entries import MAX_ID
from matcher.domain.errors import InvalidInput
from matcher.domain.labels import label
from matcher.domain.list_columns import list_fields
from matcher.domain.listing import Confidentiality, DemandKind, Side
from matcher.pipeline.idempotency import Request
from matcher.pipeline.lists import reading, writing
from matcher.pipeline.lists.answers import ListingAnswer
from matcher.pipeline.lists.bulk import BulkAct, BulkAnswer, BulkChange, change_listings
from matcher.pipeline.lists.export import ListFormat, export_list
from matcher.pipeline.lists.history import RevisionAct, list_revisions
from matcher.pipeline.lists.merging import merge_listings
from matcher.pipeline.lists.selection import Selection
from matcher.pipeline.lists.stated import stated_listing

app = typer.Typer(
    help="The listings of both lists: read, add, edit, withdraw and restore them.", no_args_is_help=True
)

_SIDES = {"achievements": Side.SUPPLY, "demands": Side.DEMAND}
_ACTS = {
    RevisionAct.CREATED: "新增",
    RevisionAct.EDITED: "修改",
    RevisionAct.WITHDRAWN: "撤回",
    RevisionAct.RESTORED: "恢复",
    RevisionAct.MERGED: "合并",
}


def _side(name: str) -> Side:
    if name not in _SIDES:
        raise WrongValue(
            f"没有“{name}”；请写 achievements（成果）或 demands（需求）。",
            f"there is no “{name}”: choose achievements or demands.",
        )
    return _SIDES[name]


ListName = Annotated[
    Side, typer.Argument(help="achievements or demands", metavar="achievements|demands", parser=_side)
]
ListingId = Annotated[int, typer.Argument(help="The listing's number (id).", metavar="ID", min=1, max=MAX_ID)]


ListingIds = Annotated[
    list[int] | None,
    typer.Argument(help="The listings' numbers (ids).", metavar="ID...", min=1, max=MAX_ID),
]
Fields = Annotated[
    list[str],
    typer.Option(
        "--field",
        metavar="FIELD=VALUE",
        help="A field and what a list's cell would say, such as budget=350万元; nothing after = clears it. "
        "Repeat it for more.",
    ),
]
OfPark = Annotated[str | None, typer.Option("--park", help="Only this park's demands.")]
Search = Annotated[str, typer.Option(help="Only those with this in title, code or organisation.")]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="FIELD=VALUE",
        help="Only those whose field says just this: organisation, industry, region, or an achievement's "
        "source. Repeat it for more.",
    ),
]
WithWithdrawn = Annotated[bool, typer.Option("--withdrawn", help="Withdrawn ones, too.")]
Count = Annotated[
    int | None,
    typer.Option(
        min=1, help="Without IDs: how many --park, --search and --where hold; another number is refused."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Report what would change; write nothing.")]
_STATUS = {"live": "有效", "expired": "已过期", "withdrawn": "已撤回"}


@app.command("list")
def list_listings(
    side: ListName,
    park: OfPark = None,
    search: Search = "",
    where: Where = None,
    withdrawn: WithWithdrawn = False,
    limit: Annotated[int, typer.Option(min=1, max=MAX_ID, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List listings by number; contacts are masked."""
    with opened() as service:
        page = reading.list_listings(
            service.database,
            side,
            DISTRICT,
            service.now(),
            park=park,
            search=search,
            where=_values(where or ()),
            limit=limit,
            include_withdrawn=withdrawn,
        )
    items = page.as_json()["items"]
    if as_json:
        print_json(items)
        return
    columns = {"id": "编号", "code": "外部编号", "title": "名称", "organisation": "单位", "status": "状态"}
    print_table(columns, [item | {"status": _STATUS[item["status"]]} for item in items], right=("id",))


@app.command("show")
def show(
    side: ListName,
    listing_id: ListingId,
    unmask: Annotated[bool, typer.Option("--unmask", help="Show contacts; this is recorded.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show one listing."""
    with opened() as service:
        listing = reading.get_listing(
            service.database, side, listing_id, LOCAL_OPERATOR, service.now(), unmask=unmask
        )
    _print_listing(side, listing, as_json=as_json)


@app.command("add")
def add(
    side: ListName,
    field: Fields,
    park: Annotated[str | None, typer.Option(help="Code of the park whose demand it is.")] = None,
    source: Annotated[str, typer.Option(help="Whose supply list it goes to.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add a listing to a list."""
    values = _values(field)
    if not values.get("title"):
        raise InvalidInput("请写明 --field title=名称。", "give --field title=TITLE.", field="title")
    listing = stated_listing(side, values)
    with opened() as service:
        added = writing.create_listing(
            service.database,
            LOCAL_OPERATOR,
            listing,
            service.now(),
            park=park,
            source=source,
            via="cli",
        )
    _print_listing(side, added, as_json=as_json)


@app.command("set")
def set_fields(
    side: ListName,
    ids: ListingIds = None,
    *,
    field: Fields,
    park: OfPark = None,
    search: Search = "",
    where: Where = None,
    withdrawn: WithWithdrawn = False,
    count: Count = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Set fields of one listing, or of many at once: all of them or none."""
    values = _values(field)
    listing = stated_listing(side, values)
    if ids and len(ids) == 1 and not dry_run:
        with opened() as service:
            written = writing.update_listing(
                service.database,
                LOCAL_OPERATOR,
                ids[0],
                listing,
                service.now(),
                only=values.keys(),
                via="cli",
            )
        _print_listing(side, written, as_json=as_json)
        return
    change = BulkChange(act=BulkAct.SET, listing=listing, fields=values.keys())
    selection = _selection(ids, park, search, where, withdrawn, count)
    _change(side, selection, change, dry_run, as_json)


@app.command("withdraw")
def withdraw(
    side: ListName,
    ids: ListingIds = None,
    park: OfPark = None,
    search: Search = "",
    where: Where = None,
    count: Count = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take listings off their list: all of them or none."""
    selection = _selection(ids, park, search, where, False, count)
    _change(side, selection, BulkChange(act=BulkAct.WITHDRAW), dry_run, as_json)


@app.command("restore")
def restore(
    side: ListName,
    ids: ListingIds = None,
    park: OfPark = None,
    search: Search = "",
    where: Where = None,
    count: Count = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Put withdrawn listings back on their list: all of them or none."""
    selection = _selection(ids, park, search, where, True, count)
    _change(side, selection, BulkChange(act=BulkAct.RESTORE), dry_run, as_json)


@app.command("merge")
def merge(
    side: ListName,
    kept: Annotated[int, typer.Argument(help="The listing to keep (id).", metavar="KEPT", min=1, max=MAX_ID)],
    duplicates: Annotated[
        list[int],
        typer.Argument(help="Those to merge into it (ids).", metavar="DUPLICATE...", min=1, max=MAX_ID),
    ],
    as_json: AsJson = False,
) -> None:
    """Merge duplicates into one listing: they are withdrawn and point to it; restore takes one out again."""
    with opened() as service:
        request = Request(LOCAL_OPERATOR, service.now(), "cli")
        answer = merge_listings(service.database, request, side, kept, dict.fromkeys(duplicates))
    if as_json:
        print_json(answer.as_json())
        return
    say(f"{len(answer.merged)} 条已并入编号 {kept}；其中 {answer.entries} 条台账有人处理过，照旧保留。")


@app.command("export")
def export(
    side: ListName,
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write: .xlsx, or .csv.")],
    park: Annotated[str | None, typer.Option(help="Code of the park whose demands these are.")] = None,
    source: Annotated[
        str | None, typer.Option(help="Whose supply list; every achievement by default.")
    ] = None,
    unmask: Annotated[bool, typer.Option("--unmask", help="Show contacts; this is recorded.")] = False,
) -> None:
    """Write a list under the columns it arrived with, to edit and import again."""
    form = next((form for form in ListFormat if output.suffix.lower() == f".{form}"), None)
    if form is None:
        raise InvalidInput(
            f"文件名须以 .xlsx 或 .csv 结尾：{output}。",
            f"the file's name must end in .xlsx or .csv: {output}.",
            field="output",
        )
    with opened() as service, written(output) as stream:
        number = export_list(
            service.database,
            LOCAL_OPERATOR,
            side,
            stream,
            service.now(),
            park=park,
            source=source,
            form=form,
            unmask=unmask,
        )
    say(f"{output}：{number} 条")


@app.command("history")
def history(
    side: ListName,
    listing_id: ListingId,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many revisions.")] = 50,
    as_json: AsJson = False,
) -> None:
    """What changed in a listing: every revision as a diff, newest first."""
    with opened() as service:
        page = list_revisions(service.database, LOCAL_OPERATOR, side, listing_id, limit=limit)
    items = page.as_json()["items"]
    if as_json:
        print_json(items)
        return
    columns = {"version": "版本", "at": "时间", "actor": "谁", "via": "经由", "act": "做了什么"}
    rows = [
        item
        | {
            "at": beijing(item["at"]),
            "via": VIA.get(item["via"], item["via"]),
            "act": _ACTS[RevisionAct(item["act"])],
            "changes": "\n".join(map(_diff, item["changes"])),
        }
        for item in items
    ]
    print_table(columns | {"changes": "前 → 后"}, rows, right=("version",))


def _values(fields: Sequence[str]) -> dict[str, str]:
    """Field → value, of what --field says."""
    values = {}
    for given in fields:
        name, equals, value = given.partition("=")
        if not equals:
            raise InvalidInput(
                f"看不懂“{given[:60]}”，请写成 字段=值，如 budget=350万元。",
                f"{given[:60]!r} is unreadable: write FIELD=VALUE, such as budget=350万元.",
                field="field",
            )
        values[name.strip()] = value
    return values


def _selection(
    ids: Sequence[int] | None,
    park: str | None,
    search: str,
    where: Sequence[str] | None,
    withdrawn: bool,
    count: int | None,
) -> Selection:
    """The listings that are meant: by number, or by a filter and how many it holds."""
    if ids and (park or search or where or count):
        raise InvalidInput(
            "编号与 --park、--search、--where、--count 不能同时使用。",
            "give either IDs or --park, --search, --where and --count.",
            field="ID",
        )
    if ids:
        return Selection(versions=dict.fromkeys(ids))
    if count is None:
        raise InvalidInput(
            "请写明编号，或用 --park、--search、--where 选择并以 --count 写明条数。",
            "give IDs, or choose with --park, --search and --where and say with --count how many there are.",
            field="count",
        )
    return Selection(
        park=park, search=search, where=_values(where or ()), include_withdrawn=withdrawn, count=count
    )


def _change(side: Side, selection: Selection, change: BulkChange, dry_run: bool, as_json: bool) -> None:
    with opened() as service:
        request = Request(LOCAL_OPERATOR, service.now(), "cli")
        answer = change_listings(service.database, request, side, selection, change, dry_run=dry_run)
    print_json(answer.as_json()) if as_json else _show_change(answer)


def _show_change(answer: BulkAnswer) -> None:
    rows = [item | {"status": _STATUS[item["status"]]} for item in answer.as_json()["items"]]
    columns = {"id": "编号", "version": "版本", "title": "名称", "status": "状态", "changed": "有改动"}
    print_table(columns, [row | {"changed": _said(row["changed"])} for row in rows], right=("id", "version"))
    say(f"所选 {answer.listings} 条，改动 {answer.changed} 条。")
    if answer.dry_run:
        say("试运行：没有写入任何内容。")


_CODES: Mapping[str, type[StrEnum]] = {"confidentiality": Confidentiality, "kind": DemandKind}
"""Fields that are shown by the label of their code."""


def _print_listing(side: Side, listing: ListingAnswer, *, as_json: bool) -> None:
    values = listing.as_json()
    if as_json:
        print_json(values)
        return
    labels = {name: zh for name, (zh, _) in list_fields(side).items()}
    own = {"id": "编号", "version": "版本", "status": "状态", "replaced_by": "并入", "park": "园区"}
    own |= {"source": "来源", "code": "外部编号"}
    for name, codes in _CODES.items():
        if values.get(name):
            values[name] = label(codes(values[name]), "zh")
    values["status"] = _STATUS[values["status"]]
    values["contact"] = " ".join(filter(None, values["contact"].values()))
    shown = {name: values[name] for name in [*own, *labels] if name in values}
    rows = [
        {"name": (labels | own)[name], "value": _said(value)}
        for name, value in shown.items()
        if (value or value is False) and _said(value) != "—"
    ]
    rows += [{"name": heading, "value": text} for heading, text in values["extra"].items()]
    print_table({"name": "字段", "value": "值"}, rows)


def _diff(change: Mapping[str, Any]) -> str:
    return f"{change['label']}：{_said(change['before'])} → {_said(change['after'])}"


def _said(value: Any) -> str:
    match value:
        case None | "" | []:
            return "—"
        case dict():
            stated = {name: part for name, part in value.items() if part not in (None, "", False)}
            return value.get("text") or (json.dumps(stated, ensure_ascii=False) if stated else "—")
        case list():
            return "、".join(map(str, value))
        case bool():
            return "是" if value else "否"
        case _:
            return str(value)
