"""How well one query's ranking agrees with its grades. What is undefined is None, never 0.

Grades are 0 (none) to 3 (strong). Relevant means a grade of at least 1.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

RELEVANT = 1
GOOD = 2
"""Fairly strong: what `auc` separates from the rest."""


def ndcg(ranked: Sequence[int], judged: Sequence[int], k: int = 10) -> float | None:
    """Normalised discounted cumulative gain at `k`, gain 2^grade − 1 (Burges et al. 2005).

    `ranked` are the grades in ranking order (0 where unjudged), `judged` all of the query's grades. None
    where nothing is relevant.
    """
    ideal = _dcg(sorted(judged, reverse=True)[:k])
    return _dcg(ranked[:k]) / ideal if ideal else None


def reciprocal_rank(ranked: Sequence[int], judged: Sequence[int], k: int = 10) -> float | None:
    """1 / rank of the first relevant result, 0 where none is among the first `k`. None where none exists."""
    if not _relevant(judged):
        return None
    return next((1 / rank for rank, grade in enumerate(ranked[:k], start=1) if grade >= RELEVANT), 0.0)


def recall(ranked: Sequence[int], judged: Sequence[int], k: int = 10) -> float | None:
    """Share of the relevant that is among the first `k`. None where nothing is relevant."""
    relevant = _relevant(judged)
    return _relevant(ranked[:k]) / relevant if relevant else None


def auc(scores: Sequence[float], grades: Sequence[int]) -> float | None:
    """How often a pair graded `GOOD` or better outscores one graded below; a tie counts half.

    The Mann–Whitney statistic over the sum of the ranks. None unless both kinds are present.
    """
    good = sum(grade >= GOOD for grade in grades)
    rest = len(grades) - good
    if not good or not rest:
        return None
    ordered = sorted(scores)
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for rank, score in enumerate(ordered, start=1):
        first.setdefault(score, rank)
        last[score] = rank
    rank_sum = sum(
        (first[score] + last[score]) / 2 for score, grade in zip(scores, grades, strict=True) if grade >= GOOD
    )
    return (rank_sum - good * (good + 1) / 2) / (good * rest)


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs of like probability: how many, their mean probability, and the share of them that is good."""

    pairs: int
    predicted: float
    observed: float


def reliability(probabilities: Sequence[float], grades: Sequence[int], bins: int = 10) -> list[Bin]:
    """The pairs, by probability, in bins of equal size (fewer than `bins` where there are fewer pairs)."""
    pairs = sorted(zip(probabilities, grades, strict=True))
    edges = [len(pairs) * number // bins for number in range(bins + 1)]
    filled = []
    for start, end in pairwise(edges):
        if group := pairs[start:end]:
            predicted = math.fsum(probability for probability, _ in group) / len(group)
            observed = sum(grade >= GOOD for _, grade in group) / len(group)
            filled.append(Bin(len(group), predicted, observed))
    return filled


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """The expected calibration error (Naeini et al. 2015): the mean distance of predicted and observed."""
    pairs = sum(bin_.pairs for bin_ in bins)
    apart = math.fsum(bin_.pairs * abs(bin_.predicted - bin_.observed) for bin_ in bins)
    return apart / pairs if pairs else None


def brier(probabilities: Sequence[float], grades: Sequence[int]) -> float | None:
    """The mean squared distance of probability and outcome (Brier 1950); None without a pair."""
    squares = [
        (probability - (grade >= GOOD)) ** 2 for probability, grade in zip(probabilities, grades, strict=True)
    ]
    return math.fsum(squares) / len(squares) if squares else None


def log_loss(probabilities: Sequence[float], grades: Sequence[int]) -> float | None:
    """The mean negative logarithm of the probability of what happened; None without a pair.

    Probabilities are strictly between 0 and 1.
    """
    losses = [
        -math.log(probability if grade >= GOOD else 1 - probability)
        for probability, grade in zip(probabilities, grades, strict=True)
    ]
    return math.fsum(losses) / len(losses) if losses else None


def grade_error(predicted: Sequence[int], grades: Sequence[int]) -> float | None:
    """The mean absolute error of predicted grades; None without a pair."""
    errors = [abs(guess - grade) for guess, grade in zip(predicted, grades, strict=True)]
    return sum(errors) / len(errors) if errors else None


def mean(figures: Sequence[float | None]) -> tuple[float | None, int]:
    """The mean of the defined figures, and how many they are."""
    defined = [figure for figure in figures if figure is not None]
    return (math.fsum(defined) / len(defined) if defined else None), len(defined)


def _dcg(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def _relevant(grades: Sequence[int]) -> int:
    return sum(grade >= RELEVANT for grade in grades)
