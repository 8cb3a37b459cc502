"""Parks, the two lists with their revisions, imports and cached vectors."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.store.tables.base import Base


class Park(Base):
    """A tenant."""

    __tablename__ = "park"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    industry: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Catalogue(Base):
    """One row: the revision counter that every change of a list raises."""

    __tablename__ = "catalogue"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(default=0)


class ImportBatch(Base):
    """One import of one or more files, undone as a whole. `park_id` is None for the supply list.

    `columns` are those of the files, [heading, field or None, whether it was mapped by hand] each.
    """

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(16))
    park_id: Mapped[int | None] = mapped_column(ForeignKey("park.id"), index=True)
    source: Mapped[str] = mapped_column(default="")
    files: Mapped[list[Any]]
    counts: Mapped[dict[str, Any]]
    columns: Mapped[list[Any] | None]
    actor: Mapped[str]
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class RejectedRowRow(Base):
    """A row of a file that its import did not take: its cells by heading as the file has them, and why not.
    `park_id` is None for the supply list. `notes` are what the file says beside the row's table."""

    __tablename__ = "rejected_row"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), index=True)
    park_id: Mapped[int | None] = mapped_column(ForeignKey("park.id"), index=True)
    file: Mapped[str]
    sheet: Mapped[str]
    row: Mapped[int]
    cells: Mapped[dict[str, Any]]
    problem: Mapped[dict[str, Any]]
    notes: Mapped[dict[str, Any] | None]
    at: Mapped[datetime]


class ImportProfile(Base):
    """Heading → field for one sender's lists of one header. `park_id` is None for the supply list, whose
    senders are sources."""

    __tablename__ = "import_profile"

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int | None] = mapped_column(ForeignKey("park.id"), index=True)
    source: Mapped[str] = mapped_column(default="")
    signature: Mapped[str] = mapped_column(String(64))
    headings: Mapped[list[Any]]
    mapping: Mapped[dict[str, Any]]
    actor: Mapped[str]
    updated_at: Mapped[datetime]


class ListingRow(Base):
    """What both lists keep beside their content (`data`, a whole listing as JSON).

    `replaced_by` is the id of the listing that a withdrawn one was merged into as a duplicate.
    """

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(512))
    code: Mapped[str]
    title: Mapped[str]
    organisation: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    confidentiality: Mapped[str] = mapped_column(String(16))
    valid_until: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    replaced_by: Mapped[int | None]
    via: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class AchievementRow(ListingRow):
    """A research result; district-wide. `source` says whose list it is on."""

    __tablename__ = "achievement"
    __table_args__ = (UniqueConstraint("source", "key"),)

    source: Mapped[str] = mapped_column(String(128), default="")


class DemandRow(ListingRow):
    """What an enterprise of one park needs.

    The mapper's key holds the park, so that a flushed UPDATE names it as every other statement does.
    """

    __tablename__ = "demand"
    __mapper_args__ = {"primary_key": ("id", "park_id")}  # noqa: RUF012 - SQLAlchemy types it so
    __table_args__ = (UniqueConstraint("park_id", "key"), Index("ix_demand_page", "park_id", "id"))

    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"))
    released: Mapped[bool] = mapped_column(default=False)


class RevisionRow(Base):
    """One state a listing was in: append-only."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int]
    version: Mapped[int]
    data: Mapped[dict[str, Any]]
    withdrawn: Mapped[bool]
    replaced_by: Mapped[int | None]
    via: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    at: Mapped[datetime]


class AchievementRevision(RevisionRow):
    """A past or present state of an achievement."""

    __tablename__ = "achievement_revision"
    __table_args__ = (UniqueConstraint("listing_id", "version"),)

    listing_id: Mapped[int] = mapped_column(ForeignKey("achievement.id"))
    listing: Mapped[AchievementRow] = relationship()


class DemandRevision(RevisionRow):
    """A past or present state of a demand."""

    __tablename__ = "demand_revision"
    __table_args__ = (UniqueConstraint("listing_id", "version"),)

    listing_id: Mapped[int] = mapped_column(ForeignKey("demand.id"))
    listing: Mapped[DemandRow] = relationship()
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)


class VectorRow(Base):
    """A cached encoding: float32, little-endian. Keyed by text, so it belongs to no tenant."""

    __tablename__ = "vector"

    encoder_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    side: Mapped[str] = mapped_column(String(16), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
