"""The vectors of the lists' texts, cached by (encoder id, text digest, side)."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from matcher.domain.listing import Side
from matcher.store.tables import VectorRow

_CHUNK = 500
"""Digests asked for at once; SQLite binds at most 32,766 parameters and plans short lists faster."""


def load(
    session: Session, encoder_id: str, side: Side, digests: Sequence[str]
) -> dict[str, NDArray[np.float32]]:
    """The cached vectors, of shape (d,), among `digests`."""
    vectors: dict[str, NDArray[np.float32]] = {}
    for start in range(0, len(digests), _CHUNK):
        rows = session.execute(
            select(VectorRow.digest, VectorRow.data).where(
                VectorRow.encoder_id == encoder_id,
                VectorRow.side == side.value,
                VectorRow.digest.in_(digests[start : start + _CHUNK]),
            )
        )
        vectors.update({digest: np.frombuffer(data, dtype="<f4") for digest, data in rows})
    return vectors


def save(session: Session, encoder_id: str, side: Side, vectors: Mapping[str, NDArray[np.float32]]) -> None:
    """Cache vectors by digest; one that is cached already stays as it is."""
    cached = load(session, encoder_id, side, list(vectors))
    fresh = [
        {
            "encoder_id": encoder_id,
            "digest": digest,
            "side": side.value,
            "data": vector.astype("<f4").tobytes(),
        }
        for digest, vector in vectors.items()
        if digest not in cached
    ]
    if fresh:
        session.execute(insert(VectorRow), fresh)
