"""Learning from grades: another scorer and calibration, and whether they are better on demands kept aside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matcher.domain import metrics
from matcher.domain.calibration import LEAD, PRIOR, Calibration
from matcher.domain.errors import InvalidInput
from matcher.domain.scoring import Scorer
from matcher.learning.fitting import Table, fit, fit_base_rate, fit_calibration_alone
from matcher.learning.graded import Graded
from matcher.ports import Progress, silent

FOLDS = 5
"""Parts of the demands, each kept aside once; fewer where there are fewer demands."""

HIGHEST = 3

ENOUGH_FOR_A_CURVE = 200
"""Grades from which weights and the calibration's slopes are learned, too."""

_CUTOFF = 10

Fit = Callable[[Table, Scorer], tuple[dict[str, float], Calibration]]
"""Gives the weights and the calibration that graded pairs teach, against what is in use."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What grades teach, and whether it is better than what it was learned against.

    `evaluation` has the figures of `current` and of `learned` on demands kept aside: `log_loss`, `brier`,
    `ece`, `ndcg@10`, `auc`, `grade_mae`; None where undefined. `why` says in Chinese and in English why it is
    better or not; `counts` has `grades`, `demands`, `leads` and `explored`.
    """

    weights: Mapping[str, float]
    calibration: Calibration
    evaluation: Mapping[str, Mapping[str, float | None]]
    better: bool
    why: tuple[str, str]
    counts: Mapping[str, int]

    def scorer(self, version: str) -> Scorer:
        """What was learned, as a scorer of that version; its calibration has the same."""
        return Scorer(version, self.weights, replace(self.calibration, version=version), learned=True)


def learn(graded: Sequence[Graded], current: Scorer, progress: Progress = silent) -> Learned:
    """Learn weights and a calibration from grades, and judge them against `current`.

    Only graded pairs teach: what was never shown is not a negative. They are judged on demands kept aside,
    `FOLDS` times, and better only where the log loss falls by more than one standard error of its difference
    from demand to demand, while neither nDCG nor AUC falls by more than one of theirs. Where that is not so,
    and the calibration alone would be better with the weights in use, it alone is what was learned.
    Fewer than `ENOUGH_FOR_A_CURVE` grades teach the base rate alone: how often leads are found here, whatever
    the score.

    Raises InvalidInput where grades cannot teach anything: fewer than two demands, no lead, or leads alone.
    """
    table = _table(graded, current)
    parts = folds([pair.demand for pair in graded], FOLDS)
    counts = {
        "grades": len(graded),
        "demands": len(np.unique(table.demands)),
        "leads": int((table.grades >= LEAD).sum()),
        "explored": sum(pair.explored for pair in graded),
    }
    fits = (fit, fit_calibration_alone) if len(graded) >= ENOUGH_FOR_A_CURVE else (fit_base_rate,)
    attempts = []
    for fitting in fits:
        attempts.append(_attempt(fitting, table, parts, current, counts, progress))
        if attempts[-1].better:
            return attempts[-1]
    return attempts[0]


def _attempt(
    fitting: Fit,
    table: Table,
    parts: NDArray[np.int64],
    current: Scorer,
    counts: Mapping[str, int],
    progress: Progress,
) -> Learned:
    """What one way of fitting gives, judged on demands kept aside."""
    now, then = _Predicted.none(len(parts)), _Predicted.none(len(parts))
    count = int(parts.max()) + 1
    for part in range(count):
        aside = np.flatnonzero(parts == part)
        now.fill(aside, table, current.weights, current.calibration or PRIOR)
        then.fill(aside, table, *fitting(table.part(np.flatnonzero(parts != part)), current))
        progress("learn", part + 1, count)
    judged = _Judged(table.demands, table.grades)
    better, why = judged.compare(now, then)
    weights, calibration = fitting(table, current)
    evaluation = {"current": judged.figures(now), "learned": judged.figures(then)}
    return Learned(weights, calibration, evaluation, better, why, counts)


def folds(demands: Sequence[str], count: int) -> NDArray[np.int64]:
    """The fold, from 0, of each of some pairs' demands: the same for the same demand, whatever the order.

    At most `count` folds, and none without a demand.
    """
    distinct = sorted(set(demands))
    order = np.random.default_rng(0).permutation(len(distinct))
    fold = {demand: int(place) % count for demand, place in zip(distinct, order, strict=True)}
    return np.array([fold[demand] for demand in demands], dtype=np.int64)


def _table(graded: Sequence[Graded], current: Scorer) -> Table:
    numbers = {demand: number for number, demand in enumerate(sorted({pair.demand for pair in graded}))}
    grades = np.array([pair.grade for pair in graded], dtype=np.int64)
    if len(numbers) < 2:
        raise InvalidInput(
            f"评分只涉及 {len(numbers)} 条需求，无法学习；请至少为两条需求的匹配评分。",
            f"grades of {len(numbers)} demand(s) are too few to learn from: grade matches of two or more.",
            field="grades",
        )
    if grades.min() < 0 or grades.max() > HIGHEST:
        raise InvalidInput(
            f"评分应为 0 至 {HIGHEST}，其中有 {grades.min()} 至 {grades.max()}；请改用四级评分。",
            f"grades are 0 to {HIGHEST}, these go from {grades.min()} to {grades.max()}: use four levels.",
            field="grades",
        )
    if (grades >= LEAD).all() or not (grades >= LEAD).any():
        zh, en = ("都", "all") if grades.min() >= LEAD else ("都不", "none")
        raise InvalidInput(
            f"评分{zh}在 {LEAD} 分以上，看不出好坏之分，无法学习；请把合适的和不合适的匹配都评上分。",
            f"{en} of the grades are {LEAD} or more, so good and poor look alike: grade some of both kinds.",
            field="grades",
        )
    return Table.of(
        np.array([numbers[pair.demand] for pair in graded], dtype=np.int64),
        [pair.figures for pair in graded],
        grades,
        [pair.decline for pair in graded],
        tuple(current.weights),
    )


