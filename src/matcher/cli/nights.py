"""Past nights: `matcher ledger diff`, and the run that `matcher ledger list --as-of` shows."""

from typing import Annotated, Any

import typer

from matcher.cli.output import print_json, print_table, say
from matcher.cli.session import AsJson, opened
from matcher.domain.access import DISTRICT
from matcher.domain.days import BEIJING
from matcher.domain.entries import MAX_ID
from matcher.pipeline.ledger.past.differences import DiffAnswer, ledger_diff
from matcher.pipeline.ledger.past.named_runs import read_when
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.nights.runs import RunAnswer

_NAMES = {"new": "新增", "changed": "变化", "vanished": "消失", "aside": "未提出而现状变化"}
_FIGURES = {"rank": "名次", "similarity": "相似度", "score": "得分", "probability": "概率"}
_COLUMNS = {
    "park": "园区",
    "event_label": "变化",
    "demand_code": "需求编号",
    "demand_title": "需求",
    "achievement_code": "成果编号",
    "achievement_title": "成果",
    "change": "数值",
    "causes_zh": "原因",
}


def diff(
    park: Annotated[str | None, typer.Option(help="Only this park's entries.")] = None,
    run: Annotated[
        int | None, typer.Option(min=1, max=MAX_ID, help="The run to look at; the last by default.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            help="Compare with the ledger after this run, or as it was when this day (YYYY-MM-DD, Beijing) "
            "began; by default with the run before.",
            metavar="RUN|DATE",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a night changed: new, changed and vanished pairs with their causes, and how many it kept."""
    start = None if since is None else read_when(since, "since")
    with opened() as service:
        park_id = None if park is None else get_park(service.database, park, DISTRICT).id
        difference = ledger_diff(service.database, DISTRICT, run_id=run, since=start, park_id=park_id)
    record = difference.as_json()
    if as_json:
        print_json(record)
        return
    say(_heading(difference))
    print_table(_COLUMNS, [item | {"change": _change(item)} for name in _NAMES for item in record[name]])
    counts = [f"{name} {len(record[key])}" for key, name in _NAMES.items()]
    say("，".join([*counts, f"保持 {difference.kept}"]))


def run_facts(run: RunAnswer) -> str:
    """Which run a ledger is of, and what its figures depend on, in one line."""
    ended = run.finished_at or run.started_at
    facts = [
        f"第 {run.run_id} 次运行（{ended.astimezone(BEIJING):%Y-%m-%d %H:%M}）",
        f"程序 {run.code_version}",
        f"模型 {run.encoder_id}",
        f"评分 {run.scorer}",
        f"校准 {run.calibration or '无'}",
        f"清单版本 {run.catalogue_revision}",
    ]
    profiles = "、".join(f"{park} 第 {version} 版" for park, version in sorted(run.profiles.items()))
    return "，".join([*facts, f"园区规则 {profiles or '无'}"])


def _heading(difference: DiffAnswer) -> str:
    since = difference.since
    compared = "没有更早的台账，全部为新增" if since is None else f"与{run_facts(since)}相比"
    return f"{run_facts(difference.run)}\n{compared}"


def _change(item: dict[str, Any]) -> str:
    return "；".join(
        f"{_FIGURES[name]} {_figure(change['before'])} → {_figure(change['after'])}"
        for name, change in item["figures"].items()
    )


def _figure(value: float | None) -> str:
    if value is None:
        return "—"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
