"""Listings of one list that say the same, grouped: the same result listed twice, or by two units."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from matcher.domain.ledger import Pair
from matcher.domain.listing import LiveListing
from matcher.domain.repeats import MIN_TITLE, Said, say_the_same
from matcher.matching.grouping import Grouping
from matcher.matching.searchable import Searchable

COMMON = 64
"""Most wordings that may share a key (a whole title, its beginning or its end) for it to be looked up: what
more titles share tells nothing. A wording has three keys, so it is compared with fewer than 200 others, or
their groups, however many titles are the same."""

MOST_WORDINGS = 16
"""Most wordings of a group; a new one must say the same as each of them. 17,000 results need no more than 6.
A full group takes no other, which bounds what comparing a new wording costs."""

Key = tuple[int | None, str, str]


@dataclass(slots=True)
class _Group:
    """Listings that say the same: every wording of them, and their rows."""

    wordings: list[Said] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def takes(self, new: Said) -> bool:
        """Whether a wording says the same as every wording here; being like some of them is not enough."""
        return len(self.wordings) < MOST_WORDINGS and all(say_the_same(new, old) for old in self.wordings)


def repeats(index: Searchable) -> Grouping:
    """The rows that repeat one another, at most one of which is to be shown beside another.

    Demands repeat those of their own park alone. The rows of a group are numbered by the first of them. Which
    rows are together depends on what the listings say alone, not on their order.
    """
    numbers = np.full(len(index.listings), -1, dtype=np.int64)
    for group in _groups(_rows_by_wording(index)):
        if len(group.rows) > 1:
            numbers[group.rows] = min(group.rows)
    return Grouping(numbers, cap=1)


def with_repeats(
    pairs: Collection[Pair], supply: Sequence[LiveListing], repeated: Grouping
) -> frozenset[Pair]:
    """The pairs, and those of the same demands with what repeats their achievements."""
    alike: dict[int, list[int]] = defaultdict(list)
    for row in np.flatnonzero(repeated.numbers >= 0).tolist():
        alike[int(repeated.numbers[row])].append(supply[row].id)
    group_of = {identifier: group for group in alike.values() for identifier in group}
    return frozenset(
        (demand, member)
        for demand, achievement in pairs
        for member in (achievement, *group_of.get(achievement, ()))
    )


def _rows_by_wording(index: Searchable) -> dict[tuple[int | None, Said], list[int]]:
    """Park and wording → the rows that have it."""
    rows = defaultdict[tuple[int | None, Said], list[int]](list)
    for row, (listing, text) in enumerate(zip(index.listings, index.texts, strict=True)):
        rows[listing.park_id, Said.by(listing.listing, text)].append(row)
    return rows


def _groups(rows: Mapping[tuple[int | None, Said], Sequence[int]]) -> list[_Group]:
    """Groups of wordings, taken the fullest first: each joins a group that takes it, or opens one."""
    wordings = sorted(
        rows, key=lambda item: (-len(item[1].body), item[1].title, item[1].body, item[1].organisation)
    )
    using: dict[Key, int] = defaultdict(int)
    for park_id, wording in wordings:
        for key in _keys(park_id, wording):
            using[key] += 1
    groups: list[_Group] = []
    holding: dict[Key, dict[int, _Group]] = defaultdict(dict)
    for park_id, wording in wordings:
        keys = [key for key in _keys(park_id, wording) if 1 < using[key] <= COMMON]
        near = {number: group for key in keys for number, group in holding[key].items()}
        number = next((number for number in sorted(near) if near[number].takes(wording)), len(groups))
        if number == len(groups):
            groups.append(_Group())
        groups[number].wordings.append(wording)
        groups[number].rows.extend(rows[park_id, wording])
        for key in keys:
            holding[key][number] = groups[number]
    return groups


def _keys(park_id: int | None, wording: Said) -> tuple[Key, ...]:
    """What two titles must share to be compared: all of it, how they begin, or how they end."""
    ends = wording.title[:MIN_TITLE], wording.title[-MIN_TITLE:]
    return (park_id, "whole", wording.title), (park_id, "begins", ends[0]), (park_id, "ends", ends[1])
