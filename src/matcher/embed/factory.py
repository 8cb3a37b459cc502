"""Chooses the encoder a setting names."""

from pathlib import Path

from matcher.embed.joined import JoinedEncoder, Part
from matcher.embed.onnx import OnnxEncoder, holds_onnx
from matcher.embed.static import StaticEncoder
from matcher.embed.transformer import SentenceTransformerEncoder
from matcher.ports import Encoder

BUNDLED = Path(__file__).parent / "bundled"
"""The folder of the static model that ships inside the package."""

STATIC = "static"
"""What names it."""

READER = "reader"
"""Names the transformer that ships beside it."""

READER_SHARE = 0.7
"""The transformer's part of the default encoder's cosine; the static model has the rest. Chosen on seven sets
of pairs at once (docs/adr/0019)."""

_READER_FOLDER = Path(__file__).parent / "reader"


def load_encoder(
    spec: str | None,
    *,
    device: str | None = None,
    batch_size: int = 32,
    query_prompt: str | None = None,
    document_prompt: str | None = None,
    dimension: int | None = None,
) -> Encoder:
    """What `spec` names: None the two models that ship, joined; `static` or `reader` one of them alone; else
    a folder or `name@revision`.

    A folder that `matcher encoder convert` made is read by ONNX Runtime, any other by sentence-transformers;
    `device` and `batch_size` concern the latter, and prompts and dimension both. Raises `EncoderError`.
    """
    if spec is None:
        reader, static = OnnxEncoder(_READER_FOLDER), StaticEncoder.load(BUNDLED)
        return JoinedEncoder(Part(reader, READER_SHARE), Part(static, 1 - READER_SHARE))
    if spec == STATIC:
        return StaticEncoder.load(BUNDLED)
    folder = _READER_FOLDER if spec == READER else Path(spec)
    if holds_onnx(folder):
        return OnnxEncoder(
            folder, query_prompt=query_prompt, document_prompt=document_prompt, dimension=dimension
        )
    return SentenceTransformerEncoder(
        spec,
        device=device,
        batch_size=batch_size,
        query_prompt=query_prompt,
        document_prompt=document_prompt,
        dimension=dimension,
    )
