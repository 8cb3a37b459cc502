"""A small StaticEmbedding folder, made anew for these tests."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Lowercase, Sequence
from tokenizers.pre_tokenizers import Split

PIECES = ["[UNK]", "锂", "电池", "回收", "查询", "文献", "battery", "recycling", "氢"]
DIMENSION = 6

MakeFolder = Callable[..., Path]


@pytest.fixture
def make_folder(tmp_path: Path) -> MakeFolder:
    """Write a sentence-transformers folder whose prompts are the ones given."""

    def make(name: str = "small", prompts: dict[str, str] | None = None) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        tokenizer = Tokenizer(Unigram([(piece, -1.0) for piece in PIECES], unk_id=0))
        tokenizer.normalizer = Sequence([NFKC(), Lowercase()])
        tokenizer.pre_tokenizer = Split(Regex(r"[^\p{L}\p{N}]+"), behavior="removed")
        tokenizer.save(str(folder / "tokenizer.json"))
        weights = np.random.default_rng(3).standard_normal((len(PIECES), DIMENSION)).astype(np.float32)
        weights[0] = 0
        save_file({"embedding.weight": weights}, folder / "model.safetensors")
        module = {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"}
        (folder / "modules.json").write_text(json.dumps([module]))
        config = {"model_type": "SentenceTransformer", "prompts": prompts or {}}
        (folder / "config_sentence_transformers.json").write_text(json.dumps(config))
        return folder

    return make
