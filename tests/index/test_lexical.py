import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.text import TextView
from matcher.index import lexical, ngrams
from matcher.index.lexical import LexicalRetriever
from matcher.index.ngrams import BUCKETS, NGramVectoriser, background_vectoriser, count_ngrams
from matcher.index.snapshot import build_channels
from matcher.ports import NEARLY, Listed, Query
from tests.index.truth import TEXTS, queries_of, unit_vectors

FLAT = NGramVectoriser(np.ones(BUCKETS, dtype=np.float32))
QUERIES = (
    TextView("动力电池电解液", "三元"),
    TextView("sensors for pm2.5", ""),
    TextView("技术研究", ""),
    TextView("大蒜", ""),
)


def full(text: TextView) -> str:
    return text.full


def retriever(texts: tuple[TextView, ...] = TEXTS) -> LexicalRetriever:
    vectoriser = background_vectoriser()
    return LexicalRetriever(
        "lexical_text", vectoriser.transform([text.full for text in texts]), vectoriser, full
    )


def products(texts: tuple[TextView, ...] = TEXTS) -> list[np.ndarray]:
    vectoriser = background_vectoriser()
    rows = vectoriser.transform([text.full for text in texts])
    asked = vectoriser.transform([text.full for text in QUERIES])
    dense = asked.toarray().astype(np.float64) @ rows.toarray().astype(np.float64).T
    return list(np.minimum(dense, 1.0).astype(np.float32))


def asking() -> list[Query]:
    return queries_of(unit_vectors(len(QUERIES)), QUERIES)


def test_weights_are_worked_out_by_hand_for_a_small_text() -> None:
    row = FLAT.transform(["甲乙甲，丙"])
    expected = Counter({"甲": 1 + math.log(2), "乙": 1, "丙": 1, "甲乙": 1, "乙甲": 1, "甲乙甲": 0.5})
    norm = math.sqrt(sum(weight**2 for weight in expected.values()))
    assert sorted(row.data) == pytest.approx(sorted(weight / norm for weight in expected.values()))


def test_ngrams_do_not_cross_punctuation_white_space_or_boilerplate() -> None:
    for cut in ("甲，乙", "甲 乙", "甲技术乙", "甲\n乙"):
        *_, count = count_ngrams([cut])
        assert count.sum() == 2


@pytest.mark.parametrize("text", ["技术研究", "、。 ", "", "系统\n方法，应用"])
def test_a_text_of_boilerplate_alone_gets_an_empty_row(text: str) -> None:
    assert background_vectoriser().transform([text]).nnz == 0


def test_width_and_case_do_not_matter() -> None:
    rows = background_vectoriser().transform(["ＰＭ２.５ Sensor", "pm2.5 sensor"])
    np.testing.assert_array_equal(rows[[0]].toarray(), rows[[1]].toarray())


def test_a_row_depends_on_its_text_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text.full for text in TEXTS]
    together = background_vectoriser().transform(texts)
    monkeypatch.setattr(ngrams, "_BATCH_CHARACTERS", 5)
    for rows in (background_vectoriser().transform(texts), together):
        for position, text in enumerate(texts):
            alone = background_vectoriser().transform([text])
            np.testing.assert_array_equal(rows[[position]].toarray(), alone.toarray())


@given(st.lists(st.text(max_size=30), max_size=6))
@settings(max_examples=50, deadline=None)
def test_every_row_has_unit_length_or_none(texts: list[str]) -> None:
    rows = background_vectoriser().transform(texts)
    assert rows.shape == (len(texts), BUCKETS)
    lengths: np.ndarray = np.asarray(rows.multiply(rows).sum(axis=1))
    assert np.all(np.isclose(lengths, 1, atol=1e-5) | (lengths == 0))


def test_the_shipped_frequencies_were_counted_with_this_hash() -> None:
    _, common, _, _ = count_ngrams(["的"])
    _, rare, _, _ = count_ngrams(["龘"])
    idf = background_vectoriser()._idf
    assert idf[common[0]] < 1.2
    assert idf[rare[0]] > 6


@pytest.mark.parametrize("commonest", [0, 3, lexical.MOST_COMMON])
def test_every_figure_at_once_is_nearly_the_plain_product(
    commonest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical, "MOST_COMMON", commonest)
    nearly = retriever().ask(asking()).nearly()
    assert nearly.shape == (len(QUERIES), len(TEXTS))
    assert np.abs(nearly - np.array(products())).max() < NEARLY / 10


def test_values_equal_the_plain_products() -> None:
    own = [np.array([1, 4]), np.array([5, 6]), np.array([], dtype=np.int64), np.arange(7)]
    for figures, truth, rows in zip(retriever().ask(asking()).values(own), products(), own, strict=True):
        np.testing.assert_array_equal(figures, truth[rows])


def test_a_figure_is_never_above_one() -> None:
    alike = TextView("锂电池", "")
    asked = retriever((alike, *TEXTS)).ask(queries_of(unit_vectors(1), (alike,)))
    [figures] = asked.values([np.arange(8)])
    assert figures[0] == 1.0
    assert figures.max() <= 1.0


def test_an_empty_list_and_no_queries_give_nothing() -> None:
    assert retriever(()).ask(asking()).nearly().shape == (4, 0)
    assert retriever().ask([]).nearly().shape == (0, 7)
    assert retriever().ask([]).values([]) == []


def test_a_figure_does_not_depend_on_what_else_the_list_holds() -> None:
    rows = [np.arange(3)] * 4
    few, many = (retriever(texts).ask(asking()).values(rows) for texts in (TEXTS[:3], TEXTS))
    for figures, others in zip(few, many, strict=True):
        np.testing.assert_array_equal(figures, others)


def test_queries_on_a_list_have_the_figures_of_the_same_texts_anywhere() -> None:
    vectors = unit_vectors(len(QUERIES))
    of_list = build_channels(QUERIES, vectors, vectors)
    asked = queries_of(vectors, QUERIES)
    on_list = [replace(query, listed=Listed(of_list, row)) for row, query in enumerate(asked)]
    rows = [np.arange(len(TEXTS))] * len(QUERIES)
    for channel in build_channels(TEXTS, unit_vectors(len(TEXTS))).values():
        for one, other in zip(
            channel.ask(asked).values(rows), channel.ask(on_list).values(rows), strict=True
        ):
            np.testing.assert_array_equal(one, other)
    twice = [on_list[1], on_list[0], on_list[1]]
    alone = [retriever().ask([query]).values(rows[:1])[0].tolist() for query in twice]
    assert [one.tolist() for one in retriever().ask(twice).values(rows[:3])] == alone
