"""Which demands a night looks at: all of them, or those that the night before does not answer for."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.ledger import Pair, Proposal
from matcher.domain.listing import LiveListing
from matcher.matching.grouping import Grouping
from matcher.matching.rank import Shortlist, nearly_scores
from matcher.matching.search import Search, by_scorer
from matcher.matching.searchable import OpenChannels
from matcher.matching.standing import NOT_KEPT, Asking, Kept, Plan, Roll, after, key_of, plan_of, plan_of_all
from matcher.ports import Channels, Rows

Versions = frozenset[tuple[int, int]]
"""(id, version) of listings."""

WorkedWith = Callable[[Collection[int], Collection[int]], Collection[int]]
"""Takes ids of achievements that are not as they were, and of those whose validity has ended; gives the ids
of the demands that the ledger or a near miss pairs with one of them."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a night leaves for the next; `lapsed` are the achievements whose validity had ended."""

    demands: Kept
    lapsed: Versions


@dataclass(frozen=True, slots=True)
class Before:
    """The night before, and what the ledger holds of it."""

    memory: Memory
    worked_with: WorkedWith


@dataclass(frozen=True, slots=True)
class Night:
    """What a night looks at of the demands: `plan`, with the roll of the achievements."""

    plan: Plan
    searched: Roll
    lapsed: Versions

    @classmethod
    def of(
        cls,
        search: Search,
        repeated: Grouping,
        excluded: Collection[Pair],
        lapsed: Sequence[LiveListing],
        open_channels: OpenChannels,
        before: Before | None,
    ) -> "Night":
        """The plan of a night; everything is looked at where there is none before that answers for it."""
        listed = search.supply.listings
        searched = Roll.of(search.supply, repeated, [achievement.version for achievement in listed])
        asking = _asking(search, excluded, open_channels)
        versions = frozenset((listing.id, listing.version) for listing in lapsed)
        if before is None or not _answers_for(before.memory, asking, searched, versions):
            return cls(plan_of_all(asking), searched, versions)
        kept = before.memory.demands
        news = searched.news(kept.searched)
        ended = {identifier for identifier, _ in versions | before.memory.lapsed}
        also = before.worked_with(news.moved.tolist(), ended)
        return cls(plan_of(asking, searched, news, kept.standing, also), searched, versions)

    @property
    def stands(self) -> frozenset[int]:
        """The ids of the demands that are not looked at, for everything of them stands."""
        looked_at = np.zeros(len(self.plan.standing.ids), dtype=np.bool_)
        looked_at[self.plan.rows] = True
        return frozenset(self.plan.standing.ids[~looked_at].tolist())

    def memory(self, search: Search, proposals: Sequence[Proposal], found: Mapping[int, Shortlist]) -> Memory:
        """What the night leaves for the next, by what it proposed and the shortlists that it `found`."""
        scores = defaultdict[int, list[float]](list)
        for proposal in proposals:
            scores[search.demands.row_of[proposal.demand_id]].append(proposal.score)
        least = {
            row: min(scores[row]) if len(scores[row]) == search.choices[row].k > 0 else -np.inf
            for row in self.plan.rows.tolist()
        }
        return Memory(after(self.plan, self.searched, found, least), self.lapsed)


def _answers_for(memory: Memory, asking: Asking, searched: Roll, lapsed: Versions) -> bool:
    """Whether there is anything to build on, and all whose validity has ended was matched or had ended the
    night before."""
    roll, standing = memory.demands.searched, memory.demands.standing
    if not all(map(len, (asking.ids, standing.ids, searched.ids, roll.ids))):
        return False
    matched = set(zip(roll.ids.tolist(), roll.versions.tolist(), strict=True))
    return lapsed <= matched | memory.lapsed


def _asking(search: Search, excluded: Collection[Pair], open_channels: OpenChannels) -> Asking:
    demands = search.demands
    roll = Roll.of(demands, Grouping(np.full(len(demands.listings), -1), 1), [0] * len(demands.listings))

    def nearly(rows: Rows) -> Iterator[NDArray[np.float32]]:
        titles = demands.fields["title"]
        channels = open_channels("demand", demands.texts, demands.vectors, titles)
        return _nearly_by_all(search, channels, rows)

    return Asking(roll.ids, list(_keys(search, excluded)), roll.names, nearly)


def _nearly_by_all(search: Search, channels: Channels, rows: Rows) -> Iterator[NDArray[np.float32]]:
    """The scores of some achievements for every demand, each demand's by its own scorer."""
    queries = [search.supply.query(int(row)) for row in rows]
    parts = list(by_scorer(search.scorers))
    blocks = zip(*(nearly_scores(queries, channels, scorer) for scorer, _ in parts), strict=True)
    for block in blocks:
        scores = np.empty_like(block[0])
        for (_, part), figures in zip(parts, block, strict=True):
            scores[:, part] = figures[:, part]
        yield scores


def _keys(search: Search, excluded: Collection[Pair]) -> Iterator[bytes]:
    """What each demand's matches depend on beside the supply list. Where people's preferences, opinions or
    rules have their say, or a park limits its entries, nothing is kept."""
    barred = defaultdict[int, list[int]](list)
    for demand_id, achievement_id in sorted(excluded):
        barred[demand_id].append(achievement_id)
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
