"""Learning from grades: `matcher learn`, and the scorings it makes: `matcher scorings`."""

from functools import partial
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
from matcher.pipeline.scoring.answers import InUseAnswer, ScoringAnswer
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
        print_json(learned.as_json())
        return
    _print_scoring(learned)
    if learned.adopted:
        out.print(f"已启用评分方案 {learned.scoring_id}；下一次匹配起生效（matcher refresh 可立即匹配）。")
        return
    out.print(f"已留存为评分方案 {learned.scoring_id}，未启用。")
    if learned.evaluation.better:
        of_park = f" --park {park}" if park else ""
        out.print(f"要启用它：matcher scorings use {learned.scoring_id}{of_park}")


@app.command("list")
def list_scorings(
    park: Annotated[str | None, typer.Option(help="Only this park's.")] = None, as_json: AsJson = False
) -> None:
    """List what was learned, newest first, and what is in use."""
    with opened() as service:
        listed = partial(scorings.list_scorings, service.database, LOCAL_OPERATOR, service.shipped, park=park)
        page = listed(limit=200)
        items = list(page.items)
        while page.next_cursor is not None:
            page = listed(cursor=page.next_cursor, limit=200)
            items += page.items
    if as_json:
        in_use = page.as_json()["in_use"]
        print_json({"items": [scoring.as_json() for scoring in items], "in_use": in_use})
        return
    print_table(_LISTED, [_row(scoring) for scoring in items], right=("scoring_id", "grades", "demands"))
    for used in page.in_use:
        say(_in_use(used))


@app.command()
def show(
    scoring_id: Annotated[int, typer.Argument(min=1, max=MAX_ID, metavar="ID")], as_json: AsJson = False
) -> None:
    """Show one: its weights, its calibration, and how it compared with what was in use."""
    with opened() as service:
        scoring = scorings.get_scoring(service.database, LOCAL_OPERATOR, scoring_id)
    print_json(scoring.as_json()) if as_json else _print_scoring(scoring)


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
    print_json(chosen.as_json()) if as_json else out.print(_in_use(chosen))


@app.command()
def back(park: OfPark = None, as_json: AsJson = False) -> None:
    """Undo the last choice: what was in use before it is in use again."""
    with opened() as service:
        request = Request(LOCAL_OPERATOR, service.now(), "cli")
        chosen = scorings.use_former(service.database, request, service.shipped, park)
    print_json(chosen.as_json()) if as_json else out.print(_in_use(chosen))


def _print_scoring(scoring: ScoringAnswer) -> None:
    evaluation = scoring.evaluation
    counts = "，".join(f"{name} {scoring.learned_from.get(key, 0)}" for key, name in _COUNTS.items())
    out.print(f"评分方案 {scoring.scoring_id}（{_whose(scoring)}），学自{_source(scoring)}：{counts}")
    rows = [
        {"figure": name, "current": evaluation.current.get(key), "learned": evaluation.learned.get(key)}
        for key, name in _FIGURES.items()
    ]
    columns = {"figure": "留出的需求上", "current": f"现用（{evaluation.against}）", "learned": "学得"}
    print_table(columns, rows, right=("current", "learned"))
    print_table(
        {"feature": "特征", "name": "含义", "weight": "权重"},
        [
            {"feature": key, "name": FEATURE_LABELS[key][0], "weight": weight}
            for key, weight in scoring.weights.items()
        ],
        right=("weight",),
    )
    out.print(f"{'优于现用' if evaluation.better else '未见更好'}：{evaluation.why_zh}")


def _row(scoring: ScoringAnswer) -> dict[str, Any]:
    used = ["全区"] if scoring.in_use_by_installation else []
    return {
        "scoring_id": scoring.scoring_id,
        "owner": _whose(scoring),
        "source": _source(scoring),
        "grades": scoring.learned_from.get("grades"),
        "demands": scoring.learned_from.get("demands"),
        "better": "是" if scoring.evaluation.better else "否",
        "at": beijing(scoring.at),
        "used": [*used, *scoring.in_use_by_parks] or None,
    }


def _whose(answer: ScoringAnswer | InUseAnswer) -> str:
    return "全区" if answer.park is None else f"园区 {answer.park}"


def _source(scoring: ScoringAnswer) -> str:
    return "台账" if scoring.source == LEDGER else f"文件夹 {scoring.source}"


def _in_use(used: InUseAnswer) -> str:
    if used.scoring_id is not None:
        return f"{_whose(used)}现用评分方案 {used.scoring_id}（{used.scorer}）。"
    if used.park is not None:
        return f"{_whose(used)}沿用全区的评分方案。"
    return f"全区现用随程序的评分方案（评分方法 {used.scorer}）。"
