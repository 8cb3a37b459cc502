"""`matcher evaluate`: the ranking pipeline measured against human grades."""

from pathlib import Path
from typing import Annotated, get_args

import typer

from matcher.bootstrap import Service
from matcher.cli.output import print_json, print_table, progress
from matcher.cli.session import AsJson
from matcher.domain.errors import InvalidInput
from matcher.learning.evaluating import Channel, Lesson, evaluate


def evaluate_directory(
    directory: Annotated[Path, typer.Argument(help="Folder in BEIR layout.", metavar="DIR")],
    pooled: Annotated[bool, typer.Option(help="Rank only each query's judged documents.")] = False,
    channel: Annotated[str, typer.Option(help="dense, lexical, fused or reranked.")] = "fused",
    learn_from: Annotated[
        Path | None, typer.Option(help="Rank by what is learned from this folder's grades.", metavar="DIR")
    ] = None,
    folds: Annotated[
        int | None, typer.Option(help="Rank each part of the demands by what the others teach.", metavar="N")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the whole ranking pipeline against human grades."""
    chosen: dict[str, Channel] = {name: name for name in get_args(Channel)}
    if channel not in chosen:
        raise InvalidInput(
            f"没有名为 {channel} 的通道；可选 dense、lexical、fused、reranked。",
            f"there is no channel {channel}: choose dense, lexical, fused or reranked.",
            field="channel",
        )
    lesson = None if learn_from is None and folds is None else Lesson(learn_from, folds)
    service = Service.configured()
    with progress() as report:
        result = evaluate(
            directory,
            service.configured_encoder,
            service.build_channels,
            pooled=pooled,
            channel=chosen[channel],
            reranking=service.reranking if channel == "reranked" else None,
            lesson=lesson,
            progress=report,
        ).as_json()
    if as_json:
        print_json(result)
        return
    averaged = result.pop("averaged_over")
    bins = result.pop("reliability")
    learned = result.pop("learned")
    rows = [
        {"figure": name, "value": value, "over": averaged.get(name, "")} for name, value in result.items()
    ]
    print_table({"figure": "figure", "value": "value", "over": "queries"}, rows, right=("value", "over"))
    if bins:
        columns = {"pairs": "pairs", "predicted": "predicted", "observed": "observed"}
        print_table(columns, bins, right=tuple(columns))
    if learned is not None:
        print_table(
            {"learned": "learned", "value": ""}, [{"learned": k, "value": v} for k, v in learned.items()]
        )
