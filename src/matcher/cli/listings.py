"""Work on the listings of both lists: `matcher listings history`."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from matcher.cli.output import beijing, print_json, print_table
from matcher.cli.session import AsJson, opened
from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.entries import MAX_ID
from matcher.domain.listing import Side
from matcher.pipeline.lists.history import RevisionAct, list_revisions

app = typer.Typer(
    help="The listings of both lists (科技成果、企业需求): what became of them.", no_args_is_help=True
)

_SIDES = {"achievements": Side.SUPPLY, "demands": Side.DEMAND}
_ACTS = {
    RevisionAct.CREATED: "新增",
    RevisionAct.EDITED: "修改",
    RevisionAct.WITHDRAWN: "撤回",
    RevisionAct.RESTORED: "恢复",
}


def _side(name: str) -> Side:
    if name not in _SIDES:
        raise typer.BadParameter(f"{name}：请写 achievements 或 demands。choose achievements or demands.")
    return _SIDES[name]


ListName = Annotated[
    Side, typer.Argument(help="achievements or demands", metavar="achievements|demands", parser=_side)
]
ListingId = Annotated[int, typer.Argument(help="The listing's number (id).", metavar="ID", min=1, max=MAX_ID)]


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
            "act": _ACTS[RevisionAct(item["act"])],
            "changes": "\n".join(map(_change, item["changes"])),
        }
        for item in items
    ]
    print_table(columns | {"changes": "前 → 后"}, rows, right=("version",))


def _change(change: Mapping[str, Any]) -> str:
    return f"{change['label']}：{_said(change['before'])} → {_said(change['after'])}"


def _said(value: Any) -> str:
    match value:
        case None | "" | []:
            return "—"
        case dict():
            return value.get("text") or json.dumps(value, ensure_ascii=False)
        case list():
            return "、".join(map(str, value))
        case bool():
            return "是" if value else "否"
        case _:
            return str(value)
