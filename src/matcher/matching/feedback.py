"""What people think of achievements for one demand, carried over to others like them, for that demand.

Nothing here looks at another demand: the figure of a demand's candidate depends on the demand's own opinions
and on the achievements' texts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.features import lexical_text
from matcher.domain.opinions import OPINION_VALUES, Opinion, Opinions
from matcher.matching.searchable import Searchable
from matcher.ports import COMPARABLE, DECIMALS, SIMILARITY, Channels, Query, Rows

Floats = NDArray[np.float64]

WORDING_SHARE = 0.5
"""How much of a likeness is shared wording; the rest is meaning, and all of it where wording cannot be
compared."""


def likeness(meaning: Floats, wording: Floats, comparable: Floats) -> Floats:
    """How much two achievements are alike, from 0 to 1, by the cosines of their meaning and of their wording.

    That of the meaning is squared, as in a score, because a weak resemblance is mostly chance.
    """
    share = WORDING_SHARE * comparable
    alike: Floats = (1.0 - share) * np.square(np.clip(meaning, 0.0, 1.0)) + share * wording
    return alike


def feedback(alike: Floats, values: Floats) -> Floats:
    """What opinions of `values` (-1 to 1) come to for rows that are `alike` so much: between -1 and 1.

    Σ value · likeness / (1 + Σ likeness): 0 without an opinion, and never as much as the opinions themselves.
    """
    figures: Floats = alike @ values / (1.0 + alike.sum(axis=1))
    return figures.round(DECIMALS)


@dataclass(frozen=True, slots=True)
class Judged:
    """The achievements of the supply list that people have an opinion of for one demand; place i of every
    part is the same one, and their ids ascend."""

    ids: tuple[int, ...]
    opinions: tuple[Opinion, ...]
    queries: tuple[Query, ...]

    @property
    def values(self) -> Floats:
        """How far each opinion speaks for what is alike."""
        return np.array([OPINION_VALUES[opinion] for opinion in self.opinions], dtype=np.float64)

    def alike(self, channels: Channels, rows: Rows) -> Floats:
        """How much each of these rows is like each of the judged ones, shape (rows, judged)."""
        everywhere = [rows] * len(self.queries)
        meaning, wording, comparable = (
            np.column_stack(channels[name].ask(self.queries).values(everywhere)).astype(np.float64)
            for name in (SIMILARITY, lexical_text.__name__, COMPARABLE)
        )
        return likeness(meaning, wording, comparable)

    def most_telling(
        self, channels: Channels, rows: Rows, contributions: Sequence[float]
    ) -> list[tuple[int, Opinion] | None]:
        """For each row, whose opinion moved it most in the direction of its contribution; None where that is
        0, and of several that moved it alike the first."""
        pulls = self.alike(channels, rows) * self.values
        places = np.argmax(pulls * np.sign(contributions)[:, None], axis=1)
        return [
            (self.ids[place], self.opinions[place]) if contribution else None
            for place, contribution in zip(places.tolist(), contributions, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Moved:
    """The figures of one demand's candidates in one index; `own` are the rows that people judged themselves.

    Those stay as they are: people's own word is not overruled by what is like it.
    """

    judged: Judged
    channels: Channels
    own: Rows

    def __call__(self, rows: Rows) -> Floats:
        """The figure of each of these rows of the index."""
        figures = feedback(self.judged.alike(self.channels, rows), self.judged.values)
        figures[np.isin(rows, self.own)] = 0.0
        return figures


def judged_by_row(demands: Searchable, supply: Searchable, opinions: Opinions) -> dict[int, Judged]:
    """By the row of each demand that has opinions of achievements on the supply list, those."""
    by_row = {}
    for row, demand in enumerate(demands.listings):
        held = opinions.get(demand.id, {})
        ids = tuple(sorted(number for number in held if number in supply.row_of))
        if ids:
            queries = tuple(supply.query(supply.row_of[number]) for number in ids)
            by_row[row] = Judged(ids, tuple(held[number] for number in ids), queries)
    return by_row


def moved_in(index: Searchable, judged: Judged | None, held: Collection[int]) -> Moved | None:
    """What moves a demand's candidates in `index`, where people think something of the achievements `held`;
    None where nothing does."""
    if judged is None:
        return None
    own = [index.row_of[number] for number in held if number in index.row_of]
    return Moved(judged, index.channels, np.array(sorted(own), dtype=np.int64))
