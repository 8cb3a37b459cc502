"""Hard constraints before the search: which rows of the other list a listing may be matched with at all.

Own organisation, the rules of a demand's park, the demand's own, and pairs that people excluded. Rules are
looked at once for each distinct set of them, not for each demand.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.domain.ledger import Pair
from matcher.domain.listing import Achievement, LiveListing
from matcher.domain.rules import DEFAULT_PROFILE, Constraints, Rules
from matcher.domain.verdicts import Constraint
from matcher.matching.searchable import Searchable
from matcher.ports import Rows

Mask = NDArray[np.bool_]
"""One truth value for each row of a list."""


class Admission:
    """Which demands and achievements may meet, by their rows in the two lists.

    `rules` are those of each demand, in the order of `demands`; `released` are the rows of the demands that
    achievements are matched with.
    """

    def __init__(
        self,
        demands: Searchable,
        supply: Searchable,
        rules: Sequence[Rules],
        excluded: Collection[Pair],
        released: Rows,
    ) -> None:
        self._set_of, distinct = _distinct(demands.listings, rules)
        self._against = _against(distinct, supply.listings)
        self._kept: Mask = np.ones((len(distinct), len(supply.listings)), dtype=np.bool_)
        for kept, against in zip(self._kept, self._against, strict=True):
            for mask in against.values():
                kept &= ~mask
        self._demand_names = demands.organisations
        self._achievement_names = supply.organisations
        self._released = released
        self._excluded = _rows_by_row(demands, supply, excluded)
        self._to_supply = _Allowed(self._achievement_names)
        self._to_released = _Allowed([self._demand_names[row] for row in released])
        self._place = {int(row): place for place, row in enumerate(released)}
        self._demands_without = defaultdict[int, set[int]](set)
        for demand, achievements in self._excluded.items():
            if demand in self._place:
                for achievement in achievements:
                    self._demands_without[achievement].add(self._place[demand])

    def of_demand(self, row: int) -> Rows | None:
        """The achievements that a demand may be matched with; None where that is all of them."""
        barred = self._excluded.get(row, frozenset())
        return self._to_supply.rows(self._kept[self._set_of[row]], self._demand_names[row], barred)

    def without_rules(self, row: int) -> Rows | None:
        """The same with the park's and the demand's rules set aside."""
        barred = self._excluded.get(row, frozenset())
        return self._to_supply.rows(None, self._demand_names[row], barred)

    def keeps(self, row: int) -> Mask:
        """The achievements that a demand's rules allow; exclusions and the own organisation do not count."""
        kept: Mask = self._kept[self._set_of[row]]
        return kept

    def within_one(self, row: int) -> Rows | None:
        """The achievements that a demand may be matched with if at most one constraint were set aside; None
        where that is all of them."""
        barred = self._excluded.get(row, frozenset())
        masks = self._against[self._set_of[row]].values()
        within: Mask | None = None
        if masks:
            within = np.less_equal(np.sum([*masks], axis=0, dtype=np.int64), 1)
        return self._to_supply.rows(within, self._demand_names[row], barred)

    def of_achievement(self, row: int) -> Rows | None:
        """The released demands that an achievement may be matched with, by their place among them; None
        where that is all of them."""
        kept = self._kept[self._set_of[self._released], row]
        barred = frozenset(self._demands_without.get(row, ()))
        return self._to_released.rows(kept, self._achievement_names[row], barred)

    def ruled_out(self, row: int) -> dict[Constraint, int]:
        """How many achievements each constraint keeps from a demand; one may be kept by several."""
        namesakes = self._to_supply.named.get(self._demand_names[row], ())
        counts = {
            Constraint.OWN_ORGANISATION: len(namesakes),
            Constraint.EXCLUDED: len(self._excluded.get(row, ())),
            **{name: int(mask.sum()) for name, mask in self._against[self._set_of[row]].items()},
        }
        return {name: count for name, count in counts.items() if count}


