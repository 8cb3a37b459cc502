"""From queries to ranked matches: search every channel, join what they found, score it, keep the best."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from matcher.domain.candidate import Match
from matcher.domain.scoring import Scorer
from matcher.ports import Channels, Query, Rows

SIMILARITY = "dense"
"""The channel whose figure is a match's similarity."""

DEPTH = 200
"""How many rows each channel proposes for each query where not every row is scored."""

SCORE_ALL = 2048
"""Up to this many allowed rows, every one is scored: cheaper than searching three channels, and exact."""

DECIMALS = 6
"""A channel's figure is kept to so many decimals: float32 sums differ in the seventh with the size of a
batch, and a figure that flickers from night to night would count as changed."""

_BLOCK = 1024


def rank(
    queries: Sequence[Query],
    channels: Channels,
    scorer: Scorer,
    k: int,
    allowed: Sequence[Rows | None],
    depth: int = DEPTH,
) -> list[list[Match]]:
    """The `k` best of each query's allowed rows (all, where None), best first, ties by row.

    `min(k, number of allowed rows)` matches come back for each query. Their terms are left empty.
    """
    if k <= 0:
        return [[] for _ in queries]
    candidates = _candidates(queries, channels, scorer, max(k, depth), allowed)
    return [
        matches
        for start in range(0, len(queries), _BLOCK)
        for matches in _scored(
            queries[start : start + _BLOCK], channels, scorer, k, candidates[start : start + _BLOCK]
        )
    ]


def _candidates(
    queries: Sequence[Query], channels: Channels, scorer: Scorer, depth: int, allowed: Sequence[Rows | None]
) -> list[Rows]:
    """The rows worth scoring, ascending. Queries with the same allowed rows are searched at once."""
    everything = np.arange(len(channels[SIMILARITY]))
    candidates = [everything if rows is None else rows for rows in allowed]
    groups: dict[bytes | None, list[int]] = defaultdict(list)
    for position, rows in enumerate(allowed):
        if len(candidates[position]) > max(SCORE_ALL, depth):
            groups[None if rows is None else rows.tobytes()].append(position)
    for members in groups.values():
        together = [queries[member] for member in members]
        rows = allowed[members[0]]
        found = [channels[name].search(together, depth, rows) for name in scorer.weights]
        for member, *hits in zip(members, *found, strict=True):
            candidates[member] = np.unique([hit.row for channel in hits for hit in channel])
    return candidates


def _scored(
    queries: Sequence[Query], channels: Channels, scorer: Scorer, k: int, candidates: Sequence[Rows]
) -> Iterator[list[Match]]:
    figures = {name: channels[name].values(queries, candidates) for name in {SIMILARITY, *scorer.weights}}
    for position, rows in enumerate(candidates):
        own = {name: values[position].astype(np.float64).round(DECIMALS) for name, values in figures.items()}
        contributions = scorer.contributions(own)
        score = scorer.score(contributions)
        best = np.lexsort((rows, -score))[:k]
        yield [
            Match(
                row=int(rows[at]),
                rank=place,
                similarity=float(own[SIMILARITY][at]),
                score=float(score[at]),
                contributions={name: float(parts[at]) for name, parts in contributions.items()},
            )
            for place, at in enumerate(best, start=1)
        ]
