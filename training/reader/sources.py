"""What the reader is taught on: papers, patents' abstracts as plain text, and lists of words."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.corpus import Paper, read_papers, spaced

PARAGRAPHS = 8
"""Paragraphs of a paper that are counted when pieces are chosen."""


@dataclass(frozen=True)
class Sources:
    """Papers that are not held out, abstracts of patents, and words."""

    papers: Sequence[Paper]
    abstracts: Sequence[str]
    words: Sequence[str]

    def texts(self) -> Iterator[str]:
        """Every text, paragraphs of a paper evenly thinned."""
        for paper in self.papers:
            yield from (paper.title, paper.abstract, " ".join(paper.keywords))
            yield from (paper.title_en, paper.abstract_en)
            yield from (text for _, text in spaced(paper.sections, PARAGRAPHS))
        yield from self.abstracts
        yield from self.words


def read_sources(corpus: Path, patents: Path, lexicons: Sequence[Path]) -> Sources:
    """Read papers, `.jsonl` patents with `abstract`, and lexicons of a word before a tab on each line."""
    lines = patents.read_text(encoding="utf-8").splitlines()
    abstracts = [str(json.loads(line).get("abstract") or "") for line in lines]
    words = (
        line.partition("\t")[0].strip()
        for path in sorted(lexicons)
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    papers = [paper for paper in read_papers(corpus) if not paper.held_out]
    return Sources(papers, [text for text in abstracts if text], [word for word in words if word])
