"""What people think of achievements for one demand, carried over to others like them, for that demand.

Nothing here looks at another demand: the figure of a demand's candidate depends on the demand's own opinions
and on the achievements' texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.opinions import OPINION_VALUES, Opinion, Opinions
from matcher.matching.searchable import Searchable
from matcher.ports import DECIMALS, Vectors

Floats = NDArray[np.float64]


def likeness(vectors: Floats, judged: Floats) -> Floats:
    """The squared positive cosine of every row with every judged one, from 0 to 1; all rows are unit vectors.

    Squared, because a weak resemblance is mostly chance.
    """
    squares: Floats = np.square(np.clip(vectors @ judged.T, 0.0, 1.0))
    return squares


def feedback(alike: Floats, values: Floats) -> Floats:
    """What opinions of `values` (-1 to 1) come to for rows that are `alike` so much: between -1 and 1.

    Σ value · likeness / (1 + Σ likeness): 0 without an opinion, and never as much as the opinions themselves.
    """
    figures: Floats = alike @ values / (1.0 + alike.sum(axis=1))
    return figures.round(DECIMALS)


@dataclass(frozen=True, slots=True)
class Judged:
    """The achievements of the supply list that people have an opinion of for one demand, by id; place i of
    every part is the same one."""

    ids: tuple[int, ...]
    opinions: tuple[Opinion, ...]
    vectors: Floats

    @property
    def values(self) -> Floats:
        """How far each opinion speaks for what is alike."""
        return np.array([OPINION_VALUES[opinion] for opinion in self.opinions], dtype=np.float64)

    def most_telling(self, vector: Vectors, contribution: float) -> tuple[int, Opinion]:
        """Which of them moved an achievement of this vector most in the direction of its `contribution`."""
        pulls = likeness(vector[None].astype(np.float64), self.vectors)[0] * self.values
        place = int(np.argmax(pulls if contribution > 0 else -pulls))
        return self.ids[place], self.opinions[place]


def judged_by_row(demands: Searchable, supply: Searchable, opinions: Opinions) -> dict[int, Judged]:
    """By the row of each demand that has opinions of achievements on the supply list, those."""
    by_row = {}
    for row, demand in enumerate(demands.listings):
        held = opinions.get(demand.id, {})
        ids = tuple(sorted(number for number in held if number in supply.row_of))
        if ids:
            vectors = supply.vectors[[supply.row_of[number] for number in ids]].astype(np.float64)
            by_row[row] = Judged(ids, tuple(held[number] for number in ids), vectors)
    return by_row


def feedback_by_row(
    demands: Searchable, index: Searchable, judged: Mapping[int, Judged], opinions: Opinions
) -> dict[int, Floats]:
    """By the row of each demand in `judged`, the figure of every achievement of `index`.

    It is 0 for what people have an opinion of themselves: their own word is not overruled by what is like it.
    """
    if not judged:
        return {}
    vectors = index.vectors.astype(np.float64)
    by_row = {}
    for row, known in judged.items():
        figures = feedback(likeness(vectors, known.vectors), known.values)
        held = opinions[demands.listings[row].id]
        figures[[index.row_of[number] for number in held if number in index.row_of]] = 0.0
        by_row[row] = figures
    return by_row