@dataclass(frozen=True, slots=True)
class _Predicted:
    """What is predicted for each pair while its demand is kept aside."""

    scores: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    grades: NDArray[np.int64]

    @classmethod
    def none(cls, pairs: int) -> Self:
        return cls(np.zeros(pairs), np.zeros(pairs), np.zeros(pairs, dtype=np.int64))

    def fill(
        self, rows: NDArray[np.int64], table: Table, weights: Mapping[str, float], calibration: Calibration
    ) -> None:
        scores = table.part(rows).scores(weights)
        self.scores[rows] = scores
        self.probabilities[rows] = calibration.probability(scores)
        self.grades[rows] = calibration.grade(scores)


class _Judged:
    """The grades of pairs, to hold predictions against."""

    def __init__(self, demands: NDArray[np.int64], grades: NDArray[np.int64]) -> None:
        self._grades = grades
        order = np.argsort(demands, kind="stable")
        self._demands = np.split(order, np.flatnonzero(np.diff(demands[order])) + 1)

    def figures(self, predicted: _Predicted) -> dict[str, float | None]:
        """The figures of `Learned.evaluation`."""
        probabilities, grades = predicted.probabilities.tolist(), self._grades.tolist()
        gains, separations = self._ranking(predicted)
        return {
            "log_loss": metrics.log_loss(probabilities, grades),
            "brier": metrics.brier(probabilities, grades),
            "ece": metrics.calibration_error(metrics.reliability(probabilities, grades)),
            "ndcg@10": metrics.mean(gains)[0],
            "auc": metrics.mean(separations)[0],
            "grade_mae": metrics.grade_error(predicted.grades.tolist(), grades),
        }

    def compare(self, now: _Predicted, then: _Predicted) -> tuple[bool, tuple[str, str]]:
        """Whether what was learned is better than what is in use, and why or why not."""
        rises = {
            ("对数损失", "the log loss"): self._loss_rise(now, then),
            ("nDCG@10", "nDCG@10"): _paired(self._ranking(now)[0], self._ranking(then)[0]),
            ("AUC", "AUC"): _paired(self._ranking(now)[1], self._ranking(then)[1]),
        }
        words = {
            name: (
                f"在留出的需求上，{name[0]}的变化为 {rise:+.4f}（标准误 {error:.4f}）",
                f"on demands kept aside {name[1]} changes by {rise:+.4f} (standard error {error:.4f})",
            )
            for name, (rise, error) in rises.items()
        }
        if len(self._demands) < FOLDS:
            return False, (
                f"评分只涉及 {len(self._demands)} 条需求，不足 {FOLDS} 条，无法判断是否更好。",
                f"grades of {len(self._demands)} demands, fewer than {FOLDS}, cannot show it to be better.",
            )
        (lost, (loss, loss_error)), *ranking = rises.items()
        zh, en = words[lost]
        if not loss < -loss_error:
            return False, (
                f"{zh}，降幅未超过一个标准误，不足以说明更好。",
                f"{en}: it does not fall by more than one standard error, so nothing shows it to be better.",
            )
        for name, (rise, error) in ranking:
            if rise < -error:
                worse_zh, worse_en = words[name]
                return False, (
                    f"{zh}，但{worse_zh}，排序变差。",
                    f"{en}, but {worse_en}: the order would get worse.",
                )
        return True, (f"{zh}，排序没有变差。", f"{en}, and the order does not get worse.")

    def _loss_rise(self, now: _Predicted, then: _Predicted) -> tuple[float, float]:
        """The mean rise of the log loss, and its standard error, with demands as the units drawn."""
        leads = self._grades >= LEAD
        lost = [-np.log(np.where(leads, p, 1 - p)) for p in (now.probabilities, then.probabilities)]
        rises = lost[1] - lost[0]
        mean = float(rises.mean())
        apart = np.array([(rises[rows] - mean).sum() for rows in self._demands])
        count = len(apart)
        return mean, float(np.sqrt((apart @ apart) * count / (count - 1)) / len(rises))

    def _ranking(self, predicted: _Predicted) -> tuple[list[float | None], list[float | None]]:
        """nDCG and AUC of every demand; None of one that has not both leads and others."""
        gains: list[float | None] = []
        separations: list[float | None] = []
        for rows in self._demands:
            ranked = rows[np.argsort(-predicted.scores[rows], kind="stable")]
            grades = self._grades[ranked].tolist()
            separation = metrics.auc(predicted.scores[ranked].tolist(), grades)
            separations.append(separation)
            gains.append(None if separation is None else metrics.ndcg(grades, grades, _CUTOFF))
        return gains, separations


def _paired(before: Sequence[float | None], after: Sequence[float | None]) -> tuple[float, float]:
    """The mean rise, and its standard error, over the demands that have both; no rise where none has."""
    rises = np.array([b - a for a, b in zip(before, after, strict=True) if a is not None and b is not None])
    if len(rises) < 2:
        return float(rises.sum()), 0.0
    return float(rises.mean()), float(rises.std(ddof=1) / np.sqrt(len(rises)))
