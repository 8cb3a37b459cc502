from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matcher.matching.rank as ranking
from matcher.domain.scoring import DEFAULT_SCORER, DENSE, LEXICAL, Scorer
from matcher.domain.text import TextView
from matcher.index.snapshot import build_channels
from matcher.matching.choice import Choice
from matcher.matching.grouping import Grouping
from matcher.matching.rank import choose, rank, scores
from matcher.ports import DECIMALS, Channels, Figures, Query, Rows, Vectors

WORDS = ("锂电池", "隔膜", "焊接", "大蒜", "提取", "燃料电池", "技术", "小麦", "育种", "gnss")
texts = st.builds(
    lambda title, body: TextView("".join(title), "，".join(body)),
    st.lists(st.sampled_from(WORDS), max_size=3),
    st.lists(st.sampled_from(WORDS), max_size=4),
)


@dataclass(frozen=True)
class Case:
    texts: list[TextView]
    queries: list[TextView]
    allowed: list[Rows | None]
    seed: int

    @property
    def vectors(self) -> Vectors:
        return vectors_of(len(self.texts), self.seed)

    @property
    def channels(self) -> Channels:
        return build_channels(self.texts, self.vectors)

    @property
    def asking(self) -> list[Query]:
        vectors = vectors_of(len(self.queries), self.seed + 1)
        titles = vectors_of(len(self.queries), self.seed + 2)
        return [Query(*one) for one in zip(self.queries, vectors, titles, strict=True)]


