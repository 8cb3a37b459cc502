"""Piece vectors made partly of the n-grams inside the piece, so that a word seldom seen lies near its kin.

After Bojanowski et al. 2017 (arXiv:1607.04606): a piece's vector is its own plus the mean of its n-grams'.
The sum is folded into one table before it is written, so that nothing of this is left at serving time.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

LATIN_LENGTH = 4
"""Characters of an n-gram of a Latin piece, marks of its beginning and end included."""

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Composition:
    """Which n-grams a piece p is made of: `parts[starts[p] : starts[p + 1]]`, each below `units`."""

    parts: Ids
    starts: Ids
    units: int

    def of(self, pieces: Ids) -> tuple[Ids, Ids]:
        """The n-grams of these pieces one after another, and where each piece's begin."""
        lengths = self.starts[pieces + 1] - self.starts[pieces]
        offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        places = np.repeat(self.starts[pieces] - offsets, lengths) + np.arange(lengths.sum())
        return self.parts[places], offsets


def ngrams(piece: str) -> list[str]:
    """Characters and pairs of characters of a Chinese piece; marked runs of four of a Latin one."""
    if any("\u4e00" <= character <= "\u9fff" for character in piece):
        return [*piece, *(piece[at : at + 2] for at in range(len(piece) - 1))]
    marked = f"<{piece}>"
    return [marked[at : at + LATIN_LENGTH] for at in range(max(1, len(marked) - LATIN_LENGTH + 1))]


def composition(vocabulary: Mapping[str, int]) -> Composition:
    """The n-grams of every piece; piece 0, the unknown one, has none."""
    units: dict[str, int] = {}
    parts: list[int] = []
    starts = [0]
    for piece, number in sorted(vocabulary.items(), key=lambda item: item[1]):
        if number:
            parts += [units.setdefault(gram, len(units)) for gram in ngrams(piece)]
        starts.append(len(parts))
    return Composition(np.array(parts), np.array(starts), len(units))


class ComposedTable(nn.Module):
    """Piece vectors: own rows plus the mean of the n-grams' rows, as long as the own at first."""

    def __init__(self, own: NDArray[np.float32], made_of: Composition, rng: np.random.Generator) -> None:
        super().__init__()
        self._made_of = made_of
        units = rng.standard_normal((made_of.units, own.shape[1]), dtype=np.float32)
        self.own = nn.Parameter(torch.from_numpy(own.copy()))
        self.units = nn.Parameter(torch.from_numpy(units))
        lengths = torch.from_numpy(np.linalg.norm(own, axis=1, keepdims=True))
        with torch.no_grad():
            composed = self._composed(np.arange(len(own)))
        self.register_buffer("gain", lengths / composed.norm(dim=1, keepdim=True).clamp_min(1e-6))

    def forward(self, pieces: Ids) -> torch.Tensor:
        """The vectors of these pieces, shape (len(pieces), dimension)."""
        wanted = torch.from_numpy(pieces)
        return self.own[wanted] + self.get_buffer("gain")[wanted] * self._composed(pieces)

    def folded(self) -> NDArray[np.float32]:
        """The whole table; row 0, the unknown piece, is zero."""
        with torch.no_grad():
            table: NDArray[np.float32] = self(np.arange(len(self.own))).numpy()
        table[0] = 0
        return table

    def _composed(self, pieces: Ids) -> torch.Tensor:
        parts, offsets = (torch.from_numpy(one) for one in self._made_of.of(pieces))
        return nn.functional.embedding_bag(parts, self.units, offsets, mode="mean")
