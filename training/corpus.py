"""The training corpus: papers read from JSON Lines, and the rule that keeps some of them for measuring."""

import hashlib
import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HELD_OUT_ONE_IN = 10


@dataclass(frozen=True)
class Paper:
    """One paper: metadata in Chinese and, where present, English; `sections` are (heading, paragraph) pairs."""

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
    """Papers of a `.jsonl` or `.jsonl.xz` file with the keys id, title, abstract, keywords, title_en, abstract_en
    and sections (a list of [heading, paragraph]); only id is required."""
    opened = lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8")
    with opened as lines:
        for line in lines:
            yield _paper(json.loads(line))


def _paper(row: dict[str, Any]) -> Paper:
    return Paper(
        id=row["id"],
        title=row.get("title") or "",
        abstract=row.get("abstract") or "",
        keywords=tuple(row.get("keywords") or ()),
        title_en=row.get("title_en") or "",
        abstract_en=row.get("abstract_en") or "",
        sections=tuple((heading or "", paragraph or "") for heading, paragraph in row.get("sections") or ()),
    )
