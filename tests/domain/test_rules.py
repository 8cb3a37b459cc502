import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.abstention import Abstention, what_binds
from matcher.domain.errors import InvalidInput
from matcher.domain.listing import Achievement, Maturity, Money
from matcher.domain.remedies import remedies
from matcher.domain.rules import DEFAULT_PROFILE, Constraints, ParkProfile, Rules, rules_out
from matcher.domain.standings import AbstentionReason
from matcher.domain.verdicts import Constraint, Verdict

NAMES = st.sampled_from(["氢能", "生物医药", "北京", "天津", "技术转让", "技术许可", "甲所", "乙大学"])
SOME = st.lists(NAMES, max_size=2).map(tuple)
ACHIEVEMENTS = st.builds(
    Achievement,
    title=st.just("隔膜"),
    organisation=st.sampled_from(["", "甲所", "乙大学", "甲 所化工系"]),
    industry=st.sampled_from(["", "氢能", "氢能与储能", "生物医药"]),
    region=st.sampled_from(["", "北京市大兴区", "天津"]),
    modes=SOME,
    price=st.builds(Money, low=st.none() | st.floats(0, 500)),
    maturity=st.builds(Maturity, high=st.none() | st.integers(1, 9)),
)
CONSTRAINTS = st.builds(
    Constraints,
    max_price=st.none() | st.floats(0, 500),
    min_maturity=st.none() | st.integers(1, 9),
    modes=SOME,
    regions=SOME,
    strict=st.booleans(),
)


@given(ACHIEVEMENTS)
def test_the_default_profile_rules_nothing_out_and_prefers_nothing(achievement: Achievement) -> None:
    assert Rules().against(achievement) == ()
    assert DEFAULT_PROFILE.weight(achievement) == 1.0


@given(ACHIEVEMENTS, CONSTRAINTS)
def test_strict_rules_out_whatever_lenient_does_and_what_is_unknown(
    achievement: Achievement, constraints: Constraints
) -> None:
    verdicts = constraints.verdicts(achievement)
    lenient, strict = (set(rules_out(verdicts, strict=strict)) for strict in (False, True))
    assert lenient <= strict
    assert strict - lenient == {name for name, verdict in verdicts.items() if verdict is Verdict.UNKNOWN}


@given(ACHIEVEMENTS, CONSTRAINTS, CONSTRAINTS)
def test_a_demands_own_constraints_never_allow_what_its_park_rules_out(
    achievement: Achievement, of_park: Constraints, own: Constraints
) -> None:
    profile = ParkProfile(constraints=of_park)
    by_park = set(Rules(profile).against(achievement))
    both = set(Rules(profile, own).against(achievement))
    assert both == by_park | set(Rules(own=own).against(achievement))


@given(ACHIEVEMENTS, CONSTRAINTS)
def test_what_a_list_does_not_say_is_never_met(achievement: Achievement, constraints: Constraints) -> None:
    verdicts = constraints.verdicts(achievement)
    for name, silent in (
        (Constraint.PRICE, achievement.price.low is None),
        (Constraint.MATURITY, achievement.maturity.high is None),
        (Constraint.MODES, not achievement.modes),
        (Constraint.REGIONS, not achievement.region),
    ):
        if name in verdicts:
            assert (verdicts[name] is Verdict.UNKNOWN) == silent


CASES: list[tuple[ParkProfile, Achievement, tuple[Constraint, ...]]] = [
    (
        ParkProfile(constraints=Constraints(max_price=100)),
        Achievement(title="膜", price=Money(low=80, high=200)),
        (),
    ),
    (
        ParkProfile(constraints=Constraints(max_price=100)),
        Achievement(title="膜", price=Money(low=100.01)),
        (Constraint.PRICE,),
    ),
    (
        ParkProfile(constraints=Constraints(min_maturity=6)),
        Achievement(title="膜", maturity=Maturity(low=3, high=6)),
        (),
    ),
    (
        ParkProfile(constraints=Constraints(regions=("北京",))),
        Achievement(title="膜", region="上海", source_region="北京市怀柔科学城"),
        (),
    ),
    (
        ParkProfile(constraints=Constraints(modes=("技术许可",), strict=True)),
        Achievement(title="膜"),
        (Constraint.MODES,),
    ),
    (
        ParkProfile(industries={"氢能": 2}, only_industries=True),
        Achievement(title="膜", industry="生物医药"),
        (Constraint.INDUSTRIES,),
    ),
    (
        ParkProfile(partners=("甲大学",), only_partners=True),
        Achievement(title="膜", organisation="甲 大学化工系"),
        (),
    ),
    (
        ParkProfile(partners=("甲大学",), only_partners=True),
        Achievement(title="膜", organisation="乙大学"),
        (Constraint.PARTNERS,),
    ),
    (
        ParkProfile(excluded_organisations=("甲大学",)),
        Achievement(title="膜", organisation="甲大学化工系"),
        (Constraint.ORGANISATIONS,),
    ),
    (ParkProfile(excluded_organisations=("甲大学",)), Achievement(title="膜"), ()),
]


