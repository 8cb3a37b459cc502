"""What one night leaves for the next, so that its cost follows the change: every listing's shortlist.

A score depends on two texts alone. So a listing whose own text and rules stay keeps its matches unless one of
those matches has left or was edited, or a new one scores as much as the last of them; and which do is known
from the shortlists and from the scores of what is new. docs/incremental.md has the argument.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.domain.ledger import Pair
from matcher.matching.grouping import Grouping
from matcher.matching.rank import Shortlist
from matcher.matching.searchable import Searchable
from matcher.ports import NEARLY, Rows

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]

_KEYS = "S32"

NOT_KEPT = b""
"""The key of a listing that is looked at every night."""


@dataclass(frozen=True, slots=True)
class Roll:
    """A list as a night found it, its ids ascending: which version each listing had, a number for those that
    it repeats or that repeat it (0 where there are none), and one for its organisation (0 where none)."""

    ids: Numbers
    versions: Numbers
    groups: Numbers
    names: Numbers

    @classmethod
    def of(cls, index: Searchable, repeated: Grouping, versions: Sequence[int]) -> "Roll":
        """The roll of a list whose listings ascend by id; `versions` are other numbers where something that
        matters of a listing is another."""
        members: dict[int, list[int]] = {}
        for row in np.flatnonzero(repeated.numbers >= 0).tolist():
            members.setdefault(int(repeated.numbers[row]), []).append(index.listings[row].id)
        group_of = {number: number_of(repr(ids)) for number, ids in members.items()}
        return cls(
            ids_of(index),
            np.array(versions, dtype=np.int64),
            np.array([group_of.get(number, 0) for number in repeated.numbers.tolist()], dtype=np.int64),
            names_of(index),
        )

    def news(self, before: "Roll") -> "News":
        """What is new of the list since the night before; neither roll is empty."""
        places, was = _places(self.ids, before.ids)
        same = was & (self.versions == before.versions[places]) & (self.groups == before.groups[places])
        back, is_there = _places(before.ids, self.ids)
        stays = is_there & same[back]
        changed = np.flatnonzero(~same)
        return News(
            changed,
            np.union1d(self.ids[changed], before.ids[~stays]),
            np.union1d(self.names[changed], before.names[~stays]),
        )


class News(NamedTuple):
    """What is new of a list: the rows that are not as they were, the ids of those and of what left, and the
    organisations that all of them have or had."""

    rows: Rows
    moved: Numbers
    names: Numbers


@dataclass(frozen=True, slots=True)
class Standing:
    """The matches of a list's listings as a night left them; `keys` say what they depended on beside the
    other list, and place i of every part of one length is the same listing.

    Listing i has the shortlist `rows[starts[i]:starts[i + 1]]`, whose `scores` are nearly `bounds[i]` or
    more; what scores less than `least[i]` is none of its matches. `rows` are ids of the other list while this
    is kept, and its rows while a night is on.
    """

    ids: Numbers
    keys: NDArray[np.bytes_]
    names: Numbers
    least: Floats
    bounds: Floats
    starts: Numbers
    rows: Numbers
    scores: Floats

    @property
    def owners(self) -> Numbers:
        """The place of the listing that each row of a shortlist belongs to."""
        return np.repeat(np.arange(len(self.ids)), np.diff(self.starts))


@dataclass(frozen=True, slots=True)
class Kept:
    """What one night leaves of one direction: the list that was searched, and the listings it was searched
    for."""

    searched: Roll
    standing: Standing


def nothing_kept() -> Kept:
    """What a night leaves that matched nothing."""
    no_number, no_figure = np.zeros(0, dtype=np.int64), np.zeros(0)
    roll = Roll(no_number, no_number, no_number, no_number)
    keys = np.zeros(0, dtype=_KEYS)
    starts = np.zeros(1, dtype=np.int64)
    standing = Standing(no_number, keys, no_number, no_figure, no_figure, starts, no_number, no_figure)
    return Kept(roll, standing)


class Asking:
    """The listings of one list that a night asks the other list for.

    `keys` say what each one's matches depend on beside the other list, `NOT_KEPT` for those that are asked
    for every night. `nearly` gives the scores of some rows of the other list, each within `NEARLY`, for all
    of them: blocks of shape (rows, listings).
    """

    def __init__(
        self,
        ids: Numbers,
        keys: Sequence[bytes],
        names: Numbers,
        nearly: Callable[[Rows], Iterator[NDArray[np.float32]]],
    ) -> None:
        self.ids = ids
        self.keys = np.array(keys, dtype=_KEYS)
        self.names = names
        self._nearly = nearly

    def entering(self, rows: Rows, bounds: Floats) -> tuple[Numbers, Numbers, Floats]:
        """The listings, rows and scores of all pairs of a listing and one of `rows` that reach its bound."""
        listings, entering, scores = [], [], []
        done = 0
        for block in self._nearly(rows) if len(rows) else ():
            places, at = np.nonzero(block >= bounds)
            listings.append(at)
            entering.append(rows[done + places])
            scores.append(block[places, at].astype(np.float64))
            done += len(block)
        return (
            np.concatenate([np.zeros(0, np.int64), *listings]),
            np.concatenate([np.zeros(0, np.int64), *entering]),
            np.concatenate([np.zeros(0), *scores]),
        )


@dataclass(frozen=True)
class Plan:
    """Which listings a night looks at, by their rows, and what of the night before holds."""

    rows: Rows
    standing: Standing

    def shortlist(self, row: int, allowed: Rows | None) -> Shortlist | None:
        """What is allowed of the shortlist of a listing; None where all of the other list has to be searched
        for it."""
        standing = self.standing
        if np.isnan(standing.bounds[row]):
            return None
        part = slice(int(standing.starts[row]), int(standing.starts[row + 1]))
        rows, scores = standing.rows[part], standing.scores[part]
        if allowed is not None:
            is_allowed = np.isin(rows, allowed)
            rows, scores = rows[is_allowed], scores[is_allowed]
        return Shortlist(rows, scores, float(standing.bounds[row]))


def plan_of_all(asking: Asking) -> Plan:
    """Every listing is looked at, and all of the other list is searched for it."""
    size = len(asking.ids)
    unknown = np.full(size, np.nan)
    nothing = np.zeros(0, dtype=np.int64)
    starts = np.zeros(size + 1, dtype=np.int64)
    standing = Standing(asking.ids, asking.keys, asking.names, unknown, unknown, starts, nothing, np.zeros(0))
    return Plan(np.arange(size), standing)


def plan_of(asking: Asking, searched: Roll, news: News, was: Standing, also: Collection[int]) -> Plan:
    """Which listings have to be looked at after a night that left `was`, by what is new of the list that is
    `searched`; nothing of them is empty.

    `also` are ids of listings that are looked at whatever the scores say.
    """
    places, known = _places(asking.ids, was.ids)
    stays = known & (asking.keys == was.keys[places]) & (asking.keys != NOT_KEPT)
    bounds = np.where(stays, was.bounds[places], np.inf)
    least = np.where(stays, was.least[places], -np.inf)

    owners, rows, scores = _still_there(was, asking.ids, stays, searched, news.moved)
    new_owners, new_rows, new_scores = asking.entering(news.rows, bounds)
    looked_at = ~stays | np.isin(asking.ids, np.fromiter(also, np.int64, len(also)))
    looked_at |= (asking.names != 0) & np.isin(asking.names, news.names)
    lost_owners, lost_scores = _lost(was, asking.ids, news.moved)
    for who, figures in ((lost_owners, lost_scores), (new_owners, new_scores)):
        looked_at[who[figures >= least[who] - 2 * NEARLY]] = True
    standing = _gathered(
        asking,
        least,
        np.where(stays, bounds, np.nan),
        np.concatenate([owners, new_owners]),
        np.concatenate([rows, new_rows]),
        np.concatenate([scores, new_scores]),
    )
    return Plan(np.flatnonzero(looked_at), standing)


def after(plan: Plan, searched: Roll, found: Mapping[int, Shortlist], least: Mapping[int, float]) -> Kept:
    """What a night leaves: the shortlists that were searched in place of the former ones, and by listing the
    score that its matches reach."""
    standing = plan.standing
    bounds, reached = standing.bounds.copy(), standing.least.copy()
    for row, shortlist in found.items():
        bounds[row] = shortlist.bound
    for row, score in least.items():
        reached[row] = score
    owners = standing.owners
    stays = ~np.isin(owners, np.fromiter(found, np.int64, len(found)))
    fresh = [np.full(len(shortlist.rows), row) for row, shortlist in found.items()]
    size = len(standing.ids)
    kept = np.flatnonzero(standing.keys != NOT_KEPT)
    whole = _sorted(
        size,
        np.concatenate([owners[stays], *fresh]),
        np.concatenate([standing.rows[stays], *(one.rows for one in found.values())]),
        np.concatenate([standing.scores[stays], *(one.scores for one in found.values())]),
    )
    starts, rows, scores = _parts(whole, kept)
    return Kept(
        searched,
        Standing(
            standing.ids[kept],
            standing.keys[kept],
            standing.names[kept],
            reached[kept],
            bounds[kept],
            starts,
            searched.ids[rows],
            scores,
        ),
    )


def ids_of(index: Searchable) -> Numbers:
    """The ids of a list's listings, by row."""
    return np.array([listing.id for listing in index.listings], dtype=np.int64)


