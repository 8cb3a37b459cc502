"""Which phrases two texts share: the words shown to people beside a match."""

import re
import unicodedata
from array import array
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

MAX_PHRASE = 64
"""Characters of a phrase in Chinese: the longest piece of 17,000 texts has 57. A longer one that two texts
share is shown in parts, so that two texts of one endless word cost no more than others of their length."""


class Phrases:
    """A text prepared once for comparison with many others."""

    def __init__(self, text: TextView) -> None:
        self._nfkc = unicodedata.normalize("NFKC", text.full)

    @cached_property
    def chinese(self) -> str:
        """The Chinese pieces between punctuation, particles and words that every list uses, one per line."""
        return "\n".join(piece for piece in _CUT.split(self._nfkc) if len(piece) > 1)

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each pair of Chinese characters first stands in `chinese`."""
        text = self.chinese
        places = {text[at : at + 2]: at for at in range(len(text) - 2, -1, -1)}
        return {pair: at for pair, at in places.items() if "\n" not in pair}

    @cached_property
    def again(self) -> "array[int]":
        """For each place in `chinese`, where the pair of characters there stands next; −1 for nowhere."""
        text, last = self.chinese, dict[str, int]()
        again = array("i", [-1]) * len(text)
        for at in range(len(text) - 2, -1, -1):
            pair = text[at : at + 2]
            again[at] = last.get(pair, -1)
            last[pair] = at
        return again

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
        for token in TOKEN.findall(self._nfkc):
            tokens.setdefault(token.casefold(), token)
        return {
            folded: token
            for folded, token in tokens.items()
            if len(folded) > 1
            and any(sign.isalpha() for sign in folded)
            and not _UNIT.fullmatch(folded)
            and folded not in _ENGLISH_PARTICLES
        }


def matched_terms(query: Phrases, listing: Phrases, limit: int = 8) -> tuple[str, ...]:
    """Maximal phrases of `query` that `listing` also holds, the longest first, at most `limit`.

    A phrase is two or more Chinese characters without a word that every list uses, at most `MAX_PHRASE`, or a
    whole Latin or mixed token (compared without case, written as in `query`). A phrase of two or three
    characters must stand at the edge of a piece twice: otherwise it is likely to be cut out of a longer word.
    """
    tokens = {query.tokens[folded] for folded in query.tokens.keys() & listing.tokens.keys()}
    chosen: list[str] = []
    for phrase in sorted(_shared_chinese(query, listing) | tokens, key=lambda phrase: (-len(phrase), phrase)):
        if len(chosen) == limit:
            break
        if phrase in tokens or not any(phrase in longer for longer in chosen):
            chosen.append(phrase)
    return tuple(chosen)


def _shared_chinese(query: Phrases, listing: Phrases) -> set[str]:
    """Shared phrases, the shorter ones that a longer one holds among them.

    Each pair of characters is looked up once at every place of `listing`: in all at most `MAX_PHRASE` steps
    for each of its characters.
    """
    shared: set[str] = set()
    end = 0
    for start in sorted(query.places[pair] for pair in query.places.keys() & listing.places.keys()):
        if start + 2 <= end:
            continue
        end = start + _longest_from(query.chinese, start, listing)
        phrase = query.chinese[start:end]
        if len(phrase) >= _CERTAIN or _is_wordlike(phrase, query, listing):
            shared.add(phrase)
    return shared


def _longest_from(text: str, start: int, listing: Phrases) -> int:
    """Characters, at most `MAX_PHRASE`, of the longest phrase that begins there and that `listing` holds."""
    piece = text[start : start + MAX_PHRASE].partition("\n")[0]
    there, again = listing.chinese, listing.again
    longest, place = 2, listing.places[piece[:2]]
    while place >= 0 and longest < len(piece):
        while there.startswith(piece[: longest + 1], place):
            longest += 1
            if longest == len(piece):
                break
        place = again[place]
    return longest


def _is_wordlike(phrase: str, query: Phrases, listing: Phrases) -> bool:
    opens = (phrase[:2] in query.openings) + (phrase[:2] in listing.openings)
    ends = (phrase[-2:] in query.endings) + (phrase[-2:] in listing.endings)
    return opens + ends >= 2
