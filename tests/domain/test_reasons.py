from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.explanation import about_feature, feature_words, waterfall
from matcher.domain.facts import Fact, facts_of
from matcher.domain.features import FEATURES
from matcher.domain.judged import Judged, Near
from matcher.domain.listing import Achievement, Demand, Maturity, Money
from matcher.domain.reasons import LINE, Reasons, verdict_words
from matcher.domain.rules import Constraints, ParkProfile, Rules
from matcher.domain.rulings import rulings
from matcher.domain.standings import Cause, Standing
from matcher.domain.stated import STATED, StatedPair
from matcher.domain.verdicts import Agreement, Constraint, Verdict, Whose

DEMAND = Demand(
    title="电解槽隔膜",
    budget=Money(high=100.0),
    industry="氢能",
    targets="面电阻 ≤0.2 Ω·cm²",
    modes=("技术许可",),
)
ACHIEVEMENT = Achievement(
    title="复合隔膜",
    price=Money(low=80.0, high=80.0),
    industry="生物医药",
    maturity=Maturity(6, 6, "中试"),
    modes=("技术许可", "技术转让"),
)


def reasons(**changes: Any) -> Reasons:
    values: dict[str, Any] = {
        "score": 0.25,
        "probability": 0.31,
        "calibration": "prior-4",
        "contributions": {"dense_title": 0.05, "lexical_text": 0.2, "lexical_title": 0.0},
        "terms": ("隔膜", "电解槽"),
        "explored": False,
        "standing": Standing.CURRENT,
        "cause": None,
        "facts": facts_of(StatedPair(DEMAND, ACHIEVEMENT)),
    }
    return Reasons(**{**values, **changes})


@given(st.dictionaries(st.sampled_from(sorted(FEATURES)), st.floats(-1, 1), min_size=1))
def test_steps_add_up_to_the_score_in_their_order(contributions: dict[str, float]) -> None:
    steps = waterfall(contributions)
    total = 0.0
    for step, (name, part) in zip(steps, contributions.items(), strict=True):
        total += part
        assert (step.feature, step.contribution, step.cumulative) == (name, part, total)


def test_every_feature_has_words_and_one_sentence_about_it() -> None:
    for name in FEATURES:
        zh, en = feature_words(name)
        assert zh != name
        assert en
        about = about_feature(name)
        assert about.endswith(".")
        assert "  " not in about
    assert feature_words("gone") == ("gone", "gone")
    assert about_feature("gone") == ""
    assert waterfall({}) == ()


@pytest.mark.parametrize("name", STATED)
@pytest.mark.parametrize("figure", [None, -1.0, -0.5, 0.0, 0.5, 1.0])
def test_every_stated_feature_has_a_verdict_in_words(name: str, figure: float | None) -> None:
    zh, en = verdict_words(Fact(name, figure, "甲", "乙"))
    assert zh
    assert en.isascii()


def test_a_fact_speaks_for_against_or_neither() -> None:
    found = {fact.feature: fact.agreement for fact in facts_of(StatedPair(DEMAND, ACHIEVEMENT))}
    assert found["money"] is Agreement.AGREES
    assert found["mode"] is Agreement.AGREES
    assert found["industry"] is Agreement.AGAINST
    assert found["maturity"] is Agreement.UNKNOWN
    assert Fact("maturity", 0.0, "甲", "乙").agreement is Agreement.AGAINST
    assert Fact("money", 0.9, "甲", "乙").agreement is Agreement.AGAINST
    assert Fact("region", 0.5, "甲", "乙").agreement is Agreement.AGREES
    assert Fact("region", 0.0, "甲", "乙").agreement is Agreement.UNKNOWN


