import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss, ndcg_score, roc_auc_score

from matcher.domain import metrics

grades = st.lists(st.integers(0, 3), min_size=2, max_size=30)


def test_ndcg_of_a_worked_example() -> None:
    dcg = 1 + 7 / math.log2(3) + 0 + 3 / math.log2(5)
    ideal = 7 + 3 / math.log2(3) + 1 / 2
    assert metrics.ndcg([1, 3, 0, 2], [0, 1, 2, 3]) == pytest.approx(dcg / ideal)
    assert metrics.ndcg([1, 3, 0, 2], [0, 1, 2, 3], k=1) == pytest.approx(1 / 7)


def test_ndcg_counts_what_was_judged_but_not_found() -> None:
    assert metrics.ndcg([0, 0, 1], [1, 1]) == pytest.approx(0.5 / (1 + 1 / math.log2(3)))


@given(ranked=grades)
def test_ndcg_equals_the_independent_one_on_the_gains(ranked: list[int]) -> None:
    gains = np.array([2.0**grade - 1 for grade in ranked])
    found = metrics.ndcg(ranked, ranked)
    if not gains.any():
        assert found is None
    else:
        assert found == pytest.approx(ndcg_score([gains], [-np.arange(len(gains))], k=10))


@given(pairs=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=2, max_size=40))
def test_auc_equals_the_independent_one_with_ties(pairs: list[tuple[int, int]]) -> None:
    graded, scores = [grade for grade, _ in pairs], [score / 5 for _, score in pairs]
    good = [grade >= 2 for grade in graded]
    found = metrics.auc(scores, graded)
    if all(good) or not any(good):
        assert found is None
    else:
        assert found == pytest.approx(roc_auc_score(good, scores))


def test_auc_of_worked_examples() -> None:
    assert metrics.auc([0.9, 0.8, 0.1], [3, 1, 0]) == 1
    assert metrics.auc([0.1, 0.8, 0.9], [2, 1, 0]) == 0
    assert metrics.auc([0.5, 0.5], [2, 1]) == 0.5


@given(pairs=st.lists(st.tuples(st.floats(0.001, 0.999), st.integers(0, 3)), min_size=1, max_size=40))
def test_log_loss_equals_the_independent_one(pairs: list[tuple[float, int]]) -> None:
    probabilities, graded = [one for one, _ in pairs], [grade for _, grade in pairs]
    independent = log_loss([grade >= 2 for grade in graded], probabilities, labels=[False, True])
    assert metrics.log_loss(probabilities, graded) == pytest.approx(independent)


def test_the_error_of_predicted_grades_of_a_worked_example() -> None:
    assert metrics.grade_error([0, 1, 3, 2], [0, 2, 0, 2]) == 1


def test_reciprocal_rank_and_recall_of_worked_examples() -> None:
    ranked, judged = [0, 0, 1, 2, *[0] * 7, 3], [1, 2, 3, 0]
    assert metrics.reciprocal_rank(ranked, judged) == pytest.approx(1 / 3)
    assert metrics.recall(ranked, judged) == pytest.approx(2 / 3)
    assert metrics.reciprocal_rank([0] * 10 + [1], [1]) == 0
    assert metrics.recall([0] * 10 + [1], [1]) == 0


def test_what_is_undefined_is_none_and_left_out_of_the_mean() -> None:
    assert metrics.ndcg([0, 0], [0, 0]) is None
    assert metrics.reciprocal_rank([0], []) is None
    assert metrics.recall([], [0]) is None
    assert metrics.auc([], []) is None
    assert metrics.log_loss([], []) is None
    assert metrics.grade_error([], []) is None
    assert metrics.mean([None, 0.5, None, 0.0]) == (0.25, 2)
    assert metrics.mean([None]) == (None, 0)
