import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.text import (
    TextView,
    fold,
    join_texts,
    mask_contacts,
    mask_name,
    masked_contacts,
    normalise,
    says_enough,
)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("ＰＥＭ电解槽１２０ｋＷ", "PEM电解槽120kW"),
        ("氢能&#160;储运&amp;加注", "氢能 储运&加注"),
        ("高温合\n金叶片", "高温合金叶片"),
        ("高温合 \r\n 金叶片", "高温合金叶片"),
        ("第一段。\n第二段", "第一段。\n第二段"),
        ("Proton\nexchange", "Proton\nexchange"),
        ("一_x000D_\n二", "一二"),
        ("  a \t b  ", "a b"),
        ("零\u200b宽", "零宽"),
        ("保留“中文标点”（括号）；", "保留“中文标点”（括号）；"),
    ],
)
def test_normalising_undoes_what_spreadsheets_and_pages_do(raw: str, clean: str) -> None:
    assert normalise(raw) == clean


@given(st.text(alphabet=st.sampled_from(" \t\r\n\u3000\u200b，。；、中文测试ａＡ１%.x0D_abc-"), max_size=60))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(max_size=60))
def test_folded_text_has_no_white_space(text: str) -> None:
    assert not any(character.isspace() for character in fold(text))


def test_names_that_differ_in_width_case_and_spaces_fold_alike() -> None:
    assert fold("北京 某某（ＡＢ）研究院") == fold("北京某某(ab)研究院")


def test_blank_parts_are_left_out_when_joined() -> None:
    assert join_texts("a", "", "b") == "a\nb"


@pytest.mark.parametrize(("text", "enough"), [("氢能储运", True), ("氢能", False), ("……！！——", False)])
def test_a_text_says_enough_from_four_characters_on(text: str, enough: bool) -> None:
    assert says_enough(text) is enough


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("电话13812345678。", "12345678"),
        ("致电 138-1234-5678", "1234-5678"),
        ("座机010-12345678转3", "12345678"),
        ("座机(010)12345678", "12345678"),
        ("座机（0316）123 4567", "123 4567"),
        ("QQ：123456789", "123456789"),
        ("邮箱 zhang.san@example.com", "zhang.san"),
        ("证件110101199001011234", "19900101"),
    ],
)
def test_contacts_in_free_text_are_masked(text: str, hidden: str) -> None:
    masked = mask_contacts(text)
    assert hidden not in masked
    assert "*" in masked


def test_addresses_run_into_one_another_are_masked_one_by_one() -> None:
    assert mask_contacts("x@a.cn_y@b.cn") == "x***@a.cn_***@b.cn"
    assert mask_contacts("a" * 300 + "@b.cn，a@b，13800005555@c.cn") == "a***@b.cn，a@b，138****5***@c.cn"


@given(
    st.lists(st.sampled_from(["13800005555", "a@b.cn", "010-55500107", "@", "_", " ", "张", "***"])).map(
        "".join
    )
)
def test_what_is_hidden_is_told_with_its_place(text: str) -> None:
    masked = masked_contacts(text)
    assert masked.text == mask_contacts(text)
    assert len(masked.origins) == len(masked.text) + 1
    shown = zip(masked.text, masked.origins, strict=False)
    assert all(sign in ("*", text[origin]) for sign, origin in shown)


def test_figures_that_are_no_contacts_stay() -> None:
    text = "功率120kW，寿命20000小时，编号20260101001"
    assert mask_contacts(text) == text


def test_a_reference_to_no_character_stays_as_it_is_written() -> None:
    text = f"&#{'1' * 5_000};"
    assert normalise(f"&#22825;{text}") == f"天{text}"


def test_thirty_accents_are_kept_on_one_character() -> None:
    assert normalise("a" + "\u0301\u0316" * 40 + "b") == "a" + "\u0301\u0316" * 15 + "b"


def test_only_the_first_character_of_a_name_stays() -> None:
    assert mask_name("欧阳某某") == "欧**"
    assert mask_name("") == ""


def test_the_digest_tells_title_from_body() -> None:
    assert TextView("a", "b").digest != TextView("a\nb").digest
