"""Chooses the encoder a setting names."""

from pathlib import Path

from matcher.embed.static import StaticEncoder
from matcher.embed.transformer import SentenceTransformerEncoder
from matcher.ports import Encoder

BUNDLED = Path(__file__).parent / "bundled"
"""The folder of the model that ships inside the package."""


def load_encoder(
    spec: str | None,
    *,
    device: str | None = None,
    batch_size: int = 32,
    query_prompt: str | None = None,
    document_prompt: str | None = None,
    dimension: int | None = None,
) -> Encoder:
    """The bundled model where `spec` is None, else the folder or `name@revision` it names.

    Everything else concerns sentence-transformers only. Raises `EncoderError`.
    """
    if spec is None:
        return StaticEncoder.load(BUNDLED)
    return SentenceTransformerEncoder(
        spec,
        device=device,
        batch_size=batch_size,
        query_prompt=query_prompt,
        document_prompt=document_prompt,
        dimension=dimension,
    )
