"""`matcher evaluate`: the ranking pipeline measured against human grades."""

from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from matcher.bootstrap import Service
from matcher.cli.output import print_json, print_table, progress
from matcher.cli.session import AsJson
from matcher.domain.errors import InvalidInput
from matcher.learning.evaluating import Channel, Evaluation, Lesson, evaluate
from matcher.ports import Encoder, Progress

_COMPARED = {
    "figure": "figure",
    "mean": "mean",
    "against": "against",
    "difference": "difference",
    "low": "low (95 %)",
    "high": "high (95 %)",
    "queries": "queries",
    "verdict": "verdict",
}
_VERDICTS = {
    "better": "差异显著（better）",
    "worse": "差异显著（worse）",
    "noise": "属于噪声（noise: the interval holds 0）",
    None: "无从比较（undefined）",
}


def evaluate_directory(
    directory: Annotated[Path, typer.Argument(help="Folder in BEIR layout.", metavar="DIR")],
    pooled: Annotated[
        bool,
        typer.Option(
            help="Rank only each query's judged documents: unjudged ones are left out, and not counted as 0."
        ),
    ] = False,
    channel: Annotated[str, typer.Option(help="dense, lexical, fused or reranked.")] = "fused",
    learn_from: Annotated[
        Path | None, typer.Option(help="Rank by what is learned from this folder's grades.", metavar="DIR")
    ] = None,
    folds: Annotated[
        int | None, typer.Option(help="Rank each part of the demands by what the others teach.", metavar="N")
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="Compare with this channel, query by query.", metavar="CHANNEL")
    ] = None,
    against_encoder: Annotated[
        str | None,
        typer.Option(help="Compare with this encoder, query by query.", metavar="SPEC|bundled"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the whole ranking pipeline against human grades, by itself or compared with another.

    A comparison gives the middle 95 % of the difference over 1,000 resamplings of the queries.
    """
    ranked_by = _channel(channel, "channel")
    compared_by = ranked_by if against is None else _channel(against, "against")
    lesson = None if learn_from is None and folds is None else Lesson(learn_from, folds)
    service = Service.configured()

    def measured(encoder: Encoder, name: Channel, report: Progress) -> Evaluation:
        return evaluate(
            directory,
            encoder,
            service.build_channels,
            pooled=pooled,
            channel=name,
            reranking=service.reranking if name == "reranked" else None,
            lesson=lesson,
            progress=report,
        )

    with progress() as report:
        evaluation = measured(service.configured_encoder, ranked_by, report)
        result = evaluation.as_json()
        if against is not None or against_encoder is not None:
            encoder = service.configured_encoder
            if against_encoder is not None:
                encoder = service.encoders.load(None if against_encoder == "bundled" else against_encoder)
            compared = evaluation.compared_with(measured(encoder, compared_by, report))
            result["comparison"] = {
                name: None if figure is None else figure.as_json() for name, figure in compared.items()
            }
    if as_json:
        print_json(result)
    else:
        _print(result)


def _channel(name: str, field: str) -> Channel:
    chosen: dict[str, Channel] = {channel: channel for channel in get_args(Channel)}
    if name not in chosen:
        raise InvalidInput(
            f"没有名为 {name} 的通道；可选 dense、lexical、fused、reranked。",
            f"there is no channel {name}: choose dense, lexical, fused or reranked.",
            field=field,
        )
    return chosen[name]


def _print(result: dict[str, Any]) -> None:
    comparison = result.pop("comparison", None)
    del result["intervals"]
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
    if comparison is not None:
        compared = [
            {"figure": name, **(figure or {}), "verdict": _VERDICTS[(figure or {}).get("verdict")]}
            for name, figure in comparison.items()
        ]
        print_table(_COMPARED, compared, right=("mean", "against", "difference", "low", "high", "queries"))
