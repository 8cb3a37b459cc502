"""The two fits behind learning: weights from comparisons within a demand, and a calibration of their scores.

Both are pulled towards what is in use now, as if so many grades had already spoken for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, minimize, minimize_scalar
from scipy.special import expit, logit

from matcher.domain.calibration import GRADES, LEAD, PRIOR, Calibration, Odds
from matcher.domain.features import CHANNEL_FEATURES, FIELD_FEATURES, WEIGHED_FEATURES, WORDING, cross_encoder
from matcher.domain.scoring import Scorer
from matcher.domain.stages import DeclineCode
from matcher.ports import COMPARABLE, SUBSTANCE

Floats = NDArray[np.float64]

DECLINE_TEACHES: Mapping[DeclineCode, str | None] = {
    DeclineCode.TOO_EARLY: "maturity",
    DeclineCode.BENEFIT_UNCLEAR: "money",
    DeclineCode.ROUTE_UNCLEAR: "mode",
    DeclineCode.DESCRIPTION_UNCLEAR: "completeness",
    DeclineCode.SCIENTIFIC_REASON: "quantities",
    DeclineCode.OTHER: None,
}
"""The one feature that a declined pair speaks against; None where the reason is not known to be any of ours.

A declined pair that is graded lower than another is no sign against the features its reason is not about: it
moves the weight of this feature alone. Where it is graded higher than another in spite of its reason, this
feature is left out of the comparison. Its grade counts in the calibration as every grade does.
"""

WEIGHTS_PULL = 500
"""The weights in use count as this many grades: 96 % beside 20 grades, 5 % beside 10,000."""

CALIBRATION_PULL = 100
"""The calibration in use counts as this many grades."""

BASE_RATE_PULL = 20
"""The base rate in use counts as this many grades."""

COMPARISONS = 1000
"""Most comparisons drawn for one demand."""

_WHOLE = 200
"""Most grades of a demand whose comparisons are all listed before some are drawn."""

_FURTHEST = 5.0
_LEAST_SLOPE = 0.1
_LEAST_SHARE = 0.05
_LEAST_WEIGHT = 0.001
_LEAST_POWER = 0.05
_LEAST_RATIO = 0.1
_LEAST_GAP = 0.001
_NEVER_NEGATIVE = {*CHANNEL_FEATURES, *FIELD_FEATURES, cross_encoder.__name__}


@dataclass(frozen=True, slots=True)
class Table:
    """Graded pairs as columns: place i of every part is the same pair, column j of `values` is `names[j]`.

    `values` are features, 0 where `known` says that a pair's figure is not; `figures` are what they
    were made of. `taught` is the column that a pair's decline code is about, -1 for none of them and -2 where
    it was not declined.
    """

    names: tuple[str, ...]
    demands: NDArray[np.int64]
    values: Floats
    known: NDArray[np.bool_]
    figures: Mapping[str, Floats]
    grades: NDArray[np.int64]
    taught: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        demands: NDArray[np.int64],
        figures: Sequence[Mapping[str, float]],
        grades: NDArray[np.int64],
        declines: Sequence[DeclineCode | None],
        always: Sequence[str],
    ) -> Self:
        """A table of the features of which some pair's figure is known, and of those that `always` are."""
        seen = {name for pair in figures for name in pair}
        names = tuple(name for name in WEIGHED_FEATURES if name in seen or name in always)
        raw = np.array([[pair.get(name, np.nan) for name in names] for pair in figures], dtype=np.float64)
        known = ~np.isnan(raw)
        raw[~known] = 0.0
        measured = dict(zip(names, raw.T, strict=True))
        columns = [WEIGHED_FEATURES[name](measured) for name in names]
        wording, substance = (
            np.array([pair.get(name, 1.0) for pair in figures], dtype=np.float64)
            for name in (COMPARABLE, SUBSTANCE)
        )
        place = {name: column for column, name in enumerate(names)}
        taught = [-2 if code is None else place.get(DECLINE_TEACHES[code] or "", -1) for code in declines]
        known[np.ix_(wording == 0, [name in WORDING for name in names])] = False
        return cls(
            names,
            demands,
            np.column_stack(columns),
            known,
            {**measured, COMPARABLE: wording, SUBSTANCE: substance},
            grades,
            np.array(taught, dtype=np.int64),
        )

    def part(self, rows: NDArray[Any]) -> "Table":
        """Some of the pairs."""
        return Table(
            self.names,
            self.demands[rows],
            self.values[rows],
            self.known[rows],
            {name: values[rows] for name, values in self.figures.items()},
            self.grades[rows],
            self.taught[rows],
        )

    def scores(self, weights: Mapping[str, float]) -> Floats:
        """The score of every pair."""
        scorer = Scorer("fitted", weights)
        scores: Floats = scorer.score(scorer.contributions(self.figures))
        return scores


