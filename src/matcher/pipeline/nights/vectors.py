"""Vectors of listings: taken from the cache, or encoded once and cached."""

from collections.abc import Sequence

import numpy as np

from matcher.domain.errors import EncoderError
from matcher.domain.listing import Side
from matcher.domain.text import TextView, mask_contacts
from matcher.matching.searchable import TextVectors
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
) -> TextVectors:
    """The vectors of `texts`, and how many had to be encoded; those are cached where `keep`.

    A text that was cut short when its vector was cached is not counted again. Nothing is encoded while a
    transaction is open.

    Raises:
        EncoderError: as `encoded`; nothing of that batch is cached.
    """
    with database.reading() as session:
        known = vectors.load(session, encoder.encoder_id, side, sorted({text.digest for text in texts}))
    missing = {text.digest: text.full for text in texts if text.digest not in known}
    digests = list(missing)
    cut_short = 0
    for start in range(0, len(digests), BATCH):
        batch = digests[start : start + BATCH]
        wanted = [missing[digest] for digest in batch]
        fresh = dict(zip(batch, encoded(encoder, wanted, side), strict=True))
        cut_short += 0 if encoder.max_tokens is None else int(encoder.cut_short(wanted, side).sum())
        if keep:
            with database.writing() as session:
                vectors.save(session, encoder.encoder_id, side, fresh)
        known.update(fresh)
        progress(f"encode {side.value}", start + len(batch), len(digests))
    rows = [known[text.digest] for text in texts]
    stacked = np.stack(rows) if rows else np.zeros((0, encoder.dimension), np.float32)
    return TextVectors(stacked, len(digests), cut_short)


def encoded(encoder: Encoder, texts: Sequence[str], side: Side) -> Vectors:
    """The vectors of `texts`, shape (n, d), every figure a finite number.

    Raises:
        EncoderError: the model gives NaN or infinity for a text, which is named.
    """
    made = encoder.encode(texts, side)
    wrong = np.flatnonzero(~np.isfinite(made).all(axis=1))
    if wrong.size:
        text = mask_contacts(" ".join(texts[wrong[0]].split())[:_NAMED])
        raise EncoderError(
            f"编码器 {encoder.encoder_id} 对“{text}”给出的不是数（NaN 或无穷大），没有采用；请换一个模型。",
            f"the encoder {encoder.encoder_id} gives NaN or infinity for the text “{text}” and was not used: "
            "choose another model.",
        )
    return made


_NAMED = 60
"""How many characters of a text name it."""
