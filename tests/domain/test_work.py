from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.columns import EDITABLE, UNTOUCHED, Milestone, Work
from matcher.domain.errors import IllegalMove, InvalidInput
from matcher.domain.stages import DeclineCode, Stage, StallCode, moves_from
from matcher.domain.work import MAX_AMOUNT, MAX_TEXT, REASONS, edit, grade, hand_over, move, reason_of, reply

TODAY = date(2026, 11, 2)
TOMORROW = TODAY + timedelta(days=1)
REASON = st.one_of(st.none(), st.sampled_from(sorted(set(REASONS.values()), key=repr)))


def moved(work: Work, to: Stage, **more: Any) -> Work:
    return move(work, to, today=TODAY, **{"reason": None, "return_on": None, **more})


@given(
    st.lists(
        st.tuples(st.sampled_from(Stage), REASON, st.one_of(st.none(), st.dates())), min_size=1, max_size=30
    )
)
def test_only_legal_moves_ever_change_the_stage(steps: list[tuple[Stage, Any, date | None]]) -> None:
    work = UNTOUCHED
    for to, reason, day in steps:
        legal = {work.stage, *moves_from(work.stage, work.paused_from)}
        try:
            after = moved(work, to, reason=reason, return_on=day)
        except IllegalMove:
            assert to not in legal
            continue
        except InvalidInput as refused:
            assert to in legal
            if refused.field == "reason":
                assert reason is None
            else:
                assert to is not Stage.PAUSED or day is None or day <= TODAY
            continue
        assert to in legal
        assert after.stage is to
        assert (after.paused_from is not None) == (to is Stage.PAUSED) == (after.return_on is not None)
        if to is Stage.ENDED and work.stage is not Stage.ENDED:
            assert reason in {after.decline_code, after.stall_code}
        work = after


def test_an_illegal_move_names_those_that_are_legal() -> None:
    with pytest.raises(IllegalMove) as caught:
        moved(UNTOUCHED, Stage.SIGNED)
    assert "待对接" in caught.value.zh
    assert "pending, paused, ended" in caught.value.en


def test_a_pause_remembers_where_it_was_and_a_second_one_keeps_that() -> None:
    work = moved(moved(UNTOUCHED, Stage.PENDING), Stage.PAUSED, return_on=TOMORROW)
    later = moved(work, Stage.PAUSED, return_on=TOMORROW + timedelta(days=9), reason=StallCode.FUNDING)
    assert (later.paused_from, later.stall_code) == (Stage.PENDING, StallCode.FUNDING)
    back = moved(later, Stage.PENDING)
    assert (back.stage, back.paused_from, back.return_on) == (Stage.PENDING, None, None)


def test_a_day_to_return_on_belongs_to_a_pause_alone() -> None:
    with pytest.raises(InvalidInput) as caught:
        moved(UNTOUCHED, Stage.PENDING, return_on=TOMORROW)
    assert caught.value.field == "return_on"


def test_other_holds_a_pause_up_and_declines_an_end() -> None:
    assert reason_of("other", Stage.PAUSED) is StallCode.OTHER
    assert reason_of("other", Stage.ENDED) is DeclineCode.OTHER
    with pytest.raises(InvalidInput) as caught:
        reason_of("太早", Stage.ENDED)
    assert caught.value.field == "reason"


WRONG: dict[str, dict[str, Any]] = {
    "amount": {"amount": -0.01},
    "amount of too much": {"amount": MAX_AMOUNT * 1.01},
    "amount that is no number": {"amount": float("nan")},
    "last_contact": {"last_contact": TOMORROW},
    "trial_end": {"trial_start": TOMORROW, "trial_end": TODAY},
    "notes": {"notes": "长" * (MAX_TEXT + 1)},
    "milestones": {"milestones": (Milestone(name="一"), Milestone(name=" 一"))},
    "milestones of no name": {"milestones": (Milestone(name=" "),)},
    "milestones of too long a note": {"milestones": (Milestone(name="一", note="长" * (MAX_TEXT + 1)),)},
    "milestones of too many": {"milestones": tuple(Milestone(name=str(n)) for n in range(21))},
    "stage": {"stage": Stage.SIGNED},
    "grade": {"grade": 3},
    "nonsense": {"nonsense": 1},
}


