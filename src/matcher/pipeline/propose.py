"""From both lists and everybody's rules, in one snapshot, to what a run proposes; nothing is written."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from matcher.domain.abstention import Abstention
from matcher.domain.candidate import Match
from matcher.domain.ledger import Pair, Proposal, WhyNot
from matcher.domain.listing import Achievement, Confidentiality, Demand, Listing, Side
from matcher.domain.rules import DEFAULT_PROFILE, NO_CONSTRAINTS, Constraints, ParkProfile, Rules
from matcher.domain.scoring import Scorer
from matcher.domain.terms import Phrases, matched_terms
from matcher.domain.text import TextView, fold
from matcher.pipeline.admission import Admission
from matcher.pipeline.encode import Progress
from matcher.pipeline.left_out import LeftOut, Search, abstentions
from matcher.pipeline.rank import Choice, choose
from matcher.pipeline.searchable import OpenChannels, Searchable, judgeable
from matcher.ports import Vectors
from matcher.store import catalogue, exclusions, rules
from matcher.store.catalogue import LiveListing

BATCH = 1024
"""Queries ranked between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is matched, and by which rules: profiles by park id, constraints by demand id."""

    supply: Sequence[LiveListing]
    demands: Sequence[LiveListing]
    profiles: Mapping[int, ParkProfile]
    constraints: Mapping[int, Constraints]
    excluded: frozenset[Pair]

    @classmethod
    def at(cls, session: Session, day: date) -> "Inputs":
        """Every park's, as `session` sees them, of what may be matched on `day`."""
        return cls(
            supply=catalogue.live(session, Side.SUPPLY, day),
            demands=catalogue.live(session, Side.DEMAND, day),
            profiles={park: saved.rule for park, saved in rules.profiles(session).items()},
            constraints={demand: saved.rule for demand, saved in rules.constraints(session).items()},
            excluded=frozenset(exclusions.active(session)),
        )

    @classmethod
    def of_park(cls, session: Session, day: date, park_id: int) -> "Inputs":
        """The same of one park; what it has is what it has among all."""
        return cls(
            supply=catalogue.live(session, Side.SUPPLY, day),
            demands=catalogue.live(session, Side.DEMAND, day, park_id),
            profiles={park_id: rules.profile(session, park_id).rule},
            constraints={demand: saved.rule for demand, saved in rules.constraints(session, park_id).items()},
            excluded=frozenset(exclusions.active(session, park_id)),
        )

    def rules_of(self, demand: LiveListing) -> Rules:
        """What a demand is matched by."""
        assert demand.park_id is not None
        return Rules(
            self.profiles.get(demand.park_id, DEFAULT_PROFILE),
            self.constraints.get(demand.id, NO_CONSTRAINTS),
        )


@dataclass(frozen=True, slots=True)
class Method:
    """How proposals are made, whatever the lists say.

    `vectors` gives those of one side's texts and how many had to be encoded; `top_k` is the number of matches
    of a listing where its park does not say otherwise.
    """

    vectors: Callable[[Side, Sequence[TextView], Progress], tuple[Vectors, int]]
    open_channels: OpenChannels
    scorer: Scorer
    top_k: int

    def searchable(
        self, name: str, listings: tuple[LiveListing, ...], texts: tuple[TextView, ...], vectors: Vectors
    ) -> Searchable:
        """A named list with the channels over it."""
        return Searchable(listings, texts, vectors, self.open_channels(name, texts, vectors))


@dataclass(frozen=True, slots=True)
class Proposed:
    """What comes of the inputs; `encoded` texts had no vector yet."""

    entries: list[Proposal]
    feed: list[Proposal]
    abstentions: list[Abstention]
    why_not: WhyNot
    encoded: int


def propose(inputs: Inputs, method: Method, progress: Progress, *, with_feed: bool = True) -> Proposed:
    """The matches of every demand and, `with_feed`, of every achievement."""
    supply, supply_texts = judgeable(inputs.supply)
    demands, texts = judgeable(inputs.demands)
    supply_vectors, encoded_supply = method.vectors(Side.SUPPLY, supply_texts, progress)
    vectors, encoded_demands = method.vectors(Side.DEMAND, texts, progress)
    released = np.array([row for row, one in enumerate(demands) if _is_released(one.listing)], dtype=np.int64)
    by_demand = [inputs.rules_of(one) for one in demands]
    admission = Admission(demands, supply, by_demand, inputs.excluded, released)
    search = Search(
        demands=Searchable(demands, texts, vectors, {}),
        supply=method.searchable("supply", supply, supply_texts, supply_vectors),
        rules=by_demand,
        choices=_choices(demands, by_demand, supply, admission, method),
        admission=admission,
        scorer=method.scorer,
    )
    found = _proposals(search.demands, search.supply, search.choices, Side.DEMAND, method.scorer, progress)
    entries, capped = _within_parks(found, inputs.profiles)
    feed: list[Proposal] = []
    if with_feed:
        index = method.searchable(
            "feed",
            tuple(demands[row] for row in released),
            tuple(texts[row] for row in released),
            vectors[released],
        )
        choices = [Choice(method.top_k, admission.of_achievement(row)) for row in range(len(supply))]
        ranked = _proposals(search.supply, index, choices, Side.SUPPLY, method.scorer, progress)
        feed = [proposal for _, proposal in ranked]
    return Proposed(
        entries=entries,
        feed=feed,
        abstentions=abstentions(search, {one.demand_id for one in entries}, capped, inputs.demands),
        why_not=LeftOut(search, inputs.excluded, capped, (inputs.demands, inputs.supply)),
        encoded=encoded_supply + encoded_demands,
    )


