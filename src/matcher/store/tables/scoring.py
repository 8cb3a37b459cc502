"""What figures are made with: learned scorings, which of them is in use, and which encoder is."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.tables.base import Base


class Scoring(Base):
    """A scoring learned from grades, whether it was ever used or not: append-only.

    `park_id` says whose grades it was learned from and whose demands alone it may score; None where it was
    learned for the whole installation. `weights` and `calibration` are `domain.scoring.Scorer`'s as JSON,
    `learned_from` counts the grades, `evaluation` has its held-out figures beside those of the one before.
    """

    __tablename__ = "scoring"

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int | None] = mapped_column(ForeignKey("park.id"), index=True)
    source: Mapped[str]
    weights: Mapped[dict[str, Any]]
    calibration: Mapped[dict[str, Any]]
    learned_from: Mapped[dict[str, Any]]
    evaluation: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    actor: Mapped[str]


class ScoringChoice(Base):
    """That a scoring was put to use: the newest of a park, or of the installation (`park_id` None), holds.

    `scoring_id` None takes it back: a park has the installation's again, the installation the shipped.
    """

    __tablename__ = "scoring_choice"

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int | None] = mapped_column(ForeignKey("park.id"), index=True)
    scoring_id: Mapped[int | None] = mapped_column(ForeignKey("scoring.id"))
    at: Mapped[datetime]
    actor: Mapped[str]


class EncoderChoice(Base):
    """That an encoder was put to use, after both lists had been encoded with it: the newest holds.

    `spec` None is the bundled model; `encoder_id` says what the spec was when it was chosen.
    """

    __tablename__ = "encoder_choice"

    id: Mapped[int] = mapped_column(primary_key=True)
    spec: Mapped[str | None]
    encoder_id: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime]
    actor: Mapped[str]
