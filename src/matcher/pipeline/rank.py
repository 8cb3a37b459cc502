"""From queries to ranked matches: search every channel, join what they found, score it, keep the best."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
_BLOCK_CELLS = 8_000_000


@dataclass(frozen=True, slots=True)
class Choice:
    """How the matches of one query are chosen: the `k` best of the `allowed` rows (all, where None).

    `weights` (one for each row of the index) multiply a score for the order alone; what scores below
    `floor` is left out; of the rows of one group (`groups`, −1 for none) at most `per_group` are taken.
    """

    k: int
    allowed: Rows | None = None
    weights: NDArray[np.float64] | None = None
    floor: float | None = None
    groups: NDArray[np.int64] | None = None
    per_group: int | None = None

    @property
    def by_score_alone(self) -> bool:
        """Whether the best by score are the best: then they are among the best of some channel, too."""
        return self.weights is None and self.per_group is None


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
    return choose(queries, channels, scorer, [Choice(k, rows) for rows in allowed], depth)


def choose(
    queries: Sequence[Query],
    channels: Channels,
    scorer: Scorer,
    choices: Sequence[Choice],
    depth: int = DEPTH,
) -> list[list[Match]]:
    """The matches of each query by its own choice, best first, ties by row; terms are left empty.

    `k` come back whenever so many rows are allowed, reach the floor and fit their group.
    """
    candidates = _candidates(queries, channels, scorer, depth, choices)
    return [
        _chosen(choice, scorer, *scored)
        for block in _blocks(candidates)
        for choice, scored in zip(
            choices[block], _scored(queries[block], channels, scorer, candidates[block]), strict=True
        )
    ]


def scores(query: Query, channels: Channels, scorer: Scorer) -> NDArray[np.float64]:
    """The score of every row of the index for one query."""
    everything = np.arange(len(channels[SIMILARITY]))
    [(_, _, _, score)] = _scored([query], channels, scorer, [everything])
    return score


def best_first(
    rows: Rows, score: NDArray[np.float64], weights: NDArray[np.float64] | None
) -> NDArray[np.int64]:
    """The places in `rows` in the order of their scores, weighted where there are weights; ties by row."""
    preference = score if weights is None else score * weights[rows]
    return np.lexsort((rows, -preference))


def _candidates(
    queries: Sequence[Query], channels: Channels, scorer: Scorer, depth: int, choices: Sequence[Choice]
) -> list[Rows]:
    """The rows worth scoring, ascending. Queries with the same allowed rows are searched at once.

    Every allowed row is scored where the order is not the score's alone: no depth would be deep enough.
    """
    everything = np.arange(len(channels[SIMILARITY]))
    candidates = [everything if choice.allowed is None else choice.allowed for choice in choices]
    groups: dict[tuple[bytes | None, int], list[int]] = defaultdict(list)
    for position, choice in enumerate(choices):
        deep = max(choice.k, depth)
        if choice.by_score_alone and len(candidates[position]) > max(SCORE_ALL, deep):
            groups[None if choice.allowed is None else choice.allowed.tobytes(), deep].append(position)
    for (_, deep), members in groups.items():
        together = [queries[member] for member in members]
        rows = choices[members[0]].allowed
        found = [channels[name].search(together, deep, rows) for name in scorer.weights]
        for member, *hits in zip(members, *found, strict=True):
            candidates[member] = np.unique([hit.row for channel in hits for hit in channel])
    return candidates


def _blocks(candidates: Sequence[Rows]) -> Iterator[slice]:
    """Queries whose figures fit into memory at once."""
    start = cells = 0
    for position, rows in enumerate(candidates):
        if position > start and (position - start == _BLOCK or cells + len(rows) > _BLOCK_CELLS):
            yield slice(start, position)
            start, cells = position, 0
        cells += len(rows)
    if start < len(candidates):
        yield slice(start, len(candidates))


_Scored = tuple[Rows, NDArray[np.float64], dict[str, NDArray[np.float64]], NDArray[np.float64]]
"""Rows with their similarities, contributions and scores."""


def _scored(
    queries: Sequence[Query], channels: Channels, scorer: Scorer, candidates: Sequence[Rows]
) -> Iterator[_Scored]:
    figures = {name: channels[name].values(queries, candidates) for name in {SIMILARITY, *scorer.weights}}
    for position, rows in enumerate(candidates):
        own = {name: values[position].astype(np.float64).round(DECIMALS) for name, values in figures.items()}
        contributions = scorer.contributions(own)
        yield rows, own[SIMILARITY], contributions, scorer.score(contributions)


def _chosen(
    choice: Choice,
    scorer: Scorer,
    rows: Rows,
    similarity: NDArray[np.float64],
    contributions: dict[str, NDArray[np.float64]],
    score: NDArray[np.float64],
) -> list[Match]:
    best = best_first(rows, score, choice.weights)
    if choice.floor is not None:
        best = best[score[best] >= choice.floor]
    if choice.per_group is not None and choice.groups is not None:
        groups = choice.groups[rows[best]]
        best = best[(groups < 0) | (_places_in_group(groups) < choice.per_group)]
    return [
        Match(
            row=int(rows[at]),
            rank=place,
            similarity=float(similarity[at]),
            score=float(score[at]),
            contributions={name: float(parts[at]) for name, parts in contributions.items()},
            probability=scorer.probability(float(score[at])),
        )
        for place, at in enumerate(best[: max(choice.k, 0)], start=1)
    ]


def _places_in_group(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of its own group come before each element."""
    together = np.argsort(groups, kind="stable")
    ordered = groups[together]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else ordered
    counted = np.arange(len(ordered)) - np.repeat(starts, np.diff(np.r_[starts, len(ordered)]))
    places = np.empty_like(counted)
    places[together] = counted
    return places