def names_of(index: Searchable) -> Numbers:
    """A number for the organisation of each of a list's listings, by row; 0 where none is named."""
    numbered = {name: number_of(name) for name in set(index.organisations)}
    return np.array([numbered[name] for name in index.organisations], dtype=np.int64)


def key_of(*facts: object) -> bytes:
    """A key of what a listing's matches depend on beside the other list."""
    return blake2b(repr(facts).encode(), digest_size=16).hexdigest().encode()


def _still_there(
    was: Standing, ids: Numbers, stays: NDArray[np.bool_], searched: Roll, moved: Numbers
) -> tuple[Numbers, Numbers, Floats]:
    """Of former shortlists what still holds: the listing's row, the other list's row and the score."""
    back, is_there = _places(was.ids, ids)
    owners = was.owners
    holds = is_there[owners] & stays[back[owners]] & ~np.isin(was.rows, moved)
    rows, _ = _places(was.rows[holds], searched.ids)
    return back[owners[holds]], rows, was.scores[holds]


def _lost(was: Standing, ids: Numbers, moved: Numbers) -> tuple[Numbers, Floats]:
    """Of former shortlists what no longer holds: the listing's row, and the score that it had."""
    back, is_there = _places(was.ids, ids)
    owners = was.owners
    left = np.isin(was.rows, moved) & is_there[owners]
    return back[owners[left]], was.scores[left]


