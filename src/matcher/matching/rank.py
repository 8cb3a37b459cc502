"""From queries to ranked matches: score every row nearly, the best of them exactly, and choose.

A score that is nearly right is worked out for all rows at once, with matrix products in float32. The rows
that can be among the best by more than its error are scored again pair by pair, so that what is chosen, and
every figure of it, is as if all had been scored exactly. What a scorer weighs beside retrieval's channels is
looked at for the best of those alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.domain.features import feedback
from matcher.domain.match import Match
from matcher.domain.scoring import FEEDBACK, Scorer
from matcher.matching.choice import Choice
from matcher.ports import (
    COMPARABLE,
    DECIMALS,
    NEARLY,
    SIMILARITY,
    SUBSTANCE,
    Asked,
    Channels,
    Figures,
    Query,
    Rows,
)

DEPTH = 200
"""How many of the best by the channels are looked at twice where a scorer weighs more than those."""

RERANKED = 50
"""How many of the best a cross-encoder reads: it takes some 20 ms a pair on two cores."""

_BLOCK = 256
_BLOCK_CELLS = 8_000_000

_SPARE = 8
"""Rows scored exactly beyond those that are needed: which of two that nearly tie comes first may decide which
of two groups is full."""

_RESERVE = 32
"""Rows of a shortlist beyond those that are scored exactly: so many may leave it before all rows have to be
searched again."""

SecondLook = Callable[[int, Rows], Figures]
"""Takes the place of a query and some rows, and gives the figures that no channel has."""


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The allowed rows of one query, ascending, whose score is nearly `bound` or more; `scores` are those,
    each within `NEARLY` (times the greatest weight)."""

    rows: Rows
    scores: NDArray[np.float64]
    bound: float


class Ranked(NamedTuple):
    """The matches of a query, and the rows that they were chosen from."""

    matches: list[Match]
    shortlist: Shortlist


def rank(
    queries: Sequence[Query], channels: Channels, scorer: Scorer, k: int, allowed: Sequence[Rows | None]
) -> list[list[Match]]:
    """The `k` best of each query's allowed rows (all, where None), best first, ties by row.

    `min(k, number of allowed rows)` matches come back for each query. Their terms are left empty.
    """
    return choose(queries, channels, scorer, [Choice(k, rows) for rows in allowed])


def choose(
    queries: Sequence[Query],
    channels: Channels,
    scorer: Scorer,
    choices: Sequence[Choice],
    look: SecondLook | None = None,
) -> list[list[Match]]:
    """The matches of each query by its own choice, best first, ties by row; terms are left empty.

    `k` come back whenever so many rows are allowed, reach the floor and fit their group. `look` is needed
    where the scorer weighs more than channels.
    """
    return [ranked.matches for ranked in search_all(queries, channels, scorer, choices, look)]


def search_all(
    queries: Sequence[Query],
    channels: Channels,
    scorer: Scorer,
    choices: Sequence[Choice],
    look: SecondLook | None = None,
) -> list[Ranked]:
    """As `choose`, with the rows that the matches were chosen from."""
    scoring = _Scoring(channels, scorer, look)
    return [
        Ranked(_chosen(choice, scorer, scored), shortlist)
        for block in _blocks(len(queries), len(channels[SIMILARITY]))
        for choice, (scored, shortlist) in zip(
            choices[block], scoring.best(queries[block], choices[block], block.start), strict=True
        )
    ]


SearchAll = Callable[[Sequence[Query], Channels, Scorer, Sequence[Choice], SecondLook | None], list[Ranked]]
"""`search_all`, or what does the same on many machines."""


def shortlists(
    queries: Sequence[Query], channels: Channels, scorer: Scorer, choices: Sequence[Choice]
) -> list[Shortlist]:
    """The rows that each query's matches can be chosen from, by the channels alone."""
    scoring = _Scoring(channels, scorer, None)
    nearly = (of_query for block in nearly_scores(queries, channels, scorer) for of_query in block)
    return [
        shortlist
        for of_query, choice in zip(nearly, choices, strict=True)
        for _, shortlist in [scoring.searched(of_query, choice)]
    ]


def look_at(look: SecondLook | None, places: Sequence[int]) -> SecondLook | None:
    """The second look of some of the queries, the one at place i being that at `places[i]` before."""
    return None if look is None else lambda place, rows: look(places[place], rows)


def choose_from(
    shortlists: Sequence[Shortlist],
    queries: Sequence[Query],
    channels: Channels,
    scorer: Scorer,
    choices: Sequence[Choice],
    look: SecondLook | None = None,
) -> list[list[Match] | None]:
    """As `choose`, from shortlists that are known; None where one has too few rows to be sure."""
    scoring = _Scoring(channels, scorer, None)
    rows = [
        scoring.contenders(shortlist, choice) for shortlist, choice in zip(shortlists, choices, strict=True)
    ]
    sure = {place: contending for place, contending in enumerate(rows) if contending is not None}
    matches: list[list[Match] | None] = [None] * len(queries)
    for start in range(0, len(sure), _BLOCK):
        places = list(sure)[start : start + _BLOCK]
        chosen = [choices[place] for place in places]
        scoring = _Scoring(channels, scorer, look_at(look, places))
        scored = scoring.of([queries[place] for place in places], [sure[place] for place in places], chosen)
        for place, of_query in zip(places, scored, strict=True):
            matches[place] = _chosen(choices[place], scorer, of_query)
    return matches


