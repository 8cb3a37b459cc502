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

    @property
    def max_tokens(self) -> int | None:
        """The least that any part reads of a text; None where every part reads it whole."""
        limits = (part.encoder.max_tokens for part in self._parts)
        return min((limit for limit in limits if limit is not None), default=None)

    def encode(self, texts: Sequence[str], side: Side) -> NDArray[np.float32]:
        """Unit rows, shape (len(texts), dimension); a text that no part knows gives a zero row."""
        weighted = [
            np.sqrt(np.float32(part.share)) * part.encoder.encode(texts, side) for part in self._parts
        ]
        rows = np.concatenate(weighted, axis=1)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: NDArray[np.float32] = np.divide(rows, norms, out=rows, where=norms > 0)
        return unit

    def cut_short(self, texts: Sequence[str], side: Side) -> NDArray[np.bool_]:
        """Which of `texts` some part does not read to their end; shape (len(texts),)."""
        some: NDArray[np.bool_] = np.any(
            [part.encoder.cut_short(texts, side) for part in self._parts], axis=0
        )
        return some
