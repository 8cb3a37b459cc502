"""Matching and the ledger: `matcher refresh`, `matcher match` and `matcher ledger`."""

from collections.abc import Mapping
from contextlib import ExitStack
from enum import StrEnum
from typing import Annotated, Any

import typer

from matcher.cli.codes import choices, code_of
from matcher.cli.output import print_json, print_table, progress, say, too_long
from matcher.cli.session import AsJson, opened
from matcher.cli.tree import group_of
from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.bands import Band
from matcher.domain.entries import MAX_ID, EntryFilter
from matcher.domain.errors import InvalidInput
from matcher.domain.labels import label
from matcher.domain.listing import Side
from matcher.domain.stages import Stage
from matcher.domain.standings import Trigger
from matcher.pipeline.ledger.entries import page_of_entries
from matcher.pipeline.ledger.past.named_runs import read_when
from matcher.pipeline.lists.parks import get_park

_COMMANDS = {
    "list": "matcher.cli.ledger:list_ledger",
    "diff": "matcher.cli.nights:diff",
    "export": "matcher.cli.sheets:export",
    "import": "matcher.cli.sheets:import_",
    "imports": "matcher.cli.sheets:imports",
    "undo": "matcher.cli.sheets:undo",
    "brief": "matcher.cli.brief:brief",
    "abstentions": "matcher.cli.rules:abstentions",
    "near-misses": "matcher.cli.near_misses:near_misses",
    "why": "matcher.cli.why:why",
    "show": "matcher.cli.entries:show",
    "history": "matcher.cli.entries:show_history",
    "set": "matcher.cli.entries:set_columns",
    "stage": "matcher.cli.entries:move",
    "grade": "matcher.cli.entries:grade",
    "add": "matcher.cli.entries:add",
    "exclude": "matcher.cli.entries:exclude",
    "exclusions": "matcher.cli.entries:list_exclusions",
    "due": "matcher.cli.entries:show_due",
    "hand-over": "matcher.cli.entries:hand_over",
}

app = typer.Typer(
    cls=group_of(_COMMANDS), help="The docking ledger (供需对接服务台账).", no_args_is_help=True
)

_MATCH_COLUMNS = {
    "rank": "名次",
    "score": "得分",
    "similarity": "相似度",
    "probability": "概率",
    "band_label": "分档",
    "demand_code": "需求编号",
    "demand_title": "需求",
    "achievement_code": "成果编号",
    "achievement_title": "成果",
    "terms": "共有词语",
}
_FIGURES = ("rank", "score", "similarity", "probability")


class Engine(StrEnum):
    """Where a refresh does its work: in this process, or on a Ray cluster."""

    LOCAL = "local"
    RAY = "ray"


def refresh(
    engine: Annotated[
        Engine, typer.Option(help="Where the work is done; ray needs the extra `ray`.")
    ] = Engine.LOCAL,
    address: Annotated[
        str | None,
        typer.Option(help="The Ray cluster; RAY_ADDRESS, else one of this machine's own, if unset."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The nightly batch: match every live demand and write what changed to the ledger."""
    if address is not None and engine is not Engine.RAY:
        raise InvalidInput(
            "--address 只用于 --engine ray。", "--address is for --engine ray alone.", field="address"
        )
    with opened() as service, progress() as report_progress, ExitStack() as joined:
        run = (
            service.refresh
            if engine is Engine.LOCAL
            else joined.enter_context(service.refresh_on_cluster(address))
        )
        report = run(LOCAL_OPERATOR, Trigger.BATCH, report_progress).as_json()
    if as_json:
        print_json(report)
        return
    columns = {
        "run_id": "批次",
        "demands": "需求",
        "achievements": "成果",
        "encoded": "新编码",
        "truncated": "超长",
        "entries_created": "新增",
        "entries_changed": "变化",
        "entries_kept": "保持",
        "entries_vanished": "消失",
        "seconds": "用时（秒）",
    }
    print_table(columns, [report], right=tuple(columns))
    if report["truncated"]:
        say(too_long(report["truncated"], report["max_tokens"]))


def match(
    text: Annotated[str, typer.Argument(help="A need or a result in your own words.", metavar="TEXT")],
    side: Annotated[
        Side, typer.Option(help="The side the text stands on; the other list is searched.")
    ] = Side.DEMAND,
    top: Annotated[int, typer.Option(min=1, max=50, help="How many matches.")] = 10,
    park: Annotated[str | None, typer.Option(help="Search this park's demands only.")] = None,
    as_json: AsJson = False,
) -> None:
    """Match a free text with the other list."""
    with opened() as service:
        park_id = None if park is None else get_park(service.database, park, DISTRICT).id
        answer = service.matching.match(text, side, DISTRICT, top, park_id=park_id)
    matches = answer.as_json()["items"]
    if as_json:
        print_json(matches)
        return
    asked = "demand" if side is Side.DEMAND else "achievement"
    columns = {key: name for key, name in _MATCH_COLUMNS.items() if not key.startswith(asked)}
    print_table(columns, [_with_band(row) for row in matches], right=_FIGURES)
    if not matches:
        say("没有可匹配的条目：另一张清单为空，或没有有效条目。")


def list_ledger(
    park: Annotated[str | None, typer.Option(help="Only this park's entries.")] = None,
    demand: Annotated[int | None, typer.Option(help="Only this demand's entries (id).")] = None,
    stage: Annotated[
        Stage | None,
        typer.Option(help="Only entries at this stage.", metavar=choices(Stage), parser=code_of(Stage)),
    ] = None,
    min_score: Annotated[float | None, typer.Option(min=0, max=1, help="Only scores from here up.")] = None,
    band: Annotated[Band | None, typer.Option(help="Only probabilities in this band.")] = None,
    work: Annotated[
        bool, typer.Option("--work", help="Only what is work: likely, or touched by people.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, max=MAX_ID, help="At most so many; all by default.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="The ledger as this run left it, or as it was when this day (YYYY-MM-DD, Beijing) ended.",
            metavar="RUN|DATE",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the pairs in view: what the last run proposed, and what people work on."""
    when = None if as_of is None else read_when(as_of, "as_of")
    with opened() as service:
        park_id = None if park is None else get_park(service.database, park, DISTRICT).id
        wanted = EntryFilter(
            park_id=park_id,
            demand_id=demand,
            stage=stage,
            min_score=min_score,
            band=band,
            work=work,
            in_view=True,
        )
        page = page_of_entries(service.database, DISTRICT, wanted, as_of=when, limit=limit)
    rows = page.as_json()["items"]
    if as_json:
        print_json(rows if page.run is None else {"run": page.run.as_json(), "items": rows})
        return
    if page.run is not None:
        from matcher.cli.nights import run_facts

        say(run_facts(page.run))
    columns = {"entry_id": "条目", "park": "园区", **_MATCH_COLUMNS}
    columns |= {"standing_label": "现状", "stage_label": "阶段"}
    if any(row["explored"] for row in rows):
        columns["mark"] = "标记"
        rows = [{**row, "mark": "探索" if row["explored"] else ""} for row in rows]
    print_table(columns, [_with_band(row) for row in rows], right=("entry_id", *_FIGURES))


def _with_band(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its band in words."""
    return {**row, "band_label": None if row["band"] is None else label(Band(row["band"]), "zh")}
