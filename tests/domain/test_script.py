import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.highlight import highlights
from matcher.domain.listing import Achievement, identity_key, text_of
from matcher.domain.quantities import quantities_in
from matcher.domain.script import SIMPLIFIED, TRADITIONAL, simplified
from matcher.domain.text import TextView, fold, normalise


def test_the_table_is_that_of_opencc() -> None:
    converter = opencc.OpenCC("t2s")
    assert "".join(map(converter.convert, TRADITIONAL)) == SIMPLIFIED
    missing = [
        sign
        for sign in map(chr, range(0x4E00, 0xA000))
        if ord(converter.convert(sign)[0]) < 0x10000 and converter.convert(sign) != simplified(sign)
    ]
    assert missing == []


@given(st.text())
def test_a_text_keeps_its_length_and_is_simplified_but_once(text: str) -> None:
    assert len(simplified(text)) == len(text)
    assert simplified(simplified(text)) == simplified(text)


@given(st.text(st.characters(max_codepoint=0x33FF)) | st.just("显著提高"))
def test_a_text_without_traditional_characters_stays_as_it_is(text: str) -> None:
    assert simplified(text) is text


def test_both_scripts_compare_alike_and_what_people_wrote_is_kept() -> None:
    old, new = (
        Achievement(title=title, organisation="某院") for title in ("軸承線上監測裝置", "轴承线上监测装置")
    )
    assert text_of(old).digest == text_of(new).digest
    assert fold("臺達電子") == fold("台达电子")
    assert old.title == "軸承線上監測裝置"
    assert normalise(old.title) == old.title
    assert identity_key(old) != identity_key(new)


def test_a_digest_changes_only_for_texts_in_traditional_characters() -> None:
    assert TextView("显著提高轴承寿命", "后处理").digest == (
        "6068805c50f7af02d81a383f7647a8b9b63a951230dbdec16f29967f87d5ff00"
    )


def test_a_shared_phrase_is_marked_in_a_text_of_the_other_script() -> None:
    [span] = highlights("高速軸承的監測", ["轴承"])
    assert (span.start, span.end) == (2, 4)


@pytest.mark.parametrize("sign", "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u2060\u2066\ufe0f\ufeff")
def test_what_nobody_sees_breaks_no_word(sign: str) -> None:
    assert normalise(f"高温{sign}合金") == "高温合金"
    assert fold(f"elec{sign}trolyser") == "electrolyser"


@pytest.mark.parametrize(
    "text",
    [
        "一、提高效率\n二、降低成本",
        "1. 提高效率\n2. 降低成本",
        "第一，提高效率\n第二，降低成本",
        "一是提高效率\n二是降低成本",
        "（一）提高效率\n（二）降低成本",
        "①提高效率\n②降低成本",
        "第一条提高效率\n第二条降低成本",
    ],
)
def test_numbered_paragraphs_stay_apart(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize("text", ["厂房面积不小于500平米", "厂房面积不小于500㎡", "厂房面积不小于500m²"])
def test_square_metres_are_one_unit_however_written(text: str) -> None:
    [quantity] = quantities_in(text)
    assert (quantity.dimension, quantity.stated[0]) == ("m2", 500)
