import numpy as np
import pytest

from matcher.index.dense import DenseRetriever
from matcher.ports import Rows, Vectors
from tests.index.truth import best, queries_of, unit_vectors


def truth(wanted: Vectors, vectors: Vectors) -> Vectors:
    return np.clip(wanted.astype(np.float64) @ vectors.astype(np.float64).T, -1, 1).astype(np.float32)


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1, 0.01])
@pytest.mark.parametrize("k", [1, 10, 100])
def test_a_search_equals_the_plain_product_at_every_selectivity(share: float, k: int) -> None:
    vectors, wanted = unit_vectors(1000), unit_vectors(7, seed=1)
    rows = np.sort(np.random.default_rng(2).choice(1000, int(1000 * share), replace=False)).astype(np.int64)
    found = DenseRetriever(vectors).search(queries_of(wanted), k, rows)
    assert found == [best(figures, k, rows) for figures in truth(wanted, vectors)]


def test_rows_with_the_same_vector_come_in_row_order_also_at_the_cut() -> None:
    vectors = np.repeat(unit_vectors(20), 15, axis=0)
    wanted = unit_vectors(5, seed=1)
    for k in (1, 7, 15, 20, 31):
        found = DenseRetriever(vectors).search(queries_of(wanted), k)
        assert found == [best(figures, k, None) for figures in truth(wanted, vectors)]


def test_a_query_without_a_vector_gets_the_first_rows_at_figure_zero() -> None:
    retriever = DenseRetriever(unit_vectors(50))
    [hits] = retriever.search(queries_of(np.zeros((1, 8), dtype=np.float32)), 3)
    assert [(hit.row, hit.value) for hit in hits] == [(0, 0.0), (1, 0.0), (2, 0.0)]


def test_more_results_than_rows_gives_every_row() -> None:
    retriever = DenseRetriever(unit_vectors(4))
    [hits] = retriever.search(queries_of(unit_vectors(1, seed=3)), 50)
    assert sorted(hit.row for hit in hits) == [0, 1, 2, 3]


@pytest.mark.parametrize("rows", [None, np.array([], dtype=np.int64)])
def test_nothing_to_search_gives_nothing(rows: Rows | None) -> None:
    retriever = DenseRetriever(unit_vectors(0) if rows is None else unit_vectors(5))
    assert retriever.search(queries_of(unit_vectors(2)), 3, rows) == [[], []]
    assert retriever.search([], 3, rows) == []
    assert retriever.values([], []) == []


def test_values_equal_the_plain_product_for_shared_and_for_own_rows() -> None:
    vectors, wanted = unit_vectors(300), unit_vectors(6, seed=1)
    expected = truth(wanted, vectors)
    shared = np.array([3, 7, 299], dtype=np.int64)
    own = [np.arange(i, 300, 50, dtype=np.int64) for i in range(6)]
    retriever = DenseRetriever(vectors)
    for figures, row in zip(retriever.values(queries_of(wanted), [shared] * 6), expected, strict=True):
        np.testing.assert_array_equal(figures, row[shared])
    for figures, row, rows in zip(retriever.values(queries_of(wanted), own), expected, own, strict=True):
        np.testing.assert_array_equal(figures, row[rows])


def test_a_figure_is_never_above_one() -> None:
    vectors = unit_vectors(500, dimension=256)
    for figures in DenseRetriever(vectors).values(queries_of(vectors), [np.arange(500)] * 500):
        assert figures.max() <= 1.0
