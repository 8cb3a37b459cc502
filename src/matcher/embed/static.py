"""A StaticEmbedding folder read with tokenizers, safetensors and NumPy: the bundled model, without torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from matcher.domain.errors import EncoderError
from matcher.domain.listing import Side
from matcher.embed.folder import open_folder
from matcher.embed.instructions import Instructions, own_instructions

BATCH = 1024
PIECES_AT_ONCE = 4096
"""Rows gathered at once: bounds the memory a very long text takes (8 MB at 512 dimensions)."""


class StaticEncoder:
    """The normalised mean of a text's piece vectors, as sentence-transformers computes it."""

    def __init__(
        self, encoder_id: str, tokenizer: Tokenizer, table: NDArray[np.float32], instructions: Instructions
    ) -> None:
        self._encoder_id = encoder_id
        self._tokenizer = tokenizer
        self._table = table
        self._instructions = instructions

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `folder`, as written by sentence-transformers from a StaticEmbedding.

        Raises `EncoderError` where the folder holds another kind of model, pickled weights or none.
        """
        model = open_folder(folder)
        if model.modules[:1] != ("StaticEmbedding",) or set(model.modules[1:]) - {"Normalize"}:
            raise _unreadable(folder, f"modules {', '.join(model.modules)}")
        try:
            table = _read_table(folder / "model.safetensors")
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # tokenizers and safetensors raise bare ones
            raise _unreadable(folder, str(error)) from error
        tokenizer.no_padding()
        instructions = own_instructions(model.prompts) or Instructions()
        return cls(f"static@{model.digest()}/{table.shape[1]}", tokenizer, table, instructions)

    @property
    def encoder_id(self) -> str:
        """`static@`, the digest of the folder's files, and the dimension."""
        return self._encoder_id

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._table.shape[1])

    @property
    def max_tokens(self) -> None:
        """None: a text is read whole, however long."""
        return

    def encode(self, texts: Sequence[str], side: Side) -> NDArray[np.float32]:
        """Unit rows, shape (len(texts), dimension); a text without any known piece gives a zero row.

        A text's vector does not depend on the texts beside it.
        """
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        prompt = self._instructions.of(side)
        for start in range(0, len(texts), BATCH):
            batch = [prompt + text for text in texts[start : start + BATCH]]
            encodings = self._tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            for row, encoding in enumerate(encodings, start):
                vectors[row] = self._sum(encoding.ids)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, norms, out=vectors, where=norms > 0)
        return vectors

    def cut_short(self, texts: Sequence[str], side: Side) -> NDArray[np.bool_]:  # noqa: ARG002 - as all have it
        """None of `texts`; shape (len(texts),)."""
        return np.zeros(len(texts), dtype=np.bool_)

    def _sum(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """Sum of the pieces' vectors, added one after another as torch's EmbeddingBag does."""
        pieces = np.array(ids, dtype=np.intp)
        total = np.zeros(self.dimension, dtype=np.float32)
        for start in range(0, len(pieces), PIECES_AT_ONCE):
            rows = self._table[pieces[start : start + PIECES_AT_ONCE]]
            rows[0] += total
            total = rows.sum(axis=0)
        return total


def _read_table(path: Path) -> NDArray[np.float32]:
    """Piece vectors, shape (pieces, dimension): plain, or reduced rows that a scale per piece restores."""
    tensors = load_file(path)
    if set(tensors) == {"embeddings", "weights"}:
        rows, scales = tensors["embeddings"], tensors["weights"]
        return np.asarray(np.multiply(rows, scales[:, None], dtype=np.float32))
    return np.asarray(tensors["embedding.weight"], dtype=np.float32)


def _unreadable(folder: Path, reason: str) -> EncoderError:
    return EncoderError(
        f"无法将“{folder}”作为静态词向量模型读取（原文：{reason}）。",
        f"{folder} cannot be read as a StaticEmbedding: {reason}",
    )
