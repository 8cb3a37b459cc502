"""Near misses, as the last run left them: what one change would have proposed to a demand."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.counterfactual import Change, NearMiss, Obstacle
from matcher.domain.listing import Confidentiality, is_valid_on
from matcher.domain.verdicts import Hindrance, Whose
from matcher.store.catalogue import HeldListing, held, live_conditions
from matcher.store.tables import AchievementRow, DemandRow, NearMissRow, Park

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Missed:
    """A near miss with what is shown beside it; `run_id` last changed it."""

    miss: NearMiss
    demand: HeldListing
    achievement: HeldListing
    park_code: str
    run_id: int


def apply(session: Session, run_id: int, misses: Iterable[NearMiss], stands: Set[int] = frozenset()) -> None:
    """Replace the near misses by those of a run; rows that say the same already are not written, nor are
    those of the demands that `stand` as they are."""
    wanted = {(miss.demand_id, miss.achievement_id): miss for miss in misses}
    rows = (row for row in session.scalars(select(NearMissRow)) if row.demand_id not in stands)
    written = {(row.demand_id, row.achievement_id): row for row in rows}
    gone = [row.id for pair, row in written.items() if pair not in wanted]
    for start in range(0, len(gone), _CHUNK):
        session.execute(delete(NearMissRow).where(NearMissRow.id.in_(gone[start : start + _CHUNK])))
    for pair, miss in wanted.items():
        row = written.get(pair)
        if row is None:
            session.add(NearMissRow(**_columns(miss), run_id=run_id))
        elif _miss_of(row) != miss:
            for name, value in _columns(miss).items():
                setattr(row, name, value)
            row.run_id = run_id
    session.flush()


def of_demands(
    session: Session,
    scope: Scope,
    day: date,
    *,
    park_id: int | None = None,
    demand_ids: Sequence[int] | None = None,
) -> Sequence[Missed]:
    """Near misses in scope, of one park or of some demands where they are given; by demand, best first.

    Both sides are live on `day`, but for an achievement whose validity is what is missing.
    """
    query = (
        select(NearMissRow, DemandRow, AchievementRow, Park.code)
        .join(DemandRow, DemandRow.id == NearMissRow.demand_id)
        .join(AchievementRow, AchievementRow.id == NearMissRow.achievement_id)
        .join(Park, Park.id == NearMissRow.park_id)
        .where(
            *live_conditions(DemandRow, day),
            AchievementRow.withdrawn_at.is_(None),
            AchievementRow.confidentiality != Confidentiality.SECRET.value,
        )
        .order_by(NearMissRow.demand_id, NearMissRow.place)
    )
    if scope.parks is not None:
        query = query.where(NearMissRow.park_id.in_(scope.parks))
    if park_id is not None:
        query = query.where(NearMissRow.park_id == park_id)
    if demand_ids is not None:
        query = query.where(NearMissRow.demand_id.in_(demand_ids))
    written = (
        Missed(_miss_of(row), held(demand), held(achievement), code, row.run_id)
        for row, demand, achievement, code in session.execute(query)
    )
    return [missed for missed in written if _still_stands(missed, day)]


def _still_stands(missed: Missed, day: date) -> bool:
    is_valid = is_valid_on(missed.achievement.listing, day)
    return is_valid != (missed.miss.obstacle.hindrance is Hindrance.VALIDITY)


def _columns(miss: NearMiss) -> dict[str, Any]:
    columns = {name: getattr(miss, name) for name in NearMiss.__dataclass_fields__}
    return columns | {"obstacle": asdict(miss.obstacle)}


def _miss_of(row: NearMissRow) -> NearMiss:
    columns = {name: getattr(row, name) for name in NearMiss.__dataclass_fields__}
    record = row.obstacle
    change = {name: _names(value) for name, value in record["change"].items()}
    obstacle = Obstacle(
        Hindrance(record["hindrance"]),
        _names(record["wanted"]),
        _names(record["stated"]),
        Change(**change | {"whose": Whose(change["whose"])}),
    )
    return NearMiss(**columns | {"obstacle": obstacle})


def _names(value: Any) -> Any:
    """A list read from JSON as the tuple of names it was written from; any other value as it is."""
    return tuple(value) if isinstance(value, list) else value
