"""The schema. `park_id` is in every row that belongs to a tenant, and in every query over such rows.

Machine and people are apart: `LedgerEntry` is written by runs alone, `LedgerHuman` by people alone.
"""

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite keeps it without a zone, and it comes back with one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        """Refuse moments without a zone, and store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        """Give the stored moment its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Declarative base with names for every constraint, as SQLite's batch migrations need."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime(),
        dict[str, Any]: JSON,
        list[Any]: JSON,
        str: Text(),
    }


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
    """One import of one or more files, undone as a whole. `park_id` is None for the supply list."""

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(16))
    park_id: Mapped[int | None] = mapped_column(ForeignKey("park.id"), index=True)
    source: Mapped[str] = mapped_column(default="")
    files: Mapped[list[Any]]
    counts: Mapped[dict[str, Any]]
    actor: Mapped[str]
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class ListingRow(Base):
    """What both lists keep beside their content (`data`, a whole listing as JSON)."""

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
    __table_args__ = (UniqueConstraint("park_id", "key"),)

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


class RunRow(Base):
    """One refresh, with all that is needed to say how its figures came about."""

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(primary_key=True)
    trigger: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    code_version: Mapped[str]
    catalogue_revision: Mapped[int]
    encoder_id: Mapped[str]
    scorer: Mapped[str]
    top_k: Mapped[int]
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    counts: Mapped[dict[str, Any]]
    error: Mapped[str | None]


class MachineColumns:
    """What a run says of a pair."""

    id: Mapped[int] = mapped_column(primary_key=True)
    rank: Mapped[int]
    similarity: Mapped[float]
    score: Mapped[float]
    probability: Mapped[float | None]
    contributions: Mapped[dict[str, Any]]
    terms: Mapped[list[Any]]
    demand_version: Mapped[int]
    achievement_version: Mapped[int]


class LedgerEntry(MachineColumns, Base):
    """The machine's columns of one pair. `run_id` is the run that last changed them."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("demand_id", "achievement_id"),
        Index("ix_ledger_entry_page", "park_id", "demand_id", "rank", "id"),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"))
    demand_id: Mapped[int] = mapped_column(ForeignKey("demand.id"))
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievement.id"), index=True)
    standing: Mapped[str] = mapped_column(String(16))
    cause: Mapped[str | None] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(default=1)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    first_run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))


class LedgerHuman(Base):
    """The people's columns of one pair; no row means nobody has touched it."""

    __tablename__ = "ledger_human"

    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    stage: Mapped[str] = mapped_column(String(16))
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]


class FeedEntry(MachineColumns, Base):
    """The reverse feed: a released demand, ranked for an achievement."""

    __tablename__ = "feed_entry"
    __table_args__ = (UniqueConstraint("achievement_id", "demand_id"),)

    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievement.id"))
    demand_id: Mapped[int] = mapped_column(ForeignKey("demand.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))


class AccessKey(Base):
    """An API key or a browser session: a public prefix and the SHA-256 of a 256-bit secret.

    `parks` None means every park. `kind` is key, login (one use) or session; a session ends with the
    key (`opened_by`) that it was opened with.
    """

    __tablename__ = "access_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(String(32), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("access_key.id"))
    name: Mapped[str]
    role: Mapped[str] = mapped_column(String(16))
    parks: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class AuditRow(Base):
    """A record of a sensitive act, such as showing an unmasked contact; append-only."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    act: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str]
    park_id: Mapped[int | None] = mapped_column(ForeignKey("park.id"), index=True)


class ServiceSecret(Base):
    """A secret the service made for itself, such as the one that signs embed tokens."""

    __tablename__ = "service_secret"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str]