def _gathered(
    asking: Asking, least: Floats, bounds: Floats, owners: Numbers, rows: Numbers, scores: Floats
) -> Standing:
    starts, ordered, figures = _sorted(len(asking.ids), owners, rows, scores)
    return Standing(asking.ids, asking.keys, asking.names, least, bounds, starts, ordered, figures)


def _sorted(size: int, owners: Numbers, rows: Numbers, scores: Floats) -> tuple[Numbers, Numbers, Floats]:
    """Where each listing's part starts, and all parts in their order, rows ascending."""
    order = np.lexsort((rows, owners))
    starts = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=size))]).astype(np.int64)
    return starts, rows[order], scores[order]


def _parts(whole: tuple[Numbers, Numbers, Floats], kept: Rows) -> tuple[Numbers, Numbers, Floats]:
    """Of all parts those of some listings."""
    starts, rows, scores = whole
    lengths = np.diff(starts)
    mask = np.zeros(len(lengths), dtype=np.bool_)
    mask[kept] = True
    chosen = np.repeat(mask, lengths)
    return np.concatenate([[0], np.cumsum(lengths[kept])]).astype(np.int64), rows[chosen], scores[chosen]


def _places(wanted: Numbers, among: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """Where each of `wanted` stands in ascending `among`, which is not empty, and whether it does; else 0."""
    places = np.minimum(np.searchsorted(among, wanted), len(among) - 1)
    found = among[places] == wanted
    return np.where(found, places, 0), found


def barred_by(pairs: Iterable[Pair]) -> Mapping[int, list[int]]:
    """Demand id → the ids of the achievements that are excluded for it, ascending."""
    barred = defaultdict[int, list[int]](list)
    for demand_id, achievement_id in sorted(pairs):
        barred[demand_id].append(achievement_id)
    return barred


def number_of(text: str) -> int:
    """A number for a text, 0 for an empty one."""
    if not text:
        return 0
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True) or 1
