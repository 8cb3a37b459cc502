"""Runs and all that they alone write: the machine columns, their history, the feed, the abstentions."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.tables.base import Base


class RunRow(Base):
    """One refresh, with all that is needed to say how its figures came about.

    `profiles` is park id (as text) → version of its profile, `scorers` → version of its own scorer; a park
    without one is left out. Of the demands' own constraints it read those up to the id `constraints_to`, of
    people's changes those up to `opinions_to`; `opinions` is the digest of what people thought of pairs then.
    """

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
    calibration: Mapped[str | None]
    scorers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    profiles: Mapped[dict[str, Any]] = mapped_column(default=dict)
    constraints_to: Mapped[int] = mapped_column(default=0)
    opinions_to: Mapped[int] = mapped_column(default=0)
    opinions: Mapped[str] = mapped_column(String(64), default="")
    top_k: Mapped[int]
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    counts: Mapped[dict[str, Any]]
    error: Mapped[str | None]


class PairColumns:
    """What every row about a pair says; `explored` marks one that is shown to learn about it.

    `like_id` is the achievement whose `like_opinion` moved the score most, where opinions of others did.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    probability: Mapped[float | None]
    contributions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    terms: Mapped[list[Any]] = mapped_column(default=list)
    demand_version: Mapped[int]
    achievement_version: Mapped[int]
    explored: Mapped[bool] = mapped_column(default=False)
    like_id: Mapped[int | None]
    like_opinion: Mapped[str | None] = mapped_column(String(16))


class MachineColumns(PairColumns):
    """A pair in the ledger; without figures where people added it and no run has proposed it."""

    rank: Mapped[int | None]
    similarity: Mapped[float | None]
    score: Mapped[float | None]


class LedgerEntry(MachineColumns, Base):
    """The machine's columns of one pair. `run_id` is the run that last changed them.

    A pair that people added has neither run, and the machine's columns stay empty until one proposes it.
    """

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
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    first_run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    first_seen: Mapped[datetime]


class EntryState(MachineColumns, Base):
    """The machine's columns of one pair as one run left them: append-only, one row for each change.

    What a run left as it was has no row; the state at a run is the newest row not after it. `causes`
    are codes: of a change (`ChangeCause`), or of leaving and of another standing of what had left (`Cause`,
    then the constraints that bound).
    """

    __tablename__ = "entry_state"
    __table_args__ = (
        UniqueConstraint("entry_id", "run_id"),
        Index("ix_entry_state_run", "run_id", "park_id"),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    event: Mapped[str] = mapped_column(String(16))
    causes: Mapped[list[Any]]
    standing: Mapped[str] = mapped_column(String(16))
    cause: Mapped[str | None] = mapped_column(String(32))


class FeedEntry(PairColumns, Base):
    """The reverse feed: a released demand, ranked for an achievement."""

    __tablename__ = "feed_entry"
    __table_args__ = (
        UniqueConstraint("achievement_id", "demand_id"),
        Index("ix_feed_entry_page", "achievement_id", "park_id", "rank"),
    )

    rank: Mapped[int]
    similarity: Mapped[float]
    score: Mapped[float]
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievement.id"))
    demand_id: Mapped[int] = mapped_column(ForeignKey("demand.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))


class AbstentionRow(Base):
    """A live demand for which the last run found no credible supply, and how near it came.

    `ruled_out` is constraint → number of achievements it ruled out; `nearest_failed` the constraints that
    the nearest achievement fails (none where it is below the threshold). `run_id` last changed the row,
    `since_run_id` first found the demand without supply.
    """

    __tablename__ = "abstention"

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    demand_id: Mapped[int] = mapped_column(ForeignKey("demand.id"), unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    since_run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    reason: Mapped[str] = mapped_column(String(32))
    ruled_out: Mapped[dict[str, Any]]
    nearest_id: Mapped[int | None] = mapped_column(ForeignKey("achievement.id"))
    nearest_failed: Mapped[list[Any]]
    similarity: Mapped[float | None]
    score: Mapped[float | None]
    probability: Mapped[float | None]


class NearMissRow(Base):
    """An achievement that one change of one stated field would have proposed to a demand, by the last run.

    `obstacle` is what is wanted and stated, and the change: whose field, which, from what to what. `run_id`
    last changed the row.
    """

    __tablename__ = "near_miss"
    __table_args__ = (UniqueConstraint("demand_id", "achievement_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("park.id"), index=True)
    demand_id: Mapped[int] = mapped_column(ForeignKey("demand.id"))
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievement.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    place: Mapped[int]
    similarity: Mapped[float]
    score: Mapped[float]
    probability: Mapped[float | None]
    obstacle: Mapped[dict[str, Any]]


class Repeat(Base):
    """A live listing that repeats another of its list, `first_id`, as the last run found it.

    Demands repeat demands of their own park alone; achievements, which are the district's, have no park.
    """

    __tablename__ = "repeat"
    __table_args__ = (
        UniqueConstraint("side", "listing_id"),
        Index("ix_repeat_side_first_id", "side", "first_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(16))
    listing_id: Mapped[int]
    first_id: Mapped[int]
    park_id: Mapped[int | None] = mapped_column(ForeignKey("park.id"), index=True)
