"""The reverse feed: the released demands of every park, proposed to each achievement."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from matcher.domain.ledger import Pair, Proposal
from matcher.domain.listing import Confidentiality, Demand, Listing, Side
from matcher.domain.match import Match
from matcher.domain.scoring import Scorer
from matcher.domain.terms import matched_terms
from matcher.matching.choice import Choice
from matcher.matching.grouping import Grouping
from matcher.matching.rank import SecondLook, Shortlist, nearly_scores
from matcher.matching.search import BATCH, Search, by_scorer, choose_among, proposal_of, ranked_by
from matcher.matching.searchable import OpenChannels, Searchable
from matcher.matching.standing import NOT_KEPT, Asking, Plan, Roll, barred_by, key_of, number_of
from matcher.ports import Channels, Progress, Query, Rows


def is_released(listing: Listing) -> bool:
    """Whether a demand is proposed to achievements at all."""
    return (
        isinstance(listing, Demand) and listing.released and listing.confidentiality is Confidentiality.PUBLIC
    )


@dataclass(frozen=True, slots=True)
class Feed:
    """The search of the released demands for every achievement; `index` are those demands, `released` their
    rows, and of those that `repeated` says repeat one another one is shown.

    They are chosen by `shared`, the installation's scorer, so that no park's grades decide what is shown of
    another's demands; figures and order are by the scorer of the demand's park, of which `parts` has the
    distinct ones with their rows. What people think of pairs moves nothing here, for it would move other
    demands too.
    """

    search: Search
    released: Rows
    index: Searchable
    channels: Channels
    repeated: Grouping
    top_k: int
    shared: Scorer
    parts: Sequence[tuple[Scorer, Rows]]

    @classmethod
    def of(
        cls,
        search: Search,
        released: Rows,
        repeated: Grouping,
        open_channels: OpenChannels,
        top_k: int,
        shared: Scorer,
    ) -> "Feed":
        """The feed of the demands in these rows."""
        index = search.demands.part(released)
        channels = open_channels("feed", index.texts, index.vectors, index.fields["title"])
        grouping = Grouping(repeated.numbers[released], repeated.cap)
        parts = tuple(by_scorer([search.scorers[row] for row in released]))
        return cls(search, released, index, channels, grouping, top_k, shared, parts)

    @property
    def is_of_one(self) -> bool:
        """Whether all demands are scored by the shared scorer."""
        return [scorer.version for scorer, _ in self.parts] == [self.shared.version]

    def roll(self, excluded: Collection[Pair]) -> Roll:
        """The released demands as this night finds them, each with all that admits achievements to it."""
        barred = barred_by(excluded)
        rules = [self.search.rules[row] for row in self.released]
        versions = [
            number_of(repr((demand.version, own, barred.get(demand.id))))
            for demand, own in zip(self.index.listings, rules, strict=True)
        ]
        return Roll.of(self.index, self.repeated, versions)

    def asking(self, achievements: Roll) -> Asking:
        """The achievements, for which all demands are searched every night where a park has a scorer of its
        own, or a scorer weighs more than channels."""
        plain = self.is_of_one and not self.shared.second_look
        keys = (
            key_of(version, self.shared.version, self.top_k) if plain else NOT_KEPT
            for version in achievements.versions.tolist()
        )
        return Asking(achievements.ids, list(keys), achievements.names, self._nearly)

    def _nearly(self, rows: Rows) -> Iterator[NDArray[np.float32]]:
        """The scores of some of the demands for every achievement."""
        asked = [self.search.demands.query(int(row)) for row in self.released[rows]]
        return nearly_scores(asked, self.search.supply.channels, self.shared)

    def matches(self, plan: Plan, progress: Progress) -> tuple[list[Proposal], dict[int, Shortlist]]:
        """The proposals of the achievements that a night looks at; and by the achievements' rows the
        shortlists that all demands were searched for."""
        proposals: list[Proposal] = []
        found: dict[int, Shortlist] = {}
        supply, phrases = self.search.supply, self.search.demands.phrases
        for start in range(0, len(plan.rows), BATCH):
            rows = plan.rows[start : start + BATCH]
            ranked = self._ranked(plan, rows.tolist(), found)
            for row in rows.tolist():
                for match in ranked[row]:
                    terms = matched_terms(supply.phrases[row], phrases[int(self.released[match.row])])
                    pair = self.index.listings[match.row], supply.listings[row]
                    proposals.append(proposal_of(*pair, match, terms))
            progress("match achievements", start + len(rows), len(plan.rows))
        return proposals, found

    def _ranked(self, plan: Plan, rows: Sequence[int], found: dict[int, Shortlist]) -> dict[int, list[Match]]:
        asking = {row: self.search.supply.query(row) for row in rows}
        choices = {
            row: Choice(self.top_k, self.search.admission.of_achievement(row), repeats=self.repeated)
            for row in rows
        }
        if self.is_of_one:
            look: Callable[[Rows], SecondLook] = partial(self._look, self.shared)
            return ranked_by(
                plan, asking, self.channels, self.shared, choices, look, found, self.search.search_all
            )
        return self._by_parks(asking, choices)

    def _by_parks(self, asking: dict[int, Query], choices: dict[int, Choice]) -> dict[int, list[Match]]:
        """The matches where parks have scorers of their own: what the shared one shows, ordered by theirs."""
        queries, rows = list(asking.values()), np.array(list(asking), dtype=np.int64)
        look = self._look(self.shared, rows)
        search_all = self.search.search_all
        shown = search_all(queries, self.channels, self.shared, list(choices.values()), look)
        within = [
            Choice(self.top_k, np.array(sorted(match.row for match in top), np.int64)) for top, _ in shown
        ]
        ranked = choose_among(
            queries, self.channels, self.parts, within, lambda scorer: self._look(scorer, rows), search_all
        )
        return dict(zip(asking, ranked, strict=True))

    def _look(self, scorer: Scorer, rows: Rows) -> SecondLook:
        inner = self.search.look.of(Side.SUPPLY, scorer.second_look, rows)
        return lambda place, demands: inner(place, self.released[demands])
