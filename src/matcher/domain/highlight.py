"""Where the phrases that two texts share stand in a text, so that people see what was matched."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from matcher.domain.script import simplified
from matcher.domain.terms import TOKEN

_PLAIN_TO = 0x300
"""Every character below this is one of its own: combining marks begin here."""

_LONGEST_SIGN = 32
"""Characters that are written together: Unicode's stream-safe text has at most 30 marks on a letter."""


@dataclass(frozen=True, slots=True)
class Span:
    """A phrase at [start, end) of a text, counted in code points."""

    start: int
    end: int
    phrase: str


def highlights(text: str, phrases: Iterable[str]) -> tuple[Span, ...]:
    """Every place in `text` that holds one of the phrases, in order, none overlapping another.

    Compared as `domain.terms` does: NFKC, in simplified characters, a Latin or mixed token whole and without
    case. Where two phrases overlap, the longer one is shown.
    """
    plain, origins = _nfkc(simplified(text))
    tokens = [(match.start(), match.end()) for match in TOKEN.finditer(plain)]
    spans: list[Span] = []
    taken = bytearray(len(text))
    for phrase in sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase)):
        for start, end in _places(plain, tokens, phrase):
            first, after = origins[start][0], origins[end - 1][1]
            if not any(taken[first:after]):
                taken[first:after] = b"\x01" * (after - first)
                spans.append(Span(first, after, phrase))
    return tuple(sorted(spans, key=lambda span: span.start))


def _places(plain: str, tokens: list[tuple[int, int]], phrase: str) -> Iterable[tuple[int, int]]:
    if TOKEN.fullmatch(phrase):
        word = phrase.casefold()
        yield from (place for place in tokens if plain[slice(*place)].casefold() == word)
        return
    start = plain.find(phrase) if phrase else -1
    while start >= 0:
        yield start, start + len(phrase)
        start = plain.find(phrase, start + len(phrase))


def _nfkc(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text in NFKC, and for each of its characters where the one it comes from starts and ends."""
    if unicodedata.is_normalized("NFKC", text):
        return text, [(place, place + 1) for place in range(len(text))]
    pieces: list[str] = []
    origins: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < min(len(text), start + _LONGEST_SIGN) and _continues(text[start:end], text[end]):
            end += 1
        piece = unicodedata.normalize("NFKC", text[start:end])
        pieces.append(piece)
        origins += [(start, end)] * len(piece)
        start = end
    return "".join(pieces), origins


def _continues(piece: str, sign: str) -> bool:
    """Whether a character is written together with those before it, as an accent is."""
    if ord(sign) < _PLAIN_TO:
        return False
    if unicodedata.combining(sign):
        return True
    if "\u4e00" <= sign <= "\u9fff":
        return False
    apart = unicodedata.normalize("NFKC", piece) + unicodedata.normalize("NFKC", sign)
    return unicodedata.normalize("NFKC", piece + sign) != apart
