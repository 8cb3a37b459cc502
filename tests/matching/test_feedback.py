"""The figure that opinions of judged achievements give to others, as a pure function."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from matcher.domain.opinions import OPINION_VALUES, Opinion, opinion_of, opinions_digest
from matcher.domain.scoring import FEEDBACK, Scorer
from matcher.domain.stages import DeclineCode, Stage
from matcher.matching.feedback import feedback, likeness
from matcher.ports import DECIMALS

Floats = NDArray[np.float64]

LAST_PLACE = 10.0**-DECIMALS


@st.composite
def judged(draw: st.DrawFn, least: int = 0) -> tuple[Floats, Floats]:
    """How much four candidates are like each judged achievement, and what people think of those."""
    size = draw(st.integers(least, 5))
    alike = draw(st.lists(st.floats(0, 1), min_size=4 * size, max_size=4 * size))
    values = draw(st.lists(st.floats(-1, 1), min_size=size, max_size=size))
    return np.array(alike).reshape(4, size), np.array(values)


@given(judged())
def test_the_figure_is_between_minus_one_and_one(known: tuple[Floats, Floats]) -> None:
    assert np.all(np.abs(feedback(*known)) <= 1)


@given(judged())
def test_the_figure_is_never_as_much_as_the_strongest_opinion(known: tuple[Floats, Floats]) -> None:
    alike, values = known
    strongest = np.abs(values).max(initial=0.0)
    assert np.all(np.abs(feedback(alike, values)) <= strongest + LAST_PLACE)


def test_without_opinions_the_figure_is_zero() -> None:
    assert not feedback(np.zeros((4, 0)), np.zeros(0)).any()


@given(judged(least=1), st.floats(0, 2), st.data())
def test_a_better_opinion_never_lowers_a_figure(
    known: tuple[Floats, Floats], more: float, data: st.DataObject
) -> None:
    alike, values = known
    place = data.draw(st.integers(0, len(values) - 1))
    better = values.copy()
    better[place] = min(1.0, better[place] + more)
    assert np.all(feedback(alike, better) >= feedback(alike, values))


@given(judged(least=1))
def test_what_is_like_nothing_that_was_judged_is_not_moved(known: tuple[Floats, Floats]) -> None:
    alike, values = known
    assert not feedback(np.zeros_like(alike), values).any()


cosines = arrays(np.float64, 4, elements=st.floats(-1, 1))
wordings = arrays(np.float64, 4, elements=st.floats(0, 1))


@given(cosines, wordings, st.sampled_from([0.0, 1.0]))
def test_likeness_is_between_nothing_and_one(meaning: Floats, wording: Floats, comparable: float) -> None:
    alike = likeness(meaning, wording, np.full(4, comparable))
    assert np.all((alike >= 0) & (alike <= 1))


@given(cosines, wordings)
def test_wording_that_cannot_be_compared_says_nothing_of_a_likeness(meaning: Floats, wording: Floats) -> None:
    apart = np.zeros(4)
    assert np.array_equal(likeness(meaning, wording, apart), likeness(meaning, np.zeros(4), apart))


def test_likeness_is_half_the_squared_meaning_and_half_the_wording() -> None:
    meaning, wording = np.array([1.0, 0.6, 0.6, -1.0]), np.array([1.0, 0.0, 0.5, 0.0])
    assert likeness(meaning, wording, np.ones(4)) == pytest.approx([1.0, 0.18, 0.43, 0.0])


def test_a_twin_of_the_best_grade_is_moved_by_half_the_weight() -> None:
    assert FEEDBACK * feedback(np.array([[1.0]]), np.array([1.0]))[0] == pytest.approx(FEEDBACK / 2)


def test_no_scorer_may_weigh_feedback() -> None:
    with pytest.raises(ValueError, match="feedback"):
        Scorer("x", {"dense": 0.5, "feedback": 0.5})


SAID: list[tuple[dict[str, Any], Opinion | None]] = [
    ({"grade": 3}, Opinion.GRADED_3),
    ({"grade": 0, "stage": Stage.LANDED}, Opinion.GRADED_0),
    ({"grade": 1, "stage": Stage.ENDED, "declined": DeclineCode.SCIENTIFIC_REASON}, Opinion.GRADED_1),
    ({"stage": Stage.SCREENING}, None),
    ({"stage": Stage.PUSHED}, None),
    ({"stage": Stage.ENGAGED}, Opinion.IN_CONTACT),
    ({"stage": Stage.SIGNED}, Opinion.IN_CONTACT),
    ({"stage": Stage.LANDED}, Opinion.LANDED),
    ({"stage": Stage.PAUSED, "paused_from": Stage.TRIAL}, Opinion.IN_CONTACT),
    ({"stage": Stage.PAUSED, "paused_from": Stage.PENDING}, None),
    ({"stage": Stage.ENDED, "declined": DeclineCode.SCIENTIFIC_REASON}, Opinion.DECLINED),
    ({"stage": Stage.ENDED, "declined": DeclineCode.TOO_EARLY}, None),
    ({"stage": Stage.ENDED}, None),
    ({"stage": Stage.ENGAGED, "declined": DeclineCode.SCIENTIFIC_REASON}, Opinion.IN_CONTACT),
]


@pytest.mark.parametrize(("said", "opinion"), SAID)
def test_an_opinion_is_the_grade_else_what_was_done_with_the_pair(
    said: dict[str, Any], opinion: Opinion | None
) -> None:
    columns = {"grade": None, "stage": Stage.SCREENING, "paused_from": None, "declined": None}
    assert opinion_of(**{**columns, **said}) is opinion


def test_every_opinion_has_a_value_and_better_grades_speak_for_more() -> None:
    assert OPINION_VALUES.keys() == set(Opinion)
    graded = [OPINION_VALUES[Opinion(f"graded_{grade}")] for grade in range(4)]
    assert graded == sorted(set(graded))


def test_the_digest_tells_opinions_apart_and_not_their_order() -> None:
    one, other = {1: Opinion.GRADED_3, 2: Opinion.GRADED_0}, {2: Opinion.GRADED_0, 1: Opinion.GRADED_3}
    assert opinions_digest({5: one, 6: one}) == opinions_digest({6: other, 5: other})
    assert opinions_digest({5: one}) != opinions_digest({6: one})
    assert opinions_digest({5: one}) != opinions_digest({5: {1: Opinion.GRADED_3}})
    assert opinions_digest({}) == opinions_digest({5: {}}) == ""
