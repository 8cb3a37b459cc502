"""Runs: what each refresh worked on, and how it ended."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from matcher.domain.standings import RunStatus, Trigger
from matcher.store.tables import RunRow


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedOn:
    """Which lists, rules and scorers a run is of.

    `scorers` is park id (as text) → version of its own scorer, `profiles` → version of its profile; a park
    without one is left out. Of the demands' own constraints it reads those up to the id `constraints_to`, of
    people's changes those up to `opinions_to`; `opinions` is the digest of what people thought of pairs then
    (`domain.opinions`).
    """

    catalogue_revision: int
    scorer: str
    calibration: str | None
    scorers: Mapping[str, str]
    profiles: Mapping[str, int]
    constraints_to: int
    opinions_to: int = 0
    opinions: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run that starts; `worked_on` is what it finds then."""

    trigger: Trigger
    actor: str
    started_at: datetime
    code_version: str
    encoder_id: str
    top_k: int
    worked_on: WorkedOn


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRun(WorkedOn):
    """A run, with all that is needed to say how its figures came about, and how it ended, if it has.

    `fingerprint` is that of everything that its figures depend on.
    """

    id: int
    trigger: Trigger
    status: RunStatus
    actor: str
    started_at: datetime
    code_version: str
    encoder_id: str
    top_k: int
    finished_at: datetime | None
    fingerprint: str | None
    counts: Mapping[str, int | float]
    error: str | None


def add(session: Session, new: NewRun) -> int:
    """Record that a run has started; returns its id."""
    row = RunRow(
        trigger=new.trigger.value,
        status=RunStatus.RUNNING.value,
        actor=new.actor,
        started_at=new.started_at,
        code_version=new.code_version,
        encoder_id=new.encoder_id,
        top_k=new.top_k,
        counts={},
        **asdict(new.worked_on),
    )
    session.add(row)
    session.flush()
    return row.id


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
    worked_on: WorkedOn,
    fingerprint: str,
    counts: Mapping[str, int | float],
) -> None:
    """Record that a run's ledger stands, in the transaction that writes it, and what it is of."""
    session.execute(
        update(RunRow)
        .where(RunRow.id == run_id)
        .values(
            status=RunStatus.SUCCEEDED.value,
            finished_at=at,
            fingerprint=fingerprint,
            counts=dict(counts),
            **asdict(worked_on),
        )
    )


def fail(session: Session, run_id: int, at: datetime, error: str) -> None:
    """Record why a run wrote nothing."""
    session.execute(
        update(RunRow)
        .where(RunRow.id == run_id)
        .values(status=RunStatus.FAILED.value, finished_at=at, error=error)
    )


def get(session: Session, run_id: int) -> HeldRun | None:
    """One run."""
    return _held(session.get(RunRow, run_id))


def last_success(session: Session) -> HeldRun | None:
    """The run whose ledger stands."""
    return _held(session.scalar(_successes()))


def success_before(session: Session, run_id: int) -> HeldRun | None:
    """The newest run before this one whose ledger stood."""
    return _held(session.scalar(_successes().where(RunRow.id < run_id)))


def success_finished_before(session: Session, moment: datetime) -> HeldRun | None:
    """The newest run that had written its ledger before `moment`."""
    return _held(session.scalar(_successes().where(RunRow.finished_at < moment)))


def _successes() -> Select[RunRow]:
    """Runs that succeeded, the newest alone."""
    succeeded = RunRow.status == RunStatus.SUCCEEDED.value
    return select(RunRow).where(succeeded).order_by(RunRow.id.desc()).limit(1)


def page(session: Session, *, before: int | None, limit: int) -> list[HeldRun]:
    """Runs, newest first, older than id `before`."""
    query = select(RunRow).order_by(RunRow.id.desc()).limit(limit)
    rows = session.scalars(query if before is None else query.where(RunRow.id < before))
    return [_of(row) for row in rows]


def _held(row: RunRow | None) -> HeldRun | None:
    return None if row is None else _of(row)


def _of(row: RunRow) -> HeldRun:
    return HeldRun(
        id=row.id,
        trigger=Trigger(row.trigger),
        status=RunStatus(row.status),
        actor=row.actor,
        started_at=row.started_at,
        finished_at=row.finished_at,
        code_version=row.code_version,
        catalogue_revision=row.catalogue_revision,
        encoder_id=row.encoder_id,
        scorer=row.scorer,
        calibration=row.calibration,
        scorers=row.scorers,
        profiles=row.profiles,
        constraints_to=row.constraints_to,
        opinions_to=row.opinions_to,
        opinions=row.opinions,
        top_k=row.top_k,
        fingerprint=row.fingerprint,
        counts=row.counts,
        error=row.error,
    )
