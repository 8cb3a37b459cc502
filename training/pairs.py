"""Training pairs of one paper: which texts of it should lie near one another.

A paper gives at most one pair to a batch, so that no other row of the batch is a hidden positive.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.corpus import Paper, spaced

Tokens = NDArray[np.int32]
"""Ids of a text's known pieces, shape (n,)."""

Pair = tuple[Tokens, Tokens]
Sampler = Callable[["TokenisedPaper", np.random.Generator], Pair]

PARAGRAPHS_PER_PAPER = 12
LEAST_TOKENS = 3
HEADING_PAPERS = 5  # a heading more papers share, such as 引言, says nothing about its paragraphs
_SENTENCE_END = re.compile(r"(?<=[。！？；;!?])|(?<=[a-z)]\.)\s")


@dataclass(frozen=True)
class TokenisedPaper:
    """A paper as token ids; texts of several sentences keep them apart."""

    title: Tokens
    abstract: list[Tokens]
    keywords: list[Tokens]
    title_en: Tokens
    abstract_en: list[Tokens]
    sections: list[tuple[Tokens, list[Tokens]]]


def tokenise(papers: Sequence[Paper], tokenizer: Tokenizer) -> list[TokenisedPaper]:
    """Tokenise each paper's record and an even sample of its paragraphs; unknown pieces are dropped."""
    heading_papers = Counter(
        heading for paper in papers for heading in {heading for heading, _ in paper.sections}
    )

    def tokens(text: str) -> Tokens:
        ids = np.array(tokenizer.encode(text, add_special_tokens=False).ids, dtype=np.int32)
        return ids[ids > 0]

    def sentences(text: str) -> list[Tokens]:
        encoded = map(tokens, _SENTENCE_END.split(text))
        return [sentence for sentence in encoded if len(sentence) >= LEAST_TOKENS]

    def tokenised(paper: Paper) -> TokenisedPaper:
        return TokenisedPaper(
            title=tokens(paper.title),
            abstract=sentences(paper.abstract),
            keywords=[ids for word in paper.keywords if len(ids := tokens(word))],
            title_en=tokens(paper.title_en),
            abstract_en=sentences(paper.abstract_en),
            sections=[
                (tokens(heading if heading_papers[heading] <= HEADING_PAPERS else ""), split)
                for heading, text in spaced(paper.sections, PARAGRAPHS_PER_PAPER)
                if len(split := sentences(text)) > 1
            ],
        )

    return [tokenised(paper) for paper in papers]


def whole(sentences: Iterable[Tokens]) -> Tokens:
    """The sentences as one text."""
    return np.concatenate([*sentences, np.empty(0, dtype=np.int32)])


def title_abstract(paper: TokenisedPaper, _: np.random.Generator) -> Pair:
    """Title and abstract."""
    return paper.title, whole(paper.abstract)


def keywords_abstract(paper: TokenisedPaper, rng: np.random.Generator) -> Pair:
    """One to three keywords and the abstract."""
    chosen = rng.permutation(len(paper.keywords))[: rng.integers(1, 4)]
    return whole(paper.keywords[i] for i in chosen), whole(paper.abstract)


def title_paragraph(paper: TokenisedPaper, rng: np.random.Generator) -> Pair:
    """Title and a body paragraph."""
    return paper.title, whole(_paragraph(paper, rng)[1])


def heading_paragraph(paper: TokenisedPaper, rng: np.random.Generator) -> Pair:
    """A heading of this paper alone, and a paragraph under it."""
    heading, sentences = _paragraph(paper, rng)
    return heading, whole(sentences)


def sentence_rest(paper: TokenisedPaper, rng: np.random.Generator) -> Pair:
    """A sentence of a paragraph or abstract, and the rest of it."""
    texts = [sentences for _, sentences in paper.sections] + [paper.abstract]
    sentences = texts[rng.integers(len(texts))]
    if len(sentences) < 2:
        return whole([]), whole([])
    chosen = int(rng.integers(len(sentences)))
    return sentences[chosen], whole(sentences[:chosen] + sentences[chosen + 1 :])


def title_title_en(paper: TokenisedPaper, _: np.random.Generator) -> Pair:
    """English title and Chinese title."""
    return paper.title_en, paper.title


def title_en_abstract(paper: TokenisedPaper, _: np.random.Generator) -> Pair:
    """English title and Chinese abstract."""
    return paper.title_en, whole(paper.abstract)


def title_abstract_en(paper: TokenisedPaper, _: np.random.Generator) -> Pair:
    """Chinese title and English abstract."""
    return paper.title, whole(paper.abstract_en)


def abstract_abstract_en(paper: TokenisedPaper, _: np.random.Generator) -> Pair:
    """English abstract and Chinese abstract."""
    return whole(paper.abstract_en), whole(paper.abstract)


def sentence_sentence_en(paper: TokenisedPaper, rng: np.random.Generator) -> Pair:
    """The same sentence in both languages, where the abstracts have as many sentences as one another."""
    if not paper.abstract or len(paper.abstract) != len(paper.abstract_en):
        return whole([]), whole([])
    chosen = int(rng.integers(len(paper.abstract)))
    return paper.abstract_en[chosen], paper.abstract[chosen]


SAMPLERS: dict[Sampler, float] = {
    title_abstract: 0.16,
    keywords_abstract: 0.12,
    title_paragraph: 0.12,
    heading_paragraph: 0.10,
    sentence_rest: 0.22,
    title_title_en: 0.05,
    title_en_abstract: 0.08,
    title_abstract_en: 0.04,
    abstract_abstract_en: 0.05,
    sentence_sentence_en: 0.06,
}
"""Share of the batches drawn by each sampler: 28 % of them are Chinese-English."""


def sample_batch(papers: Sequence[TokenisedPaper], size: int, rng: np.random.Generator) -> list[Pair]:
    """Up to `size` pairs of one kind, each from another paper and neither side too short to tell."""
    kinds = list(SAMPLERS)
    sampler = kinds[rng.choice(len(kinds), p=list(SAMPLERS.values()))]
    batch: list[Pair] = []
    for i in rng.permutation(len(papers)):
        pair = sampler(papers[i], rng)
        if len(pair[0]) and len(pair[1]) >= LEAST_TOKENS:
            batch.append(pair)
        if len(batch) == size:
            break
    return batch


def _paragraph(paper: TokenisedPaper, rng: np.random.Generator) -> tuple[Tokens, list[Tokens]]:
    if not paper.sections:
        return whole([]), []
    return paper.sections[rng.integers(len(paper.sections))]
