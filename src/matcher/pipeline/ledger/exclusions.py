"""Pairs that a park excludes for good: no run proposes them until the exclusion is lifted.

Every change raises the catalogue revision, so that the next run takes it up.
"""

from typing import Any

from matcher.domain.access import Principal, Right
from matcher.domain.errors import Conflict, InvalidInput, NotFound
from matcher.domain.text import mask_contacts
from matcher.domain.work import MAX_TEXT
from matcher.pipeline.idempotency import Request, once
from matcher.pipeline.ledger.named_pair import named_sides
from matcher.pipeline.lists.parks import get_park
from matcher.store import catalogue, exclusions
from matcher.store.database import Database, Transaction
from matcher.store.exclusions import Row
from matcher.store.tables import Exclusion


def list_exclusions(
    database: Database, principal: Principal, *, park: str | None = None, after: int = 0, limit: int = 50
) -> tuple[list[dict[str, Any]], int | None]:
    """One page of the exclusions in scope that hold, by id, and the id to continue after.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not read the park.
    """
    principal.require(Right.READ_PARK)
    park_id = None if park is None else get_park(database, park, principal.scope).id
    with database.reading() as session:
        found = exclusions.page(session, principal.scope, park_id=park_id, after=after, limit=limit + 1)
    page = found[:limit]
    return [_as_json(row) for row in page], page[-1][0].id if len(found) > limit else None


def exclude_pair(
    database: Database, request: Request, demand_id: int, achievement_id: int, reason: str
) -> dict[str, Any]:
    """Exclude a pair, in the ledger or not.

    Raises:
        NotFound: no such demand or achievement in scope.
        Forbidden: the caller does not run the park.
        Conflict: the pair is excluded already.
        InvalidInput: no reason, or one that is too long.
    """
    request.principal.require(Right.RUN_PARK)

    def write(session: Transaction) -> dict[str, Any]:
        demand, _ = named_sides(session, request.principal.scope, demand_id, achievement_id)
        held = exclusions.of_pair(
            session, park_id=demand.park_id, demand_id=demand_id, achievement_id=achievement_id
        )
        if held is not None:
            raise Conflict(
                f"该供需对已被排除（编号 {held.id}）。",
                f"the pair is excluded already (exclusion {held.id}).",
                field="achievement_id",
            )
        row = Exclusion(
            park_id=demand.park_id,
            demand_id=demand_id,
            achievement_id=achievement_id,
            reason=_reason(reason),
            at=request.now,
            actor=request.principal.name,
        )
        exclusions.add(session, row)
        catalogue.raise_revision(session)
        return _shown(session, request.principal, row.id)

    return once(database, request, write)


def lift_exclusion(database: Database, request: Request, exclusion_id: int) -> dict[str, Any]:
    """End an exclusion; lifting it again changes nothing.

    Raises:
        NotFound: no such exclusion in scope.
        Forbidden: the caller does not run the park.
    """
    request.principal.require(Right.RUN_PARK)

    def write(session: Transaction) -> dict[str, Any]:
        found = exclusions.find(session, request.principal.scope, exclusion_id)
        if found is None:
            raise NotFound(f"没有编号为 {exclusion_id} 的排除。", f"there is no exclusion {exclusion_id}.")
        if found[0].lifted_at is None:
            exclusions.lift(session, found[0], at=request.now, by=request.principal.name)
            catalogue.raise_revision(session)
        return _shown(session, request.principal, exclusion_id)

    return once(database, request, write)


def _shown(session: Transaction, principal: Principal, exclusion_id: int) -> dict[str, Any]:
    found = exclusions.find(session, principal.scope, exclusion_id)
    assert found is not None, "it was written in this transaction"
    return _as_json(found)


def _as_json(row: Row) -> dict[str, Any]:
    exclusion, demand, achievement, park = row
    return {
        "exclusion_id": exclusion.id,
        "park": park,
        "demand_id": demand.id,
        "demand_code": mask_contacts(demand.code),
        "demand_title": mask_contacts(demand.title),
        "demand_organisation": mask_contacts(demand.organisation),
        "achievement_id": achievement.id,
        "achievement_code": mask_contacts(achievement.code),
        "achievement_title": mask_contacts(achievement.title),
        "achievement_organisation": mask_contacts(achievement.organisation),
        "reason": mask_contacts(exclusion.reason),
        "at": exclusion.at.isoformat(),
        "actor": exclusion.actor,
        "lifted_at": None if exclusion.lifted_at is None else exclusion.lifted_at.isoformat(),
        "lifted_by": exclusion.lifted_by,
    }


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not 0 < len(reason) <= MAX_TEXT:
        raise InvalidInput(
            f"请写明排除的理由，最多 {MAX_TEXT} 字。",
            f"say why, in up to {MAX_TEXT} characters.",
            field="reason",
        )
    return reason
