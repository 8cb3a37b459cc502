"""From queries to ranked matches: search every channel, join what they found, score it, choose the best.

Retrieval's channels look at every row, what else a scorer weighs only at the best of them by those channels.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from matcher.domain.features import feedback
from matcher.domain.match import Match
from matcher.domain.scoring import FEEDBACK, Scorer
from matcher.matching.grouping import Grouping
from matcher.ports import COMPARABLE, DECIMALS, SIMILARITY, SUBSTANCE, Channels, Figures, Query, Rows

DEPTH = 200
"""How many rows each channel proposes for each query where not every row is scored, and how many of the best
by all channels are looked at twice where a scorer weighs more than channels."""

RERANKED = 50
"""How many of the best a cross-encoder reads: it takes some 20 ms a pair on two cores."""

SCORE_ALL = 2048
"""Up to this many allowed rows, every one is scored: cheaper than searching every channel, and exact."""

EXPLORED = 5
"""Explored rows are drawn from so many times `k` of the next best."""

_BLOCK = 1024
_BLOCK_CELLS = 8_000_000

SecondLook = Callable[[int, Rows], Figures]
"""Takes the place of a query and some rows, and gives the figures that no channel has."""

Feedback = Callable[[Rows], NDArray[np.float64]]
"""Takes some rows, and gives what people's opinions of others come to for each."""


@dataclass(frozen=True, slots=True)
class Exploration:
    """The last `slots` of a choice go to rows that would not be shown, drawn by `seed` and the rows' `ids`.

    The draw depends on the two ids alone, so that the same pair is drawn night after night.
    """

    slots: int
    seed: int
    ids: NDArray[np.int64]

    def draw(self, rows: Rows) -> NDArray[np.int64]:
        """The places in `rows` of those drawn, ascending."""
        lots = [sha256(f"{self.seed}/{identifier}".encode()).digest() for identifier in self.ids[rows]]
        return np.sort(sorted(range(len(lots)), key=lots.__getitem__)[: self.slots])


@dataclass(frozen=True, slots=True)
class Choice:
    """How the matches of one query are chosen: the `k` best of the `allowed` rows (all, where None).

    `weights` (one for each row of the index) multiply a score for the order alone; what scores below `floor`
    is left out, and what is over the cap of a grouping: rows that repeat one another, or of one unit. Of rows
    that repeat one another the best is chosen and one of `held` is shown, where there is one. What `feedback`
    gives is added to the score; None where people have no opinions.
    """

    k: int
    allowed: Rows | None = None
    weights: NDArray[np.float64] | None = None
    floor: float | None = None
    repeats: Grouping | None = None
    held: Rows | None = None
    units: Grouping | None = None
    exploration: Exploration | None = None
    feedback: Feedback | None = None

    @property
    def groupings(self) -> tuple[Grouping, ...]:
        """Those there are, in the order in which they are applied."""
        return tuple(grouping for grouping in (self.repeats, self.units) if grouping is not None)

    @property
    def pool(self) -> int:
        """How many more than `k` are drawn from."""
        return 0 if self.exploration is None else EXPLORED * self.k

    @property
    def depth(self) -> int:
        """How many of the best by score are enough, whatever the groupings leave out."""
        return self.k + self.pool + sum(grouping.surplus for grouping in self.groupings)

    @property
    def best_places(self) -> int:
        """How many of the `k` places always go to the best."""
        return self.k - (0 if self.exploration is None else self.exploration.slots)

    def reach(self, rows: Rows) -> int:
        """How many of these rows, best first, it takes for `k` that fit their groups, or for all that do."""
        left = np.arange(len(rows))
        for grouping in self.groupings:
            left = left[grouping.kept(rows[left])]
        return int(left[: self.k][-1]) + 1 if self.k > 0 and len(left) else 0


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
    look: SecondLook | None = None,
) -> list[list[Match]]:
    """The matches of each query by its own choice, best first, ties by row; terms are left empty.

    `k` come back whenever so many rows are allowed, reach the floor and fit their group. `look` is needed
    where the scorer weighs more than channels.
    """
    scoring = _Scoring(queries, channels, scorer, look)
    candidates = _candidates(queries, channels, scorer, depth, choices)
    return [
        _chosen(choice, scorer, scored)
        for block in _blocks(candidates)
        for choice, scored in zip(choices[block], scoring.of(block, candidates, choices), strict=True)
    ]


