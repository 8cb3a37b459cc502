"""Pairs of texts that belong together: an asking side as short as what people write, and what answers it."""

import random
import re
from collections import Counter
from collections.abc import Callable

from training.corpus import Paper
from training.reader.sources import Sources

Pair = tuple[str, str]

LONGEST = 300
"""Characters of a text that are read in training."""

_SENTENCE_END = re.compile(r"(?<=[。！？；;!?])|(?<=[a-z)]\.)\s")
_LEAST_SENTENCE = 8
_HEADING_PAPERS = 5
"""A heading that more papers share, such as 引言, says nothing of its paragraphs."""


class Pairs:
    """Draws batches, each of one kind of pair; the same seed draws the same batches."""

    def __init__(self, sources: Sources, random_state: random.Random) -> None:
        self._sources = sources
        self._random = random_state
        self._headings = Counter(heading for paper in sources.papers for heading in dict(paper.sections))
        self._kinds: dict[Callable[[], Pair | None], float] = {
            self._of_paper(lambda paper: (paper.title, paper.abstract)): 0.12,
            self._of_paper(self._keywords): 0.14,
            self._of_paper(self._title_paragraph): 0.06,
            self._of_paper(self._heading_paragraph): 0.08,
            self._of_paper(self._sentence): 0.17,
            self._of_paper(lambda paper: (paper.title_en, paper.title)): 0.04,
            self._of_paper(lambda paper: (paper.title_en, paper.abstract)): 0.09,
            self._of_paper(lambda paper: (paper.title, paper.abstract_en)): 0.03,
            self._of_paper(lambda paper: (paper.abstract_en, paper.abstract)): 0.04,
            lambda: self._sentence_of(self._abstract()): 0.08,
            lambda: self._fragment_of(self._abstract()): 0.10,
            self._words: 0.05,
        }

    def batch(self, size: int) -> tuple[list[Pair], bool]:
        """`size` pairs of one kind, cut to `LONGEST`, and whether their sides belong together: lists of words
        do not, and teach by the teacher's vectors alone."""
        [draw] = self._random.choices(list(self._kinds), list(self._kinds.values()))
        pairs: list[Pair] = []
        while len(pairs) < size:
            pair = draw()
            if pair is not None and len(pair[0]) >= 2 and len(pair[1]) >= 4:
                pairs.append((pair[0][:LONGEST], pair[1][:LONGEST]))
        return pairs, draw != self._words

    def _of_paper(self, kind: Callable[[Paper], Pair | None]) -> Callable[[], Pair | None]:
        return lambda: kind(self._random.choice(self._sources.papers))

    def _keywords(self, paper: Paper) -> Pair | None:
        if not paper.keywords:
            return None
        chosen = self._random.sample(paper.keywords, min(len(paper.keywords), self._random.randint(1, 4)))
        return self._random.choice("、； ，").join(chosen), paper.abstract

    def _title_paragraph(self, paper: Paper) -> Pair | None:
        return (paper.title, self._random.choice(paper.sections)[1]) if paper.sections else None

    def _heading_paragraph(self, paper: Paper) -> Pair | None:
        if not paper.sections:
            return None
        heading, text = self._random.choice(paper.sections)
        return (heading, text) if self._headings[heading] <= _HEADING_PAPERS else None

    def _sentence(self, paper: Paper) -> Pair | None:
        from_abstract = self._random.random() < 0.5 or not paper.sections
        return self._sentence_of(paper.abstract if from_abstract else self._random.choice(paper.sections)[1])

    def _abstract(self) -> str:
        return self._random.choice(self._sources.abstracts)

    def _sentence_of(self, text: str) -> Pair | None:
        """A sentence, and the text without it."""
        sentences = [part for part in _SENTENCE_END.split(text) if len(part) >= _LEAST_SENTENCE]
        if len(sentences) < 2:
            return None
        at = self._random.randrange(len(sentences))
        return sentences[at], "".join(sentences[:at] + sentences[at + 1 :])

    def _fragment_of(self, text: str) -> Pair | None:
        """15 to 60 characters from anywhere, and the text without them."""
        if len(text) < 60:
            return None
        length = self._random.randint(15, 60)
        start = self._random.randrange(len(text) - length + 1)
        return text[start : start + length], text[:start] + text[start + length :]

    def _words(self) -> Pair:
        most, fewest = self._random.randint(1, 7), self._random.randint(2, 6)
        left, right = (self._random.sample(self._sources.words, count) for count in (most, fewest))
        return "、".join(left), "、".join(right)
