"""This project, as `matcher refresh` uses it: channels over the list, then a choice for each query."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from bench.speed.contender import Contender, Hits
from bench.speed.exact import best_allowed, by_cosine
from bench.speed.lists import Lists
from matcher.domain.scoring import DEFAULT_SCORER, Scorer
from matcher.domain.text import TextView
from matcher.index.dense import DenseRetriever
from matcher.index.ngrams import background_vectoriser
from matcher.index.snapshot import build_channels
from matcher.index.substance import Substance
from matcher.index.wording import WordingComparable
from matcher.matching.choice import Choice
from matcher.matching.rank import choose, scores
from matcher.ports import Channels, Query, Rows

COSINE = Scorer("cosine", {"dense": 1.0})
"""The embeddings alone, to compare with those that have nothing else."""


@dataclass(frozen=True, slots=True)
class Index:
    """The channels over the offered list, and what scores them."""

    channels: Channels
    scorer: Scorer


def views(texts: Sequence[str]) -> list[TextView]:
    """The texts as the service holds them, title and body."""
    parts = (text.partition("\n") for text in texts)
    return [TextView(title, body) for title, _, body in parts]


def queries_of(lists: Lists, places: Sequence[int]) -> list[Query]:
    """Some of what is wanted as queries."""
    texts = views([lists.wanted.texts[place] for place in places])
    return [
        Query(text, lists.wanted.vectors[place], lists.title_vectors[place])
        for text, place in zip(texts, places, strict=True)
    ]


def choices_of(lists: Lists, k: int) -> list[Choice]:
    """The filter of each query; queries of one organisation share the rows."""
    allowed = cache(lists.allowed)
    return [Choice(k, allowed(owner)) for owner in lists.wanted.owners.tolist()]


def _build(lists: Lists, _folder: Path) -> Index:
    return Index(build_channels(views(lists.offered.texts), lists.offered.vectors), DEFAULT_SCORER)


def _build_dense(lists: Lists, _folder: Path) -> Index:
    """The channel of the embeddings, and the two that every score needs."""
    texts = views(lists.offered.texts)
    channels: Channels = {
        "wording": WordingComparable(texts),
        "substance": Substance(len(texts), background_vectoriser()),
        "dense": DenseRetriever(lists.offered.vectors),
    }
    return Index(channels, COSINE)


def _search(index: Index, lists: Lists, k: int) -> Hits:
    queries = queries_of(lists, range(len(lists.wanted)))
    chosen = choose(queries, index.channels, index.scorer, choices_of(lists, k))
    return [
        (np.array([match.row for match in matches]), np.array([match.score for match in matches]))
        for matches in chosen
    ]


def _exact(lists: Lists, places: Rows, k: int) -> list[Rows]:
    """The best by the exact score of every row, pair by pair."""
    channels = build_channels(views(lists.offered.texts), lists.offered.vectors)
    exact = (
        scores(query, channels, DEFAULT_SCORER, Choice(k)) for query in queries_of(lists, places.tolist())
    )
    return [
        best_allowed(of_query, lists, place, k)
        for of_query, place in zip(exact, places.tolist(), strict=True)
    ]


OURS = Contender("ours", "meaning and wording", (), _build, _search, _exact)
OURS_DENSE = Contender("ours, dense alone", "cosine", (), _build_dense, _search, by_cosine)
