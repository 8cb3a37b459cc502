"""Real transformers that a test makes: an encoder and a cross-encoder of one layer with random weights."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CHARACTERS = "锂电池回收氢能储运阀门泄漏检测复合材料焊缝图像查询文献：。，的在与 abcdefghijklmnopqrstuvwxyz:"
SIZE: Mapping[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "max_position_embeddings": 64,
}


def make_encoder(folder: Path, *, seed: int = 0, prompts: Mapping[str, str] | None = None) -> Path:
    """A folder of a sentence-transformers model: one layer of BERT, and the mean of its pieces."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel

    source = folder.with_name(f".{folder.name}-source")
    tokenizer = _tokenizer(source)
    torch.manual_seed(seed)
    BertModel(BertConfig(vocab_size=len(tokenizer), **SIZE)).save_pretrained(source)
    transformer = Transformer(str(source))
    pooling = Pooling(transformer.get_embedding_dimension(), "mean")
    model = SentenceTransformer(modules=[transformer, pooling], device="cpu")
    model.save_pretrained(str(folder), create_model_card=False)
    amend(folder / "config_sentence_transformers.json", prompts=dict(prompts or {}))
    return folder


def make_decoder(folder: Path) -> Path:
    """A folder of a sentence-transformers model: one layer of Qwen3, and its last token."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import Qwen3Config, Qwen3Model

    source = folder.with_name(f".{folder.name}-source")
    tokenizer = _tokenizer(source)
    torch.manual_seed(0)
    more = {**SIZE, "num_key_value_heads": 1, "head_dim": 8}
    Qwen3Model(Qwen3Config(vocab_size=len(tokenizer), **more)).save_pretrained(source)
    transformer = Transformer(str(source))
    pooling = Pooling(transformer.get_embedding_dimension(), "lasttoken")
    model = SentenceTransformer(modules=[transformer, pooling], device="cpu")
    model.save_pretrained(str(folder), create_model_card=False)
    return folder


def make_cross_encoder(folder: Path, *, seed: int = 0, labels: int = 1) -> Path:
    """A folder of a cross-encoder: one layer of BERT that classifies pairs."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    tokenizer = _tokenizer(folder)
    torch.manual_seed(seed)
    more = {**SIZE, "num_labels": labels, "initializer_range": 1.0}
    config = BertConfig(vocab_size=len(tokenizer), **more)
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def amend(path: Path, **entries: Any) -> None:
    """Set entries of a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))


def _tokenizer(folder: Path) -> Any:
    from transformers import BertTokenizer

    folder.mkdir()
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(CHARACTERS.replace(" ", ""))]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    tokenizer = BertTokenizer(str(folder / "vocab.txt"), model_max_length=64)
    tokenizer.save_pretrained(folder)
    return tokenizer
