import pytest

from matcher.domain.listing import Maturity
from matcher.domain.maturity import BANDS, parse_maturity

FAMILIES = (
    ("初期阶段", "中期阶段", "成熟应用阶段"),
    ("正在研发", "已有样品", "通过小试", "通过中试", "可以量产"),
    ("实验室阶段", "中试阶段", "具备产业化条件"),
)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_bands_of_one_family_rise(family: tuple[str, ...]) -> None:
    bands = [BANDS[word] for word in family]
    assert bands == sorted(bands)
    assert len(set(bands)) == len(bands)


def test_every_band_lies_within_the_nine_levels() -> None:
    assert all(1 <= low <= high <= 9 for low, high in BANDS.values())


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("通过中试", 7, 7),
        (" 中 试阶段", 5, 7),
        ("3.通过小试", 5, 6),
        ("已有样品（实验室）", 4, 5),
        ("TRL6", 6, 6),
        ("TRL 4-6", 4, 6),
        ("trl4～trl6", 4, 6),
        ("技术就绪度7级", 7, 7),
        ("技术成熟度第六级", 6, 6),
        ("8级", 8, 8),
        ("九级", 9, 9),
        ("7-8级", 7, 8),
    ],
)
def test_known_wordings_and_levels_have_a_band(text: str, low: int, high: int) -> None:
    maturity = parse_maturity(text)
    assert (maturity.low, maturity.high) == (low, high)
    assert maturity.text


@pytest.mark.parametrize("text", ["快了", "尚未通过中试", "TRL 0", "TRL 10", "TRL 6-4", "6"])
def test_unknown_wordings_keep_their_text_and_have_no_band(text: str) -> None:
    assert parse_maturity(text) == Maturity(text=text)


def test_a_blank_maturity_is_unknown() -> None:
    assert parse_maturity("") == Maturity()
