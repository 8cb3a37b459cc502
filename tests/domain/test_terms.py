import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.boilerplate import COMMON, GENERIC
from matcher.domain.script import simplified
from matcher.domain.terms import MAX_PHRASE, Phrases, matched_terms
from matcher.domain.text import TextView


def shared(one: str, other: str, limit: int = 8) -> tuple[str, ...]:
    return matched_terms(Phrases(TextView(one)), Phrases(TextView(other)), limit)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("防爆锂离子电池的研发", "基于神经网络的锂离子电池容量预测", ("锂离子电池",)),
        ("不锈钢和碳钢焊接方法", "碳钢/奥氏体不锈钢扩散焊接", ("不锈钢", "焊接", "碳钢")),
        ("能量控制技术", "质量控制方法", ("控制",)),
        ("碳钢复合板，不锈钢管", "陶瓷钢复管", ()),
        ("大蒜素制品，大蒜切片", "大蒜鳞芽识别", ("大蒜",)),
        ("水中PM2.5监测与GNSS定位", "pm2.5 sensors, gnss", ("PM2.5", "GNSS")),
        ("AI芯片", "airport 芯片", ("芯片",)),
        ("2016年 100 项", "2016 100", ()),
        ("ＡＢＳ树脂", "abs resin", ("ABS",)),
        ("技术研究与应用系统", "应用系统及其关键技术研究", ()),
        ("的是和与", "的是和与", ()),
        ("", "锂电池", ()),
    ],
)
def test_shared_phrases_case_by_case(one: str, other: str, expected: tuple[str, ...]) -> None:
    assert shared(one, other) == expected


def test_the_longest_phrase_leads_and_its_parts_are_left_out() -> None:
    assert shared("质子交换膜燃料电池，燃料电池，镁合金", "镁合金；质子交换膜燃料电池") == (
        "质子交换膜燃料电池",
        "镁合金",
    )


def test_at_most_the_limit_is_returned() -> None:
    text = "，".join(chr(0x4E00 + 2 * i) + chr(0x5E00 + 2 * i) for i in range(30))
    assert len(shared(text, text)) == 8
    assert len(shared(text, text, limit=3)) == 3


def test_a_word_without_end_is_shown_in_parts() -> None:
    signs = [sign for sign in map(chr, range(0x7000, 0x9000, 3)) if simplified(sign) == sign]
    text = "".join(signs[: MAX_PHRASE + 20])
    assert shared(text, f"乙{text}") == (text[:MAX_PHRASE], text[MAX_PHRASE - 1 :])


words = st.lists(
    st.sampled_from(["锂电池", "焊接", "大蒜", "的", "，", "技术", "研究", "方面", "BMS", "2.4", " "])
).map("".join)


@given(words, words)
def test_every_phrase_stands_in_both_texts_and_none_is_boilerplate(one: str, other: str) -> None:
    for phrase in shared(one, other):
        assert phrase in one
        assert phrase.casefold() in other.casefold()
        assert phrase not in GENERIC + COMMON
        assert len(phrase) > 1


@given(words, words)
def test_both_ways_round_the_same_number_of_latin_tokens_is_shared(one: str, other: str) -> None:
    latin = [sum(term.isascii() for term in shared(*pair)) for pair in ((one, other), (other, one))]
    assert latin[0] == latin[1]
