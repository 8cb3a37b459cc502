from dataclasses import replace
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.listing import Achievement, text_of
from matcher.domain.repeats import MAX_ADDED, MAX_TITLE, MIN_TITLE, Said, say_the_same

TITLE = "碱性电解槽用复合隔膜连续制备技术"
ABSTRACT = (
    "针对碱性电解水制氢，开发大幅面连续涂布的复合隔膜，隔膜厚度220微米，面电阻低于0.3欧姆平方厘米，"
    "在80摄氏度、30%氢氧化钾溶液中连续运行3000小时后性能没有明显下降。成果已在两家企业的电解槽上试用，"
    "具备年产10万平方米的能力，可用于兆瓦级制氢装备。"
)
ONE = Achievement(title=TITLE, abstract=ABSTRACT, organisation="北郊示例理工学院")


def said(listing: Achievement) -> Said:
    return Said.by(listing, text_of(listing))


def same(one: Achievement, other: Achievement) -> bool:
    there, back = say_the_same(said(one), said(other)), say_the_same(said(other), said(one))
    assert there == back, "which of the two is asked first makes no difference"
    return there


SAME = {
    "by another unit": replace(ONE, organisation="南郊示例研究院"),
    "other punctuation and spaces": replace(
        ONE, title="碱性电解槽用“复合隔膜”连续制备技术 。", abstract=ABSTRACT.replace("，", ", ")
    ),
    "cut off in the middle of a sentence": replace(ONE, abstract=ABSTRACT[:75]),
    "cut off in the middle of a number": replace(ONE, abstract=ABSTRACT[: ABSTRACT.index("3000") + 2]),
    "read by a machine": replace(ONE, abstract=ABSTRACT.replace("制氢", "制気").replace("试用", "试甩")),
    "a number with a space in it": replace(ONE, abstract=ABSTRACT.replace("3000", "3 000")),
    "the unit's name before the title": replace(ONE, title=f"北郊示例理工学院：{TITLE}"),
    "a title with its subject added": replace(ONE, title=f"{TITLE}及应用——以示例产业园为例"),
    "a dash read as two signs": replace(ONE, title="碱性电解槽用一一复合隔膜连续制备技术"),
    "with key words": replace(ONE, keywords=("隔膜", "制氢")),
}

OTHER = {
    "another part": replace(ONE, title=f"{TITLE}（二）"),
    "another phase": replace(ONE, title=f"{TITLE}（二期）"),
    "another generation": replace(ONE, title=f"第二代{TITLE}"),
    "another model": replace(ONE, title=f"{TITLE}B型"),
    "the opposite": replace(ONE, title=f"非{TITLE}"),
    "another word in the title": replace(ONE, title=TITLE.replace("碱性", "酸性")),
    "another target": replace(ONE, abstract=ABSTRACT.replace("3000小时", "5000小时")),
    "a target ten times as high": replace(ONE, abstract=ABSTRACT.replace("0.3欧姆", "0.03欧姆")),
    "another description": replace(
        ONE, abstract="以聚苯硫醚织物为骨架，经亲水处理后浸涂氧化锆浆料，烘干后热压成型，得到低成本织物隔膜。"
    ),
    "only the same title": replace(ONE, abstract=""),
}


@pytest.mark.parametrize("other", SAME.values(), ids=SAME.keys())
def test_small_edits_leave_a_result_the_same(other: Achievement) -> None:
    assert same(ONE, other)


@pytest.mark.parametrize("other", OTHER.values(), ids=OTHER.keys())
def test_what_may_be_another_result_is_kept_apart(other: Achievement) -> None:
    assert not same(ONE, other)


@pytest.mark.parametrize("parts", [("（一）", "（二）"), ("上篇", "下篇"), ("Ⅰ", "Ⅱ"), ("1.5MW", "15MW")])
def test_parts_and_sizes_in_the_title_tell_results_apart(parts: tuple[str, str]) -> None:
    one, other = (replace(ONE, title=TITLE + part) for part in parts)
    assert not same(one, other)


def test_a_short_title_alone_is_the_same_only_within_one_unit() -> None:
    short = Achievement(title="膜电极", organisation="示例一所")
    assert same(short, replace(short, code="CG-2"))
    assert not same(short, replace(short, organisation="示例二所"))
    assert not same(short, replace(short, organisation="")), "a unit that is not known is not the same"
    assert same(replace(ONE, abstract=""), replace(ONE, abstract="", organisation="示例二所")), (
        "a long one is"
    )


texts = st.text(alphabet="膜氢0.3 ，（一）二第A", max_size=60)


@given(texts, texts, texts, texts)
def test_any_two_texts_are_compared_alike_from_both_sides(a: str, b: str, c: str, d: str) -> None:
    one, other = Achievement(title=a, abstract=b * 3), Achievement(title=c, abstract=d * 3)
    same(one, other)
    assert same(one, one)


letters = st.text(alphabet="膜氢电解槽隔", max_size=12)


@given(letters.filter(lambda title: len(title) >= MIN_TITLE), st.lists(letters, max_size=4), st.data())
def test_words_are_added_where_difflib_finds_nothing_but_insertions(
    title: str, added: list[str], data: st.DataObject
) -> None:
    longer = title
    for words in added:
        place = data.draw(st.integers(0, len(longer)))
        longer = longer[:place] + words + longer[place:]
    changes = [
        kind
        for kind, *_ in SequenceMatcher(None, title, longer, autojunk=False).get_opcodes()
        if kind != "equal"
    ]
    expected = set(changes) <= {"insert"} and len(changes) <= MAX_ADDED
    assert same(replace(ONE, title=title), replace(ONE, title=longer)) == expected


def test_a_title_longer_than_any_real_one_is_like_its_own_copy_alone() -> None:
    long = "".join(chr(0x4E00 + 7 * place) for place in range(MAX_TITLE + 1))
    assert same(replace(ONE, title=long), replace(ONE, title=f"{long}。"))
    assert not same(replace(ONE, title=long), replace(ONE, title=long[:-1]))
    assert same(replace(ONE, title=long[:-1]), replace(ONE, title=long[:-2]))
