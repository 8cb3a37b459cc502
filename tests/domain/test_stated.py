import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain import stated
from matcher.domain.features import FEATURE_LABELS, FEATURES
from matcher.domain.listing import Achievement, Demand, Maturity, Money
from matcher.domain.stated import STATED, STATED_LABELS, StatedPair, compare_stated, evidence

DEMAND = Demand(
    title="低温催化剂",
    industry="新材料",
    maturity=Maturity(5, 6, "通过小试"),
    budget=Money(100, 200, text="100-200万元"),
    modes=("技术许可", "合作开发"),
    region="北京市大兴区",
    problems="现有催化剂转化率偏低。",
    targets="转化率≥67%，选择性≥95%，使用寿命不低于 2 年",
)
ACHIEVEMENT = Achievement(
    title="一种铜基催化剂",
    industry="先进新材料产业",
    maturity=Maturity(7, 7, "通过中试"),
    price=Money(80, 80, text="80万元"),
    modes=("技术许可",),
    source_region="北京市海淀区",
    abstract="转化率达70%，选择性90%。",
)
SIDES = StatedPair(DEMAND, ACHIEVEMENT, years=5)


def sides(demand: dict[str, Any] | None = None, **achievement: Any) -> StatedPair:
    return StatedPair(Demand(title="需求", **(demand or {})), Achievement(title="成果", **achievement))


def test_a_worked_example() -> None:
    assert compare_stated(SIDES) == {
        "industry": 1.0,
        "maturity": 1.0,
        "money": 1.0,
        "mode": 1.0,
        "region": 0.5,
        "quantities": 0.0,
        "freshness": 0.5,
        "completeness": 0.6,
    }


def test_the_evidence_of_the_worked_example() -> None:
    assert evidence(SIDES) == {
        "industry": ("新材料", "先进新材料产业"),
        "maturity": ("通过小试（5–6 级）", "通过中试（7 级）"),
        "money": ("预算 100–200 万元", "要价 80 万元"),
        "mode": ("技术许可、合作开发", "技术许可"),
        "region": ("北京市大兴区", "北京市海淀区"),
        "quantities": ("转化率 ≥67%；选择性 ≥95%", "转化率 达70%；选择性 90%"),
        "freshness": ("", "5 年前"),
        "completeness": ("", "10 项中已填 6 项"),
    }


def test_two_listings_that_state_nothing_are_unknown_in_all_but_completeness() -> None:
    nothing = sides()
    assert compare_stated(nothing) == dict.fromkeys(STATED) | {"completeness": 0.0}
    assert evidence(nothing) == dict.fromkeys(STATED, ("", "")) | {"completeness": ("", "10 项中已填 0 项")}


BLANKS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "industry": ({"industry": ""}, {"industry": ""}),
    "maturity": ({"maturity": Maturity(text="较成熟")}, {"maturity": Maturity()}),
    "money": ({"budget": Money()}, {"price": Money(negotiable=True, text="面议")}),
    "mode": ({"modes": ()}, {"modes": ("面议",)}),
    "region": ({"region": ""}, {"source_region": "全国"}),
    "quantities": ({"targets": "转化率高"}, {"abstract": "转化率好"}),
}


@pytest.mark.parametrize("name", BLANKS)
def test_what_one_side_leaves_unsaid_is_unknown(name: str) -> None:
    of_demand, of_achievement = BLANKS[name]
    assert STATED[name](SIDES) is not None
    assert STATED[name](replace(SIDES, demand=replace(DEMAND, **of_demand))) is None
    assert STATED[name](replace(SIDES, achievement=replace(ACHIEVEMENT, **of_achievement))) is None


def test_an_unknown_age_is_unknown() -> None:
    assert stated.freshness(replace(SIDES, years=None)) is None