def fit(table: Table, current: Scorer) -> tuple[dict[str, float], Calibration]:
    """The weights and the calibration that the graded pairs teach."""
    before = current.calibration or PRIOR
    scores = table.scores(current.weights)
    weights = fit_weights(table, current.weights, _slope(scores, before))
    fitted = table.scores(weights)
    ratio = float(fitted @ scores) / max(float(scores @ scores), 1e-12)
    ratio = min(max(ratio, _LEAST_RATIO), 1 / _LEAST_RATIO)
    return weights, fit_calibration(fitted, table.grades, _stretched(before, ratio))


def fit_calibration_alone(table: Table, current: Scorer) -> tuple[dict[str, float], Calibration]:
    """The weights in use, and the calibration that the graded pairs teach."""
    scores = table.scores(current.weights)
    return dict(current.weights), fit_calibration(scores, table.grades, current.calibration or PRIOR)


def fit_base_rate(table: Table, current: Scorer) -> tuple[dict[str, float], Calibration]:
    """The weights in use, and the calibration in use with all its odds multiplied by one factor: how often
    grades are reached here, by penalised maximum likelihood."""
    before = current.calibration or PRIOR
    scores = table.scores(current.weights)
    chances = np.array([before.probability(scores, grade) for grade in GRADES])
    logits = logit(np.clip(chances, 1e-9, 1 - 1e-9))
    reached = np.array([table.grades >= grade for grade in GRADES], dtype=np.float64)
    pull = BASE_RATE_PULL * float((chances * (1 - chances)).mean(axis=1).sum())

    def loss(shift: float) -> float:
        moved = logits + shift
        return float(np.logaddexp(0.0, moved).sum() - (reached * moved).sum() + pull * shift**2 / 2)

    factor = float(np.exp(minimize_scalar(loss, bounds=(-_FURTHEST, _FURTHEST), method="bounded").x))
    first, second, third = (Odds(odds.factor * factor, odds.power) for odds in before.odds)
    return dict(current.weights), Calibration("learned", (first, second, third), before.offset)


def fit_weights(table: Table, current: Mapping[str, float], slope: float) -> dict[str, float]:
    """Weights by a logistic loss over comparisons of pairs of one demand, pulled towards the current ones.

    A feature counts in a comparison only where both pairs' figures are known. `slope` is how much a score of
    1 adds to the log odds by the calibration in use. A feature that no comparison tells apart keeps its
    share.
    """
    differences, counts = _comparisons(table)
    spread = np.sqrt(counts @ differences**2 / np.maximum(counts @ (differences != 0), 1e-12))
    moving = np.flatnonzero(spread > 1e-6)
    start = slope * np.array([current.get(name, 0.0) for name in table.names])
    if not len(moving):
        return dict(current)
    scale = spread[moving]
    design, origin = differences[:, moving] / scale, start[moving] * scale
    lowest = [
        (_LEAST_SHARE * origin[place] if start[column] > 0 else 0.0)
        if table.names[column] in _NEVER_NEGATIVE
        else None
        for place, column in enumerate(moving)
    ]

    def loss(point: Floats) -> tuple[float, Floats]:
        weights, multiple = point[:-1], point[-1]
        margins = design @ weights
        apart = weights - multiple * origin
        pull, level = WEIGHTS_PULL / 4, WEIGHTS_PULL / 4 * float(origin @ origin)
        value = counts @ np.logaddexp(0.0, -margins)
        value += pull / 2 * (apart @ apart) + level / 2 * (multiple - 1) ** 2
        slopes = pull * apart - design.T @ (counts * expit(-margins))
        return float(value), np.append(slopes, level * (multiple - 1) - pull * (apart @ origin))

    best = minimize(
        loss,
        np.append(origin, 1.0),
        jac=True,
        method="L-BFGS-B",
        bounds=[*((low, None) for low in lowest), (_LEAST_SLOPE, None)],
    ).x
    fitted = best[-1] * start
    fitted[moving] = best[:-1] / scale
    return _normalised(dict(zip(table.names, fitted.tolist(), strict=True)), current)


