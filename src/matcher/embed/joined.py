"""Two encoders as one: their vectors side by side, so that a cosine is the weighted mean of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.listing import Side
from matcher.ports import Encoder


@dataclass(frozen=True, slots=True)
class Part:
    """An encoder and its share of the cosine; the shares of all parts sum to 1."""

    encoder: Encoder
    share: float


class JoinedEncoder:
    """The parts' unit vectors, each times the root of its share, one after another.

    The inner product of two such vectors is the sum of share × cosine. Where a part knows nothing of a text
    and gives a zero row, the rest is made a unit vector again.
    """

    def __init__(self, *parts: Part) -> None:
        self._parts = parts

    @property
    def encoder_id(self) -> str:
        """The parts' ids with their shares."""
        return "+".join(f"{part.share:g}*{part.encoder.encoder_id}" for part in self._parts)

    @property
    def dimension(self) -> int:
        """The sum of the parts' dimensions."""
        return sum(part.encoder.dimension for part in self._parts)

    def encode(self, texts: Sequence[str], side: Side) -> NDArray[np.float32]:
        """Unit rows, shape (len(texts), dimension); a text that no part knows gives a zero row."""
        weighted = [
            np.sqrt(np.float32(part.share)) * part.encoder.encode(texts, side) for part in self._parts
        ]
        rows = np.concatenate(weighted, axis=1)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: NDArray[np.float32] = np.divide(rows, norms, out=rows, where=norms > 0)
        return unit
