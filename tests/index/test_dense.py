import numpy as np

from matcher.index.dense import DenseRetriever
from matcher.ports import NEARLY, Vectors
from tests.index.truth import queries_of, unit_vectors


def truth(wanted: Vectors, vectors: Vectors) -> Vectors:
    return np.clip(wanted.astype(np.float64) @ vectors.astype(np.float64).T, -1, 1).astype(np.float32)


def test_every_figure_at_once_is_nearly_the_plain_product() -> None:
    vectors, wanted = unit_vectors(1000, dimension=900), unit_vectors(7, dimension=900, seed=1)
    nearly = DenseRetriever(vectors).ask(queries_of(wanted)).nearly()
    assert nearly.shape == (7, 1000)
    assert np.abs(nearly - truth(wanted, vectors)).max() < NEARLY / 10


def test_a_query_without_a_vector_is_like_nothing() -> None:
    asked = DenseRetriever(unit_vectors(50)).ask(queries_of(np.zeros((1, 8), dtype=np.float32)))
    assert not asked.nearly().any()
    [figures] = asked.values([np.arange(50)])
    assert not figures.any()


def test_no_rows_and_no_queries_give_nothing() -> None:
    assert DenseRetriever(unit_vectors(0)).ask(queries_of(unit_vectors(2))).nearly().shape == (2, 0)
    nobody = DenseRetriever(unit_vectors(5)).ask([])
    assert nobody.nearly().shape == (0, 5)
    assert nobody.values([]) == []


def test_values_equal_the_plain_product_for_shared_and_for_own_rows() -> None:
    vectors, wanted = unit_vectors(300), unit_vectors(6, seed=1)
    expected = truth(wanted, vectors)
    shared = np.array([3, 7, 299], dtype=np.int64)
    own = [np.arange(i, 300, 50, dtype=np.int64) for i in range(5)] + [np.array([], dtype=np.int64)]
    asked = DenseRetriever(vectors).ask(queries_of(wanted))
    for figures, row in zip(asked.values([shared] * 6), expected, strict=True):
        np.testing.assert_array_equal(figures, row[shared])
    for figures, row, rows in zip(asked.values(own), expected, own, strict=True):
        np.testing.assert_array_equal(figures, row[rows])


def test_many_pairs_get_the_figures_of_few() -> None:
    vectors, wanted = unit_vectors(3000), unit_vectors(4, seed=1)
    rows = [np.arange(0, 3000 - place) for place in range(4)]
    asked = DenseRetriever(vectors).ask(queries_of(wanted))
    for figures, row, of_query in zip(asked.values(rows), truth(wanted, vectors), rows, strict=True):
        np.testing.assert_array_equal(figures, row[of_query])


def test_a_figure_is_never_above_one() -> None:
    vectors = unit_vectors(500, dimension=256)
    for figures in DenseRetriever(vectors).ask(queries_of(vectors)).values([np.arange(500)] * 500):
        assert figures.max() <= 1.0
