"""Near misses: what a run would propose to a demand if one stated field were another, one at a time.

A change may let in other achievements, too. So an achievement is a near miss only if it is among the demand's
matches once everything that the change lets in is ranked with it. A park's limit of entries is not looked at.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from matcher.domain.counterfactual import NearMiss, Obstacle, changed_rules, obstacle_of
from matcher.domain.listing import Achievement
from matcher.domain.match import Match
from matcher.domain.rules import Rules
from matcher.domain.verdicts import Hindrance, Whose
from matcher.matching.admission import Mask
from matcher.matching.choice import Choice
from matcher.matching.missed import Chosen, Missed
from matcher.matching.search import Search, floor_of, ranked_demands
from matcher.ports import Rows

MOST_OF_A_DEMAND = 3
"""Near misses of one demand, not counting the nearest below its threshold."""

READ = 60
DEEPER = 4
"""How deep is searched: this many times the number of a demand's matches, and `READ` more."""


def near_misses(
    search: Search, looked_at: Rows, chosen: Chosen, lapsed: Mapping[int, Sequence[Missed]]
) -> list[NearMiss]:
    """The near misses of the demands looked at, best first; `lapsed` are those among the achievements whose
    validity has ended, by the demand's row."""
    by_row = defaultdict[int, list[Missed]](list, {row: [*missed] for row, missed in lapsed.items()})
    below: dict[int, Missed] = {}
    for line in _lines(search, looked_at, chosen):
        by_row[line.row] += islice(line.hindered(), MOST_OF_A_DEMAND)
        if nearest := line.below():
            below[line.row] = nearest
    return [
        _near_miss(search, row, place, missed)
        for row in sorted({*by_row, *below})
        for place, missed in enumerate(_best(by_row[row], below.get(row)), start=1)
    ]


def _best(missed: Sequence[Missed], below: Missed | None) -> list[Missed]:
    best = sorted(missed, key=lambda miss: (-miss.preference, miss.achievement_id))[:MOST_OF_A_DEMAND]
    return best if below is None else [*best, below]


def _near_miss(search: Search, row: int, place: int, missed: Missed) -> NearMiss:
    demand = search.demands.listings[row]
    assert demand.park_id is not None
    return NearMiss(
        demand_id=demand.id,
        park_id=demand.park_id,
        achievement_id=missed.achievement_id,
        place=place,
        similarity=missed.match.similarity,
        score=missed.match.score,
        probability=missed.match.probability,
        obstacle=missed.obstacle,
    )


def _lines(search: Search, looked_at: Rows, chosen: Chosen) -> "Iterator[_Line]":
    """Of the demands looked at those that a rule or a threshold limits, each with its best achievements, be
    they ruled out or not."""
    if not search.supply.listings:
        return
    rows = [
        row
        for row in looked_at.tolist()
        if search.rules[row].limiting or search.choices[row].floor is not None
    ]
    depth = {row: READ + DEEPER * search.choices[row].k for row in rows}  # its own: parks have their own k
    moved = {row: search.choices[row].feedback for row in rows}
    whole = {row: Choice(depth[row], feedback=moved[row]) for row in rows}
    ranked = ranked_demands(search, np.array(rows, dtype=np.int64), whole)
    reach = {row: search.admission.within_one(row) for row in rows}
    best = {row: _within(matches, reach[row]) for row, matches in zip(rows, ranked, strict=True)}
    short = [row for row in rows if len(best[row]) < search.choices[row].k < len(search.supply.listings)]
    again = ranked_demands(
        search,
        np.array(short, dtype=np.int64),
        {row: Choice(depth[row], reach[row], feedback=moved[row]) for row in short},
    )
    last = {row: matches[-1] for row, matches in zip(rows, ranked, strict=True) if len(matches) == depth[row]}
    for row, matches in zip(short, again, strict=True):
        best[row] = matches
        last.pop(row, None)
        if len(matches) == depth[row]:
            last[row] = matches[-1]
    for row in rows:
        proposals = chosen.get(search.demands.listings[row].id, ())
        taken = [search.supply.row_of[proposal.achievement_id] for _, proposal in proposals]
        yield _Line.of(search, row, best[row], last.get(row), np.array(taken, dtype=np.int64))


def _within(matches: Sequence[Match], rows: Rows | None) -> list[Match]:
    if rows is None:
        return [*matches]
    allowed = frozenset(rows.tolist())
    return [match for match in matches if match.row in allowed]