@pytest.mark.parametrize(
    ("wanted", "offered", "figure"),
    [
        ("新材料", "新材料", 1.0),
        ("新 材料", "先进新材料", 1.0),
        ("医药健康产业", "医药健康领域", 1.0),
        ("新材料、氢能", "氢能与未来能源", 1.0),
        ("新材料", "生物医药", -0.5),
        ("其他", "新材料", None),
    ],
)
def test_industries_agree_where_one_name_holds_the_other(
    wanted: str, offered: str, figure: float | None
) -> None:
    assert stated.industry(sides({"industry": wanted}, industry=offered)) == figure


@pytest.mark.parametrize(
    ("budget", "price", "figure"),
    [
        (Money(100, 200), Money(200, 300), 1.0),
        (Money(100, 100), Money(125, 125), 0.5),
        (Money(100, 100), Money(150, 150), 0.0),
        (Money(100, 100), Money(900, 900), -1.0),
        (Money(0, 0), Money(0, 0), 1.0),
        (Money(0, 0), Money(1, 1), -1.0),
        (Money(None, 100), Money(None, 100), 1.0),
        (Money(None, 100), Money(None, 200), None),
        (Money(100, None), Money(80, 80), 1.0),
        (Money(100, None), Money(120, 120), None),
        (Money(100, 100, negotiable=True), Money(80, 80), None),
        (Money(text="自筹"), Money(80, 80), None),
    ],
)
def test_a_price_is_compared_with_the_budget(budget: Money, price: Money, figure: float | None) -> None:
    assert stated.money(sides({"budget": budget}, price=price)) == figure


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Money(100, 200), "预算 100–200 万元"),
        (Money(1200, 1200), "预算 1,200 万元"),
        (Money(50, None), "预算 50 万元以上"),
        (Money(None, 50.5), "预算 不超过 50.5 万元"),
        (Money(negotiable=True, text="面议"), "预算 面议"),
        (Money(80, 80, negotiable=True), "预算 80 万元，面议"),
        (Money(text="自筹"), "预算 自筹"),
    ],
)
def test_an_amount_is_shown_as_it_is_stated(amount: Money, text: str) -> None:
    assert evidence(sides({"budget": amount}))["money"] == (text, "")


@pytest.mark.parametrize(
    ("wanted", "offered", "figure"),
    [
        (("技术许可",), ("技术转让", "技术许可"), 1.0),
        (("技术许可",), ("技术转让",), -0.5),
        (("技术许可",), ("不限",), None),
    ],
)
def test_one_shared_mode_is_enough(
    wanted: tuple[str, ...], offered: tuple[str, ...], figure: float | None
) -> None:
    assert stated.mode(sides({"modes": wanted}, modes=offered)) == figure


@pytest.mark.parametrize(
    ("wanted", "offered", "figure"),
    [
        ("北京", "北京市大兴区", 1.0),
        ("中国北京", "北京市", 1.0),
        ("北京市大兴区", "北京市海淀区", 0.5),
        ("河北省", "河南省", 0.0),
        ("Berlin", "Beijing", 0.0),
        ("北京", "国内", None),
    ],
)
def test_regions_agree_by_name_or_by_how_they_begin(wanted: str, offered: str, figure: float | None) -> None:
    assert stated.region(sides({"region": wanted}, region=offered)) == figure
    assert stated.region(sides({"source_region": wanted}, source_region=offered)) == figure


levels = st.none() | st.integers(1, 9)
amounts = st.none() | st.integers(0, 10_000).map(float)
bands = st.builds(Maturity, low=levels, high=levels)
moneys = st.builds(Money, low=amounts, high=amounts, negotiable=st.booleans())
words = st.sampled_from(["", "新材料", "先进新材料", "生物医药", "北京", "北京市", "上海", "其他"])
texts = st.lists(
    st.sampled_from(["转化率≥67%", "转化率 70%", "厚度≤3 mm", "厚度为 4 cm", "纯度99%以上", "高效"]),
    max_size=4,
).map("，".join)
demands = st.builds(
    Demand,
    title=st.just("需求"),
    industry=words,
    region=words,
    maturity=bands,
    budget=moneys,
    modes=st.tuples(words),
    targets=texts,
)
achievements = st.builds(
    Achievement,
    title=st.just("成果"),
    industry=words,
    source_region=words,
    maturity=bands,
    price=moneys,
    modes=st.tuples(words),
    abstract=texts,
)
pairs = st.builds(StatedPair, demands, achievements, st.none() | st.integers(0, 60))


