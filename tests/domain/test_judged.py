from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.judged import LEAST, Judged, Near, likeness, nearest_judged

TITLES = st.text(st.sampled_from("电解槽隔膜涂布 A"), max_size=8)


def case(entry_id: int, demand: str, achievement: str, grade: int = 2) -> Judged:
    return Judged(entry_id, grade, demand, achievement)


def test_titles_are_alike_by_their_pairs_of_characters() -> None:
    assert likeness("电解槽", "电解槽") == 1
    assert likeness("电解槽隔膜", "隔膜电解槽") == 0.75
    assert likeness("电解槽", "疫苗") == 0
    assert likeness("", "") == 0
    assert likeness("ＰＥＭ 膜", "pem膜") == 1


@given(TITLES, TITLES)
def test_likeness_goes_both_ways_and_stays_between_0_and_1(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)


def test_the_nearest_are_alike_on_both_sides() -> None:
    cases = [
        case(1, "电解槽隔膜", "疫苗冷库"),
        case(2, "电解槽隔膜涂布", "复合隔膜制备"),
        case(3, "电解槽隔膜", "复合隔膜制备"),
        case(4, "电解槽隔膜", "复合隔膜制备"),
        case(5, "疫苗", "复合隔膜制备"),
    ]
    found = nearest_judged(cases, "电解槽隔膜", "复合隔膜制备")
    assert [near.case.entry_id for near in found] == [3, 4, 2]
    assert [near.nearness for near in found[:2]] == [1, 1]


def test_titles_that_share_a_chance_pair_of_characters_are_not_near() -> None:
    cases = [case(1, "基因修饰T细胞用病毒载体悬浮放大", "无血清悬浮293细胞慢病毒载体规模化制备工艺")]
    assert nearest_judged(cases, "多肽长效注射微球中试放大", "并行微通道连续制备PLGA长效注射微球技术") == ()


@given(st.lists(st.tuples(TITLES, TITLES), max_size=8), TITLES, TITLES, st.integers(min_value=1, max_value=4))
def test_the_short_way_finds_what_comparing_everything_finds(
    pairs: list[tuple[str, str]], demand: str, achievement: str, limit: int
) -> None:
    cases = [case(number, *pair) for number, pair in enumerate(pairs)]
    everything = [
        Near(one, likeness(demand, one.demand_title) * likeness(achievement, one.achievement_title))
        for one in cases
    ]
    wanted = sorted(
        (near for near in everything if near.nearness >= LEAST),
        key=lambda near: (-near.nearness, near.case.entry_id),
    )
    assert list(nearest_judged(cases, demand, achievement, limit)) == wanted[:limit]
