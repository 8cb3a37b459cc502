"""The training corpus: papers read from JSON Lines, and the rule that keeps some of them for measuring."""

import hashlib
import json
import lzma
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

HELD_OUT_ONE_IN = 10
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")

T = TypeVar("T")


@dataclass(frozen=True)
class Paper:
    """One paper: metadata in Chinese and, where present, English; sections are (heading, paragraph)."""

    id: str
    title: str
    abstract: str
    keywords: tuple[str, ...]
    title_en: str
    abstract_en: str
    sections: tuple[tuple[str, str], ...]

    @property
    def held_out(self) -> bool:
        """True for the papers kept out of training: SHA-1 of the id, as an integer, divisible by ten."""
        return int(hashlib.sha1(self.id.encode()).hexdigest(), 16) % HELD_OUT_ONE_IN == 0


def read_papers(path: Path) -> Iterator[Paper]:
    """Papers of a `.jsonl` or `.jsonl.xz` file; of the keys named as in `Paper`, only id is required."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield _paper(json.loads(line))


def spaced(items: Sequence[T], most: int) -> Sequence[T]:
    """At most `most` items, evenly spaced."""
    step = max(1, -(-len(items) // most))
    return items[::step]


def _paper(row: dict[str, Any]) -> Paper:
    return Paper(
        id=row["id"],
        title=row.get("title") or "",
        abstract=row.get("abstract") or "",
        keywords=tuple(row.get("keywords") or ()),
        title_en=_english_title(row.get("title_en") or ""),
        abstract_en=row.get("abstract_en") or "",
        sections=tuple((heading or "", paragraph or "") for heading, paragraph in row.get("sections") or ()),
    )


def _english_title(text: str) -> str:
    """The text, unless it has fewer than three words: 844 of 5,837 in ChinaXiv are a DOI or a fragment."""
    return text if len(_LATIN_WORD.findall(text)) >= 3 else ""