@dataclass(frozen=True)
class _Line:
    """A demand's best achievements in its order of preference, those that a single constraint rules out
    included. `preferences` are the figures of that order; an achievement not here has `bound` at most.
    `taken` are the rows chosen for the demand."""

    search: Search
    row: int
    matches: Sequence[Match]
    preferences: Sequence[float]
    bound: float
    taken: Rows

    @classmethod
    def of(
        cls, search: Search, row: int, matches: Sequence[Match], last: Match | None, taken: Rows
    ) -> "_Line":
        """The line of the best matches by score; `last` is the lowest that was read, None where all were."""
        weights = search.choices[row].weights
        bound = -np.inf
        if last is not None:
            bound = last.score
            if weights is not None:
                bound *= float(weights.max() if bound > 0 else weights.min())
        preferences = [
            match.score * (1.0 if weights is None else float(weights[match.row])) for match in matches
        ]
        line = sorted(
            (pair for pair in zip(preferences, matches, strict=True) if pair[0] >= bound),
            key=lambda pair: (-pair[0], pair[1].row),
        )
        return cls(search, row, [match for _, match in line], [figure for figure, _ in line], bound, taken)

    def hindered(self) -> Iterator[Missed]:
        """The ruled-out matches that a single change would propose, best first."""
        named: set[int] = set()
        for match, preference in zip(self.matches, self.preferences, strict=True):
            if self.keeps[match.row]:
                continue
            obstacle = self._obstacle(match)
            group = self._group(match.row)
            if obstacle is None or group in named or not self._passes(match, obstacle):
                continue
            if group >= 0:
                named.add(group)
            yield Missed(preference, match, self._id(match), obstacle)

    def below(self) -> Missed | None:
        """The best match that only a lower threshold would propose, None where there is none."""
        if self.choice.floor is None:
            return None
        under = [
            (match, preference)
            for match, preference in zip(self.matches, self.preferences, strict=True)
            if self.keeps[match.row] and match.score < self.choice.floor
        ]
        for match, preference in sorted(under, key=lambda pair: -pair[0].score):
            obstacle = self._obstacle(match)
            if obstacle is not None and self._passes(match, obstacle):
                return Missed(preference, match, self._id(match), obstacle)
        return None

    @property
    def choice(self) -> Choice:
        """How the demand's matches are chosen."""
        return self.search.choices[self.row]

    @property
    def rules(self) -> Rules:
        """What the demand is matched by."""
        return self.search.rules[self.row]

    @cached_property
    def keeps(self) -> Mask:
        """Which achievements its rules allow."""
        return self.search.admission.keeps(self.row)

    def _passes(self, match: Match, obstacle: Obstacle) -> bool:
        """Whether the change would propose this match, and nothing that it repeats is proposed now."""
        group = self._group(match.row)
        if group >= 0 and group in self._groups_taken(match.row):
            return False
        rules = changed_rules(self.rules, obstacle.change)
        ranked = self._admitted(match, obstacle, rules)
        if not ranked:
            return False
        rows, choice = np.array(ranked, dtype=np.int64), self.choice
        if choice.repeats is not None:
            rows = rows[choice.repeats.one_of_each(rows, np.arange(len(rows)), choice.held)]
        if choice.units is not None:
            rows = rows[choice.units.kept(rows)]
        return match.row in rows[: choice.best_places]

    def _admitted(self, match: Match, obstacle: Obstacle, rules: Rules) -> list[int]:
        """The rows that the changed rules allow, best first, down to the match; none where it is below
        `bound`."""
        floor = floor_of(rules.profile, self.search.scorers[self.row])
        weighed = obstacle.hindrance is Hindrance.PARTNERS and obstacle.change.whose is not Whose.ACHIEVEMENT
        admitted: list[tuple[float, int]] = []
        for rival, preference in zip(self.matches, self.preferences, strict=True):
            if (floor is None or rival.score >= floor) and self._enters(
                rival.row, match.row, obstacle, rules
            ):
                weight = rules.profile.weight(self._achievement(rival.row)) if weighed else None
                admitted.append((preference if weight is None else rival.score * weight, rival.row))
            if rival is match and not weighed:
                break
        admitted.sort(key=lambda ranked: (-ranked[0], ranked[1]))
        reached = next((preference for preference, row in admitted if row == match.row), None)
        if reached is None or reached < self.bound:
            return []
        return [row for _, row in admitted]

    def _enters(self, row: int, missed: int, obstacle: Obstacle, rules: Rules) -> bool:
        if row == missed or self.keeps[row]:
            return True
        return obstacle.change.whose is not Whose.ACHIEVEMENT and not rules.against(self._achievement(row))

    def _groups_taken(self, row: int) -> frozenset[int]:
        """The groups of repeats of which another row than `row` is proposed or held now."""
        choice = self.choice
        if choice.repeats is None:
            return frozenset()
        is_held = choice.held is not None and row in choice.held
        occupied = self.taken if choice.held is None or is_held else np.concatenate([self.taken, choice.held])
        return frozenset(choice.repeats.numbers[occupied].tolist())

    def _obstacle(self, match: Match) -> Obstacle | None:
        return obstacle_of(self.rules, self._achievement(match.row), match.score, match.probability)

    def _group(self, row: int) -> int:
        return -1 if self.choice.repeats is None else int(self.choice.repeats.numbers[row])

    def _achievement(self, row: int) -> Achievement:
        listing = self.search.supply.listings[row].listing
        assert isinstance(listing, Achievement)
        return listing

    def _id(self, match: Match) -> int:
        return self.search.supply.listings[match.row].id