def vectors_of(rows: int, seed: int) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((rows, 4)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


@st.composite
def cases(draw: st.DrawFn) -> Case:
    listed = draw(st.lists(texts, max_size=12))
    queries = draw(st.lists(texts, min_size=1, max_size=4))
    subset = st.sets(st.integers(0, len(listed) - 1)) if listed else st.just(set[int]())
    rows = st.none() | subset.map(lambda chosen: np.array(sorted(chosen), dtype=np.int64))
    allowed = draw(st.lists(rows, min_size=len(queries), max_size=len(queries)))
    return Case(listed, queries, allowed, draw(st.integers(0, 1000)))


scorers = st.sampled_from([DEFAULT_SCORER, DENSE, LEXICAL])


@given(case=cases(), k=st.integers(0, 15), scorer=scorers)
@settings(max_examples=120, deadline=None)
def test_every_query_gets_its_best_allowed_rows_fully_explained(case: Case, k: int, scorer: Scorer) -> None:
    ranked = rank(case.asking, case.channels, scorer, k, case.allowed)
    for matches, rows in zip(ranked, case.allowed, strict=True):
        permitted = set(range(len(case.texts))) if rows is None else set(rows.tolist())
        assert len(matches) == min(k, len(permitted))
        assert {match.row for match in matches} <= permitted
        assert [match.rank for match in matches] == list(range(1, len(matches) + 1))
        assert matches == sorted(matches, key=lambda match: (-match.score, match.row))
        for match in matches:
            assert match.score == sum(match.contributions.values())
            assert match.contributions.keys() == scorer.weights.keys()
            assert 0 <= match.score <= 1
            assert match.probability == scorer.probability(match.score)


@given(case=cases(), scorer=scorers)
@settings(max_examples=60, deadline=None)
def test_the_order_of_a_list_moves_no_figure(case: Case, scorer: Scorer) -> None:
    order = np.random.default_rng(case.seed).permutation(len(case.texts))
    shuffled = build_channels([case.texts[row] for row in order], case.vectors[order])
    everything: list[Rows | None] = [None] * len(case.queries)
    one = rank(case.asking, case.channels, scorer, 20, everything)
    other = rank(case.asking, shuffled, scorer, 20, everything)
    for matches, moved in zip(one, other, strict=True):
        assert {match.row: (match.similarity, match.score) for match in matches} == {
            int(order[match.row]): (match.similarity, match.score) for match in moved
        }


@given(case=cases(), more=st.lists(texts, max_size=5))
@settings(max_examples=40, deadline=None)
def test_a_list_that_grows_moves_no_figure_of_the_rows_it_had(case: Case, more: list[TextView]) -> None:
    vectors = np.concatenate([case.vectors, vectors_of(len(more), case.seed + 2)])
    grown = build_channels([*case.texts, *more], vectors)
    had: list[Rows | None] = [np.arange(len(case.texts))] * len(case.queries)
    assert rank(case.asking, case.channels, DEFAULT_SCORER, 20, had) == rank(
        case.asking, grown, DEFAULT_SCORER, 20, had
    )


def test_scores_equal_the_scorer_applied_to_each_channels_figures() -> None:
    listed = [TextView("锂电池隔膜", "焊接"), TextView("小麦育种"), TextView("", "锂电池")]
    case = Case(listed, [TextView("锂电池", "隔膜焊接")], [None], seed=3)
    [matches] = rank(case.asking, case.channels, DEFAULT_SCORER, 3, [None])
    for match in matches:
        rows = np.array([match.row])
        found = {
            name: round(float(channel.ask(case.asking).values([rows])[0][0]), DECIMALS)
            for name, channel in case.channels.items()
        }
        assert match.contributions == DEFAULT_SCORER.contributions(found)
        assert match.similarity == found["dense"]


@pytest.mark.parametrize("spare", [0, 16])
@pytest.mark.parametrize("scorer", [DEFAULT_SCORER, DENSE, LEXICAL])
def test_the_best_of_many_rows_are_those_of_scoring_each_exactly(
    spare: int, scorer: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "_SPARE", spare)
    rng = np.random.default_rng(0)
    listed = [TextView("".join(rng.choice(WORDS, 2)), "，".join(rng.choice(WORDS, 3))) for _ in range(400)]
    case = Case(listed, listed[:20], [None] * 20, seed=1)
    found = rank(case.asking, case.channels, scorer, 10, case.allowed)
    for query, matches in zip(case.asking, found, strict=True):
        exact = scores(query, case.channels, scorer, Choice(10))
        best = np.lexsort((np.arange(400), -exact))[:10]
        assert [match.row for match in matches] == best.tolist()
        assert [match.score for match in matches] == exact[best].tolist()


CHOICES = st.tuples(
    st.integers(1, 5),
    st.none() | st.lists(st.sampled_from([0.5, 1.0, 3.0]), min_size=12, max_size=12),
    st.sampled_from([None, 0.1, 0.4]),
    st.lists(st.integers(-1, 2), min_size=12, max_size=12),
    st.sampled_from([None, 1, 2]),
)


@pytest.mark.parametrize("spare", [0, 16])
@given(case=cases(), chosen=CHOICES)
@settings(max_examples=80, deadline=None)
def test_a_choice_takes_the_best_by_weight_above_its_floor_and_within_its_groups(
    spare: int, case: Case, chosen: tuple[int, list[float] | None, float | None, list[int], int | None]
) -> None:
    k, weights, floor, groups, per_group = chosen
    size = len(case.texts)
    choices = [
        Choice(
            k,
            rows,
            weights=None if weights is None else np.array(weights[:size]),
            floor=floor,
            units=None if per_group is None else Grouping(np.array(groups[:size], dtype=np.int64), per_group),
        )
        for rows in case.allowed
    ]
    everything = rank(case.asking, case.channels, DEFAULT_SCORER, size, case.allowed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "_SPARE", spare)
        found = choose(case.asking, case.channels, DEFAULT_SCORER, choices)
    for matches, pool in zip(found, everything, strict=True):
        weight = {one.row: 1.0 if weights is None else weights[one.row] for one in pool}
        expected: list[int] = []
        for one in sorted(pool, key=lambda one: (-one.score * weight[one.row], one.row)):
            held = sum(groups[row] == groups[one.row] >= 0 for row in expected)
            if (floor is None or one.score >= floor) and (per_group is None or held < per_group):
                expected.append(one.row)
        assert [one.row for one in matches] == expected[:k]
        assert {(one.row, one.score) for one in matches} <= {(one.row, one.score) for one in pool}


def test_no_query_gets_no_answer() -> None:
    case = Case([TextView("锂电池")], [], [], seed=0)
    assert rank([], case.channels, DEFAULT_SCORER, 10, []) == []


def test_a_second_look_goes_no_deeper_for_repeats_far_below(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ranking, "DEPTH", 4)
    case = Case([TextView(f"锂电池{'焊接' * n}") for n in range(40)], [TextView("锂电池")], [None], seed=0)
    looked: list[int] = []

    def look(_: int, rows: Rows) -> Figures:
        looked.append(len(rows))
        return {"completeness": np.ones(len(rows))}

    scorer = Scorer("2-test", {"lexical_text": 0.9, "completeness": 0.1})
    numbers = np.array([0, 0, 0, *range(3, 10), *[10] * 30], dtype=np.int64)
    [matches] = choose(
        case.asking, case.channels, scorer, [Choice(3, repeats=Grouping(numbers, 1))], look=look
    )
    assert len(matches) == 3
    assert len({int(numbers[one.row]) for one in matches}) == 3
    assert max(looked) <= 5, "three of one group and two more hold three that do not repeat one another"