def nearly_scores(
    queries: Sequence[Query], channels: Channels, scorer: Scorer
) -> Iterator[NDArray[np.float32]]:
    """The score of every row by the channels, within `NEARLY`: blocks of shape (queries, rows)."""
    scoring = _Scoring(channels, scorer, None)
    size = len(channels[SIMILARITY])
    for block in _blocks(len(queries), size):
        asked = {name: channels[name].ask(queries[block]) for name in scoring.names}
        nearly = {name: of_block.nearly() for name, of_block in asked.items()}
        yield np.stack([scoring.nearly(nearly, place, size) for place in range(block.stop - block.start)])


def scores(
    query: Query, channels: Channels, scorer: Scorer, choice: Choice, look: SecondLook | None = None
) -> NDArray[np.float64]:
    """The score of every row of the index for one query, −inf where it is not allowed or not looked at."""
    size = len(channels[SIMILARITY])
    allowed = np.arange(size) if choice.allowed is None else choice.allowed
    [scored] = _Scoring(channels, scorer, look).of([query], [allowed], [choice])
    by_row = np.full(size, -np.inf)
    by_row[scored.rows] = scored.score
    return by_row


def best_first(
    rows: Rows, score: NDArray[np.float64], weights: NDArray[np.float64] | None
) -> NDArray[np.int64]:
    """The places in `rows` in the order of their scores, weighted where there are weights; ties by row."""
    preference = score if weights is None else score * weights[rows]
    return np.lexsort((rows, -preference))


