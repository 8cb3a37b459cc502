"""Vectors of listings: taken from the cache, or encoded once and cached."""

from collections.abc import Callable, Iterator, Sequence

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

EncodeEach = Callable[[Encoder, Sequence[Sequence[str]], Side], Iterator[Vectors]]
"""Gives the encoder's vectors of each of some batches of texts of one side, in their order."""


def encode_each(encoder: Encoder, batches: Sequence[Sequence[str]], side: Side) -> Iterator[Vectors]:
    """One batch after another, here."""
    return (encoder.encode(batch, side) for batch in batches)


def vectors_of(
    database: Database,
    encoder: Encoder,
    side: Side,
    texts: Sequence[TextView],
    progress: Progress = silent,
    *,
    keep: bool = True,
    encode_each: EncodeEach = encode_each,
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
    batches = [digests[start : start + BATCH] for start in range(0, len(digests), BATCH)]
    texts_of = [[missing[digest] for digest in batch] for batch in batches]
    cut_short = done = 0
    for batch, wanted, made in zip(batches, texts_of, encode_each(encoder, texts_of, side), strict=True):
        fresh = dict(zip(batch, _numbers(made, encoder, wanted), strict=True))
        cut_short += 0 if encoder.max_tokens is None else int(encoder.cut_short(wanted, side).sum())
        if keep:
            with database.writing() as session:
                vectors.save(session, encoder.encoder_id, side, fresh)
        known.update(fresh)
        done += len(batch)
        progress(f"encode {side.value}", done, len(digests))
    rows = [known[text.digest] for text in texts]
    stacked = np.stack(rows) if rows else np.zeros((0, encoder.dimension), np.float32)
    return TextVectors(stacked, len(digests), cut_short)


def encoded(encoder: Encoder, texts: Sequence[str], side: Side) -> Vectors:
    """The vectors of `texts`, shape (n, d), every figure a finite number.

    Raises:
        EncoderError: the model gives NaN or infinity for a text, which is named.
    """
    return _numbers(encoder.encode(texts, side), encoder, texts)


def _numbers(made: Vectors, encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """What an encoder made of some texts, where all of it is finite."""
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
