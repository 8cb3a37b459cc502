"""Runs: what each refresh worked on, and how it ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from matcher.domain.ledger import RunStatus
from matcher.store.tables import RunRow


def add(session: Session, run: RunRow) -> int:
    """Record that a run has started; returns its id."""
    session.add(run)
    session.flush()
    return run.id


def close_interrupted(session: Session, at: datetime) -> None:
    """Mark runs that died as failed; only for the holder of the refresh lock, when no run is alive."""
    session.execute(
        update(RunRow)
        .where(RunRow.status == RunStatus.RUNNING.value)
        .values(status=RunStatus.FAILED.value, finished_at=at, error="interrupted: the process ended")
    )


def succeed(
    session: Session,
    run_id: int,
    at: datetime,
    worked_on: Mapping[str, Any],
    counts: Mapping[str, int | float],
) -> None:
    """Record that a run's ledger stands, in the transaction that writes it.

    `worked_on` are the columns that say which lists and rules it is of.
    """
    session.execute(
        update(RunRow)
        .where(RunRow.id == run_id)
        .values(
            status=RunStatus.SUCCEEDED.value,
            finished_at=at,
            counts=dict(counts),
            **worked_on,
        )
    )


def fail(session: Session, run_id: int, at: datetime, error: str) -> None:
    """Record why a run wrote nothing."""
    session.execute(
        update(RunRow)
        .where(RunRow.id == run_id)
        .values(status=RunStatus.FAILED.value, finished_at=at, error=error)
    )


def get(session: Session, run_id: int) -> RunRow | None:
    """One run."""
    return session.get(RunRow, run_id)


def last_success(session: Session) -> RunRow | None:
    """The run whose ledger stands."""
    return session.scalar(_successes())


def success_before(session: Session, run_id: int) -> RunRow | None:
    """The newest run before this one whose ledger stood."""
    return session.scalar(_successes().where(RunRow.id < run_id))


def success_finished_before(session: Session, moment: datetime) -> RunRow | None:
    """The newest run that had written its ledger before `moment`."""
    return session.scalar(_successes().where(RunRow.finished_at < moment))


def _successes() -> Select[RunRow]:
    """Runs that succeeded, the newest alone."""
    succeeded = RunRow.status == RunStatus.SUCCEEDED.value
    return select(RunRow).where(succeeded).order_by(RunRow.id.desc()).limit(1)


def page(session: Session, *, before: int | None, limit: int) -> Sequence[RunRow]:
    """Runs, newest first, older than id `before`."""
    query = select(RunRow).order_by(RunRow.id.desc()).limit(limit)
    return session.scalars(query if before is None else query.where(RunRow.id < before)).all()