@pytest.mark.parametrize("case", WRONG)
def test_a_value_that_breaks_a_rule_is_refused_and_its_column_named(case: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        edit(UNTOUCHED, WRONG[case], TODAY)
    assert caught.value.field == case.split()[0]


def test_an_edit_changes_the_columns_it_names_and_no_other() -> None:
    work = replace(UNTOUCHED, owner="示例赵", notes="旧", stage=Stage.ENGAGED, grade=2)
    after = edit(work, {"notes": "  新 ", "due": TOMORROW}, TODAY)
    assert asdict(after) == asdict(work) | {"notes": "新", "due": TOMORROW}


def test_milestones_are_kept_without_the_space_around_their_texts() -> None:
    after = edit(UNTOUCHED, {"milestones": (Milestone(name=" 送检 ", note=" 同槽\n"),)}, TODAY)
    assert after.milestones == (Milestone(name="送检", note="同槽"),)


def test_what_only_a_rule_may_write_is_not_editable() -> None:
    rest = {name for name in asdict(UNTOUCHED) if name not in EDITABLE}
    assert rest == {"stage", "paused_from", "return_on", "grade", "grade_reason", "reply"}


def test_an_unknown_column_and_an_unknown_reason_are_answered_with_those_there_are() -> None:
    with pytest.raises(InvalidInput) as caught:
        edit(Work(), {"负责人": "某"}, TODAY)
    assert "负责人（owner）、技术经理人（technology_manager）" in caught.value.zh
    with pytest.raises(InvalidInput) as caught:
        reason_of("没钱", Stage.ENDED)
    assert "资金（funding）" in caught.value.zh


def test_a_new_grade_waits_for_a_new_answer() -> None:
    answered = reply(grade(UNTOUCHED, 1, "too_early"), "下月可补数据")
    assert (answered.grade, answered.decline_code) == (1, DeclineCode.TOO_EARLY)
    again = grade(answered, 3, "看过样品")
    assert (again.grade, again.grade_reason, again.reply) == (3, "看过样品", "")
    assert again.decline_code is DeclineCode.TOO_EARLY


@pytest.mark.parametrize("value", [-1, 4])
def test_a_grade_has_four_levels(value: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        grade(UNTOUCHED, value, "")
    assert caught.value.field == "grade"


def test_an_answer_answers_a_grade_and_says_something() -> None:
    with pytest.raises(InvalidInput):
        reply(UNTOUCHED, "无从答复")
    with pytest.raises(InvalidInput):
        reply(grade(UNTOUCHED, 1, ""), "  ")


def test_a_hand_over_changes_both_roles_of_one_person_and_nobody_elses() -> None:
    work = replace(UNTOUCHED, owner="示例赵", technology_manager="示例赵", responsible_unit="示例赵")
    after = hand_over(work, "示例赵", "示例孙")
    assert (after.owner, after.technology_manager, after.responsible_unit) == ("示例孙", "示例孙", "示例赵")
    assert hand_over(work, "示例李", "示例孙") == work


@pytest.mark.parametrize("sign", ["\x00", "\ud800"])
@pytest.mark.parametrize("column", ["notes", "milestones"])
def test_a_text_that_no_database_keeps_is_refused(column: str, sign: str) -> None:
    value = (Milestone(name=f"送检{sign}"),) if column == "milestones" else f"送检{sign}"
    with pytest.raises(InvalidInput) as refused:
        edit(UNTOUCHED, {column: value}, TODAY)
    assert refused.value.field == column
