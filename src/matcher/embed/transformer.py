"""Any sentence-transformers model, from a local folder or a hub id with a revision."""

from collections.abc import Sequence
from math import isinf
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import EncoderError
from matcher.domain.listing import Side
from matcher.embed.folder import open_folder
from matcher.embed.instructions import Instructions, instructions_of, own_instructions
from matcher.embed.source import resolve

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class SentenceTransformerEncoder:
    """Encodes with sentence-transformers; torch is imported when the first one is made."""

    def __init__(
        self,
        spec: str,
        *,
        device: str | None,
        batch_size: int,
        query_prompt: str | None = None,
        document_prompt: str | None = None,
        dimension: int | None = None,
    ) -> None:
        """Load `spec`: a folder, or a hub id as `name@revision`; `device` None lets torch choose.

        The prompts stand in place of the model's own; `dimension` cuts vectors short, for models trained
        to bear it (Matryoshka), and makes them unit vectors again.

        Raises `EncoderError` where the model is missing, unpinned, pickled, needs code of its own, or has
        fewer dimensions.
        """
        name, path = resolve(spec)
        folder = open_folder(path)
        self._batch_size = batch_size
        self._instructions = instructions_of((name, folder.base), folder.prompts).overridden(
            query_prompt, document_prompt
        )
        self._model = load_model(path, device)
        self._dimension = self._dimension_of(spec, dimension)
        stated = own_instructions(folder.prompts) or Instructions()
        told = self._instructions.mark_beside(stated)
        self._encoder_id = f"{name}@{folder.digest()}{told}/{self._dimension}"

    @property
    def encoder_id(self) -> str:
        """Name, digest of the model's files, digest of prompts that are not the files', and dimension."""
        return self._encoder_id

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    @property
    def max_tokens(self) -> int | None:
        """How many tokens are read of a text, prompt and special tokens included; None where the model states
        no limit."""
        limit = self._model.max_seq_length
        return None if limit is None or isinf(limit) else int(limit)

    @property
    def instructions(self) -> Instructions:
        """What stands before the texts."""
        return self._instructions

    def encode(self, texts: Sequence[str], side: Side) -> NDArray[np.float32]:
        """Unit rows, shape (len(texts), dimension): demands with the query prompt, supplies as documents."""
        if not texts:
            return np.zeros((0, self._dimension), dtype=np.float32)
        encode = self._model.encode_query if side is Side.DEMAND else self._model.encode_document
        vectors = encode(
            list(texts),
            prompt=self._instructions.of(side),
            batch_size=self._batch_size,
            truncate_dim=self._dimension,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)

    def cut_short(self, texts: Sequence[str], side: Side) -> NDArray[np.bool_]:
        """Which of `texts` are longer than `max_tokens` with their prompt; shape (len(texts),)."""
        limit = self.max_tokens
        if limit is None or not texts:
            return np.zeros(len(texts), dtype=np.bool_)
        prompt = self._instructions.of(side)
        told = self._model.tokenizer([prompt + text for text in texts], truncation=False, verbose=False)
        return np.array([len(ids) > limit for ids in told["input_ids"]], dtype=np.bool_)

    def _dimension_of(self, spec: str, wanted: int | None) -> int:
        stated = self._model.get_embedding_dimension()
        if stated is None:
            raise EncoderError(
                f"模型“{spec}”未声明向量维数。", f"The model {spec} does not state its dimension."
            )
        if wanted is not None and wanted > stated:
            raise EncoderError(
                f"模型“{spec}”的向量只有 {stated} 维，不能取 {wanted} 维；请改 MATCHER_ENCODER_DIMENSION。",
                f"The model {spec} has {stated} dimensions, not {wanted}: change MATCHER_ENCODER_DIMENSION.",
                field="MATCHER_ENCODER_DIMENSION",
            )
        return int(stated) if wanted is None else wanted


def load_model(path: Path, device: str | None) -> "SentenceTransformer":
    """The model of a folder that `open_folder` has let pass; raises `EncoderError` where it is damaged."""
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(
            str(path),
            device=device,
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # a damaged folder raises anything: TypeError where tokenizer.json is missing
        raise EncoderError(
            f"无法加载模型“{path}”（原文：{error}）。", f"Cannot load the model {path}: {error}"
        ) from error
