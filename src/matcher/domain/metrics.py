"""How well one query's ranking agrees with its grades. What is undefined is None, never 0.

Grades are 0 (none) to 3 (strong). Relevant means a grade of at least 1.
"""

import math
from collections.abc import Sequence

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


def mean(figures: Sequence[float | None]) -> tuple[float | None, int]:
    """The mean of the defined figures, and how many they are."""
    defined = [figure for figure in figures if figure is not None]
    return (math.fsum(defined) / len(defined) if defined else None), len(defined)


def _dcg(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def _relevant(grades: Sequence[int]) -> int:
    return sum(grade >= RELEVANT for grade in grades)