class _Allowed:
    """The rows of one list without those of an organisation and some others.

    Equal questions get the same array, so that their queries are searched together.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._size = len(names)
        self.named: dict[str, list[int]] = defaultdict(list)
        for row, name in enumerate(names):
            if name:
                self.named[name].append(row)
        self._left: dict[tuple[bytes | None, str, frozenset[int]], Rows | None] = {}

    def rows(self, kept: Mask | None, name: str, barred: frozenset[int]) -> Rows | None:
        """The rows of `kept` (all, where None) but those of `name` and `barred`; None where all are left."""
        whole = kept is None or bool(kept.all())
        if name not in self.named:
            name = ""
        if whole and not name and not barred:
            return None
        key = (None if whole or kept is None else kept.tobytes(), name, barred)
        if key not in self._left:
            mask = np.ones(self._size, dtype=np.bool_) if kept is None else kept.copy()
            mask[[*self.named.get(name, ()), *barred]] = False
            self._left[key] = np.flatnonzero(mask)
        return self._left[key]


def _distinct(
    demands: Sequence[LiveListing], rules: Sequence[Rules]
) -> tuple[NDArray[np.int64], list[Rules]]:
    """For each demand the number of its rules, and the rules by number."""
    numbers: dict[tuple[int | None, Constraints], int] = {}
    distinct: list[Rules] = []
    set_of = np.zeros(len(demands), dtype=np.int64)
    for row, (demand, demand_rules) in enumerate(zip(demands, rules, strict=True)):
        key = (None if demand_rules.profile == DEFAULT_PROFILE else demand.park_id, demand_rules.own)
        if key not in numbers:
            numbers[key] = len(distinct)
            distinct.append(demand_rules)
        set_of[row] = numbers[key]
    return set_of, distinct


def _against(distinct: Sequence[Rules], supply: Sequence[LiveListing]) -> Sequence[Mapping[Constraint, Mask]]:
    """For each set of rules the achievements that each constraint rules out.

    A park's profile and a demand's own constraints are looked at apart: a park has one profile, and its
    demands' own constraints are few and short.
    """
    of_park: dict[int, Mapping[Constraint, Mask]] = {}
    of_demand: dict[Constraints, Mapping[Constraint, Mask]] = {}
    by_set = []
    for rules in distinct:
        profile = id(rules.profile)
        if profile not in of_park:
            of_park[profile] = _ruled_out(Rules(rules.profile), supply)
        if rules.own not in of_demand:
            of_demand[rules.own] = _ruled_out(Rules(own=rules.own), supply)
        by_park, by_demand = of_park[profile], of_demand[rules.own]
        both = {name: by_park[name] | by_demand[name] for name in by_park.keys() & by_demand.keys()}
        by_set.append({**by_park, **by_demand, **both})
    return by_set


def _ruled_out(rules: Rules, supply: Sequence[LiveListing]) -> Mapping[Constraint, Mask]:
    """Constraint → the achievements that it rules out."""
    if not rules.limiting:
        return {}
    against: dict[Constraint, Mask] = {}
    for row, live in enumerate(supply):
        assert isinstance(live.listing, Achievement)
        for constraint in rules.against(live.listing):
            if constraint not in against:
                against[constraint] = np.zeros(len(supply), dtype=np.bool_)
            against[constraint][row] = True
    return against


def _rows_by_row(
    demands: Searchable, supply: Searchable, excluded: Collection[Pair]
) -> dict[int, frozenset[int]]:
    """Demand row → achievement rows of the pairs that are excluded."""
    barred: dict[int, set[int]] = defaultdict(set)
    for demand, achievement in excluded:
        if demand in demands.row_of and achievement in supply.row_of:
            barred[demands.row_of[demand]].add(supply.row_of[achievement])
    return {row: frozenset(rows) for row, rows in barred.items()}
