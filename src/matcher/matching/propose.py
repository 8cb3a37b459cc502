"""From both lists and everybody's rules, in one snapshot, to what a run proposes; nothing is written."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from matcher.domain.abstention import Abstention
from matcher.domain.counterfactual import NearMiss
from matcher.domain.ledger import Pair, Proposal, WhyNot
from matcher.domain.listing import Achievement, LiveListing, Side
from matcher.domain.rules import DEFAULT_PROFILE, ParkProfile
from matcher.domain.scoring import Scorer, Scorers
from matcher.matching.admission import Admission
from matcher.matching.choice import Choice, Exploration
from matcher.matching.feed import Feed, is_released
from matcher.matching.feedback import judged_by_row, moved_in
from matcher.matching.grouping import Grouping
from matcher.matching.inputs import Inputs
from matcher.matching.lapsed import lapsed_misses, lapsed_search
from matcher.matching.left_out import LeftOut, abstentions
from matcher.matching.missed import Chosen, Missed
from matcher.matching.near_misses import near_misses
from matcher.matching.night import Before, Memory, looking, of_demands, scores_by
from matcher.matching.rank import SearchAll, search_all
from matcher.matching.ready import Ready
from matcher.matching.repeats import with_repeats
from matcher.matching.search import Search, floor_of, matches_of_demands
from matcher.matching.searchable import Encoded, OpenChannels, Searchable, VectorsOf
from matcher.matching.second_look import PairLook
from matcher.matching.standing import Kept, Roll, nothing_kept
from matcher.ports import Progress, Reranker, Rows, silent

SHARE_EXPLORED = 0.1
"""Share of a demand's matches drawn from the next best where a learned scoring ranks them."""


