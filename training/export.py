"""Writes a table of piece vectors as a folder that sentence-transformers and the service both open."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer

MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
]


def quantise(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Eight-bit rows and their scales, so that `rows * scales[:, None]` approximates the weights."""
    largest = np.abs(weights).max(axis=1)
    scales = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    return np.rint(weights / scales[:, None]).astype(np.int8), scales


def write_folder(folder: Path, weights: NDArray[np.float32], tokenizer: Tokenizer) -> None:
    """Write the tokenizer, the weights (8-bit `embeddings`, a scale per piece) and two configurations."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    rows, scales = quantise(weights)
    save_file({"embeddings": rows, "weights": scales}, folder / "model.safetensors")
    prompts = {"query": "", "document": ""}
    config = {"model_type": "SentenceTransformer", "prompts": prompts, "similarity_fn_name": "cosine"}
    _write_json(folder / "modules.json", MODULES)
    _write_json(folder / "config_sentence_transformers.json", config)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
