"""Text as lists hold it, made comparable: normalising, composing, and hiding personal data."""

import hashlib
import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

from matcher.domain.script import simplified

_CJK = r"\u3400-\u4dbf\u4e00-\u9fff"
_COUNT = "[一二三四五六七八九十]{1,3}"
_PARAGRAPH_NUMBER = f"(?:第?{_COUNT}[、，,.．:：]|第{_COUNT}[条项点步章]|{_COUNT}是)"
_BREAK_INSIDE_CHINESE = re.compile(
    rf"(?<=[{_CJK}，、])[^\S\r\n]*[\r\n]\s*(?=[{_CJK}])(?!{_PARAGRAPH_NUMBER})"
)
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ％．＠／＋－]+")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|_x000D_"
)
"""Soft hyphens, zero-width characters, marks of direction, variation selectors, controls."""
_SPACE = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"(?<!\s)\s*\n\s*")
_WHITE_SPACE = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"[\W_]+")
_LONG_REFERENCE = re.compile(r"&(?=#[0-9]{100})")
"""No character's number is that long, and Python raises ValueError for one of 4,301 digits."""

MIN_INFORMATIVE = 4
"""Characters a text needs to be judged: fewer than two Chinese words say nothing about a fit."""


@dataclass(frozen=True, slots=True)
class TextView:
    """A listing's comparable text: the title alone, and the rest, both in simplified characters."""

    title: str
    body: str = ""

    def __post_init__(self) -> None:
        """Write both in simplified characters."""
        object.__setattr__(self, "title", simplified(self.title))
        object.__setattr__(self, "body", simplified(self.body))

    @property
    def full(self) -> str:
        """Title and body as one text."""
        return join_texts(self.title, self.body)

    @property
    def digest(self) -> str:
        """SHA-256 of the full text, the key of its vector."""
        return hashlib.sha256(f"{self.title}\n{self.body}".encode()).hexdigest()


def normalise(text: str) -> str:
    """Undo what spreadsheets and web pages do to text; the wording stays.

    HTML entities are resolved, full-width letters and digits become half-width while Chinese
    punctuation stays, line breaks inside a Chinese word are closed (not before a paragraph's number), and
    runs of white space become one space or one line break. Of the accents on one character the first 30 stay.
    """
    text = html.unescape(_LONG_REFERENCE.sub("&amp;", text))
    text = _WIDE.sub(lambda wide: unicodedata.normalize("NFKC", wide.group()), text)
    text = _many_marks().sub(r"\1", _INVISIBLE.sub("", text))
    text = _BREAK_INSIDE_CHINESE.sub("", text)
    return _BLANK_LINES.sub("\n", _SPACE.sub(" ", text)).strip()


@cache
def _many_marks() -> re.Pattern[str]:
    """More accents on one character than any language writes (UAX #15 allows 30 in its stream-safe form):
    putting 32,767 of them in their order takes `unicodedata` a second. All are found once, in 0.01 s."""
    marks = "\u0f73\u0f75\u0f81\uff9e\uff9f" + "".join(
        sign for sign in map(chr, range(0x300, 0x1E950)) if unicodedata.combining(sign)
    )
    return re.compile(f"([{marks}]{{30}})[{marks}]+")


def fold(text: str) -> str:
    """The form in which names are compared: NFKC, case-folded, simplified characters, without white space."""
    return simplified(fold_in_script(text))


def fold_in_script(text: str) -> str:
    """The form in which identities are compared and kept: as `fold`, but in the script of the text."""
    return _WHITE_SPACE.sub("", unicodedata.normalize("NFKC", normalise(text))).casefold()


def join_texts(*parts: str) -> str:
    """Join the parts that say something, one per line."""
    return "\n".join(part for part in parts if part)


_CHINESE_CHARACTER = re.compile(f"[{_CJK}]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")

LATIN = 0.1
CHINESE = 0.8
"""Shares of Chinese: below `LATIN` a text has no Chinese to compare, from `CHINESE` no English. 99 % of 4,880
English titles lie below, 99 % of 8,911 Chinese abstracts above, texts in both languages between."""


def chinese_share(text: str) -> float:
    """The share of Chinese characters among them and Latin words, from 0 to 1; 0.5 without any."""
    characters, words = len(_CHINESE_CHARACTER.findall(text)), len(_LATIN_WORD.findall(text))
    return characters / (characters + words) if characters + words else 0.5


def says_enough(text: str) -> bool:
    """Whether a text holds at least `MIN_INFORMATIVE` letters, digits or characters to judge by."""
    return len(_PUNCTUATION.sub("", text)) >= MIN_INFORMATIVE


_SEVEN_DIGITS = re.compile(r"\d{3}[- ]?\d{4}")
_IDENTITY = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")
_MOBILE = re.compile(r"(?<!\d)((?:\+?86[- ]?)?1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)((?:[(（]0\d{2,3}[)）]|0\d{2,3})[- ]?)\d{3,4}[- ]?\d{4}()(?!\d)")
_QQ = re.compile(r"(?<![A-Za-z])(QQ[号群]?[:： ]{0,3})\d{5,12}()(?!\d)", re.IGNORECASE)
_EMAIL = re.compile(r"([A-Za-z0-9_.+-])[A-Za-z0-9_.+-]*+(@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)?")
"""Characters of an address are matched even where no address follows, so that none is tried twice."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with its contacts hidden; `origins[i]` is where character i stands in the original (for a star,
    where what it hides begins), and the last is the original's length."""

    text: str
    origins: Sequence[int]


def mask_contacts(text: str) -> str:
    """Hide telephone numbers, those of QQ, e-mail addresses and identity numbers inside free text."""
    for pattern, stars in _contacts_in(text):
        text = pattern.sub(partial(_hidden, stars=stars), text)
    return text


def masked_contacts(text: str) -> Masked:
    """The text as `mask_contacts` gives it, and where its characters come from."""
    masked = Masked(text, range(len(text) + 1))
    for pattern, stars in _contacts_in(text):
        masked = _masked_by(pattern, stars, masked)
    return masked


def _contacts_in(text: str) -> list[tuple[re.Pattern[str], str]]:
    """The patterns of contacts that the text may hold, each with the stars that hide what is between its two
    groups. Most texts hold neither seven digits nor an @, and are not searched again."""
    numbers = [(_IDENTITY, "********"), (_MOBILE, "****"), (_LANDLINE, "********"), (_QQ, "********")]
    return (numbers if _SEVEN_DIGITS.search(text) else []) + ([(_EMAIL, "***")] if "@" in text else [])


def _hidden(match: re.Match[str], stars: str) -> str:
    return match[0] if match[2] is None else match[1] + stars + match[2]


def _masked_by(pattern: re.Pattern[str], stars: str, masked: Masked) -> Masked:
    pieces: list[str] = []
    origins: list[int] = []
    after = 0
    for match in pattern.finditer(masked.text):
        if match[2] is None:
            continue
        pieces += masked.text[after : match.end(1)], stars
        origins += masked.origins[after : match.end(1)]
        origins += [masked.origins[match.end(1)]] * len(stars)
        after = match.start(2)
    return Masked("".join(pieces) + masked.text[after:], [*origins, *masked.origins[after:]])


def mask_number(number: str) -> str:
    """Keep the first three characters of a telephone number, whatever its form."""
    return number[:3] + "********" if number else ""


def mask_name(name: str) -> str:
    """Keep the first character of a person's name."""
    return name[:1] + "*" * min(len(name) - 1, 2) if name else ""
