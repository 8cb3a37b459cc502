"""Any sentence-transformers model, from a local folder or a hub id with a revision."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import EncoderError
from matcher.domain.listing import Side
from matcher.embed.folder import ModelFolder, open_folder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_HUB_ID = re.compile(r"(?P<name>[\w.-]+(?:/[\w.-]+)?)(?:@(?P<revision>[\w./-]+))?")
_SAFE_FILES = ["*.json", "*.safetensors", "*.txt", "*.model"]


class SentenceTransformerEncoder:
    """Encodes with sentence-transformers; torch is imported when the first one is made."""

    def __init__(self, spec: str, *, device: str | None, batch_size: int) -> None:
        """Load `spec`: a folder, or a hub id as `name@revision`; `device` None lets torch choose.

        Raises `EncoderError` where the model is missing, unpinned, pickled, or needs code of its own.
        """
        name, folder = _resolve(spec)
        self._batch_size = batch_size
        self._model = _load(folder, device)
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise EncoderError(
                f"模型“{spec}”未声明向量维数。", f"The model {spec} does not state its dimension."
            )
        self._dimension = int(dimension)
        self._encoder_id = f"{name}@{folder.digest()}/{self._dimension}"

    @property
    def encoder_id(self) -> str:
        """Name, digest of the model's files, and dimension."""
        return self._encoder_id

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def encode(self, texts: Sequence[str], side: Side) -> NDArray[np.float32]:
        """Unit rows, shape (len(texts), dimension): demands with the query prompt, supplies as documents."""
        if not texts:
            return np.zeros((0, self._dimension), dtype=np.float32)
        encode = self._model.encode_query if side is Side.DEMAND else self._model.encode_document
        vectors = encode(
            list(texts),
            batch_size=self._batch_size,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


def _resolve(spec: str) -> tuple[str, ModelFolder]:
    """The model's name and its folder, fetched from the hub where `spec` is not a folder here."""
    if Path(spec).is_dir():
        return Path(spec).resolve().name, open_folder(Path(spec))
    matched = _HUB_ID.fullmatch(spec)
    if matched is None:
        raise EncoderError(f"找不到模型文件夹“{spec}”。", f"There is no model folder {spec}.")
    if matched["revision"] is None:
        raise EncoderError(
            f"模型“{spec}”既不是本地文件夹，也没有注明版本；请写成 名称@版本（commit）。",
            f"{spec} is neither a folder here nor pinned to a revision; write it as name@commit.",
        )
    return matched["name"], open_folder(_fetch(matched["name"], matched["revision"]))


def _fetch(name: str, revision: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=_SAFE_FILES))
    except (OSError, ValueError) as error:  # the hub's own errors derive from these two
        raise EncoderError(
            f"无法从模型库取得“{name}@{revision}”；离线时请改用本地文件夹。（{error}）",
            f"Cannot get {name}@{revision} from the hub; offline, name a local folder instead. ({error})",
        ) from error


def _load(folder: ModelFolder, device: str | None) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(
            str(folder.path),
            device=device,
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # a damaged folder raises anything: TypeError where tokenizer.json is missing
        raise EncoderError(
            f"无法加载模型“{folder.path}”：{error}", f"Cannot load the model {folder.path}: {error}"
        ) from error
