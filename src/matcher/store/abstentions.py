"""Demands without a credible supply, as the last run left them."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, aliased

from matcher.domain.abstention import Abstention
from matcher.domain.access import Scope
from matcher.domain.standings import AbstentionReason
from matcher.domain.verdicts import Constraint
from matcher.store.catalogue import HeldListing, held, live_conditions
from matcher.store.tables import AbstentionRow, AchievementRow, DemandRow, Park, RunRow

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An abstention with what is shown beside it; `since` is the start of the run that first found it."""

    id: int
    abstention: Abstention
    demand: HeldListing
    nearest: HeldListing | None
    park_code: str
    run_id: int
    since_run_id: int
    since: datetime


def apply(
    session: Session, run_id: int, abstentions: Iterable[Abstention], stands: Set[int] = frozenset()
) -> None:
    """Replace the abstentions by those of a run; rows that say the same already are not written, nor are
    those of the demands that `stand` as they are."""
    wanted = {abstention.demand_id: abstention for abstention in abstentions}
    rows = session.scalars(select(AbstentionRow))
    written = {row.demand_id: row for row in rows if row.demand_id not in stands}
    gone = [row.id for demand_id, row in written.items() if demand_id not in wanted]
    for start in range(0, len(gone), _CHUNK):
        session.execute(delete(AbstentionRow).where(AbstentionRow.id.in_(gone[start : start + _CHUNK])))
    for demand_id, abstention in wanted.items():
        row = written.get(demand_id)
        if row is None:
            first = {"run_id": run_id, "since_run_id": run_id}
            session.add(AbstentionRow(**_columns(abstention), **first))
        elif abstention_of(row) != abstention:
            for name, value in _columns(abstention).items():
                setattr(row, name, value)
            row.run_id = run_id
    session.flush()


def count(session: Session) -> int:
    """How many demands of all parks have no match."""
    return session.scalar(select(func.count(AbstentionRow.id))) or 0


def of_park(session: Session, park_id: int) -> dict[int, Abstention]:
    """A park's abstentions by demand id."""
    rows = session.scalars(select(AbstentionRow).where(AbstentionRow.park_id == park_id))
    return {row.demand_id: abstention_of(row) for row in rows}


def page(
    session: Session,
    scope: Scope,
    day: date,
    *,
    park_id: int | None = None,
    demand_id: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> Sequence[Unmatched]:
    """Abstentions in scope after id `after`, of demands that are still live on `day`."""
    since = aliased(RunRow)
    query = (
        select(AbstentionRow, DemandRow, AchievementRow, Park.code, since.started_at)
        .join(DemandRow, DemandRow.id == AbstentionRow.demand_id)
        .join(Park, Park.id == AbstentionRow.park_id)
        .join(since, since.id == AbstentionRow.since_run_id)
        .outerjoin(AchievementRow, AchievementRow.id == AbstentionRow.nearest_id)
        .where(AbstentionRow.id > after, *live_conditions(DemandRow, day))
        .order_by(AbstentionRow.id)
        .limit(limit)
    )
    if scope.parks is not None:
        query = query.where(AbstentionRow.park_id.in_(scope.parks))
    if park_id is not None:
        query = query.where(AbstentionRow.park_id == park_id)
    if demand_id is not None:
        query = query.where(AbstentionRow.demand_id == demand_id)
    return [
        Unmatched(
            id=row.id,
            abstention=abstention_of(row),
            demand=held(demand),
            nearest=None if nearest is None else held(nearest),
            park_code=code,
            run_id=row.run_id,
            since_run_id=row.since_run_id,
            since=started_at,
        )
        for row, demand, nearest, code, started_at in session.execute(query)
    ]


def abstention_of(row: AbstentionRow) -> Abstention:
    """What a row says."""
    return Abstention(
        demand_id=row.demand_id,
        park_id=row.park_id,
        reason=AbstentionReason(row.reason),
        ruled_out={Constraint(name): count for name, count in row.ruled_out.items()},
        nearest_id=row.nearest_id,
        nearest_failed=tuple(Constraint(name) for name in row.nearest_failed),
        similarity=row.similarity,
        score=row.score,
        probability=row.probability,
    )


def _columns(abstention: Abstention) -> dict[str, Any]:
    columns = {name: getattr(abstention, name) for name in Abstention.__dataclass_fields__}
    return columns | {
        "reason": abstention.reason.value,
        "ruled_out": {name.value: count for name, count in abstention.ruled_out.items()},
        "nearest_failed": [name.value for name in abstention.nearest_failed],
    }
