"""What compares two texts, or one with many, stays quick for texts that are made to be slow.

Every comparison is driven with such texts, of a size and of four times that size. Where its time grows more
than eightfold, more than any noise makes of a time in proportion, both are tried again twice as large; only
what has grown so both times fails. A new comparison belongs in `COMPARISONS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from time import process_time

import numpy as np
import pytest

from matcher.domain.highlight import highlights
from matcher.domain.judged import Judged, nearest_judged
from matcher.domain.listing import Achievement, Demand, LiveListing, Side, text_of
from matcher.domain.masking import restore_contacts
from matcher.domain.person import person_of
from matcher.domain.quantities import compare, quantities_in
from matcher.domain.renames import Gone
from matcher.domain.repeats import Said, say_the_same
from matcher.domain.rules import MAX_NAMES, Constraints
from matcher.domain.stated import StatedPair, compare_stated
from matcher.domain.terms import Phrases, matched_terms
from matcher.domain.text import TextView
from matcher.files.headings import find_header
from matcher.matching.repeats import repeats
from matcher.matching.searchable import Searchable
from tests.files.given import read_list

CELL = 32_767
"""The longest cell, and the longest text sent over REST; a title in a file may be as long."""

TITLE = 2_000
"""The longest title sent over REST."""

GROWTH = 8
FLOOR = 0.02
"""Seconds of the larger size below which nothing is slow."""

BODY = "同一份说明，讲的是一件事情，从头到尾没有一处不同，写得够长，可以相互比较，也没有任何数字在里面。"

LONG = 0.5
"""Seconds."""

Comparison = Callable[[int], Callable[[], object]]
"""Makes the texts of a size, and gives the comparison that is timed."""


def signs(number: int, first: int = 0) -> str:
    """So many Chinese characters, all different."""
    return "".join(chr(0x4E00 + (first + at) % 20_000) for at in range(number))


def titles(one: str, other: str) -> Callable[[], object]:
    both = [Achievement(title=title, abstract=BODY) for title in (one, other)]
    first, second = (Said.by(listing, text_of(listing)) for listing in both)
    return lambda: say_the_same(first, second)


def one_letter_between_others(size: int) -> Callable[[], object]:
    return titles("甲" * (size // 2), "甲辛" * (size // 2))


def every_letter_parted(size: int) -> Callable[[], object]:
    letters = signs(size // 2)
    return titles(letters, "口".join(letters))


def repeats_of(listings: list[Achievement]) -> Callable[[], object]:
    live = tuple(LiveListing(place, 1, one, None) for place, one in enumerate(listings))
    texts = tuple(text_of(one) for one in listings)
    return lambda: repeats(Searchable(live, texts, np.zeros((len(live), 1), np.float32), {}))


def titles_that_share_everything(size: int) -> Callable[[], object]:
    return repeats_of(
        [
            Achievement(title=f"示例技术成果{signs(3, place)}之研究与应用", abstract=BODY + signs(9, place))
            for place in range(size)
        ]
    )


def families_of_titles(size: int) -> Callable[[], object]:
    """Sixty titles that begin alike, each with a letter more than the one before, and then sixty others."""
    family = [divmod(place, 60) for place in range(size)]
    return repeats_of(
        [
            Achievement(
                title=signs(6, 900 + 7 * number) + signs(place + 1, 70 * number),
                abstract=BODY + signs(200, 300 * place),
            )
            for number, place in family
        ]
    )


def a_group_that_grows(size: int) -> Callable[[], object]:
    """Titles each of which is the one before with a letter added, so that all of them say the same."""
    title, listings = "示例技术成果", list[Achievement]()
    for place in range(size):
        if place % 5 == 0:
            letter = signs(1, 100 + place)
            title = letter + title if place // 50 % 2 else title + letter
        listings.append(Achievement(title=title, abstract=BODY, organisation=f"示例{signs(2, place)}所"))
    return repeats_of(listings)


def tables_of_figures(size: int) -> Callable[[], object]:
    asking = "\n".join(f"转化率≥{100_000 + number}%" for number in range(size // 12))
    offering = "\n".join(f"转化率{10_000 + number}%" for number in range(size // 12))
    quantities_in.cache_clear()
    return lambda: compare(asking, offering)


def phrases(one: str, other: str) -> Callable[[], object]:
    first, second = TextView(one), TextView(other)
    return lambda: matched_terms(Phrases(first), Phrases(second))


def one_word_without_end(size: int) -> Callable[[], object]:
    return phrases("甲" * size, "乙" + "甲" * (size - 1))


def thousands_of_shared_phrases(size: int) -> Callable[[], object]:
    words = [signs(2, place) + signs(2, 7 * place) for place in range(size // 5)]
    return phrases("，".join(words), "，".join(reversed(words)))


def pairs_in_turn(size: int) -> Callable[[], object]:
    return phrases("甲乙丙丁" * (size // 4), "丁甲丙乙甲" * (size // 5))


def thousands_of_tokens(size: int) -> Callable[[], object]:
    words = [f"ab{place}" for place in range(size // 8)]
    return phrases(" ".join(words), " ".join(reversed(words)))


def endless_accents(size: int) -> Callable[[], object]:
    return lambda: highlights("e" + "\u0301\u0316" * (size // 2), ["隔膜", "电解槽"])


def phrases_everywhere(size: int) -> Callable[[], object]:
    return lambda: highlights("甲" * size, ["甲" * length for length in range(2, 10)])


def lists_of_names(size: int) -> Callable[[], object]:
    ours, theirs = ([f"{kind}{signs(3, place)}" for place in range(size // 5)] for kind in "甲乙")
    demand = Demand(title="需求", industry="、".join(ours), modes=tuple(ours))
    achievement = Achievement(title="成果", industry="、".join(theirs), modes=tuple(theirs))
    return lambda: compare_stated(StatedPair(demand, achievement))


def many_modes_and_rules(size: int) -> Callable[[], object]:
    rules = Constraints(modes=tuple(f"甲{signs(3, place)}" for place in range(MAX_NAMES)))
    offered = Achievement(title="成果", modes=tuple(f"乙{signs(3, place)}" for place in range(size // 5)))
    return lambda: rules.verdicts(offered)


def many_judged_cases(size: int) -> Callable[[], object]:
    cases = [Judged(place, 2, f"需求{signs(9, place)}", signs(9, place)) for place in range(size // 20)]
    return lambda: nearest_judged(cases, signs(size), signs(size))


def masked_contacts(size: int) -> Callable[[], object]:
    stored = "，".join(f"a{place}@x{place}.cn" for place in range(size // 12))
    edited = "，".join(f"b***@y{place}.cn" for place in range(size // 12))
    return lambda: restore_contacts(edited, stored)


def a_person_nearly_named(size: int) -> Callable[[], object]:
    person = person_of(name="甲甲甲乙", phone="13800001111", email="a.b@example.com")
    text = "甲 甲 甲 138-0000-1 a.b %25 "
    return lambda: person.without(text * (size // len(text)))


def one_heading_again_and_again(size: int) -> Callable[[], object]:
    lines = [",".join(["成果名称", "完成单位", *["备用"] * (size - 2)]), ",".join(["一项示例成果", "示例所"])]
    content = "\n".join(lines).encode()
    return lambda: read_list(content, "list.csv", Side.SUPPLY)


def headings_of_many_parts(size: int) -> Callable[[], object]:
    row = ["联系人/" * 20 + str(number) for number in range(size // 80)]
    return lambda: find_header([row] * 3, Side.SUPPLY)


def renamed(gone: list[str], new: list[str]) -> Callable[[], object]:
    unit = Achievement(title="", organisation="示例所")

    def ask() -> list[str | None]:
        items = Gone((str(place), replace(unit, title=title)) for place, title in enumerate(gone))
        return [items.renamed(replace(unit, title=title)) for title in new]

    return ask


def items_of_one_unit(size: int) -> Callable[[], object]:
    return renamed(
        [f"示例技术成果{signs(4, place)}之一" for place in range(size)],
        [f"示例技术成果{signs(4, place + 9_000)}之二" for place in range(size)],
    )


def items_without_likeness(size: int) -> Callable[[], object]:
    return renamed(
        [signs(12, 7 * place) for place in range(size)], [signs(12, 5 * place) for place in range(size)]
    )


def a_long_title_renamed(size: int) -> Callable[[], object]:
    return renamed(["甲甲乙" * (size // 3)], ["甲甲丙" * (size // 3)])


COMPARISONS: Mapping[Comparison, int] = {
    one_letter_between_others: TITLE // 2,
    every_letter_parted: TITLE // 2,
    titles_that_share_everything: 2_000,
    families_of_titles: 480,
    a_group_that_grows: 400,
    tables_of_figures: CELL // 2,
    one_word_without_end: CELL,
    thousands_of_shared_phrases: CELL,
    pairs_in_turn: CELL,
    thousands_of_tokens: CELL,
    endless_accents: CELL,
    phrases_everywhere: CELL,
    lists_of_names: CELL,
    many_modes_and_rules: CELL // 4,
    many_judged_cases: CELL // 2,
    masked_contacts: CELL,
    a_person_nearly_named: CELL,
    one_heading_again_and_again: 800,
    headings_of_many_parts: CELL,
    items_of_one_unit: 1_000,
    items_without_likeness: 1_000,
    a_long_title_renamed: TITLE // 2,
}
"""Each comparison, and the size of its larger texts: signs, or listings and columns. Where it takes minutes
to see that it grows, the limit is the size of the second try."""


def seconds(comparison: Comparison, size: int) -> float:
    """The shortest of three runs, each with texts made anew; of one that takes long, which noise lengthens
    little, the first."""
    times = []
    for _ in range(3):
        compared = comparison(size)
        since = process_time()
        compared()
        times.append(process_time() - since)
        if times[-1] > LONG:
            break
    return min(times)


def grows_too_much(comparison: Comparison, size: int) -> bool:
    large = seconds(comparison, size)
    return large > FLOOR and large > GROWTH * seconds(comparison, size // 4)


@pytest.mark.parametrize(
    ("comparison", "size"), COMPARISONS.items(), ids=[one.__name__ for one in COMPARISONS]
)
def test_four_times_the_text_takes_at_most_eight_times_as_long(comparison: Comparison, size: int) -> None:
    slow = grows_too_much(comparison, size) and grows_too_much(comparison, 2 * size)
    assert not slow, "its time grows with more than the length of what is compared"
