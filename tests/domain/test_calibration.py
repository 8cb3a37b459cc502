import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.calibration import GRADES, PRIOR, Calibration, Odds

POSITIVE = st.floats(0.001, 100)
ODDS = st.builds(Odds, POSITIVE, st.floats(0.25, 4))
CALIBRATIONS = st.builds(Calibration, st.just("test"), st.tuples(ODDS, ODDS, ODDS), st.floats(0.001, 1))
SCORES = st.floats(0, 1)


@given(CALIBRATIONS, SCORES, SCORES)
def test_a_higher_score_never_has_a_lower_probability(made: Calibration, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 < made.probability(low) <= made.probability(high) < 1


@given(CALIBRATIONS, SCORES)
def test_the_predicted_grade_is_as_many_grades_as_are_likelier_reached_than_not(
    made: Calibration, score: float
) -> None:
    assert made.grade(score) == sum(made.probability(score, grade) > 0.5 for grade in GRADES)


def test_a_score_below_zero_counts_as_zero() -> None:
    assert PRIOR.probability(-0.4) == PRIOR.probability(0.0)


@given(CALIBRATIONS, SCORES)
def test_the_score_of_a_probability_is_the_score_it_came_from(made: Calibration, score: float) -> None:
    assert made.score_at(made.probability(score)) == pytest.approx(score, abs=1e-6, rel=1e-5)


@pytest.mark.parametrize("wrong", [0.0, -1.0])
def test_what_would_turn_the_order_round_is_refused(wrong: float) -> None:
    for factor, offset in ((wrong, 1.0), (1.0, wrong)):
        with pytest.raises(ValueError, match="positive"):
            Calibration("test", (Odds(1.0), Odds(factor), Odds(1.0)), offset)


@pytest.mark.parametrize("wrong", [-0.1, 1.0, math.inf])
def test_certainty_has_no_score(wrong: float) -> None:
    with pytest.raises(ValueError, match="below 1"):
        PRIOR.score_at(wrong)


def test_the_prior_is_what_its_source_says() -> None:
    """Shares of leads at mean scores of 0.074, 0.116, 0.160 and 0.209, among 392, 122, 61 and 36 pairs. The
    last is promised less than was found: so few pairs may be luck."""
    assert [PRIOR.probability(score) for score in (0.074, 0.116, 0.160)] == pytest.approx(
        [0.008, 0.074, 0.164], abs=0.015
    )
    assert 0.3 < PRIOR.probability(0.209) < 0.528