def _choices(
    demands: Sequence[LiveListing],
    by_demand: Sequence[Rules],
    supply: Sequence[LiveListing],
    admission: Admission,
    method: Method,
) -> list[Choice]:
    """How each demand's matches are chosen; a park's weights are worked out once."""
    numbers: dict[str, int] = {"": -1}
    names = (fold(one.listing.organisation) for one in supply)
    units = np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)
    weights: dict[int | None, NDArray[np.float64] | None] = {}
    choices = []
    for row, (demand, own) in enumerate(zip(demands, by_demand, strict=True)):
        profile = own.profile
        if demand.park_id not in weights:
            weights[demand.park_id] = _weights(profile, supply)
        choices.append(
            Choice(
                k=profile.top_k or method.top_k,
                allowed=admission.of_demand(row),
                weights=weights[demand.park_id],
                floor=_floor(profile, method.scorer),
                groups=units,
                per_group=profile.per_organisation,
            )
        )
    return choices


def _floor(profile: ParkProfile, scorer: Scorer) -> float | None:
    """The score below which nothing is proposed; a probability is the score that has it."""
    floors = [] if profile.min_score is None else [profile.min_score]
    if profile.min_probability is not None and scorer.calibration is not None:
        floors.append(scorer.calibration.score_at(profile.min_probability))
    return max(floors, default=None)


def _weights(profile: ParkProfile, supply: Sequence[LiveListing]) -> NDArray[np.float64] | None:
    """What each achievement's score is multiplied by for the order; None where the park prefers nothing."""
    if not profile.industries and (not profile.partners or profile.partner_weight == 1):
        return None
    achievements = (one.listing for one in supply)
    return np.array([profile.weight(one) for one in achievements if isinstance(one, Achievement)])


def _proposals(
    asking: Searchable,
    index: Searchable,
    choices: Sequence[Choice],
    side: Side,
    scorer: Scorer,
    progress: Progress,
) -> list[tuple[float, Proposal]]:
    """What is chosen of `index` for every row of `asking`, whose side is `side`, with the figure it is
    ordered by."""
    if not index.listings:
        return []
    queries = asking.queries()
    found_phrases = [Phrases(text) for text in index.texts]
    stage = "match demands" if side is Side.DEMAND else "match achievements"
    found: list[tuple[float, Proposal]] = []
    for start in range(0, len(queries), BATCH):
        batch = slice(start, start + BATCH)
        ranked = choose(queries[batch], index.channels, scorer, choices[batch])
        for asker, text, choice, matches in zip(
            asking.listings[batch], asking.texts[batch], choices[batch], ranked, strict=True
        ):
            phrases = Phrases(text)
            for match in matches:
                terms = matched_terms(phrases, found_phrases[match.row])
                weight = 1.0 if choice.weights is None else float(choice.weights[match.row])
                pair = (asker, index.listings[match.row])
                demand, achievement = pair if side is Side.DEMAND else reversed(pair)
                found.append((match.score * weight, _proposal(demand, achievement, match, terms)))
        progress(stage, min(start + BATCH, len(queries)), len(queries))
    return found


def _proposal(
    demand: LiveListing, achievement: LiveListing, match: Match, terms: tuple[str, ...]
) -> Proposal:
    assert demand.park_id is not None
    return Proposal(
        demand_id=demand.id,
        achievement_id=achievement.id,
        park_id=demand.park_id,
        rank=match.rank,
        similarity=match.similarity,
        score=match.score,
        contributions=match.contributions,
        terms=terms,
        demand_version=demand.version,
        achievement_version=achievement.version,
        probability=match.probability,
    )


def _within_parks(
    found: Sequence[tuple[float, Proposal]], profiles: Mapping[int, ParkProfile]
) -> tuple[list[Proposal], frozenset[Pair]]:
    """What is left where parks limit their entries, and the pairs that are over the limit.

    A park keeps what it prefers most, then earlier demands; so a demand loses its last ranks first.
    """
    by_park: dict[int, list[tuple[float, Proposal]]] = defaultdict(list)
    for preference, proposal in found:
        by_park[proposal.park_id].append((preference, proposal))
    over: set[Pair] = set()
    for park_id, ranked in by_park.items():
        limit = profiles.get(park_id, DEFAULT_PROFILE).max_entries
        if limit is not None:
            ranked.sort(key=lambda one: (-one[0], one[1].demand_id, one[1].rank))
            over.update((one.demand_id, one.achievement_id) for _, one in ranked[limit:])
    kept = [one for _, one in found if (one.demand_id, one.achievement_id) not in over]
    return kept, frozenset(over)


def _is_released(listing: Listing) -> bool:
    return (
        isinstance(listing, Demand) and listing.released and listing.confidentiality is Confidentiality.PUBLIC
    )
