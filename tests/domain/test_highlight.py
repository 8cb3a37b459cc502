import unicodedata
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from matcher.domain.highlight import highlights
from matcher.domain.terms import Phrases, matched_terms
from matcher.domain.text import TextView

TEXTS = st.text(st.sampled_from("电解槽隔膜的，。（）ＰＥＭpem-2 ²㎡é\u0301\n１x𠮷"), max_size=40)


def places(text: str, *phrases: str) -> list[tuple[int, int, str]]:
    return [(span.start, span.end, span.phrase) for span in highlights(text, phrases)]


def test_every_place_of_a_phrase_is_found_in_order() -> None:
    assert places("隔膜与电解槽隔膜", "电解槽", "隔膜") == [
        (0, 2, "隔膜"),
        (3, 6, "电解槽"),
        (6, 8, "隔膜"),
    ]


def test_the_longer_of_two_overlapping_phrases_is_shown() -> None:
    assert places("电解槽隔膜", "电解槽", "槽隔膜材", "解槽隔膜") == [(1, 5, "解槽隔膜")]


def test_a_latin_token_is_found_whole_and_without_case_or_width() -> None:
    assert places("ＰＥＭ电解，pem 与 PEM-2、PEMs", "PEM") == [(0, 3, "PEM"), (6, 9, "PEM")]
    assert places("用 C++ 写", "C++") == [(2, 5, "C++")]


def test_offsets_count_code_points_also_beyond_the_first_plane() -> None:
    assert places("𠮷𠮷隔膜", "隔膜") == [(2, 4, "隔膜")]


def test_a_phrase_that_one_sign_stands_for_covers_that_sign() -> None:
    assert places("约 5 ㎏ 重", "kg") == [(4, 5, "kg")]


def test_nothing_is_found_where_there_is_nothing_to_find() -> None:
    assert highlights("", ["隔膜"]) == ()
    assert highlights("隔膜", []) == ()
    assert highlights("隔膜", [""]) == ()


@given(TEXTS, st.lists(TEXTS, max_size=4))
@example("e\u0301隔膜", ["隔膜"])
def test_spans_are_ordered_apart_and_say_their_phrase(text: str, phrases: list[str]) -> None:
    spans = highlights(text, phrases)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    for span in spans:
        said = unicodedata.normalize("NFKC", text[span.start : span.end]).casefold()
        assert unicodedata.normalize("NFKC", span.phrase).casefold() in said


@given(TEXTS, TEXTS)
@example("高温电解槽，隔膜", "隔膜（电解槽）")
def test_what_two_texts_share_is_found_in_both(one: str, other: str) -> None:
    terms = matched_terms(Phrases(TextView(one)), Phrases(TextView(other)))
    for text in (one, other):
        held = {span.phrase for span in highlights(text, terms)}
        assert bool(held) == bool(terms)
        assert held <= set(terms)
