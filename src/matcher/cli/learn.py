"""Learning from grades: `matcher learn`, and the scorings it makes: `matcher scorings`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from matcher.cli.output import beijing, out, print_json, print_table, progress, say
from matcher.cli.session import AsJson, opened
from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.entries import MAX_ID
from matcher.domain.errors import InvalidInput
from matcher.domain.features import FEATURE_LABELS
from matcher.pipeline.idempotency import Request
from matcher.pipeline.scoring import scorings
from matcher.pipeline.scoring.learn import LEDGER

app = typer.Typer(help="Scorings learned from grades (评分方案), and which is in use.", no_args_is_help=True)

_FIGURES = {
    "log_loss": "对数损失（小为好）",
    "brier": "Brier 分（小为好）",
    "ece": "校准误差（小为好）",
    "ndcg@10": "nDCG@10（大为好）",
    "auc": "AUC（大为好）",
    "grade_mae": "等级平均绝对误差（小为好）",
}
_COUNTS = {"grades": "评分", "demands": "需求", "leads": "较强以上", "explored": "出自探索位"}
_LISTED = {
    "scoring_id": "编号",
    "owner": "供谁使用",
    "source": "学自",
    "grades": "评分",
    "demands": "需求",
    "better": "优于当时现用",
    "at": "时间",
    "used": "现用于",
}

OfPark = Annotated[str | None, typer.Option(help="For this park; for the whole installation by default.")]


def learn(
    park: Annotated[
        str | None, typer.Option(help="Learn for this park, from the grades in its ledger alone.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--from", help="Learn for the whole installation, from a folder in BEIR layout.", metavar="DIR"
        ),
    ] = None,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Put what was learned to use, if it is better.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Learn weights and probabilities from grades, and compare them with those in use.

    What was learned is kept, better or not, and `matcher scorings` shows it. The exit code is 0 either way.
    """
    if (park is None) == (folder is None):
        raise InvalidInput(
            "请给出 --park 园区代码（以该园区台账中的评分为它学习）或 --from 文件夹（为全区学习），二者取一；"
            "园区的评分不用于全区，以免影响别的园区。",
            "give either --park CODE, to learn for that park from its own grades, or --from DIR, to learn "
            "for the whole installation: no park's grades move another park's results.",
            field="park",
        )
    with opened() as service, progress() as report_progress:
        request = Request(LOCAL_OPERATOR, service.now(), "cli")
        if folder is not None:
            learned = service.learn.from_folder(request, folder, adopt=adopt, progress=report_progress)
        else:
            assert park is not None
            learned = service.learn.from_ledger(request, park, adopt=adopt, progress=report_progress)
    if as_json:
        print_json(learned)
        return
    _print_scoring(learned)
    if learned["adopted"]:
        out.print(f"已启用评分方案 {learned['scoring_id']}；下一次匹配起生效（matcher refresh 可立即匹配）。")
        return
    out.print(f"已留存为评分方案 {learned['scoring_id']}，未启用。")
    if learned["evaluation"]["better"]:
        of_park = f" --park {park}" if park else ""
        out.print(f"要启用它：matcher scorings use {learned['scoring_id']}{of_park}")


@app.command("list")
def list_scorings(
    park: Annotated[str | None, typer.Option(help="Only this park's.")] = None, as_json: AsJson = False
) -> None:
    """List what was learned, newest first, and what is in use."""
    items: list[dict[str, Any]] = []
    before: int | None = None
    with opened() as service:
        in_use = scorings.scorings_in_use(service.database, LOCAL_OPERATOR, service.shipped, park=park)
        while True:
            page, before = scorings.list_scorings(
                service.database, LOCAL_OPERATOR, park=park, before=before, limit=200
            )
            items += page
            if before is None:
                break
    if as_json:
        print_json({"items": items, "in_use": in_use})
        return
    print_table(_LISTED, [_row(one) for one in items], right=("scoring_id", "grades", "demands"))
    for one in in_use:
        say(_in_use(one))


@app.command()
def show(
    scoring_id: Annotated[int, typer.Argument(min=1, max=MAX_ID, metavar="ID")], as_json: AsJson = False
) -> None:
    """Show one: its weights, its calibration, and how it compared with what was in use."""
    with opened() as service:
        found = scorings.get_scoring(service.database, LOCAL_OPERATOR, scoring_id)
    print_json(found) if as_json else _print_scoring(found)


@app.command()
def use(
    scoring_id: Annotated[
        int,
        typer.Argument(
            min=0,
            max=MAX_ID,
            help="The scoring; 0 for none: a park takes the installation's, the installation the shipped.",
            metavar="ID",
        ),
    ],
    park: OfPark = None,
    as_json: AsJson = False,
) -> None:
    """Put one to use, from the next matching on."""
    with opened() as service:
        request = Request(LOCAL_OPERATOR, service.now(), "cli")
        chosen = scorings.use_scoring(service.database, request, service.shipped, park, scoring_id or None)
    print_json(chosen) if as_json else out.print(_in_use(chosen))


@app.command()
def back(park: OfPark = None, as_json: AsJson = False) -> None:
    """Undo the last choice: what was in use before it is in use again."""
    with opened() as service:
        request = Request(LOCAL_OPERATOR, service.now(), "cli")
        chosen = scorings.use_former(service.database, request, service.shipped, park)
    print_json(chosen) if as_json else out.print(_in_use(chosen))


def _print_scoring(one: Mapping[str, Any]) -> None:
    evaluation = one["evaluation"]
    counts = "，".join(f"{name} {one['learned_from'].get(key, 0)}" for key, name in _COUNTS.items())
    out.print(f"评分方案 {one['scoring_id']}（{_owner(one)}），学自{_source(one)}：{counts}")
    rows = [
        {"figure": name, "current": evaluation["current"].get(key), "learned": evaluation["learned"].get(key)}
        for key, name in _FIGURES.items()
    ]
    columns = {"figure": "留出的需求上", "current": f"现用（{evaluation['against']}）", "learned": "学得"}
    print_table(columns, rows, right=("current", "learned"))
    print_table(
        {"feature": "特征", "name": "含义", "weight": "权重"},
        [
            {"feature": key, "name": FEATURE_LABELS[key][0], "weight": weight}
            for key, weight in one["weights"].items()
        ],
        right=("weight",),
    )
    out.print(f"{'优于现用' if evaluation['better'] else '未见更好'}：{evaluation['why_zh']}")


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    used = ["全区"] if one["in_use_by_installation"] else []
    return {
        "scoring_id": one["scoring_id"],
        "owner": _owner(one),
        "source": _source(one),
        "grades": one["learned_from"].get("grades"),
        "demands": one["learned_from"].get("demands"),
        "better": "是" if one["evaluation"]["better"] else "否",
        "at": beijing(one["at"]),
        "used": [*used, *one["in_use_by_parks"]] or None,
    }


def _owner(one: Mapping[str, Any]) -> str:
    return "全区" if one["park"] is None else f"园区 {one['park']}"


def _source(one: Mapping[str, Any]) -> str:
    return "台账" if one["source"] == LEDGER else f"文件夹 {one['source']}"


def _in_use(one: Mapping[str, Any]) -> str:
    whose = "全区" if one["park"] is None else f"园区 {one['park']}"
    if one["scoring_id"] is not None:
        return f"{whose}现用评分方案 {one['scoring_id']}（{one['scorer']}）。"
    return (
        f"{whose}沿用全区的评分方案。"
        if one["park"] is not None
        else f"全区现用随程序的评分方案（评分方法 {one['scorer']}）。"
    )
