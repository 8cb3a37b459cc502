"""What a run does not propose: why a pair is left out, and which demands are left with nothing likely."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.abstention import Abstention
from matcher.domain.bands import Band
from matcher.domain.ledger import Leaving, Pair, Proposal
from matcher.domain.listing import Achievement, LiveListing
from matcher.domain.match import Match
from matcher.domain.standings import AbstentionReason, Cause
from matcher.domain.verdicts import Constraint
from matcher.matching.choice import Choice
from matcher.matching.rank import best_first, scores
from matcher.matching.search import Search, ranked_demands


class LeftOut:
    """Tells of a pair with two live sides why the search does not propose it.

    `live` are the demands and achievements that may be matched, whether they say enough or not; `capped` are
    the pairs chosen but over a park's limit of entries, `proposed` the others.
    """

    def __init__(
        self,
        search: Search,
        excluded: Collection[Pair],
        capped: Collection[Pair],
        live: tuple[Iterable[LiveListing], Iterable[LiveListing]],
        proposed: Collection[Pair],
    ) -> None:
        self._search = search
        self._excluded = excluded
        self._capped = capped
        self._proposed = proposed
        self._live = tuple(frozenset(listing.id for listing in side) for side in live)
        self._rows = search.demands.row_of, search.supply.row_of
        self._scores = lru_cache(maxsize=64)(self._scores_of)

    def __call__(self, pair: Pair) -> Leaving:
        """The first of the reasons, in the order in which they are applied."""
        if pair in self._excluded:
            return Leaving(Cause.EXCLUDED)
        for listing_id, rows, live in zip(pair, self._rows, self._live, strict=True):
            if listing_id not in rows:
                silent = listing_id in live
                constraint = Constraint.TOO_LITTLE_TEXT if silent else Constraint.CONFIDENTIAL
                return Leaving(Cause.CONSTRAINT, (constraint,))
        demand, achievement = (rows[listing_id] for listing_id, rows in zip(pair, self._rows, strict=True))
        if against := self._constraints(demand, achievement):
            return Leaving(Cause.CONSTRAINT, against)
        choice = self._search.choices[demand]
        if choice.floor is not None and -np.inf < self._scores(demand)[achievement] < choice.floor:
            return Leaving(Cause.BELOW_THRESHOLD)
        if self._is_repeated(demand, achievement):
            return Leaving(Cause.REPEATED)
        if pair in self._capped or self._is_over_its_unit(demand, achievement):
            return Leaving(Cause.QUOTA)
        return Leaving(Cause.OUTRANKED)

    def _constraints(self, demand: int, achievement: int) -> tuple[Constraint, ...]:
        offered = self._search.supply.listings[achievement].listing
        assert isinstance(offered, Achievement)
        enterprise = self._search.demands.organisations[demand]
        is_own = bool(enterprise) and enterprise == self._search.supply.organisations[achievement]
        against = self._search.rules[demand].against(offered)
        return (Constraint.OWN_ORGANISATION, *against) if is_own else against

    def _is_over_its_unit(self, demand: int, achievement: int) -> bool:
        """Whether the pair would be among the first but for the quota of its organisation."""
        choice = self._search.choices[demand]
        if choice.units is None:
            return False
        score = self._scores(demand)
        rows = np.arange(len(score)) if choice.allowed is None else choice.allowed
        if choice.floor is not None:
            rows = rows[score[rows] >= choice.floor]
        best = rows[best_first(rows, score[rows], choice.weights)]
        if choice.repeats is not None:
            best = best[choice.repeats.kept(best)]
        return achievement in best[: choice.k]

    def _is_repeated(self, demand: int, achievement: int) -> bool:
        """Whether an achievement that it repeats, or that repeats it, is proposed in its place."""
        repeats = self._search.choices[demand].repeats
        if repeats is None or repeats.numbers[achievement] < 0:
            return False
        alike = np.flatnonzero(repeats.numbers == repeats.numbers[achievement])
        asked, supply = self._search.demands.listings[demand].id, self._search.supply.listings
        return any((asked, supply[row].id) in self._proposed for row in alike)

    def _scores_of(self, demand: int) -> NDArray[np.float64]:
        search = self._search
        scorer, choice = search.scorers[demand], search.choices[demand]
        look = search.look_of(scorer, np.array([demand]))
        return scores(search.demands.query(demand), search.supply.channels, scorer, choice, look)


def abstentions(
    search: Search,
    chosen: Iterable[Proposal],
    entries: Iterable[Proposal],
    capped: Collection[Pair],
    live: Sequence[LiveListing],
) -> list[Abstention]:
    """The live demands of which no entry is likely by their parks' thresholds, and has a probability.

    `entries` are those of the `chosen` that are not `capped`.
    """
    row_of = search.demands.row_of
    matched, supplied = set[int](), set[int]()
    for entry in entries:
        matched.add(entry.demand_id)
        bands = search.rules[row_of[entry.demand_id]].profile.bands
        if bands.of(entry.probability) in {Band.LIKELY, None}:
            supplied.add(entry.demand_id)
    without = [demand for demand in live if demand.id not in supplied]
    rows = [row_of[demand.id] for demand in without if demand.id in row_of]
    nearest = _nearest(
        search, rows, {proposal.demand_id: proposal for proposal in chosen if proposal.rank == 1}
    )
    had_some = {demand for demand, _ in capped}
    left = []
    for demand in without:
        assert demand.park_id is not None
        fields: dict[str, Any] = {"reason": AbstentionReason.TOO_LITTLE_TEXT, "ruled_out": {}}
        row = row_of.get(demand.id)
        if row is not None:
            reason = (
                AbstentionReason.NONE_LIKELY
                if demand.id in matched
                else _reason(search, row, over_quota=demand.id in had_some)
            )
            fields = {"reason": reason, "ruled_out": search.admission.ruled_out(row), **nearest[row]}
        left.append(Abstention(demand_id=demand.id, park_id=demand.park_id, **fields))
    return left


def _reason(search: Search, row: int, *, over_quota: bool) -> AbstentionReason:
    if not search.supply.listings:
        return AbstentionReason.NO_SUPPLY
    allowed = search.choices[row].allowed
    if allowed is not None and len(allowed) == 0:
        return AbstentionReason.CONSTRAINTS
    return AbstentionReason.QUOTA if over_quota else AbstentionReason.BELOW_THRESHOLD


def _nearest(search: Search, rows: Sequence[int], first: Mapping[int, Proposal]) -> dict[int, dict[str, Any]]:
    """By row, each of these demands' nearest miss: the best achievement with rules and threshold set aside.

    `first` are the demands' first proposals, by id: where no rule and nobody's preference had a say, they are
    the best. The others are searched for.
    """
    if not search.supply.listings:
        return {row: {} for row in rows}
    known = {
        row: first[search.demands.listings[row].id] for row in rows if _says_the_best(search, row, first)
    }
    others = [row for row in rows if row not in known]
    choices = {
        row: Choice(1, search.admission.without_rules(row), feedback=search.choices[row].feedback)
        for row in others
    }
    best = ranked_demands(search, np.array(others, dtype=np.int64), choices)
    found = {row: _figures(search, row, *matches) for row, matches in zip(others, best, strict=True)}
    return found | {
        row: _of(search, row, proposal.achievement_id, proposal) for row, proposal in known.items()
    }


def _says_the_best(search: Search, row: int, first: Mapping[int, Proposal]) -> bool:
    """Whether a demand's first proposal has the best score of all achievements, whatever its rules."""
    choice = search.choices[row]
    return (
        search.demands.listings[row].id in first
        and not search.rules[row].limiting
        and not search.scorers[row].second_look
        and choice.weights is None
        and choice.held is None
        and choice.best_places > 0
    )


def _figures(search: Search, row: int, match: Match | None = None) -> dict[str, Any]:
    return {} if match is None else _of(search, row, search.supply.listings[match.row].id, match)


def _of(search: Search, row: int, achievement_id: int, measured: Match | Proposal) -> dict[str, Any]:
    nearest = search.supply.listings[search.supply.row_of[achievement_id]]
    assert isinstance(nearest.listing, Achievement)
    return {
        "nearest_id": nearest.id,
        "nearest_failed": search.rules[row].against(nearest.listing),
        "similarity": measured.similarity,
        "score": measured.score,
        "probability": measured.probability,
    }
