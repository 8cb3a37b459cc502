"""All that people alone write: the human columns, their history, grades, evidence, exclusions, rules."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, MappedColumn, mapped_column
from sqlalchemy.types import TypeEngine

from matcher.domain.columns import PEOPLE, Column, Kind
from matcher.store.tables.base import Base


class LedgerHuman(Base):
    """The people's columns of one pair, made of `domain.columns.PEOPLE`; no row: nobody has touched it."""

    __tablename__ = "ledger_human"

    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    version: Mapped[int]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]


def _stored(column: Column) -> MappedColumn[Any]:
    """A column of the table as the database keeps it; a code has room for twice its usual length."""
    kept: Mapping[Kind, TypeEngine[Any]] = {
        Kind.TEXT: Text(),
        Kind.DAY: Date(),
        Kind.AMOUNT: Double(),
        Kind.GRADE: Integer(),
        Kind.MILESTONES: JSON(),
        Kind.CODE: String(32 if max(map(len, column.codes or ("",))) > _SHORT_CODE else 16),
    }
    blank = {Kind.TEXT: str, Kind.MILESTONES: list}.get(column.kind)
    return mapped_column(kept[column.kind], default=blank, nullable=column.default is None)


_SHORT_CODE = 12

for _column in PEOPLE:
    setattr(LedgerHuman, _column.name, _stored(_column))


def human(name: str) -> InstrumentedAttribute[Any]:
    """A column of people's, for queries."""
    attribute: InstrumentedAttribute[Any] = getattr(LedgerHuman, name)
    return attribute


class HumanChange(Base):
    """One change that a person made to an entry: append-only.

    `changes` is column → [before, after]; folding a prefix of them gives the columns as they were. `act` is
    what was done (add, edit, stage, grade, reply, hand_over, import, undo, evidence, erase), `via` through
    what (rest, workbook, cli), `version` the human version it led to.
    """

    __tablename__ = "human_change"
    __table_args__ = (Index("ix_human_change_of_entry", "entry_id", "park_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"))
    version: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    act: Mapped[str] = mapped_column(String(16))
    via: Mapped[str] = mapped_column(String(16))
    changes: Mapped[dict[str, Any]]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_import.id"), index=True)


class LedgerImport(Base):
    """One edited workbook that was read back, undone as a whole."""

    __tablename__ = "ledger_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    file: Mapped[str]
    counts: Mapped[dict[str, Any]]
    actor: Mapped[str]
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class GradeRow(Base):
    """An enterprise's grade of a pair with what the person saw when giving it: append-only."""

    __tablename__ = "grade"

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), index=True)
    grade: Mapped[int]
    reason: Mapped[str]
    decline_code: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime]
    actor: Mapped[str]
    rank: Mapped[int | None]
    similarity: Mapped[float | None]
    score: Mapped[float | None]
    probability: Mapped[float | None]
    explored: Mapped[bool] = mapped_column(default=False)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    demand_version: Mapped[int]
    achievement_version: Mapped[int]
    reply: Mapped[str] = mapped_column(default="")
    replied_at: Mapped[datetime | None]
    replied_by: Mapped[str | None]


class Evidence(Base):
    """A link or a file that backs an entry. Taken off the entry, it keeps its row and loses its content."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), index=True)
    title: Mapped[str]
    url: Mapped[str | None]
    file_name: Mapped[str | None]
    media_type: Mapped[str | None]
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime]
    added_by: Mapped[str]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]


class Exclusion(Base):
    """A pair that is never to be proposed again, until the exclusion is lifted."""

    __tablename__ = "exclusion"

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    demand_id: Mapped[int] = mapped_column(ForeignKey("demand.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievement.id"), index=True)
    reason: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]


class ParkProfileRow(Base):
    """One version of a park's rules (`domain.rules.ParkProfile` as JSON): append-only, the newest holds."""

    __tablename__ = "park_profile"
    __table_args__ = (UniqueConstraint("park_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"))
    version: Mapped[int]
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    actor: Mapped[str]


class DemandConstraintsRow(Base):
    """One version of a demand's own hard constraints: append-only, the newest holds."""

    __tablename__ = "demand_constraints"
    __table_args__ = (UniqueConstraint("demand_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    demand_id: Mapped[int] = mapped_column(ForeignKey("demand.id"))
    version: Mapped[int]
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    actor: Mapped[str]
