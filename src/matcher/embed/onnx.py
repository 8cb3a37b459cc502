"""A transformer run by ONNX Runtime, without torch: the folder that `matcher encoder convert` makes.

It holds `model.onnx` (inputs `input_ids` and `attention_mask`, 64-bit, shape (1, tokens); output `vectors`,
shape (1, dimension)), `tokenizer.json`, and `encoder.json`, which says name, dimension, tokens and prompts.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from matcher.domain.errors import EncoderError
from matcher.domain.listing import Side
from matcher.embed.folder import digest_of_files, read_json
from matcher.embed.instructions import Instructions

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MODEL, TOKENIZER, SETTINGS = "model.onnx", "tokenizer.json", "encoder.json"


def holds_onnx(folder: Path) -> bool:
    """Whether a folder is one of these; one that sentence-transformers can read as well stays theirs."""
    return (folder / MODEL).is_file() and not (folder / "modules.json").is_file()


class OnnxEncoder:
    """Runs texts one by one, as many at a time as there are processors.

    A dynamically quantised model takes the scale of its activations from all that it is given at once: in a
    batch a text's vector would depend on the texts beside it. ONNX Runtime lets go of the GIL while it runs.
    """

    def __init__(
        self,
        folder: Path,
        *,
        query_prompt: str | None = None,
        document_prompt: str | None = None,
        dimension: int | None = None,
    ) -> None:
        """Read all but the model, which is loaded with the first text.

        The prompts stand in place of the folder's own; `dimension` cuts vectors short and makes them unit
        vectors again. Raises `EncoderError` where a file is missing or damaged, or has fewer dimensions.
        """
        self._path = folder
        self._lock = Lock()
        self._loaded: InferenceSession | None = None
        settings = read_json(folder / SETTINGS)
        try:
            name = str(settings["name"])
            self._stated_dimension = int(settings["dimension"])
            stated = _instructions(settings["prompts"])
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            self._tokenizer.no_padding()
            self._max_tokens = int(settings["max_tokens"])
            self._tokenizer.enable_truncation(self._max_tokens)
        except Exception as error:  # tokenizers raises bare ones
            raise _unreadable(folder, error) from error
        self._instructions = stated.overridden(query_prompt, document_prompt)
        self._dimension = self._cut(dimension)
        digest = digest_of_files(folder, {".json", ".onnx"})
        told = self._instructions.mark_beside(stated)
        self._encoder_id = f"{name}@{digest}{told}/{self._dimension}"

    @property
    def encoder_id(self) -> str:
        """Name, digest of the folder's files, digest of prompts that are not the files', and dimension."""
        return self._encoder_id

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    @property
    def max_tokens(self) -> int:
        """How many tokens are read of a text, prompt and special tokens included."""
        return self._max_tokens

    @property
    def instructions(self) -> Instructions:
        """What stands before the texts."""
        return self._instructions

    def encode(self, texts: Sequence[str], side: Side) -> NDArray[np.float32]:
        """Unit rows, shape (len(texts), dimension); a text that adds no token to its prompt gives a zero row.

        A text's vector does not depend on the texts beside it; what is past the model's length is cut off.
        Raises `EncoderError` where the model cannot be loaded or run.
        """
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        prompt = self._instructions.of(side)
        nothing = self._tokenizer.encode(prompt).ids
        encodings = self._tokenizer.encode_batch_fast([prompt + text for text in texts])
        told = {row: encoding.ids for row, encoding in enumerate(encodings) if encoding.ids != nothing}
        if not told:
            return vectors
        session = self._session()
        with ThreadPoolExecutor(min(os.cpu_count() or 1, len(told))) as workers:
            rows = workers.map(lambda ids: self._vector(session, ids), told.values())
            for row, vector in zip(told, rows, strict=True):
                vectors[row] = vector
        return vectors

    def cut_short(self, texts: Sequence[str], side: Side) -> NDArray[np.bool_]:
        """Which of `texts` are longer than `max_tokens` with their prompt; shape (len(texts),)."""
        prompt = self._instructions.of(side)
        encodings = self._tokenizer.encode_batch_fast([prompt + text for text in texts])
        return np.array([bool(encoding.overflowing) for encoding in encodings], dtype=np.bool_)

    def _vector(self, session: "InferenceSession", ids: Sequence[int]) -> NDArray[np.float32]:
        tokens = np.array([ids], dtype=np.int64)
        try:
            [vectors] = session.run(
                ["vectors"], {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
            )
        except Exception as error:  # ONNX Runtime's own errors derive from nothing narrower
            raise _unreadable(self._path, error) from error
        if vectors.shape != (1, self._stated_dimension):
            raise _unreadable(self._path, f"vectors {vectors.shape}, dimension {self._stated_dimension}")
        vector = np.asarray(vectors[0, : self._dimension], dtype=np.float32)
        norm = np.linalg.norm(vector)
        return vector / norm if norm > 0 else vector

    def _session(self) -> "InferenceSession":
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._path)
            return self._loaded

    def _cut(self, wanted: int | None) -> int:
        if wanted is not None and wanted > self._stated_dimension:
            raise EncoderError(
                f"模型“{self._path}”的向量只有 {self._stated_dimension} 维，不能取 {wanted} 维；"
                "请改 MATCHER_ENCODER_DIMENSION。",
                f"The model {self._path} has {self._stated_dimension} dimensions, not {wanted}: "
                "change MATCHER_ENCODER_DIMENSION.",
                field="MATCHER_ENCODER_DIMENSION",
            )
        return self._stated_dimension if wanted is None else wanted


def _instructions(prompts: Mapping[str, Any]) -> Instructions:
    return Instructions(str(prompts["query"]), str(prompts["document"]))


def _load(folder: Path) -> "InferenceSession":
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    try:
        return InferenceSession(str(folder / MODEL), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # a damaged file raises one of ONNX Runtime's many
        raise _unreadable(folder, error) from error


def _unreadable(folder: Path, reason: object) -> EncoderError:
    return EncoderError(
        f"无法将“{folder}”作为 ONNX 模型读取（原文：{reason}）。",
        f"{folder} cannot be read as an ONNX model: {reason}",
    )
