"""What keeps an achievement from a demand, and the changes that let it in."""

from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.counterfactual import changed_rules, obstacle_of, obstacles
from matcher.domain.listing import Achievement
from matcher.domain.remedies import remedy
from matcher.domain.rules import Constraints, ParkProfile, Rules
from matcher.domain.verdicts import Whose
from tests.domain.test_rules import ACHIEVEMENTS, CONSTRAINTS

FIGURES = st.none() | st.floats(0, 1)
PROFILES = st.builds(
    ParkProfile,
    industries=st.sampled_from([{"氢能": 2.0}, {"材料": 0.5}]),
    only_industries=st.booleans(),
    partners=st.just(("乙大学",)),
    only_partners=st.booleans(),
    excluded_organisations=st.sampled_from([(), ("甲所",)]),
    min_score=st.none() | st.floats(0, 1),
    min_probability=st.none() | st.floats(0, 0.9),
    constraints=CONSTRAINTS,
)
RULES = st.builds(Rules, PROFILES, CONSTRAINTS)


@given(RULES, ACHIEVEMENTS, FIGURES, FIGURES)
def test_all_changes_of_rules_together_leave_nothing_but_what_the_achievement_would_have_to_state(
    rules: Rules, achievement: Achievement, score: float | None, probability: float | None
) -> None:
    found = obstacles(rules, achievement, score, probability)
    assert found is not None
    own = {one.hindrance.value for one in found if one.change.whose is Whose.ACHIEVEMENT}
    for one in found:
        rules = changed_rules(rules, one.change)
    left = obstacles(rules, achievement, score, probability)
    assert left is not None
    assert {one.hindrance.value for one in left} == own


@given(RULES, ACHIEVEMENTS, FIGURES, FIGURES)
def test_what_is_named_is_what_rules_out_and_the_thresholds_that_are_not_reached(
    rules: Rules, achievement: Achievement, score: float | None, probability: float | None
) -> None:
    found = obstacles(rules, achievement, score, probability)
    assert found is not None
    profile = rules.profile
    thresholds = {
        name
        for name, threshold, figure in (
            ("min_score", profile.min_score, score),
            ("min_probability", profile.min_probability, probability),
        )
        if threshold is not None and figure is not None and figure < threshold
    }
    assert {one.hindrance.value for one in found} == {*rules.against(achievement), *thresholds}
    assert obstacle_of(rules, achievement, score, probability) == (found[0] if len(found) == 1 else None)


@given(RULES, ACHIEVEMENTS, FIGURES, FIGURES, st.booleans())
def test_every_obstacle_has_a_sentence_in_both_languages(
    rules: Rules, achievement: Achievement, score: float | None, probability: float | None, alone: bool
) -> None:
    for one in obstacles(rules, achievement, score, probability) or ():
        zh, en = remedy(one, alone=alone)
        assert zh.endswith("。")
        assert en.endswith(".")
        assert ("即可匹配" in zh) == (alone and one.change.after is not None)


def test_what_no_rule_may_hold_cannot_be_let_in() -> None:
    rules = Rules(own=Constraints(regions=("北京",)))
    assert obstacles(rules, Achievement(title="膜", region="远" * 201), None, None) is None
    assert obstacles(Rules(ParkProfile(min_score=0.1)), Achievement(title="膜"), -0.01, None) is None