def scores(
    query: Query, channels: Channels, scorer: Scorer, choice: Choice, look: SecondLook | None = None
) -> NDArray[np.float64]:
    """The score of every row of the index for one query, −inf where it is not allowed or not looked at."""
    size = len(channels[SIMILARITY])
    allowed = np.arange(size) if choice.allowed is None else choice.allowed
    scoring = _Scoring([query], channels, scorer, look)
    [scored] = scoring.of(slice(0, 1), [allowed], [choice])
    by_row = np.full(size, -np.inf)
    by_row[scored.rows] = scored.score
    return by_row


def best_first(
    rows: Rows, score: NDArray[np.float64], weights: NDArray[np.float64] | None
) -> NDArray[np.int64]:
    """The places in `rows` in the order of their scores, weighted where there are weights; ties by row."""
    preference = score if weights is None else score * weights[rows]
    return np.lexsort((rows, -preference))


def _candidates(
    queries: Sequence[Query], channels: Channels, scorer: Scorer, depth: int, choices: Sequence[Choice]
) -> list[Rows]:
    """The rows to score for each query, ascending. Queries with the same allowed rows are searched at once.

    Where weights or feedback change the order every allowed row is scored, for no search depth would be
    certain.
    """
    everything = np.arange(len(channels[SIMILARITY]))
    candidates = [everything if choice.allowed is None else choice.allowed for choice in choices]
    groups: dict[tuple[bytes | None, int], list[int]] = defaultdict(list)
    for position, choice in enumerate(choices):
        deep = max(choice.depth, depth)
        moved = choice.weights is not None or choice.feedback is not None
        if not moved and deep <= SCORE_ALL < len(candidates[position]):
            groups[None if choice.allowed is None else choice.allowed.tobytes(), deep].append(position)
    for (_, deep), members in groups.items():
        together = [queries[member] for member in members]
        rows = choices[members[0]].allowed
        by_channel = [channels[name].search(together, deep, rows) for name in scorer.channels]
        for member, *hits in zip(members, *by_channel, strict=True):
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

    queries: Sequence[Query]
    channels: Channels
    scorer: Scorer
    look: SecondLook | None

    def of(self, block: slice, candidates: Sequence[Rows], choices: Sequence[Choice]) -> Iterator[_Scored]:
        """The candidates of each query of a block."""
        rows = candidates[block]
        names = {SIMILARITY, COMPARABLE, SUBSTANCE, *self.scorer.channels}
        figures = {name: self.channels[name].values(self.queries[block], rows) for name in names}
        for place, (of_query, choice) in enumerate(zip(rows, choices[block], strict=True)):
            exact = {name: values[place].astype(np.float64) for name, values in figures.items()}
            yield self._scored(block.start + place, of_query, exact, choice)

    def _scored(self, place: int, rows: Rows, exact: Figures, choice: Choice) -> _Scored:
        figures = {name: values.round(DECIMALS) for name, values in exact.items()}
        if choice.feedback is not None:
            figures[feedback.__name__] = choice.feedback(rows)
        if self.scorer.second_look:
            if self.look is None:
                raise ValueError(f"nobody looks for {self.scorer.second_look}")
            depth = RERANKED if "cross_encoder" in self.scorer.second_look else DEPTH
            _, first = self._sum(figures)
            order = best_first(rows, first, choice.weights)
            best = np.sort(order[: max(depth, choice.k + choice.pool, choice.reach(rows[order]))])
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
            lowest, highest = -np.maximum(score, 0.0), np.maximum(1.0 - score, 0.0)
            contributions[feedback.__name__] = np.clip(FEEDBACK * feedback(figures), lowest, highest)
            score = self.scorer.score(contributions)
        return contributions, score


def _chosen(choice: Choice, scorer: Scorer, scored: _Scored) -> list[Match]:
    best = best_first(scored.rows, scored.score, choice.weights)
    if choice.floor is not None:
        best = best[scored.score[best] >= choice.floor]
    if choice.repeats is not None:
        best = choice.repeats.one_of_each(scored.rows, best, choice.held)
    if choice.units is not None:
        best = best[choice.units.kept(scored.rows[best])]
    best, explored = _explored(choice, scored.rows, best)
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


def _explored(choice: Choice, rows: Rows, best: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """The chosen places, and how many of the last were drawn; none where everything is shown anyway."""
    k = max(choice.k, 0)
    if choice.exploration is None or len(best) <= k:
        return best[:k], 0
    shown = k - choice.exploration.slots
    pool = best[shown : k + EXPLORED * k]
    drawn = pool[choice.exploration.draw(rows[pool])]
    return np.concatenate([best[:shown], drawn]), len(drawn)
