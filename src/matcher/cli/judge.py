"""Blind grading (盲评): `matcher judge` pools pairs, asks for grades, and measures how far people agree."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.output import beijing, out, print_json, print_table, progress, say, written
from matcher.cli.session import AsJson, opened
from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.entries import MAX_ID
from matcher.domain.errors import InvalidInput
from matcher.domain.reasons import GRADE_WORDS
from matcher.domain.system_errors import system_words
from matcher.pipeline.idempotency import Request
from matcher.pipeline.judgings import grading
from matcher.pipeline.judgings.answers import BlindPairAnswer, JudgingAnswer
from matcher.pipeline.judgings.export import exported
from matcher.pipeline.judgings.start import MOST_DEEP, MOST_DEMANDS, Plan, start_judging

app = typer.Typer(
    help="Blind grading (盲评): measure the ranking here by people's grades; nothing learns from them.",
    no_args_is_help=True,
)

_LISTED = {
    "judging_id": "编号",
    "park": "园区",
    "name": "名称",
    "pairs": "对数",
    "depth": "各取前几名",
    "at": "时间",
    "actor": "发起人",
}
_JUDGES = {"judge": "评分人", "graded": "已评", "pairs": "共"}
_AGREED = {"first": "评分人", "second": "与", "pairs": "共同评过", "kappa": "二次加权 kappa"}
_ASKED = "、".join(f"{grade} {zh}" for grade, (zh, _) in enumerate(GRADE_WORDS))
_QUIT = "q"

SessionId = Annotated[int, typer.Argument(help="The session's number.", metavar="SESSION", min=1, max=MAX_ID)]
Judge = Annotated[str, typer.Option(help="Who grades.", metavar="NAME")]


@app.command()
def start(
    park: Annotated[str, typer.Option(help="The park whose demands are graded.", metavar="CODE")],
    demands: Annotated[int, typer.Option(help="Demands drawn.", min=1, max=MOST_DEMANDS)] = 20,
    depth: Annotated[int, typer.Option(help="First places of every ranker.", min=1, max=MOST_DEEP)] = 10,
    seed: Annotated[int, typer.Option(help="What draw and order depend on.", min=0, max=MAX_ID)] = 7,
    name: Annotated[str, typer.Option(help="What it is called; the day by default.")] = "",
    as_json: AsJson = False,
) -> None:
    """Pool the first places of the score in use, of wording alone and of meaning alone, and shuffle them."""
    plan = Plan(demands=demands, depth=depth, seed=seed, name=name)
    with opened() as service, progress() as report:
        request = Request(LOCAL_OPERATOR, service.now(), "cli")
        judging = start_judging(service.refresh, request, park, plan, report)
    if as_json:
        print_json(judging.as_json())
        return
    out.print(f"盲评 {judging.judging_id}（{judging.name}）：共 {judging.pairs} 对。")
    out.print(f"开始评分：matcher judge grade {judging.judging_id} --judge 姓名")


@app.command("list")
def list_judgings(
    park: Annotated[str | None, typer.Option(help="Only this park's.", metavar="CODE")] = None,
    as_json: AsJson = False,
) -> None:
    """List the sessions, newest first."""
    items: list[JudgingAnswer] = []
    cursor: str | None = None
    with opened() as service:
        while True:
            page = grading.list_judgings(
                service.database, LOCAL_OPERATOR, park=park, cursor=cursor, limit=200
            )
            items += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
    listed = [judging.as_json() for judging in items]
    if as_json:
        print_json(listed)
        return
    rows = [judging | {"at": beijing(judging["at"])} for judging in listed]
    print_table(_LISTED, rows, right=("judging_id", "pairs", "depth"))


@app.command("next")
def show_next(session: SessionId, judge: Judge, as_json: AsJson = False) -> None:
    """Show a judge's next pair: its number and the texts of both sides, and nothing else."""
    with opened() as service:
        answer = grading.next_pair(service.database, LOCAL_OPERATOR, session, judge)
    if as_json:
        print_json(answer.as_json())
    elif answer.pair is None:
        say(f"{judge} 已全部评完。")
    else:
        _show(answer.pair)


@app.command("set")
def set_grade(
    session: SessionId,
    pair: Annotated[int, typer.Argument(help="The pair's number.", metavar="PAIR", min=1, max=MAX_ID)],
    grade: Annotated[
        int, typer.Argument(help="0 none, 1 weak, 2 fairly strong, 3 strong.", metavar="GRADE", min=0, max=3)
    ],
    judge: Judge,
    as_json: AsJson = False,
) -> None:
    """Write a judge's grade of one pair, in place of one given before."""
    with opened() as service:
        request = Request(LOCAL_OPERATOR, service.now(), "cli")
        given = grading.grade_pair(service.database, request, session, pair, grade, judge)
    print_json(given.as_json()) if as_json else out.print(f"第 {given.number} 对：{given.grade}")


@app.command("grade")
def grade_all(session: SessionId, judge: Judge) -> None:
    """Ask for one grade after another, each stored at once; q or the end of the input stops."""
    with opened() as service:
        while True:
            pair = grading.next_pair(service.database, LOCAL_OPERATOR, session, judge).pair
            if pair is None:
                say(f"{judge} 已全部评完。")
                return
            _show(pair)
            grade = _answered()
            if grade is None:
                say("已停下；评过的都已存下，以同样的命令继续。")
                return
            request = Request(LOCAL_OPERATOR, service.now(), "cli")
            grading.grade_pair(service.database, request, session, pair.number, grade, judge)


@app.command()
def agreement(session: SessionId, as_json: AsJson = False) -> None:
    """Show how much each judge has graded, and how far every two agree (quadratically weighted kappa)."""
    with opened() as service:
        told = grading.read_agreement(service.database, LOCAL_OPERATOR, session).as_json()
    if as_json:
        print_json(told)
        return
    print_table(
        _JUDGES, [judge | {"pairs": told["pairs"]} for judge in told["judges"]], right=("graded", "pairs")
    )
    if told["agreements"]:
        print_table(_AGREED, told["agreements"], right=("pairs", "kappa"))


@app.command()
def export(
    session: SessionId,
    directory: Annotated[Path, typer.Argument(help="Folder to write, in BEIR layout.", metavar="DIR")],
) -> None:
    """Write what was graded as a folder for `matcher evaluate DIR --pooled`.

    Where several graded a pair, the lower median of their grades counts.
    """
    with opened() as service:
        files = exported(service.database, LOCAL_OPERATOR, session)
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        zh, en = system_words(error)
        raise InvalidInput(
            f"无法建立文件夹 {directory}：{zh}。", f"cannot make the folder {directory}: {en}.", field="DIR"
        ) from error
    for name, content in files.items():
        with written(directory / name) as stream:
            stream.write(content)
    say(f"{directory}")


def _show(pair: BlindPairAnswer) -> None:
    out.print(f"第 {pair.number} 对")
    for side, title, text in (
        ("需求", pair.demand_title, pair.demand_text),
        ("成果", pair.achievement_title, pair.achievement_text),
    ):
        out.print(f"【{side}】{title}")
        if text:
            out.print(text)


def _answered() -> int | None:
    """The grade that is typed; None where the person stops."""
    while True:
        say(f"评分（{_ASKED}；{_QUIT} 停下）：")
        line = sys.stdin.readline()
        answer = line.strip()
        if not line or answer == _QUIT:
            return None
        if answer in {"0", "1", "2", "3"}:
            return int(answer)
