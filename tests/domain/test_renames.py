from dataclasses import replace
from difflib import SequenceMatcher

from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.listing import Achievement
from matcher.domain.renames import COMPARED, SIMILAR, Gone

UNIT = Achievement(title="", organisation="示例所")
TITLES = st.lists(st.text(alphabet="膜氢电解槽隔", min_size=1, max_size=9), unique=True, max_size=12)


def gone(*titles: str) -> Gone:
    return Gone((title, replace(UNIT, title=title)) for title in titles)


@given(TITLES, st.text(alphabet="膜氢电解槽隔", min_size=1, max_size=9))
def test_the_most_similar_title_is_the_item_renamed_and_of_several_the_first(
    titles: list[str], new: str
) -> None:
    ratios = {title: SequenceMatcher(None, title, new, autojunk=False).ratio() for title in titles}
    best = max(ratios, key=lambda title: ratios[title], default="")
    expected = best if ratios.get(best, 0) >= SIMILAR else None
    assert gone(*titles).renamed(replace(UNIT, title=new)) == expected


def test_one_of_many_similar_titles_is_told_by_what_it_has_of_its_own() -> None:
    titles = [
        f"示例技术成果{chr(0x4E00 + place)}{chr(0x5E00 + place)}之应用" for place in range(20 * COMPARED)
    ]
    for title in titles[::50]:
        assert gone(*titles).renamed(replace(UNIT, title=f"{title}研究")) == title


def test_the_same_text_outweighs_a_similar_title_and_an_item_is_taken_once() -> None:
    said = replace(UNIT, abstract="零下二百五十三度不泄漏")
    items = Gone(
        [
            ("title", replace(UNIT, title="液氢低温阀门")),
            ("text", replace(said, title="深冷截止阀")),
            ("again", replace(said, title="深冷球阀")),
        ]
    )
    new = replace(said, title="液氢用低温阀门")
    for name in ("text", "again", "title"):
        assert items.renamed(new) == name
        items.take(name)
    assert items.renamed(new) is None