def _blocks(queries: int, rows: int) -> Iterator[slice]:
    """Queries whose figures with every row fit into memory at once."""
    size = max(1, min(_BLOCK, _BLOCK_CELLS // max(1, rows)))
    for start in range(0, queries, size):
        yield slice(start, min(start + size, queries))


@dataclass(frozen=True, slots=True)
class _Scored:
    """Rows with their similarities, contributions and scores."""

    rows: Rows
    similarity: NDArray[np.float64]
    contributions: Figures
    score: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Scoring:
    """Scores rows for queries: by the channels, and then the best of them by all that the scorer weighs."""

    channels: Channels
    scorer: Scorer
    look: SecondLook | None

    @property
    def names(self) -> tuple[str, ...]:
        """The channels that are asked."""
        return tuple(dict.fromkeys((SIMILARITY, COMPARABLE, SUBSTANCE, *self.scorer.channels)))

    @property
    def looked_at(self) -> int:
        """How many of the best by the channels are looked at twice."""
        if not self.scorer.second_look:
            return 0
        return RERANKED if "cross_encoder" in self.scorer.second_look else DEPTH

    def best(
        self, queries: Sequence[Query], choices: Sequence[Choice], first: int
    ) -> Iterator[tuple[_Scored, Shortlist]]:
        """For each query of a block the rows that can be chosen, scored, and its shortlist; `first` is the
        place of the block's first query."""
        asked = {name: self.channels[name].ask(queries) for name in self.names}
        nearly = {name: of_block.nearly() for name, of_block in asked.items()}
        size = len(self.channels[SIMILARITY])
        rows, shortlists = [], []
        for place, choice in enumerate(choices):
            contending, shortlist = self.searched(self.nearly(nearly, place, size), choice)
            rows.append(contending)
            shortlists.append(shortlist)
        yield from zip(self._exactly(asked, rows, choices, first), shortlists, strict=True)

    def nearly(
        self, figures: Mapping[str, NDArray[np.float32]], place: int, size: int
    ) -> NDArray[np.float32]:
        """The scores of one query's rows by the figures of a block."""
        of_query = {name: values[place % len(values)] for name, values in figures.items()}
        scores: NDArray[np.float32] = self.scorer.score(self.scorer.contributions(of_query))
        return np.broadcast_to(scores, size)

    def of(
        self, queries: Sequence[Query], rows: Sequence[Rows], choices: Sequence[Choice]
    ) -> Iterator[_Scored]:
        """These rows of each query."""
        asked = {name: self.channels[name].ask(queries) for name in self.names}
        return self._exactly(asked, rows, choices, 0)

    def contenders(self, shortlist: Shortlist, choice: Choice) -> Rows | None:
        """The rows of a shortlist that can be chosen, ascending; None where others could be, too."""
        rows, scores = shortlist.rows, shortlist.scores
        needed = max(self.looked_at, choice.k + choice.pool) + _SPARE
        best = np.argsort(-scores, kind="stable")
        reached = choice.reach_of(rows[best], needed)
        if reached is None:
            return rows if shortlist.bound == -np.inf else None
        least = scores[best[reached - 1]] - 2 * choice.error
        if least < shortlist.bound:
            return rows if shortlist.bound == -np.inf else None
        contending = rows[scores >= least]
        return contending if choice.held is None else np.union1d(contending, choice.held_allowed)

    def searched(self, nearly: NDArray[np.float32], choice: Choice) -> tuple[Rows, Shortlist]:
        """The contenders among all rows, by their scores within `NEARLY`, and the shortlist."""
        rows = np.arange(len(nearly)) if choice.allowed is None else choice.allowed
        scores = nearly[rows].astype(np.float64)
        if choice.feedback is not None:
            scores = scores + _moved(scores, choice.feedback(rows))
        if choice.floor is not None and not self.scorer.second_look:
            reached = scores >= choice.floor - NEARLY
            rows, scores = rows[reached], scores[reached]
        if choice.weights is not None:
            scores = scores * choice.weights[rows]
        count = max(self.looked_at, choice.k + choice.pool) + _SPARE + _RESERVE
        while count < len(rows):
            bound = float(np.partition(scores, len(rows) - count)[len(rows) - count])
            best = np.flatnonzero(scores >= bound)
            shortlist = Shortlist(rows[best], scores[best], bound)
            contending = self.contenders(shortlist, choice)
            if contending is not None:
                return contending, shortlist
            count *= 2
        return rows, Shortlist(rows, scores, -np.inf)

    def _exactly(
        self, asked: Mapping[str, Asked], rows: Sequence[Rows], choices: Sequence[Choice], first: int
    ) -> Iterator[_Scored]:
        figures = {name: of_block.values(rows) for name, of_block in asked.items()}
        for place, (of_query, choice) in enumerate(zip(rows, choices, strict=True)):
            exact = {name: values[place].astype(np.float64) for name, values in figures.items()}
            yield self._scored(first + place, of_query, exact, choice)

    def _scored(self, place: int, rows: Rows, exact: Figures, choice: Choice) -> _Scored:
        figures = {name: values.round(DECIMALS) for name, values in exact.items()}
        if choice.feedback is not None:
            figures[feedback.__name__] = choice.feedback(rows)
        if self.scorer.second_look:
            if self.look is None:
                raise ValueError(f"nobody looks for {self.scorer.second_look}")
            _, by_channels = self._sum(figures)
            order = best_first(rows, by_channels, choice.weights)
            best = np.sort(order[: max(self.looked_at, choice.k + choice.pool, choice.reach(rows[order]))])
            rows, figures = rows[best], {name: values[best] for name, values in figures.items()}
            figures |= {name: values.round(DECIMALS) for name, values in self.look(place, rows).items()}
        contributions, score = self._sum(figures)
        return _Scored(rows, figures[SIMILARITY], contributions, score)

    def _sum(self, figures: Figures) -> tuple[Figures, NDArray[np.float64]]:
        """Contributions and score. Feedback moves no score out of 0 to 1, and comes last, so that without it
        a score is what it would be."""
        contributions = self.scorer.contributions(figures)
        score: NDArray[np.float64] = self.scorer.score(contributions)
        if feedback.__name__ in figures:
            contributions[feedback.__name__] = _moved(score, feedback(figures))
            score = self.scorer.score(contributions)
        return contributions, score


def _moved(score: NDArray[np.float64], opinions: NDArray[np.float64]) -> NDArray[np.float64]:
    """What opinions add to scores or take from them; none leaves 0 to 1 by it."""
    return np.clip(FEEDBACK * opinions, -np.maximum(score, 0.0), np.maximum(1.0 - score, 0.0))


def _chosen(choice: Choice, scorer: Scorer, scored: _Scored) -> list[Match]:
    best = best_first(scored.rows, scored.score, choice.weights)
    if choice.floor is not None:
        best = best[scored.score[best] >= choice.floor]
    if choice.repeats is not None:
        best = choice.repeats.one_of_each(scored.rows, best, choice.held)
    if choice.units is not None:
        best = best[choice.units.kept(scored.rows[best])]
    best, explored = choice.shown(scored.rows, best)
    if choice.held is not None:  # what is shown in the place of a better one has a score of its own
        shown = best[: len(best) - explored]
        order = best_first(scored.rows[shown], scored.score[shown], choice.weights)
        best = np.concatenate([shown[order], best[len(shown) :]])
    return [
        Match(
            row=int(scored.rows[at]),
            rank=place,
            similarity=float(scored.similarity[at]),
            score=float(scored.score[at]),
            contributions={
                name: float(parts[at])
                for name, parts in scored.contributions.items()
                if name != feedback.__name__ or parts[at]
            },
            probability=scorer.probability(float(scored.score[at])),
            explored=place > len(best) - explored,
        )
        for place, at in enumerate(best, start=1)
    ]
