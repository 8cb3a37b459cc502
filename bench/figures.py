"""The figures of a ranking: those of `matcher evaluate`, of each query and their means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.rankers import Ranking
from bench.tasks import Task
from matcher.domain import metrics
from matcher.learning.resampling import Column

CUTOFF = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one ranking: of each query, their means, and of all judged pairs together."""

    columns: Mapping[str, Column]
    means: Mapping[str, float | None]
    over: Mapping[str, int]
    reliability: Sequence[metrics.Bin]


def measure(task: Task, ranking: Ranking) -> Measured:
    """Compare a ranking with a task's grades. Which queries each mean is over is as in `matcher evaluate`."""
    columns: dict[str, list[float | None]] = {"ndcg@10": [], "auc": [], "mrr@10": [], "recall@10": []}
    for scores, grades, judged in zip(ranking.scores, task.grades, task.judged, strict=True):
        order = grades[np.argsort(-scores, kind="stable")[:CUTOFF]].tolist()
        separation = metrics.auc(scores.tolist(), grades.tolist()) if task.pooled else None
        gain = metrics.ndcg(order, judged, CUTOFF)
        columns["ndcg@10"].append(None if task.pooled and separation is None else gain)
        columns["auc"].append(separation)
        columns["mrr@10"].append(metrics.reciprocal_rank(order, judged, CUTOFF))
        columns["recall@10"].append(metrics.recall(order, judged, CUTOFF))
    means = {name: metrics.mean(column) for name, column in columns.items()}
    bins, together = _of_pairs(task, ranking)
    return Measured(
        columns=columns,
        means={name: mean for name, (mean, _) in means.items()} | together,
        over={name: count for name, (_, count) in means.items()},
        reliability=bins,
    )


def _of_pairs(task: Task, ranking: Ranking) -> tuple[list[metrics.Bin], dict[str, float | None]]:
    """The reliability and what follows from it; nothing without a calibration or grades from 0 to 3."""
    if ranking.probabilities is None or ranking.predicted is None or not task.pooled:
        return [], {}
    grades = np.concatenate(task.grades).tolist()
    probabilities = np.concatenate(ranking.probabilities).tolist()
    bins = metrics.reliability(probabilities, grades)
    error = metrics.grade_error(np.concatenate(ranking.predicted).tolist(), grades)
    return bins, {
        "ece": metrics.calibration_error(bins),
        "brier": metrics.brier(probabilities, grades),
        "grade_mae": error,
        "grade_score": None if error is None else 1 / (1 + error),
    }
