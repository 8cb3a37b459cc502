"""Blind grading: the pool, its order, and the agreement of two people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from matcher.learning.blind import drawn, kappa, pooled, settled

GRADES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)
RANKINGS = st.lists(
    st.dictionaries(st.integers(1, 5), st.lists(st.integers(1, 30), unique=True), max_size=5), max_size=3
)


@given(GRADES)
def test_kappa_is_symmetric_and_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    agreed = kappa(first, second)
    assert agreed == kappa(second, first)
    if agreed is not None:
        assert agreed == pytest.approx(cohen_kappa_score(first, second, labels=range(4), weights="quadratic"))


@given(st.lists(st.integers(0, 3)))
def test_equal_grades_agree_wholly_unless_they_are_all_the_same(grades: list[int]) -> None:
    assert kappa(grades, grades) == (1 if len(set(grades)) > 1 else None)


@given(RANKINGS, st.integers(1, 10), st.integers(0, 99))
def test_the_order_of_a_pool_does_not_depend_on_the_rankings(
    rankings: list[dict[int, list[int]]], depth: int, seed: int
) -> None:
    pool = pooled(rankings, depth, seed)
    assert len(pool) == len(set(pool))
    assert pool == pooled(rankings[::-1], depth, seed)
    wanted = {(demand, a) for ranking in rankings for demand, best in ranking.items() for a in best[:depth]}
    assert set(pool) == wanted


@given(st.sets(st.integers(1, 99)), st.integers(0, 20), st.integers(0, 99))
def test_who_is_drawn_first_is_drawn_whenever_more_are(ids: set[int], count: int, seed: int) -> None:
    few = drawn(ids, count, seed)
    assert few <= drawn(ids, count + 1, seed) <= ids
    assert len(few) == min(count, len(ids))
    assert few == drawn(sorted(ids, reverse=True), count, seed)


@given(st.lists(st.integers(0, 3), min_size=1))
def test_the_settled_grade_is_one_that_was_given(grades: list[int]) -> None:
    assert settled(grades) in grades
    assert sum(grade <= settled(grades) for grade in grades) * 2 >= len(grades)
