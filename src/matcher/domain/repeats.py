"""Whether two listings of one list say the same: one thing listed twice, or by two organisations.

Taking two things for one would hide one of them, so what is in doubt is kept apart: numbers that differ
(parts, generations, models, targets), and titles of which one is not the other with a few words added.
"""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from matcher.domain.listing import Listing
from matcher.domain.text import TextView, fold

SAME_TITLE_SHARED = 0.6
"""Share of the shorter description that the longer must hold where the titles are equal."""

LIKE_TITLE_SHARED = 0.9
"""The same where one title is the other with words added: 8 pairs share more, all one result; none less."""

MIN_TITLE = 6
"""Fewest letters of the shorter of two titles that are alike but not equal."""

MAX_TITLE = 200
"""Most letters of the longer: the longest of 17,000 titles has 72. A longer title is like no other, so that
titles made to be slow cost little, however many there are."""

MAX_ADDED = 8
"""Most places where words may be added to such a title; one that was only extended has few."""

MIN_BODY = 40
"""Fewest letters of a description that is compared; a shorter one says little beside the title."""

MIN_ALONE = 12
"""Fewest letters, of title and description together, that two organisations do not share by chance."""

LETTERS_READ = 2_000
"""Letters of a description that are compared."""

_GRAM = 4
_NEITHER_LETTER_NOR_POINT = re.compile(r"[^\w.]|_|(?<!\d)\.|\.(?!\d)")
_LONG_DASH = re.compile("[一—―-]{2,}")
"""A dash that was read by a machine is often two 一."""

_NUMBER = re.compile(r"\d+(?:\.\d+)*|第[一二三四五六七八九十百]+")
_TELLS_APART = re.compile(
    "[0-9a-z.]|[非不无未反]|第|[一二三四五六七八九十](?:期|代|号|型|级|类|阶段|部分)"
    "|^[一二三四五六七八九十甲乙丙丁上中下]{1,2}[篇部册卷]?$"
)
"""Words that make another thing of the title they are added to."""


@dataclass(frozen=True)
class Said:
    """What a listing says, in the form in which it is compared: letters and figures alone."""

    title: str
    body: str
    organisation: str

    @classmethod
    def by(cls, listing: Listing, text: TextView) -> "Said":
        """What this listing says, whose text is `text`; a title is taken without the organisation's name."""
        organisation = _letters(listing.organisation)
        title = _letters(_LONG_DASH.sub(" ", text.title.partition("\n")[0]))
        return cls(title.replace(organisation, "") or title, text.body, organisation)

    @cached_property
    def letters(self) -> str:
        """The description's letters, as many as are read."""
        return _letters(self.body[: 2 * LETTERS_READ])[:LETTERS_READ]

    @cached_property
    def grams(self) -> frozenset[str]:
        """Every run of four letters of the description."""
        return frozenset(self.letters[at : at + _GRAM] for at in range(len(self.letters) - _GRAM + 1))

    @cached_property
    def numbers(self) -> Counter[str]:
        """The numbers that the description states, without one at its end, which may have been cut off."""
        return Counter(hit[0] for hit in _NUMBER.finditer(self.letters) if hit.end() < len(self.letters))


def say_the_same(left: Said, right: Said) -> bool:
    """Whether two listings of one list are one thing, as far as can be told from their words."""
    same_title = left.title == right.title
    if not same_title and not _extends(*sorted((left.title, right.title), key=len)):
        return False
    if left.body == right.body or left.letters == right.letters:
        short, long = left, left
    else:
        short, long = sorted((left, right), key=lambda listing: len(listing.letters))
    if len(short.letters) < MIN_BODY:
        alone = len(left.title) + len(left.letters) >= MIN_ALONE or left.organisation == right.organisation
        return same_title and short is long and alone
    shared = len(short.grams & long.grams) / len(short.grams)
    enough = SAME_TITLE_SHARED if same_title else LIKE_TITLE_SHARED
    return shared >= enough and not short.numbers - long.numbers


def _extends(short: str, long: str) -> bool:
    """Whether a title is a shorter one with words added that do not make another thing of it."""
    if len(short) < MIN_TITLE or len(long) > MAX_TITLE:
        return False
    rest = iter(long)
    if not all(letter in rest for letter in short):
        return False
    added = _added(short, long)
    return added is not None and not any(_TELLS_APART.search(words) for words in added)


def _added(short: str, long: str) -> list[str] | None:
    """The words that a title has beside those of a shorter one; None where it leaves out any, or has them in
    more than `MAX_ADDED` places.

    The longest run of letters that both hold is taken for the same in both, then what stands before it, and
    after it. In n letters that takes at most n log n steps for each run.
    """
    added: list[str] = []
    waiting = [(short, long)]
    while waiting:
        part, whole = waiting.pop()
        if not part:
            added += [whole] if whole else []
        elif part in whole:
            before, _, after = whole.partition(part)
            added += [words for words in (before, after) if words]
        elif (size := _longest_shared(part, whole)) == 0:
            return None
        else:
            start = next(at for at in range(len(part)) if part[at : at + size] in whole)
            place = whole.index(part[start : start + size])
            beside = (
                (part[:start], whole[:place]),
                (part[start + size :], whole[place + size :]),
            )
            waiting += [pieces for pieces in beside if any(pieces)]
        if len(added) + len(waiting) > MAX_ADDED:
            return None
    return added


def _longest_shared(part: str, whole: str) -> int:
    """Letters of the longest run that both texts hold."""

    def shares_no(size: int) -> bool:
        runs = {part[at : at + size] for at in range(len(part) - size + 1)}
        return runs.isdisjoint(whole[at : at + size] for at in range(len(whole) - size + 1))

    return bisect_left(range(1, min(len(part), len(whole)) + 1), True, key=shares_no)


def _letters(text: str) -> str:
    return _NEITHER_LETTER_NOR_POINT.sub("", fold(text))
