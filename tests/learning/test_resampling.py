"""Two rankings compared query by query: what an interval says, and when a difference is noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.learning.resampling import compare

SHARES = st.floats(0, 1)
COLUMNS = st.lists(st.tuples(SHARES, SHARES), min_size=2, max_size=30)


@given(COLUMNS)
def test_the_other_way_round_the_difference_is_the_same_with_the_other_sign(
    pairs: list[tuple[float, float]],
) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    there, back = compare(first, second), compare(second, first)
    assert there is not None
    assert back is not None
    assert (there.mean, there.against) == (back.against, back.mean)
    assert there.difference.mean == pytest.approx(-back.difference.mean)
    assert there.difference.low == pytest.approx(-back.difference.high, abs=1e-12)


@given(st.lists(SHARES, min_size=1, max_size=30))
def test_a_ranking_beside_itself_is_noise(column: list[float]) -> None:
    same = compare(column, column)
    assert same is not None
    assert (same.difference.mean, same.verdict) == (0, "noise")


@given(st.lists(SHARES, min_size=2, max_size=30))
def test_what_is_higher_for_every_query_is_better_and_the_lower_worse(column: list[float]) -> None:
    higher = [figure + 0.1 for figure in column]
    better, worse = compare(higher, column), compare(column, higher)
    assert better is not None
    assert worse is not None
    assert (better.verdict, worse.verdict) == ("better", "worse")


def test_a_single_query_shows_nothing_and_none_at_all_compares_nothing() -> None:
    single = compare([0.9, None], [0.1, 0.5])
    assert single is not None
    assert (single.queries, single.verdict) == (1, "noise")
    assert compare([None, 0.2], [0.1, None]) is None
