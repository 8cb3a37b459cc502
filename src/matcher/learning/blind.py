"""Blind grading: what is pooled to be graded, in which order it is shown, and how far two people agree.

These grades measure; nothing learns from them.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from statistics import median_low

Pair = tuple[int, int]
"""A demand's id and an achievement's."""


def pooled(rankings: Iterable[Mapping[int, Sequence[int]]], depth: int, seed: int) -> list[Pair]:
    """The pairs among the first `depth` of any ranking (demand id → achievement ids, best first), each once.

    The order is drawn by `seed` and the two ids alone: it tells nothing of rank or ranker.
    """
    pairs = {
        (demand, achievement)
        for ranking in rankings
        for demand, achievements in ranking.items()
        for achievement in achievements[:depth]
    }
    return sorted(pairs, key=lambda pair: sha256(f"{seed}/{pair[0]}/{pair[1]}".encode()).digest())


def drawn(demands: Iterable[int], count: int, seed: int) -> frozenset[int]:
    """`count` of the demands' ids, all where there are fewer, drawn by `seed` and the ids alone."""
    by_lot = sorted(demands, key=lambda demand: sha256(f"{seed}/{demand}".encode()).digest())
    return frozenset(by_lot[:count])


def settled(grades: Sequence[int]) -> int:
    """The one grade of a pair that several people graded: the lower median.

    Raises ValueError without a grade.
    """
    return median_low(grades)


def kappa(first: Sequence[int], second: Sequence[int]) -> float | None:
    """Quadratically weighted Cohen's kappa (Cohen 1968) of two people's grades of the same pairs.

    None where it is undefined: without a pair, or where both gave one and the same grade throughout.
    """
    apart = sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) * len(first)
    by_chance = sum((a - b) ** 2 for a in first for b in second)
    return 1 - apart / by_chance if by_chance else None
