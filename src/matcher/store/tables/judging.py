"""Blind grading: sessions, the texts and pairs that were pooled for each, and the grades people gave.

These grades measure. No fit and no score reads these tables: what teaches is in `grade`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.tables.base import Base


class Judging(Base):
    """A session: pairs of one park's demands pooled by several rankers, `depth` of each, ordered by `seed`.

    `rankers` are the versions of the scorers, the one in use first; `encoder_id` is whose vectors they had.
    """

    __tablename__ = "judging"

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    name: Mapped[str]
    depth: Mapped[int]
    seed: Mapped[int]
    rankers: Mapped[list[Any]]
    encoder_id: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]


class JudgingText(Base):
    """A listing's text as it was when it was pooled, contacts masked; edits of the list do not reach it."""

    __tablename__ = "judging_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    judging_id: Mapped[int] = mapped_column(ForeignKey("judging.id"), index=True)
    listing_id: Mapped[int]
    version: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]


class JudgingPair(Base):
    """A pair of a session; `number` is its place in the order in which it is shown, from 1."""

    __tablename__ = "judging_pair"
    __table_args__ = (UniqueConstraint("judging_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    judging_id: Mapped[int] = mapped_column(ForeignKey("judging.id"))
    number: Mapped[int]
    demand_text_id: Mapped[int] = mapped_column(ForeignKey("judging_text.id"))
    achievement_text_id: Mapped[int] = mapped_column(ForeignKey("judging_text.id"))


class JudgingGrade(Base):
    """A judge's grade (0–3) of a pair: append-only, the newest of each judge holds; `actor` sent it."""

    __tablename__ = "judging_grade"

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("judging_pair.id"), index=True)
    judge: Mapped[str]
    grade: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
