"""Keys, the record of sensitive acts, and answers kept for a repeated request."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.tables.base import Base


class AccessKey(Base):
    """An API key or a browser session: a public prefix and the SHA-256 of a 256-bit secret.

    `parks` None means every park. `kind` is key, login (one use), session or embed (a token, whose text is
    signed and not kept); the last two end with the key (`opened_by`) that they were opened with. `subject`
    says whose rows are the holder's own: a research unit's organisation, a technology manager's name; of an
    embed token, the origins it is for.
    """

    __tablename__ = "access_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(String(32), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("access_key.id"))
    name: Mapped[str]
    role: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(default="")
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


class IdempotentAnswer(Base):
    """What a write answered, so that the same request sent again is answered and not done again.

    `caller` is the key or the name of who sent it, `key` the Idempotency-Key, `digest` the SHA-256 of
    what was asked.
    """

    __tablename__ = "idempotent_answer"

    caller: Mapped[str] = mapped_column(String(255), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(index=True)


class Reminder(Base):
    """A morning brief that went out; one a day, park and channel (`email`, `webhook`)."""

    __tablename__ = "reminder"

    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    sent_at: Mapped[datetime]
