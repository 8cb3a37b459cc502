"""Who a text is about: the forms in which a name, a number and an address stand in lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.domain.person import ERASED, person_of

ONE = person_of(name="吴示例", phone="138-0000-5555", email="Wu.Shili@example.com")


@pytest.mark.parametrize(
    "text",
    [
        "吴示例", "吴 示例", "吴　示\n例",
        "13800005555", "138 0000 5555", "138-0000-5555", "+86 138 0000 5555", "+8613800005555",
        "008613800005555", "１３８００００５５５５", "＋８６－138.0000.5555", "86 138 0000 5555",
        "wu.shili@example.com", "WU.SHILI@EXAMPLE.COM", "wu.shili ＠ example . com",
    ],
)  # fmt: skip
def test_every_form_is_found_and_what_stands_around_it_stays(text: str) -> None:
    assert ONE.without(f"联系{text}，谢谢") == f"联系{ERASED}，谢谢"


@pytest.mark.parametrize(
    "text",
    ["吴示范", "23800005555", "138000055551", "1138 0000 5555", "13800005556",
     "xwu.shili@example.com", "wu.shili@example.com.cn", "wu.shili@example.comx"],
)  # fmt: skip
def test_what_is_someone_elses_stays(text: str) -> None:
    assert ONE.without(text) == text


def test_a_landline_is_the_same_with_and_without_its_country_code() -> None:
    line = person_of(phone="+86 10 5550 0107")
    for text in ("010-55500107", "(010) 5550 0107", "86-10-5550-0107", "01055500107"):
        assert "5550" not in line.without(text)


def test_a_latin_name_is_a_word_of_its_own() -> None:
    li = person_of(name="Li Na")
    assert (
        li.without("LI NA and li  na, Li-ion, Lina, Ali Nao")
        == f"{ERASED} and {ERASED}, Li-ion, Lina, Ali Nao"
    )


def test_a_link_that_spells_the_name_in_percents_is_erased() -> None:
    assert "示例" not in ONE.without("https://example.com/%E5%90%B4%E7%A4%BA%E4%BE%8B")
    assert ERASED in ONE.without("https://example.com/%E5%90%B4%E7%A4%BA%E4%BE%8B")
    assert ONE.without("https://example.com/%E7%94%B2") == "https://example.com/%E7%94%B2"


def test_a_contact_that_is_the_persons_goes_whole_and_another_ones_stays() -> None:
    theirs = {"name": "吴工", "phone": "13800005555", "email": ""}
    other = {"name": "郑工", "phone": "13900006666", "email": "zheng@example.com"}
    record = {"contact": theirs, "extra": {"吴示例备注": ["致电吴示例", 3, None]}}
    assert ONE.erased_from(record) == {
        "contact": {"name": ERASED, "phone": ERASED, "email": ""},
        "extra": {f"{ERASED}备注": [f"致电{ERASED}", 3, None]},
    }
    assert ONE.erased_from(other) == other


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "吴"}, "name"),
        ({"name": "12"}, "name"),
        ({"name": "Funding"}, "name"),
        ({"phone": "12345"}, "phone"),
        ({"email": "wu"}, "email"),
    ],
)
def test_too_little_to_tell_a_person_by_is_refused(given_: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        person_of(**given_)
    assert caught.value.field == field


@given(st.text(max_size=60))
def test_erasing_is_done_once(text: str) -> None:
    erased = ONE.without(text)
    assert not ONE.is_in(erased)
    assert ONE.without(erased) == erased
