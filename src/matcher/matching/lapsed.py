"""Near misses among the achievements whose validity has ended lately: what would be proposed had it not."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

import numpy as np

from matcher.domain.counterfactual import obstacle_of_time
from matcher.domain.listing import Achievement
from matcher.matching.admission import Admission
from matcher.matching.choice import Choice
from matcher.matching.feedback import moved_in
from matcher.matching.inputs import Inputs
from matcher.matching.missed import Chosen, Missed
from matcher.matching.repeats import repeats
from matcher.matching.search import Search, ranked_demands
from matcher.matching.searchable import Searchable
from matcher.matching.second_look import PairLook
from matcher.ports import Rows

LOOKED_THROUGH = 10
"""How many of the best are looked through for each demand."""


def lapsed_search(search: Search, lapsed: Searchable, inputs: Inputs, look: PairLook) -> Search:
    """The same search by the same rules, of the achievements whose validity has ended.

    One that repeats a live achievement, or another of them, is left out.
    """
    alone = _alone(search.supply, lapsed)
    nobody = np.array([], dtype=np.int64)
    admission = Admission(search.demands, lapsed, search.rules, inputs.excluded, nobody)
    choices = []
    for row, choice in enumerate(search.choices):
        allowed = admission.of_demand(row)
        within = alone if allowed is None else np.intersect1d(allowed, alone, assume_unique=True)
        held = inputs.opinions.get(search.demands.listings[row].id, {})
        moved = moved_in(lapsed, search.judged.get(row), held)
        choices.append(Choice(LOOKED_THROUGH, within, floor=choice.floor, feedback=moved))
    return replace(search, supply=lapsed, choices=choices, admission=admission, look=look)


def lapsed_misses(
    search: Search, lapsed: Search, rows: Rows, chosen: Chosen, day: date
) -> dict[int, list[Missed]]:
    """By the rows of these demands, those that would be among their matches if they were valid on `day`."""
    misses: dict[int, list[Missed]] = defaultdict(list)
    ranked = ranked_demands(lapsed, rows, lapsed.choices)
    for row, matches in zip(rows.tolist(), ranked, strict=True):
        choice, profile = search.choices[row], search.rules[row].profile
        cap = profile.per_organisation
        proposals = chosen.get(search.demands.listings[row].id, ())
        best = [(-figure, proposal.achievement_id) for figure, proposal in proposals if not proposal.explored]
        units = [search.supply.organisations[search.supply.row_of[number]] for _, number in best]
        for match in matches:
            listed = lapsed.supply.listings[match.row]
            assert isinstance(listed.listing, Achievement)
            unit = lapsed.supply.organisations[match.row]
            preference = match.score * profile.weight(listed.listing)
            better = sum(place < (-preference, listed.id) for place in best)
            over_its_unit = bool(unit) and cap is not None and units.count(unit) >= cap
            if better < choice.best_places and not over_its_unit:
                obstacle = obstacle_of_time(listed.listing, day)
                misses[row].append(Missed(preference, match, listed.id, obstacle))
    return misses


def _alone(supply: Searchable, lapsed: Searchable) -> Rows:
    """The rows of the lapsed achievements that repeat no live one and none before them."""
    listings, texts = (*supply.listings, *lapsed.listings), (*supply.texts, *lapsed.texts)
    vectors = np.concatenate([supply.vectors, lapsed.vectors])
    numbers = repeats(Searchable(listings, texts, vectors, {})).numbers
    rows = np.arange(len(supply.listings), len(listings))
    return np.flatnonzero((numbers[rows] < 0) | (numbers[rows] == rows))
