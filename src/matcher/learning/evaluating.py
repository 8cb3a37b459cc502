"""How well the whole ranking pipeline agrees with human grades, on a directory in BEIR layout."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from matcher.domain import metrics
from matcher.domain.errors import InvalidInput
from matcher.domain.listing import Side
from matcher.domain.match import Match
from matcher.domain.scoring import DEFAULT_SCORER, DENSE, LEXICAL, Scorer
from matcher.domain.text import TextView
from matcher.learning.collections import Collection, read_collection
from matcher.learning.figures import Measuring
from matcher.learning.judging import folds, learn
from matcher.learning.recurring import Predicted, others_of, predict
from matcher.learning.resampling import Column, Comparison, compare, interval
from matcher.matching.choice import Choice
from matcher.matching.rank import SecondLook, choose
from matcher.matching.searchable import TextVectors, VectorsOf
from matcher.ports import BuildChannels, Encoder, Figures, Progress, Query, Reranker, Rows, silent

Channel = Literal["dense", "lexical", "fused", "reranked"]

SCORERS: Mapping[Channel, Scorer] = {"dense": DENSE, "lexical": LEXICAL, "fused": DEFAULT_SCORER}
"""By channel; what `reranked` is scored with depends on the cross-encoder."""

_CUTOFF = 10


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Means over queries, None where undefined; `averaged_over` says over how many queries each is.

    `columns` has the figures of each query, in the folder's order, that the means of the same name are of.
    `grade_mae` is over all judged pairs. `learned` says what the ranking was learned from, and is None where
    nothing was.
    """

    figures: Mapping[str, float | None]
    columns: Mapping[str, Column]
    averaged_over: Mapping[str, int]
    queries: int
    queries_per_second: float
    reliability: tuple[metrics.Bin, ...]
    learned: Mapping[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        """The keys of `matcher evaluate --json`."""
        return {
            **self.figures,
            "queries": self.queries,
            "queries_per_second": self.queries_per_second,
            "averaged_over": dict(self.averaged_over),
            "intervals": {
                name: asdict(interval(column)) if self.averaged_over[name] else None
                for name, column in self.columns.items()
            },
            "reliability": [asdict(bin_) for bin_ in self.reliability],
            "learned": None if self.learned is None else dict(self.learned),
        }

    def compared_with(self, other: "Evaluation") -> dict[str, Comparison | None]:
        """Each figure beside that of another evaluation of the same folder; None where no query has both."""
        return {name: compare(column, other.columns[name]) for name, column in self.columns.items()}


@dataclass(frozen=True, slots=True)
class Reranking:
    """A cross-encoder, and the scorer that gives it a weight."""

    reranker: Reranker
    scorer: Scorer

    def look(self, queries: Sequence[Query], texts: Sequence[TextView]) -> SecondLook:
        """The second look of queries at texts."""

        def look(place: int, rows: Rows) -> Figures:
            asked = queries[place].text.full
            return {"cross_encoder": self.reranker.figures([(asked, texts[row].full) for row in rows])}

        return look


@dataclass(frozen=True, slots=True)
class Lesson:
    """What to learn from before ranking: another directory, or the other parts of the same of `folds`.

    Queries whose text is ranked teach no weights; in the directory their other pairs predict grades. Raises
    InvalidInput where not one of the two is given, or fewer than two folds.
    """

    directory: Path | None = None
    folds: int | None = None

    def __post_init__(self) -> None:
        if (self.directory is None) == (self.folds is None):
            raise InvalidInput(
                "--learn-from 与 --folds 只能给出一个。",
                "give --learn-from or --folds, not both.",
                field="folds",
            )
        if self.folds is not None and self.folds < 2:
            raise InvalidInput(
                "折数至少为 2；请给出 --folds 5。",
                "at least two folds are needed: say --folds 5.",
                field="folds",
            )


def evaluate(
    directory: Path,
    encoder: Encoder,
    build_channels: BuildChannels,
    *,
    pooled: bool,
    channel: Channel,
    reranking: Reranking | None = None,
    lesson: Lesson | None = None,
    progress: Progress = silent,
) -> Evaluation:
    """Rank the documents (only each query's judged ones, where `pooled`) and compare with the grades.

    Everything is ranked: no threshold, no abstention. Relevant means a grade of at least 1; an unjudged
    document counts as 0. `mrr@10` and `recall@10` are means over the queries with a relevant document. So is
    `ndcg@10`, except that a pooled one is the mean over the queries with both a grade of at least 2 and one
    of at most 1, as `auc` always is. `ece` and `brier` compare the probabilities of all
    judged pairs with whether their grade is at least 2, and `reliability` has the bins; null and empty
    without a calibration, or where no grade reaches 2. `grade_mae` is the mean absolute error of the
    predicted grade over all judged pairs, and `grade_score` 1 / (1 + grade_mae); null without a calibration.
    Where the lesson's directory grades other pairs of a demand, its grades are predicted from those (see
    `within`); its order and its probabilities are not.

    With a `lesson` the ranking is by what was learned against `channel`'s scorer, whether it would be adopted
    or not. Raises InvalidInput, naming file and line, for a directory that cannot be read, for grades that
    cannot teach anything, and for the channel `reranked` without a `reranking`.
    """
    scorer = _scorer(channel, reranking)
    collection = read_collection(directory)
    texts = list(collection.documents.values())
    asked = list(collection.queries.values())
    scorers, learned = [scorer] * len(asked), None
    predicted = Predicted({}, 0)
    if lesson is not None:
        reads = reranking.reranker if reranking is not None and channel == "reranked" else None
        measuring = Measuring(_vectors_by(encoder), build_channels, reads)
        scorers, learned = _learned(lesson, collection, scorer, measuring, progress)
        if lesson.directory is not None:
            predicted = predict(collection, read_collection(lesson.directory), measuring)
            learned |= {"within": predicted.learned_from} if predicted.grades else {}
    channels = build_channels(texts, encoder.encode([text.full for text in texts], Side.SUPPLY), None)
    position = {document: row for row, document in enumerate(collection.documents)}
    judged = [
        {position[document]: grade for document, grade in collection.qrels[query].items()}
        for query in collection.queries
    ]
    pools = [np.array(sorted(grades), dtype=np.int64) for grades in judged]
    widest = max(map(len, pools), default=0)

    started = time.perf_counter()
    queries = _encoded(asked, encoder)

    def ranking(k: int, allowed: Sequence[Rows | None]) -> list[list[Match]]:
        by_place: list[list[Match]] = [[] for _ in queries]
        for version in {scorer.version: None for scorer in scorers}:
            places = [place for place, scorer in enumerate(scorers) if scorer.version == version]
            part = [queries[place] for place in places]
            look = None if reranking is None else reranking.look(part, texts)
            choices = [Choice(k, allowed[place]) for place in places]
            chosen = choose(part, channels, scorers[places[0]], choices, look=look)
            for place, matches in zip(places, chosen, strict=True):
                by_place[place] = matches
        return by_place

    if pooled:
        ranked = pool_ranked = ranking(widest, pools)
    else:
        ranked = ranking(_CUTOFF, [None] * len(queries))
    seconds = time.perf_counter() - started
    if not pooled:
        pool_ranked = ranking(widest, pools)

    summary = _summary(judged, ranked, pool_ranked, pooled, seconds)
    errors = _grade_errors(judged, pool_ranked, scorers, predicted)
    return replace(summary, figures={**summary.figures, **errors}, learned=learned)


def _learned(
    lesson: Lesson, collection: Collection, current: Scorer, measuring: Measuring, progress: Progress
) -> tuple[list[Scorer], dict[str, Any]]:
    """The scorer of every query, never learned from one of the same text; and what it was learned from."""
    asked = [text.full for text in collection.queries.values()]
    if lesson.directory is not None:
        lessons = read_collection(lesson.directory)
        graded = measuring.of_collection(lessons, progress)
        texts = set(asked)
        teaching = [pair for pair in graded if pair.demand not in texts]
        recurring = any(others_of(collection, lessons))
        if graded and not teaching and not recurring:
            raise InvalidInput(
                f"{lesson.directory} 的需求正是要评测的需求，不能自己批改自己；请改用 --folds 5。",
                f"{lesson.directory} holds the very demands to be evaluated, and would mark its own "
                "homework: use --folds 5 instead.",
                field="learn-from",
            )
        try:
            learned = learn(teaching, current, progress)
        except InvalidInput:
            if not recurring:
                raise
            return [current] * len(asked), {"from": lesson.directory.name}
        why = {"why_zh": learned.why[0], "why_en": learned.why[1]}
        record = {"from": lesson.directory.name, **learned.counts, "better": learned.better, **why}
        return [learned.scorer("learned")] * len(asked), record
    assert lesson.folds is not None
    graded = measuring.of_collection(collection, progress)
    parts = dict(zip(asked, folds(asked, lesson.folds).tolist(), strict=True))
    count = max(parts.values(), default=-1) + 1
    attempts = []
    for part in range(count):
        attempts.append(learn([pair for pair in graded if parts[pair.demand] != part], current))
        progress("learn", part + 1, count)
    scorers = [attempt.scorer(f"learned-{part}") for part, attempt in enumerate(attempts)]
    better = sum(attempt.better for attempt in attempts)
    return [scorers[parts[text]] for text in asked], {"folds": count, "better": better}


def _vectors_by(encoder: Encoder) -> VectorsOf:
    def vectors(side: Side, texts: Sequence[TextView], _progress: Progress) -> TextVectors:
        wholes = [text.full for text in texts]
        cut_short = int(encoder.cut_short(wholes, side).sum())
        return TextVectors(encoder.encode(wholes, side), len(texts), cut_short)

    return vectors


def _grade_errors(
    judged: Sequence[Mapping[int, int]],
    pool_ranked: Sequence[Sequence[Match]],
    scorers: Sequence[Scorer],
    predicted: Predicted,
) -> dict[str, float | None]:
    """How far predicted grades are from given ones, over all judged pairs."""
    pairs = [
        (
            predicted.grades.get((place, match.row), int(scorer.calibration.grade(match.score))),
            grades[match.row],
        )
        for place, (grades, pool, scorer) in enumerate(zip(judged, pool_ranked, scorers, strict=True))
        for match in pool
        if scorer.calibration is not None
    ]
    error = metrics.grade_error([guess for guess, _ in pairs], [grade for _, grade in pairs])
    return {"grade_mae": error, "grade_score": None if error is None else 1 / (1 + error)}


def _scorer(channel: Channel, reranking: Reranking | None) -> Scorer:
    if channel != "reranked":
        return SCORERS[channel]
    if reranking is None:
        raise InvalidInput(
            "通道 reranked 需要重排模型；请设置 MATCHER_RERANKER。",
            "the channel reranked needs a cross-encoder: set MATCHER_RERANKER.",
            field="channel",
        )
    return reranking.scorer


def _encoded(texts: Sequence[TextView], encoder: Encoder) -> list[Query]:
    vectors = encoder.encode([text.full for text in texts], Side.DEMAND)
    titles = encoder.encode([text.title for text in texts], Side.DEMAND)
    return [Query(*row) for row in zip(texts, vectors, titles, strict=True)]


def _summary(
    judged: Sequence[Mapping[int, int]],
    ranked: Sequence[Sequence[Match]],
    pool_ranked: Sequence[Sequence[Match]],
    pooled: bool,
    seconds: float,
) -> Evaluation:
    columns: dict[str, list[float | None]] = {"ndcg@10": [], "mrr@10": [], "recall@10": [], "auc": []}
    for grades, matches, pool in zip(judged, ranked, pool_ranked, strict=True):
        all_grades = list(grades.values())
        order = [grades.get(match.row, 0) for match in matches]
        separation = metrics.auc([match.score for match in pool], [grades[match.row] for match in pool])
        gain = metrics.ndcg(order, all_grades, _CUTOFF)
        columns["ndcg@10"].append(None if pooled and separation is None else gain)
        columns["mrr@10"].append(metrics.reciprocal_rank(order, all_grades, _CUTOFF))
        columns["recall@10"].append(metrics.recall(order, all_grades, _CUTOFF))
        columns["auc"].append(separation)
    means = {name: metrics.mean(column) for name, column in columns.items()}
    probabilities, outcomes = _judged_probabilities(judged, pool_ranked)
    bins = metrics.reliability(probabilities, outcomes)
    figures = {name: figure for name, (figure, _) in means.items()}
    return Evaluation(
        figures=figures
        | {"ece": metrics.calibration_error(bins), "brier": metrics.brier(probabilities, outcomes)},
        columns=columns,
        averaged_over={name: count for name, (_, count) in means.items()},
        reliability=tuple(bins),
        queries=len(judged),
        queries_per_second=len(judged) / seconds if judged else 0.0,
        learned=None,
    )


def _judged_probabilities(
    judged: Sequence[Mapping[int, int]], pool_ranked: Sequence[Sequence[Match]]
) -> tuple[list[float], list[int]]:
    """The probability and the grade of every judged pair, if they have one and some pair's grade is good."""
    if not any(grade >= metrics.GOOD for grades in judged for grade in grades.values()):
        return [], []
    pairs = [
        (match.probability, grades[match.row])
        for grades, pool in zip(judged, pool_ranked, strict=True)
        for match in pool
        if match.probability is not None
    ]
    return [probability for probability, _ in pairs], [grade for _, grade in pairs]
