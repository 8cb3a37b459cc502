from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.stages import CLOSED, MAIN_LINE, Stage, moves_from


def test_the_main_line_leads_from_the_first_idea_to_landing() -> None:
    for one, following in pairwise(MAIN_LINE):
        assert moves_from(one)[0] is following


def test_the_trial_may_be_left_out() -> None:
    assert Stage.SIGNED in moves_from(Stage.INTENT)


@pytest.mark.parametrize("stage", MAIN_LINE[1:])
def test_a_slip_is_mended_by_one_step_back(stage: Stage) -> None:
    assert set(moves_from(stage)) & set(MAIN_LINE[: MAIN_LINE.index(stage)])


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in CLOSED | {Stage.PAUSED}])
def test_what_is_open_may_be_paused_or_ended_at_any_time(stage: Stage) -> None:
    assert {Stage.PAUSED, Stage.ENDED} <= set(moves_from(stage))


@pytest.mark.parametrize("stage", MAIN_LINE)
def test_what_is_paused_goes_back_to_where_it_was_or_ends(stage: Stage) -> None:
    assert moves_from(Stage.PAUSED, stage) == (stage, Stage.ENDED)


def test_what_has_ended_starts_anew_and_what_has_landed_is_not_ended() -> None:
    assert moves_from(Stage.ENDED) == (Stage.SCREENING,)
    assert moves_from(Stage.LANDED) == (Stage.SIGNED,)


@given(st.sampled_from(Stage), st.sampled_from(MAIN_LINE))
def test_no_stage_follows_itself_nor_twice(stage: Stage, left: Stage) -> None:
    moves = moves_from(stage, left)
    assert stage not in moves
    assert len(set(moves)) == len(moves) > 0


def test_every_stage_can_be_reached_from_the_first() -> None:
    reached, waiting = {Stage.SCREENING}, [Stage.SCREENING]
    while waiting:
        for stage in moves_from(waiting.pop(), Stage.SCREENING):
            if stage not in reached:
                reached.add(stage)
                waiting.append(stage)
    assert reached == set(Stage)