@given(pairs)
def test_every_figure_lies_between_against_and_for(pair: StatedPair) -> None:
    figures = compare_stated(pair)
    assert figures.keys() == evidence(pair).keys()
    assert all(figure is None or -1 <= figure <= 1 for figure in figures.values())
    assert figures["completeness"] is not None
    assert figures["completeness"] >= 0


@given(pairs)
def test_what_is_known_of_a_pair_is_said_by_both_sides(pair: StatedPair) -> None:
    said = evidence(pair)
    for name, figure in compare_stated(pair).items():
        if figure is not None and name not in ("freshness", "completeness"):
            assert all(said[name])


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 8))
def test_a_more_mature_achievement_never_agrees_less(wanted: int, offered: int, more: int) -> None:
    demand = {"maturity": Maturity(wanted, 9)}
    here = stated.maturity(sides(demand, maturity=Maturity(1, offered)))
    there = stated.maturity(sides(demand, maturity=Maturity(1, min(9, offered + more))))
    assert here is not None
    assert there is not None
    assert here <= there
    assert (here == 1) == (offered >= wanted)


@given(st.integers(1, 1000), st.integers(0, 5000), st.integers(0, 5000))
def test_a_cheaper_achievement_never_agrees_less(budget: int, price: int, less: int) -> None:
    demand = {"budget": Money(budget, budget)}
    here = stated.money(sides(demand, price=Money(price, price)))
    there = stated.money(sides(demand, price=Money(max(0, price - less), price)))
    assert here is not None
    assert there is not None
    assert here <= there


names = st.sampled_from(["转化率", "选择性", "单程收率", "水分"])


@given(st.dictionaries(names, st.integers(1, 99), min_size=1))
def test_meeting_every_bound_is_full_agreement_and_missing_every_one_the_opposite(
    asked: dict[str, int],
) -> None:
    demand = {"targets": "；".join(f"{name}≥{bound}%" for name, bound in asked.items())}
    for step, figure in ((0.5, 1.0), (-0.5, -1.0)):
        offered = "，".join(f"{name}为{bound + step}%" for name, bound in asked.items())
        assert stated.quantities(sides(demand, abstract=offered)) == figure


@given(st.integers(0, 50))
def test_an_older_statement_is_less_fresh(years: int) -> None:
    newer, older = (stated.freshness(replace(SIDES, years=since)) for since in (years, years + 1))
    assert newer is not None
    assert older is not None
    assert 0 < older < newer <= 1


def test_every_feature_has_a_name_in_both_languages_and_explains_itself() -> None:
    assert STATED_LABELS.keys() == STATED.keys()
    assert FEATURE_LABELS.keys() == FEATURES.keys()
    assert all(zh and en for zh, en in FEATURE_LABELS.values())
    assert len({zh for zh, _ in FEATURE_LABELS.values()}) == len(FEATURE_LABELS)
    assert all(feature.__doc__ for feature in STATED.values())


def test_a_telephone_number_never_gets_into_what_is_shown() -> None:
    pair = sides({"targets": "转化率≥67%"}, abstract="联系张某13800001111转化率70%")
    assert evidence(pair)["quantities"] == ("转化率 ≥67%", "转化率 70%")


def test_a_thousand_pairs_are_compared_in_well_under_two_seconds() -> None:
    text = "本成果面向低温工况，转化率达70%，选择性90%，厚度为 3 mm，抗拉强度650 MPa。" * 8
    pairs = [
        StatedPair(
            replace(DEMAND, targets=f"转化率≥{number % 7 + 60}%"),
            replace(ACHIEVEMENT, abstract=f"{text}成果{number % 200}"),
        )
        for number in range(1000)
    ]
    since = time.perf_counter()
    for pair in pairs:
        compare_stated(pair)
    assert time.perf_counter() - since < 2