@dataclass(frozen=True, slots=True)
class Method:
    """How proposals are made, whatever the lists say.

    `vectors` gives those of one side's texts and how many had to be encoded; `top_k` is the number of matches
    of a listing where its park does not say otherwise. `held` are lists that are searchable already;
    `search_all` is what searches a whole list.
    """

    vectors: VectorsOf
    open_channels: OpenChannels
    scorers: Scorers
    top_k: int
    reranker: Reranker | None = None
    held: Mapping[Side, Ready] = field(default_factory=dict)
    search_all: SearchAll = search_all


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a run proposes; `encoded` counts the texts that had no vector yet, `cut_short` those of them
    that are longer than the encoder reads.

    `repeats` are the listings that repeat another of their list: id → id of the first, by side. `stands` are
    the demands of which nothing is said because everything the night before said of them stands,
    `feed_stands` the achievements whose feed does, `memory` is what the next night may build on, and
    `lists` are both lists as they were searched.
    """

    entries: list[Proposal]
    feed: list[Proposal]
    abstentions: list[Abstention]
    near_misses: list[NearMiss]
    why_not: WhyNot
    repeats: Mapping[Side, Mapping[int, int]]
    encoded: int
    cut_short: int
    stands: frozenset[int]
    feed_stands: frozenset[int]
    memory: Memory
    lists: Mapping[Side, Ready]


def propose(
    inputs: Inputs,
    method: Method,
    progress: Progress,
    *,
    with_feed: bool = True,
    with_near_misses: bool = True,
    before: Before | None = None,
) -> Proposed:
    """The matches of every demand, or of those that the night `before` does not answer for; and, `with_feed`,
    of every achievement."""
    encoded = Encoded(method.vectors, progress)
    live = {Side.SUPPLY: inputs.supply, Side.DEMAND: inputs.demands}
    lists = {
        side: method.held.get(side) or Ready.of(side, listings, encoded, method.open_channels)
        for side, listings in live.items()
    }
    supply, demands = lists[Side.SUPPLY].index, lists[Side.DEMAND].index
    repeated = {side: ready.repeats for side, ready in lists.items()}
    released = np.array(
        [row for row, demand in enumerate(demands.listings) if is_released(demand.listing)], dtype=np.int64
    )
    rules = [inputs.rules_of(demand) for demand in demands.listings]
    excluded = with_repeats(inputs.excluded, supply.listings, repeated[Side.SUPPLY])
    search = Search(
        demands=demands,
        supply=supply,
        rules=rules,
        choices=(),
        scorers=[method.scorers.of(demand.park_id) for demand in demands.listings],
        admission=Admission(demands, supply, rules, excluded, released),
        look=PairLook(demands, supply, inputs.day, method.reranker),
        judged=judged_by_row(demands, supply, inputs.opinions),
        search_all=method.search_all,
    )
    choices = _choices(search, repeated[Side.SUPPLY], inputs, method.top_k)
    search = replace(search, choices=tuple(choices))
    achievements = Roll.of(supply, repeated[Side.SUPPLY], [listed.version for listed in supply.listings])
    lapsed = frozenset((listed.id, listed.version) for listed in inputs.lapsed)
    night = of_demands(search, achievements, excluded, lapsed, before)
    weighed, found = matches_of_demands(search, night.plan, progress)
    chosen = [proposal for _, proposal in weighed]
    entries, capped = _within_parks(weighed, inputs.profiles)
    feed = _Fed.of_none()
    if with_feed and len(released):
        feed = _fed(search, released, repeated[Side.DEMAND], excluded, achievements, method, before, progress)
    proposed = {(entry.demand_id, entry.achievement_id) for entry in entries}
    missed: list[NearMiss] = []
    if with_near_misses:
        by_demand = _by_demand(weighed)
        of_lapsed = _of_lapsed(search, night.plan.rows, by_demand, inputs, method)
        missed = near_misses(search, night.plan.rows, by_demand, of_lapsed)
    stands = night.stands
    spoken_for = [demand for demand in inputs.demands if demand.id not in stands]
    return Proposed(
        entries=entries,
        feed=feed.proposals,
        abstentions=abstentions(search, chosen, entries, capped, spoken_for),
        near_misses=missed,
        why_not=LeftOut(search, excluded, capped, (inputs.demands, inputs.supply), proposed),
        repeats={
            side: _first_ids(index.listings, repeated[side])
            for side, index in ((Side.DEMAND, demands), (Side.SUPPLY, supply))
        },
        encoded=encoded.count,
        cut_short=encoded.cut_short,
        stands=stands,
        feed_stands=feed.stands,
        memory=Memory(
            night.kept(
                scores_by(chosen, lambda proposal: proposal.demand_id),
                lambda row: search.choices[row].k,
                found,
            ),
            feed.kept,
            lapsed,
        ),
        lists=lists,
    )


@dataclass(frozen=True, slots=True)
class _Fed:
    """What a night says of the feed."""

    proposals: list[Proposal]
    stands: frozenset[int]
    kept: Kept

    @classmethod
    def of_none(cls) -> "_Fed":
        """That there is none."""
        return cls([], frozenset(), nothing_kept())


def _fed(
    search: Search,
    released: Rows,
    repeated: Grouping,
    excluded: Collection[Pair],
    achievements: Roll,
    method: Method,
    before: Before | None,
    progress: Progress,
) -> _Fed:
    feed = Feed.of(search, released, repeated, method.open_channels, method.top_k, method.scorers.shared)
    kept = None if before is None else before.memory.feed
    night = looking(feed.asking(achievements), feed.roll(excluded), kept, lambda _: ())
    proposals, found = feed.matches(night.plan, progress)
    scores = scores_by(proposals, lambda proposal: proposal.achievement_id)
    return _Fed(proposals, night.stands, night.kept(scores, lambda _: method.top_k, found))


def _by_demand(weighed: Sequence[tuple[float, Proposal]]) -> Chosen:
    chosen: dict[int, list[tuple[float, Proposal]]] = defaultdict(list)
    for preference, proposal in weighed:
        chosen[proposal.demand_id].append((preference, proposal))
    return dict(chosen)


def _of_lapsed(
    search: Search, rows: Rows, chosen: Chosen, inputs: Inputs, method: Method
) -> dict[int, list[Missed]]:
    """The near misses of some demands among the achievements whose validity has ended, by demand row."""
    if not inputs.lapsed:
        return {}
    supply = Encoded(method.vectors, silent).supply(
        inputs.lapsed, lambda _, *listed: method.open_channels("lapsed", *listed)
    )
    look = PairLook(search.demands, supply, inputs.day, method.reranker)
    lapsed = lapsed_search(search, supply, inputs, look)
    return lapsed_misses(search, lapsed, rows, chosen, inputs.day)


def _choices(search: Search, repeated: Grouping, inputs: Inputs, top_k: int) -> Iterator[Choice]:
    """How each demand's matches are chosen; a park's weights are worked out once."""
    supply = search.supply.listings
    ids = np.array([achievement.id for achievement in supply], dtype=np.int64)
    units = _units(search.supply.organisations)
    held = _held(inputs.held, search.supply, repeated)
    weights: dict[int | None, NDArray[np.float64] | None] = {}
    for row, (demand, rules, scorer) in enumerate(
        zip(search.demands.listings, search.rules, search.scorers, strict=True)
    ):
        profile = rules.profile
        if demand.park_id not in weights:
            weights[demand.park_id] = _weights(profile, supply)
        k = profile.top_k or top_k
        cap = profile.per_organisation
        slots = _explored_slots(profile, scorer, k)
        yield Choice(
            k=k,
            allowed=search.admission.of_demand(row),
            weights=weights[demand.park_id],
            floor=floor_of(profile, scorer),
            repeats=repeated,
            held=held.get(demand.id),
            units=None if cap is None else Grouping(units, cap),
            exploration=Exploration(slots, demand.id, ids) if slots else None,
            feedback=moved_in(search.supply, search.judged.get(row), inputs.opinions.get(demand.id, {})),
        )


def _held(current: Collection[Pair], supply: Searchable, repeated: Grouping) -> dict[int, NDArray[np.int64]]:
    """Demand id → the rows of those of its current achievements that repeat another."""
    held = defaultdict[int, list[int]](list)
    for demand, achievement in current:
        row = supply.row_of.get(achievement)
        if row is not None and repeated.numbers[row] >= 0:
            held[demand].append(row)
    return {demand: np.array(sorted(rows), dtype=np.int64) for demand, rows in held.items()}


def _units(names: Sequence[str]) -> NDArray[np.int64]:
    """A number for each research unit, −1 where none is named."""
    numbers: dict[str, int] = {"": -1}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


def _explored_slots(profile: ParkProfile, scorer: Scorer, k: int) -> int:
    """How many of `k` matches are drawn from the next best."""
    usual = SHARE_EXPLORED if scorer.learned else 0.0
    share = usual if profile.exploration is None else profile.exploration
    return math.floor(share * k + 1e-9)


def _first_ids(listings: Sequence[LiveListing], repeated: Grouping) -> dict[int, int]:
    return {
        listing.id: listings[first].id
        for row, (listing, first) in enumerate(zip(listings, repeated.numbers, strict=True))
        if first >= 0 and first != row
    }


def _weights(profile: ParkProfile, supply: Sequence[LiveListing]) -> NDArray[np.float64] | None:
    """What each achievement's score is multiplied by for the order; None where the park prefers nothing."""
    if not profile.industries and (not profile.partners or profile.partner_weight == 1):
        return None
    listings = (listed.listing for listed in supply)
    return np.array([profile.weight(listing) for listing in listings if isinstance(listing, Achievement)])


def _within_parks(
    weighed: Sequence[tuple[float, Proposal]], profiles: Mapping[int, ParkProfile]
) -> tuple[list[Proposal], frozenset[Pair]]:
    """What is left where parks limit their entries, and the pairs that are over the limit.

    A park keeps what it prefers most, then earlier demands; so a demand loses its last ranks first.
    """
    by_park: dict[int, list[tuple[float, Proposal]]] = defaultdict(list)
    for preference, proposal in weighed:
        by_park[proposal.park_id].append((preference, proposal))
    over: set[Pair] = set()
    for park_id, ranked in by_park.items():
        limit = profiles.get(park_id, DEFAULT_PROFILE).max_entries
        if limit is not None:
            ranked.sort(key=lambda entry: (-entry[0], entry[1].demand_id, entry[1].rank))
            over.update((proposal.demand_id, proposal.achievement_id) for _, proposal in ranked[limit:])
    kept = [proposal for _, proposal in weighed if (proposal.demand_id, proposal.achievement_id) not in over]
    return kept, frozenset(over)
