"""Runs as callers see them, and the state of the ledger for monitoring."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from matcher.domain.access import Scope
from matcher.domain.errors import NotFound
from matcher.domain.ledger import RunStatus, Trigger
from matcher.store import ledger, parks, runs
from matcher.store.database import Database, Transaction
from matcher.store.tables import RunRow


@dataclass(frozen=True, slots=True)
class RunView:
    """One refresh; `actor`, `counts` and `error` speak of every park and are empty in a narrower scope.

    `profiles` is the version of each profile it worked by: park code → version, of the parks in scope;
    `scorers` that of each scorer that a park had put to use for itself.
    """

    run_id: int
    trigger: Trigger
    status: RunStatus
    actor: str | None
    started_at: datetime
    finished_at: datetime | None
    code_version: str
    catalogue_revision: int
    encoder_id: str
    scorer: str
    calibration: str | None
    scorers: dict[str, str]
    profiles: dict[str, int]
    top_k: int
    counts: dict[str, Any]
    error: str | None

    def as_json(self) -> dict[str, Any]:
        """The stable JSON form; moments are ISO 8601 in UTC."""
        return asdict(self) | {
            "trigger": self.trigger.value,
            "status": self.status.value,
            "started_at": self.started_at.isoformat(),
            "finished_at": self.finished_at and self.finished_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class LedgerState:
    """What monitoring watches, over all parks; None before the first run or success."""

    last_success: datetime | None
    last_status: RunStatus | None
    entries: int
    feed_entries: int


def list_runs(
    database: Database, scope: Scope, *, before: int | None = None, limit: int = 20
) -> tuple[list[RunView], int | None]:
    """Runs, newest first, and the id to continue before, None on the last page."""
    with database.reading() as session:
        rows = runs.page(session, before=before, limit=limit + 1)
        views = [view_of(session, scope, row) for row in rows[:limit]]
    return views, views[-1].run_id if len(rows) > limit else None


def get_run(database: Database, scope: Scope, run_id: int) -> RunView:
    """One run.

    Raises:
        NotFound: no such run.
    """
    with database.reading() as session:
        row = runs.get(session, run_id)
        if row is None:
            raise no_run(run_id)
        return view_of(session, scope, row)


def no_run(run_id: int) -> NotFound:
    """That there is no such run."""
    return NotFound(f"没有编号为 {run_id} 的运行记录。", f"there is no run {run_id}.")


def ledger_state(database: Database) -> LedgerState:
    """The state of the ledger at this moment."""
    with database.reading() as session:
        newest = runs.page(session, before=None, limit=1)
        success = runs.last_success(session)
        entries, feed = ledger.count_standing(session)
    return LedgerState(
        last_success=None if success is None else success.finished_at,
        last_status=RunStatus(newest[0].status) if newest else None,
        entries=entries,
        feed_entries=feed,
    )


def view_of(session: Transaction, scope: Scope, row: RunRow) -> RunView:
    """A run as a caller with this scope sees it."""
    whole = scope.parks is None
    codes = (
        {str(park.id): park.code for park in parks.page(session, scope)}
        if row.profiles or row.scorers
        else {}
    )
    return RunView(
        run_id=row.id,
        trigger=Trigger(row.trigger),
        status=RunStatus(row.status),
        actor=row.actor if whole else None,
        started_at=row.started_at,
        finished_at=row.finished_at,
        code_version=row.code_version,
        catalogue_revision=row.catalogue_revision,
        encoder_id=row.encoder_id,
        scorer=row.scorer,
        calibration=row.calibration,
        scorers={codes[park]: version for park, version in row.scorers.items() if park in codes},
        profiles={codes[park]: version for park, version in row.profiles.items() if park in codes},
        top_k=row.top_k,
        counts=row.counts if whole else {},
        error=row.error if whole else None,
    )