@pytest.mark.parametrize(("profile", "achievement", "against"), CASES)
def test_what_rules_an_achievement_out(
    profile: ParkProfile, achievement: Achievement, against: tuple[Constraint, ...]
) -> None:
    assert Rules(profile).against(achievement) == against


def test_the_largest_industry_weight_counts_once_and_a_partner_on_top() -> None:
    profile = ParkProfile(industries={"氢": 2.0, "氢能": 3.0}, partners=("甲所",), partner_weight=1.5)
    assert profile.weight(Achievement(title="膜", industry="氢能与储能", organisation="甲所")) == 4.5
    assert profile.weight(Achievement(title="膜", industry="生物医药", organisation="甲所")) == 1.5
    assert profile.weight(Achievement(title="膜")) == 1.0


REFUSED: list[tuple[str, Callable[[], object]]] = [
    ("max_price", lambda: Constraints(max_price=-1)),
    ("max_price", lambda: Constraints(max_price=math.nan)),
    ("max_price", lambda: Constraints(max_price=math.inf)),
    ("min_maturity", lambda: Constraints(min_maturity=10)),
    ("modes", lambda: Constraints(modes=("",))),
    ("regions", lambda: Constraints(regions=("　",))),
    ("industries", lambda: ParkProfile(industries={"氢能": 0})),
    ("industries", lambda: ParkProfile(industries={"氢能": math.nan})),
    ("industries", lambda: ParkProfile(industries={" ": 1})),
    ("industries", lambda: ParkProfile(only_industries=True)),
    ("partner_weight", lambda: ParkProfile(partner_weight=11)),
    ("partners", lambda: ParkProfile(only_partners=True)),
    ("partners", lambda: ParkProfile(partners=("甲" * 201,))),
    ("excluded_organisations", lambda: ParkProfile(excluded_organisations=("甲",) * 201)),
    ("min_score", lambda: ParkProfile(min_score=1.1)),
    ("min_probability", lambda: ParkProfile(min_probability=-0.1)),
    ("top_k", lambda: ParkProfile(top_k=0)),
    ("per_organisation", lambda: ParkProfile(per_organisation=0)),
    ("max_entries", lambda: ParkProfile(max_entries=0)),
]


@pytest.mark.parametrize(("field", "make"), REFUSED)
def test_a_rule_that_cannot_be_is_refused_by_name(field: str, make: Callable[[], object]) -> None:
    with pytest.raises(InvalidInput) as refused:
        make()
    assert refused.value.field == field


def abstention(reason: AbstentionReason, **more: object) -> Abstention:
    return Abstention(demand_id=1, park_id=1, reason=reason, **{"ruled_out": {}, **more})  # type: ignore[arg-type]


@given(ACHIEVEMENTS, CONSTRAINTS)
def test_every_constraint_that_the_nearest_fails_has_a_sentence_in_both_languages(
    achievement: Achievement, own: Constraints
) -> None:
    profile = ParkProfile(
        industries={"电池": 1}, only_industries=True, partners=("丙校",), only_partners=True
    )
    rules = Rules(profile, own)
    failed = rules.against(achievement)
    found = abstention(AbstentionReason.CONSTRAINTS, nearest_id=1, nearest_failed=failed)
    sentences = remedies(found, rules, achievement, ())
    if failed:
        assert len(sentences) == len(failed)
    assert all(zh.endswith("。") and en.endswith(".") for zh, en in sentences)


@pytest.mark.parametrize("reason", AbstentionReason)
def test_every_reason_says_what_binds_and_what_would_change_it(reason: AbstentionReason) -> None:
    found = abstention(reason, ruled_out={Constraint.PRICE: 3})
    zh, en = what_binds(found)
    assert zh != en
    assert remedies(found, Rules(), None, ())


def test_the_sentences_name_the_figures() -> None:
    rules = Rules(own=Constraints(max_price=100, min_maturity=7))
    dear = Achievement(title="膜", price=Money(low=120), maturity=Maturity(high=5))
    found = abstention(AbstentionReason.CONSTRAINTS, nearest_id=1, nearest_failed=rules.against(dear))
    [(price, _), (maturity, _)] = remedies(found, rules, dear, ())
    assert "100 万元" in price
    assert "120 万元" in price
    assert "7 级" in maturity
    assert "5 级" in maturity
    assert not any("即可匹配" in one for one in (price, maturity))
    alone = Rules(ParkProfile(min_score=0.4), Constraints(max_price=100))
    for score, count in ((0.5, 1), (0.3, 2)):
        failed = alone.against(dear)
        one = abstention(AbstentionReason.CONSTRAINTS, nearest_id=1, nearest_failed=failed, score=score)
        said = [zh for zh, _ in remedies(one, alone, dear, ())]
        assert len(said) == count
        assert any("即可匹配" in zh for zh in said) == (count == 1)
    low = abstention(AbstentionReason.BELOW_THRESHOLD, nearest_id=1, score=0.31)
    [(floor, _)] = remedies(low, Rules(ParkProfile(min_score=0.4)), dear, ())
    assert "0.310" in floor
    assert "0.4" in floor
