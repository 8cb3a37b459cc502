"""Which phrases two texts share: the words shown to people beside a match."""

import re
import unicodedata
from functools import cached_property

from matcher.domain.boilerplate import COMMON, GENERIC
from matcher.domain.text import TextView

_CHINESE = r"\u3400-\u4dbf\u4e00-\u9fff"
_PARTICLES = "的了和与及或是其该并且被将"
_CUT = re.compile(
    "|".join(
        [
            rf"[^{_CHINESE}]+",
            f"[{_PARTICLES}]",
            "等(?![离效级温压])",
            *sorted(GENERIC + COMMON, key=len, reverse=True),
        ]
    )
)
TOKEN = re.compile(r"[A-Za-z0-9]+(?:[.+#/-][A-Za-z0-9]+)*[+#]*")
"""A Latin or mixed token, which is compared as a whole."""

_ENGLISH_PARTICLES = frozenset(
    """
    an and are as at based be by for from has have in into is it its new of on or our than that the their this
    to under using was we were which with
    """.split()  # noqa: SIM905
)
_UNIT = re.compile(
    r"(?:[kmunpg]?(?:g|m|l|s|w|v|a|j|n|pa|hz|wh|ah|mol|tu)|min|cm|db|rpm|ppm|ppb|vol|wt|h|d|t|kn|km)"
    r"[0-9]?(?:/[a-z]+[0-9]?)*"
)
_CERTAIN = 4
"""Characters from which a shared phrase is shown wherever it stands; a shorter one must look like a word."""


class Phrases:
    """A text prepared once for comparison with many others."""

    def __init__(self, text: TextView) -> None:
        self._folded = unicodedata.normalize("NFKC", text.full)

    @cached_property
    def chinese(self) -> str:
        """The Chinese pieces between punctuation, particles and words that every list uses, one per line."""
        return "\n".join(piece for piece in _CUT.split(self._folded) if len(piece) > 1)

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each pair of Chinese characters first stands in `chinese`."""
        text = self.chinese
        places = {text[at : at + 2]: at for at in range(len(text) - 2, -1, -1)}
        return {pair: at for pair, at in places.items() if "\n" not in pair}

    @cached_property
    def further_places(self) -> dict[str, list[int]]:
        """Where each of those pairs stands again."""
        text, first = self.chinese, self.places
        places: dict[str, list[int]] = {}
        for at in range(len(text) - 1):
            pair = text[at : at + 2]
            if first.get(pair, at) != at:
                places.setdefault(pair, []).append(at)
        return places

    @cached_property
    def openings(self) -> frozenset[str]:
        """The first two characters of each piece."""
        return frozenset(piece[:2] for piece in self.chinese.split("\n"))

    @cached_property
    def endings(self) -> frozenset[str]:
        """The last two characters of each piece."""
        return frozenset(piece[-2:] for piece in self.chinese.split("\n"))

    @cached_property
    def tokens(self) -> dict[str, str]:
        """Latin and mixed tokens by their case-folded form, as first written.

        Bare numbers and units of measure are left out.
        """
        tokens: dict[str, str] = {}
        for token in TOKEN.findall(self._folded):
            tokens.setdefault(token.casefold(), token)
        return {
            folded: token
            for folded, token in tokens.items()
            if len(folded) > 1
            and any(sign.isalpha() for sign in folded)
            and not _UNIT.fullmatch(folded)
            and folded not in _ENGLISH_PARTICLES
        }


def matched_terms(one: Phrases, other: Phrases, limit: int = 8) -> tuple[str, ...]:
    """Maximal phrases of `one` that `other` also holds, the longest first, at most `limit`.

    A phrase is two or more Chinese characters without a word that every list uses, or a whole Latin or mixed
    token (compared without case, written as in `one`). A phrase of two or three characters must stand at the
    edge of a piece twice: otherwise it is likely to be cut out of a longer word.
    """
    shared = _longest_chinese(one, other, limit)
    shared.update(one.tokens[folded] for folded in one.tokens.keys() & other.tokens.keys())
    return tuple(sorted(shared, key=lambda phrase: (-len(phrase), phrase))[:limit])


def _longest_chinese(one: Phrases, other: Phrases, limit: int) -> set[str]:
    """The longest shared Chinese phrases, at most `limit`; one that stands inside another is left out."""
    kept: list[str] = []
    for phrase in sorted(_shared_chinese(one, other), key=lambda phrase: (-len(phrase), phrase)):
        if len(kept) == limit:
            break
        if not any(phrase in longer for longer in kept):
            kept.append(phrase)
    return set(kept)


def _shared_chinese(one: Phrases, other: Phrases) -> set[str]:
    text = one.chinese
    found: set[str] = set()
    end = 0
    for start in sorted(one.places[pair] for pair in one.places.keys() & other.places.keys()):
        if start + 2 <= end:
            continue
        end = _end_of_shared(text, start, other)
        phrase = text[start:end]
        if len(phrase) >= _CERTAIN or _is_wordlike(phrase, one, other):
            found.add(phrase)
    return found


def _end_of_shared(text: str, start: int, other: Phrases) -> int:
    """Where the longest phrase of `text` from `start` ends that `other` holds; it holds the first two
    characters. Each place of a pair is looked at once in all, for each pair is looked for once."""
    pair = text[start : start + 2]
    there, end = other.chinese, start + 2
    for place in (other.places[pair], *other.further_places.get(pair, ())):
        if not there.startswith(text[start : end + 1], place):
            continue
        while text[end : end + 1] not in ("", "\n") and there.startswith(text[end], place + end - start):
            end += 1
    return end


def _is_wordlike(phrase: str, one: Phrases, other: Phrases) -> bool:
    opens = (phrase[:2] in one.openings) + (phrase[:2] in other.openings)
    ends = (phrase[-2:] in one.endings) + (phrase[-2:] in other.endings)
    return opens + ends >= 2
