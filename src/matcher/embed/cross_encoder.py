"""A cross-encoder that reads both texts of a pair together: slow, and so asked about the best alone."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import EncoderError
from matcher.embed.folder import open_cross_encoder
from matcher.embed.source import resolve

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

MAX_TOKENS = 512
"""Tokens of a pair that are read at most; what comes after is cut off, as most models were trained."""


class CrossEncoderReranker:
    """Reads pairs with a sentence-transformers CrossEncoder; torch is imported at the first pair."""

    def __init__(self, spec: str, *, device: str | None = None, batch_size: int = 32) -> None:
        """Find `spec`: a folder, or a hub id as `name@revision`; `device` None lets torch choose.

        Raises `EncoderError` where the model is missing, unpinned, pickled, or needs code of its own.
        """
        name, self._path = resolve(spec)
        self._device = device
        self._batch_size = batch_size
        self._lock = Lock()
        self._reranker_id = f"{name}@{open_cross_encoder(self._path).digest()}/{MAX_TOKENS}"

    @property
    def reranker_id(self) -> str:
        """Name, digest of the model's files, and how many tokens are read."""
        return self._reranker_id

    def figures(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """How well each demand and achievement fit, from 0 to 1: the sigmoid of what the model gives.

        Raises `EncoderError` where the model cannot be loaded or gives more than one figure for a pair.
        """
        if not pairs:
            return np.zeros(0)
        from torch.nn import Sigmoid

        with self._lock:
            figures = self._model.predict(
                list(pairs),
                batch_size=self._batch_size,
                activation_fn=Sigmoid(),
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return np.asarray(figures, dtype=np.float64)

    @cached_property
    def _model(self) -> "CrossEncoder":
        model = _load(self._path, self._device)
        if model.num_labels != 1:
            raise EncoderError(
                f"模型“{self._path}”对一对文本给出 {model.num_labels} 个数值；重排模型应只给一个。",
                f"The model {self._path} gives {model.num_labels} figures for a pair; a reranker gives one.",
            )
        model.max_seq_length = min(model.max_seq_length or MAX_TOKENS, MAX_TOKENS)
        return model


def _load(path: Path, device: str | None) -> "CrossEncoder":
    from sentence_transformers import CrossEncoder

    try:
        model: CrossEncoder = CrossEncoder(
            str(path),
            device=device,
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # a damaged folder raises anything
        raise EncoderError(
            f"无法加载重排模型“{path}”（原文：{error}）。", f"Cannot load the reranker {path}: {error}"
        ) from error
    return model
