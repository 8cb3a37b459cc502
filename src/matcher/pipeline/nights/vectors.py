"""Vectors of listings: taken from the cache, or encoded once and cached."""

from collections.abc import Sequence

import numpy as np

from matcher.domain.listing import Side
from matcher.domain.text import TextView
from matcher.ports import Encoder, Progress, Vectors, silent
from matcher.store import vectors
from matcher.store.database import Database

BATCH = 256
"""Texts encoded between two saves: a kill loses at most this much work."""


def vectors_of(
    database: Database,
    encoder: Encoder,
    side: Side,
    texts: Sequence[TextView],
    progress: Progress = silent,
    *,
    keep: bool = True,
) -> tuple[Vectors, int]:
    """The vectors of `texts`, shape (n, d), and how many had to be encoded; those are cached where `keep`.

    Nothing is encoded while a transaction is open.
    """
    with database.reading() as session:
        known = vectors.load(session, encoder.encoder_id, side, sorted({text.digest for text in texts}))
    missing = {text.digest: text.full for text in texts if text.digest not in known}
    digests = list(missing)
    for start in range(0, len(digests), BATCH):
        batch = digests[start : start + BATCH]
        encoded = encoder.encode([missing[digest] for digest in batch], side)
        fresh = dict(zip(batch, encoded, strict=True))
        if keep:
            with database.writing() as session:
                vectors.save(session, encoder.encoder_id, side, fresh)
        known.update(fresh)
        progress(f"encode {side.value}", start + len(batch), len(digests))
    rows = [known[text.digest] for text in texts]
    return (np.stack(rows) if rows else np.zeros((0, encoder.dimension), np.float32)), len(digests)
