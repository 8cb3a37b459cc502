"""What a night looks at: everything, or what the night before does not answer for."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from matcher.domain.ledger import Pair, Proposal
from matcher.matching.rank import Shortlist, nearly_scores
from matcher.matching.search import Search, by_scorer
from matcher.matching.standing import (
    NOT_KEPT,
    Asking,
    Kept,
    Plan,
    Roll,
    after,
    barred_by,
    ids_of,
    key_of,
    names_of,
    plan_of,
    plan_of_all,
)
from matcher.ports import Rows

Versions = frozenset[tuple[int, int]]
"""(id, version) of listings."""

WorkedWith = Callable[[Collection[int], Collection[int]], Collection[int]]
"""Takes ids of achievements that are not as they were, and of those whose validity has ended; gives the ids
of the demands that the ledger or a near miss pairs with one of them."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a night leaves for the next of both directions; `lapsed` are the achievements whose validity had
    ended."""

    demands: Kept
    feed: Kept
    lapsed: Versions


@dataclass(frozen=True, slots=True)
class Before:
    """The night before, and what the ledger holds of it."""

    memory: Memory
    worked_with: WorkedWith


@dataclass(frozen=True, slots=True)
class Looking:
    """What a night looks at of one list: `plan`, and the other list, which is searched."""

    plan: Plan
    searched: Roll

    @property
    def stands(self) -> frozenset[int]:
        """The ids of the listings that are not looked at, for everything of them stands."""
        looked_at = np.zeros(len(self.plan.standing.ids), dtype=np.bool_)
        looked_at[self.plan.rows] = True
        return frozenset(self.plan.standing.ids[~looked_at].tolist())

    def kept(
        self,
        scores: Mapping[int, Sequence[float]],
        wanted: Callable[[int], int],
        found: Mapping[int, Shortlist],
    ) -> Kept:
        """What the night leaves for the next: by listing id the scores of its matches, of which `wanted` of a
        row are all that it may have, and by row the shortlists that were `found`."""
        ids = self.plan.standing.ids
        least = {}
        for row in self.plan.rows.tolist():
            reached = scores.get(int(ids[row]), ())
            least[row] = min(reached) if len(reached) == wanted(row) > 0 else -np.inf
        return after(self.plan, self.searched, found, least)


def looking(
    asking: Asking, searched: Roll, before: Kept | None, also: Callable[[Rows], Collection[int]]
) -> Looking:
    """What a night looks at; everything, where there is nothing `before` to build on. `also` takes ids of the
    other list that are not as they were, and gives ids of listings that are looked at because of them."""
    if before is None or not all(
        map(len, (asking.ids, before.standing.ids, searched.ids, before.searched.ids))
    ):
        return Looking(plan_of_all(asking), searched)
    news = searched.news(before.searched)
    return Looking(plan_of(asking, searched, news, before.standing, also(news.moved)), searched)


def of_demands(
    search: Search,
    achievements: Roll,
    excluded: Collection[Pair],
    lapsed: Versions,
    before: Before | None,
) -> Looking:
    """Which demands a night looks at."""
    asking = _asking(search, excluded)
    if before is None or not _were_valid(lapsed, before.memory):
        return looking(asking, achievements, None, lambda _: ())
    ended = {identifier for identifier, _ in lapsed | before.memory.lapsed}
    worked_with = before.worked_with
    return looking(
        asking, achievements, before.memory.demands, lambda moved: worked_with(moved.tolist(), ended)
    )


def scores_by(proposals: Iterable[Proposal], listing: Callable[[Proposal], int]) -> dict[int, list[float]]:
    """The scores of proposals by a listing of theirs."""
    scores = defaultdict[int, list[float]](list)
    for proposal in proposals:
        scores[listing(proposal)].append(proposal.score)
    return scores


def _were_valid(lapsed: Versions, memory: Memory) -> bool:
    """Whether everything whose validity has ended was matched or had ended the night before."""
    roll = memory.demands.searched
    matched = set(zip(roll.ids.tolist(), roll.versions.tolist(), strict=True))
    return lapsed <= matched | memory.lapsed


def _asking(search: Search, excluded: Collection[Pair]) -> Asking:
    demands = search.demands
    keys = list(_keys(search, excluded))
    return Asking(ids_of(demands), keys, names_of(demands), partial(_nearly_by_all, search))


def _nearly_by_all(search: Search, rows: Rows) -> Iterator[NDArray[np.float32]]:
    """The scores of some achievements for every demand, each demand's by its own scorer."""
    queries = [search.supply.query(int(row)) for row in rows]
    parts = list(by_scorer(search.scorers))
    blocks = zip(
        *(nearly_scores(queries, search.demands.channels, scorer) for scorer, _ in parts), strict=True
    )
    for block in blocks:
        scores = np.empty_like(block[0])
        for (_, part), figures in zip(parts, block, strict=True):
            scores[:, part] = figures[:, part]
        yield scores


def _keys(search: Search, excluded: Collection[Pair]) -> Iterator[bytes]:
    """What each demand's matches depend on beside the supply list. Where people's preferences, opinions or
    rules have their say, or a park limits its entries, nothing is kept."""
    barred = barred_by(excluded)
    rows = zip(search.demands.listings, search.rules, search.choices, search.scorers, strict=True)
    profiles: dict[int | None, str] = {}
    for demand, rules, choice, scorer in rows:
        plain = (
            choice.weights is None
            and choice.floor is None
            and choice.feedback is None
            and choice.exploration is None
            and not scorer.second_look
            and not rules.limiting
            and rules.profile.max_entries is None
        )
        if demand.park_id not in profiles:
            profiles[demand.park_id] = repr(rules.profile)
        facts = (demand.version, profiles[demand.park_id], rules.own, choice.k, scorer.version)
        yield key_of(*facts, barred.get(demand.id)) if plain else NOT_KEPT
