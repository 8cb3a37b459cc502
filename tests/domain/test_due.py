from dataclasses import replace
from datetime import date, timedelta

import pytest

from matcher.domain.columns import UNTOUCHED
from matcher.domain.due import TRIAL_NOTICE_DAYS, due_dates, due_within
from matcher.domain.stages import DueKind, Stage

TODAY = date(2026, 11, 2)
TOMORROW = TODAY + timedelta(days=1)
WAITING = replace(UNTOUCHED, due=TODAY, trial_end=TODAY + timedelta(days=TRIAL_NOTICE_DAYS))


def test_an_open_entry_waits_for_its_next_action_and_the_end_of_its_trial() -> None:
    assert due_dates(WAITING).keys() == {DueKind.ACTION, DueKind.TRIAL_END}


@pytest.mark.parametrize("stage", [Stage.LANDED, Stage.ENDED])
def test_nothing_of_a_closed_entry_is_due(stage: Stage) -> None:
    assert due_dates(replace(WAITING, stage=stage)) == {}


def test_a_paused_entry_waits_for_its_return_alone() -> None:
    paused = replace(WAITING, stage=Stage.PAUSED, return_on=TOMORROW)
    assert due_dates(paused) == {DueKind.RETURN: TOMORROW}


def test_the_end_of_a_trial_shows_up_a_month_before_and_all_else_by_the_days_asked_for() -> None:
    assert due_within(WAITING, TODAY, 0).keys() == {DueKind.ACTION, DueKind.TRIAL_END}
    assert due_within(WAITING, TODAY - timedelta(days=1), 0) == {}
    assert due_within(WAITING, TODAY - timedelta(days=9), 40).keys() == {DueKind.ACTION, DueKind.TRIAL_END}
    assert due_within(WAITING, TODAY + timedelta(days=400), 0).keys() == {DueKind.ACTION, DueKind.TRIAL_END}
