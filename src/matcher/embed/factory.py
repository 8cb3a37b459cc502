"""Chooses the encoder a setting names."""

from pathlib import Path

from matcher.embed.static import StaticEncoder
from matcher.embed.transformer import SentenceTransformerEncoder
from matcher.ports import Encoder

BUNDLED = Path(__file__).parent / "bundled"
"""The folder of the model that ships inside the package."""


def load_encoder(spec: str | None, *, device: str | None = None, batch_size: int = 32) -> Encoder:
    """The bundled model where `spec` is None, else the folder or `name@revision` it names.

    `device` and `batch_size` concern sentence-transformers only. Raises `EncoderError`.
    """
    if spec is None:
        return StaticEncoder.load(BUNDLED)
    return SentenceTransformerEncoder(spec, device=device, batch_size=batch_size)