def fit_calibration(scores: Floats, grades: NDArray[np.int64], before: Calibration) -> Calibration:
    """The odds of each grade by penalised maximum likelihood, pulled towards `before`, whose offset holds.

    At every score from 0 to 1 a higher grade is less likely than a lower one.
    """
    logs = np.log(np.maximum(scores, 0.0) + before.offset)
    middle, spread = float(logs.mean()), max(float(logs.var()), 0.1)
    reached = np.array([grades >= grade for grade in GRADES], dtype=np.float64)
    powers = np.array([odds.power for odds in before.odds])
    levels = np.log([odds.factor for odds in before.odds]) + powers * middle
    origin = np.concatenate([levels, powers])
    chances = expit(levels[:, None] + powers[:, None] * (logs - middle))
    certainty = np.maximum((chances * (1 - chances)).mean(axis=1), 0.01)
    pull = CALIBRATION_PULL * np.concatenate([certainty, certainty * spread])

    def loss(point: Floats) -> tuple[float, Floats]:
        logits = point[:3, None] + point[3:, None] * (logs - middle)
        apart = point - origin
        value = np.logaddexp(0.0, logits).sum() - (reached * logits).sum() + (pull * apart) @ apart / 2
        errors = expit(logits) - reached
        slopes = np.concatenate([errors.sum(axis=1), errors @ (logs - middle)])
        return float(value) / len(logs), (slopes + pull * apart) / len(logs)

    best = minimize(
        loss,
        origin,
        jac=True,
        method="SLSQP",
        bounds=[(None, None)] * 3 + [(_LEAST_POWER, None)] * 3,
        constraints=[_ordered(before.offset, middle)],
        options={"maxiter": 500, "ftol": 1e-12},
    ).x
    odds = [Odds(float(np.exp(best[at] - best[3 + at] * middle)), float(best[3 + at])) for at in range(3)]
    return Calibration("learned", (odds[0], odds[1], odds[2]), before.offset)


def _ordered(offset: float, middle: float) -> LinearConstraint:
    """A higher grade's log odds are lower at scores 0 and 1, and so between them: they are straight lines."""
    rows = []
    for end in np.log([offset, 1 + offset]) - middle:
        for lower, higher in ((0, 1), (1, 2)):
            row = np.zeros(6)
            row[[lower, higher, 3 + lower, 3 + higher]] = 1, -1, end, -end
            rows.append(row)
    return LinearConstraint(np.array(rows), lb=_LEAST_GAP)


def _slope(scores: Floats, calibration: Calibration) -> float:
    """How much a score of 1 adds to a lead's log odds, at the median score."""
    return calibration.odds[LEAD - 1].power / (max(float(np.median(scores)), 0.0) + calibration.offset)


def _stretched(calibration: Calibration, ratio: float) -> Calibration:
    """The same calibration for scores that are all multiplied by `ratio`."""
    first, second, third = (Odds(odds.factor * ratio**-odds.power, odds.power) for odds in calibration.odds)
    return Calibration(calibration.version, (first, second, third), calibration.offset * ratio)


def _normalised(weights: Mapping[str, float], current: Mapping[str, float]) -> dict[str, float]:
    """The weights without negligible ones (channels in use stay), scaled so that absolute values sum to 1."""
    whole = sum(map(abs, weights.values()))
    kept = {
        name: weight / whole
        for name, weight in weights.items()
        if abs(weight) >= _LEAST_WEIGHT * whole or (name in current and name in CHANNEL_FEATURES)
    }
    total = sum(map(abs, kept.values()))
    return {name: weight / total for name, weight in kept.items()}


def _comparisons(table: Table) -> tuple[Floats, Floats]:
    """For each comparison the better pair's features minus the worse pair's, 0 where it does not count, and
    its weight: in proportion to the difference in 2^grade, and n - 1 in sum for a demand of n grades."""
    random = np.random.default_rng(0)
    order = np.argsort(table.demands, kind="stable")
    starts = np.flatnonzero(np.diff(table.demands[order])) + 1
    gained = 2.0**table.grades
    better, worse, counts = [], [], []
    for rows in np.split(order, starts):
        above, below = _drawn(table.grades[rows], random)
        better.append(rows[above])
        worse.append(rows[below])
        gains = gained[rows[above]] - gained[rows[below]]
        counts.append((len(rows) - 1) * gains / max(gains.sum(), 1.0))
    above, below = np.concatenate(better), np.concatenate(worse)
    columns = np.arange(len(table.names))
    reason, spite = table.taught[below][:, None], table.taught[above][:, None]
    counted = table.known[above] & table.known[below]
    counted &= ((reason == columns) | (reason == -2)) & (spite != columns)
    return np.where(counted, table.values[above] - table.values[below], 0.0), np.concatenate(counts)


def _drawn(
    grades: NDArray[np.int64], random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places of pairs of grades of which the first is higher, at most `COMPARISONS`."""
    if len(grades) <= _WHOLE:
        above, below = np.nonzero(grades[:, None] > grades)
    else:
        above, below = random.integers(len(grades), size=(2, 8 * COMPARISONS))
        differ = grades[above] > grades[below]
        above, below = above[differ], below[differ]
    if len(above) > COMPARISONS:
        chosen = random.choice(len(above), COMPARISONS, replace=False)
        above, below = above[chosen], below[chosen]
    return above, below