def test_sentences_say_in_both_languages_what_was_written() -> None:
    said = reasons(judged=[Near(Judged(7, 3, "隔膜", "涂布"), 0.5)]).sentences()
    zh, en = (list(one) for one in zip(*said, strict=True))
    assert zh[:3] == [
        "双方共有“隔膜”“电解槽”。",
        "得分 0.250：用词重合贡献 0.200，题名文意相近贡献 0.050。",
        "被评为可用（2 分以上）的概率约 31%（校准 prior-4）。",
    ]
    assert "预算 不超过 100 万元，要价 80 万元：在预算内。" in zh
    assert "需求“氢能”，成果“生物医药”：产业名称不同。" in zh
    assert "需求未写明成熟度（未知）。" in zh
    assert "双方都未写明地区、新近程度（未知）。" in zh
    assert "没有可比的指标数值（未知）。" in zh
    assert zh[-1] == "相近的已评案例：“隔膜”与“涂布”，评 3 分（强）。"
    assert en[0] == "Both texts hold “隔膜”, “电解槽”."
    assert en[1] == "The score is 0.250: wording adds 0.200, meaning of the title adds 0.050."
    assert all(one.endswith("。") for one in zh)
    assert all(one.endswith(".") for one in en)
    assert all(one[0].isupper() for one in en)


def test_what_takes_from_a_score_and_what_left_the_ledger_is_said() -> None:
    said = reasons(
        contributions={"lexical_text": 0.3, "maturity": -0.05},
        probability=0.001,
        explored=True,
        standing=Standing.VANISHED,
        cause=Cause.OUTRANKED,
    ).sentences()
    zh = [one for one, _ in said]
    assert "得分 0.250：用词重合贡献 0.300，成熟度扣减 0.050。" in zh
    assert "被评为可用（2 分以上）的概率不到 1%（校准 prior-4）。" in zh
    assert any(one.startswith("这是探索位") for one in zh)
    assert zh[-1] == "现状：已消失（被其他结果挤出前列）。"


def test_a_pair_added_by_hand_says_so_and_has_no_figures() -> None:
    added = reasons(score=None, probability=None, contributions={}, terms=(), standing=Standing.ADDED)
    zh = [one for one, _ in added.sentences()]
    assert zh[-1] == "由人添加，尚无运行提出。"
    assert not any("得分" in one or "共有" in one for one in zh)
    assert added.line().startswith("由人添加，尚无运行提出；")


def test_the_short_line_says_the_same_without_the_figures_that_have_columns() -> None:
    assert reasons().line() == (
        "双方共有“隔膜”“电解槽”；主要因用词重合、题名文意相近；预算 不超过 100 万元，要价 80 万元：在预算内；"
        "合作方式相符；产业名称不同；成熟度、地区未写明（未知）"
    )


@given(st.lists(st.text(max_size=300), max_size=5), st.text(max_size=300), st.text(max_size=300))
def test_the_short_line_is_one_short_line(terms: list[str], demand: str, achievement: str) -> None:
    fact = Fact("maturity", 1.0, demand, achievement)
    line = reasons(terms=tuple(terms), facts=[fact]).line()
    assert len(line) <= LINE
    assert line
    assert len(line.splitlines()) == 1


def test_rules_are_met_unknown_or_failed_by_park_and_by_demand() -> None:
    rules = Rules(
        ParkProfile(
            industries={"氢能": 2.0},
            only_industries=True,
            excluded_organisations=("某所",),
            constraints=Constraints(min_maturity=7, strict=True),
        ),
        Constraints(max_price=100.0, regions=("北京",)),
    )
    found = {(one.whose, one.constraint): one for one in rulings(rules, ACHIEVEMENT)}
    maturity = found[Whose.PARK, Constraint.MATURITY]
    assert (maturity.verdict, maturity.wanted, maturity.stated) == (Verdict.FAILED, "≥ 7 级", "6 级")
    units = found[Whose.PARK, Constraint.ORGANISATIONS]
    assert (units.verdict, units.rules_out, units.stated) == (Verdict.UNKNOWN, True, "")
    assert found[Whose.PARK, Constraint.INDUSTRIES].wanted == "氢能"
    price = found[Whose.DEMAND, Constraint.PRICE]
    assert (price.verdict, price.rules_out, price.wanted, price.stated) == (
        Verdict.MET,
        False,
        "≤ 100 万元",
        "80 万元",
    )
    regions = found[Whose.DEMAND, Constraint.REGIONS]
    assert (regions.verdict, regions.rules_out) == (Verdict.UNKNOWN, False)
    assert rulings(Rules(), ACHIEVEMENT) == ()
    said = [zh for zh, _ in reasons(facts=(), rulings=tuple(found.values())).sentences()]
    assert "需求规则“金额上限”（≤ 100 万元）：满足（成果：80 万元）。" in said
    assert "需求规则“地区”（北京）：未知（成果未写明）。" in said
