"""Pairs that a park excludes for good: no run proposes them until the exclusion is lifted.

Every change raises the catalogue revision, so that the next run takes it up.
"""

from pydantic import Field

from matcher.domain.access import Principal, Right
from matcher.domain.errors import Conflict, InvalidInput, NotFound
from matcher.domain.text import mask_contacts
from matcher.domain.work import MAX_TEXT
from matcher.pipeline import cursors
from matcher.pipeline.answers import Answer, Moment, Page
from matcher.pipeline.idempotency import Request, done_once
from matcher.pipeline.ledger.named_pair import named_sides
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.pairs import names_record
from matcher.store import catalogue, exclusions
from matcher.store.database import Database, Transaction
from matcher.store.exclusions import HeldExclusion


class ExclusionAnswer(Answer):
    """一对不再提出的供需对。"""

    exclusion_id: int
    park: str
    demand_id: int
    demand_code: str
    demand_title: str
    demand_organisation: str
    achievement_id: int
    achievement_code: str
    achievement_title: str
    achievement_organisation: str
    reason: str = Field(description="理由")
    at: Moment
    actor: str = Field(description="谁排除的")
    lifted_at: Moment | None = Field(description="何时解除；仍然有效为 null")
    lifted_by: str | None

    @classmethod
    def of(cls, exclusion: HeldExclusion) -> "ExclusionAnswer":
        """An exclusion as callers are shown it, contacts masked."""
        reason = mask_contacts(exclusion.reason)
        return cls.made_of(exclusion, **names_record(exclusion), exclusion_id=exclusion.id, reason=reason)


def list_exclusions(
    database: Database,
    principal: Principal,
    *,
    park: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ExclusionAnswer]:
    """One page of the exclusions in scope that hold, by id.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not read the park.
        InvalidCursor: it is not one of this list's.
    """
    principal.require(Right.READ_PARK)
    after = cursors.after_id("exclusions", cursor)
    park_id = None if park is None else get_park(database, park, principal.scope).id
    with database.reading() as session:
        rows = exclusions.page(session, principal.scope, park_id=park_id, after=after, limit=limit + 1)
    shown, following = cursors.cut(rows, limit, lambda exclusion: cursors.encode("exclusions", exclusion.id))
    return Page[ExclusionAnswer](items=list(map(ExclusionAnswer.of, shown)), next_cursor=following)


def exclude_pair(
    database: Database, request: Request, demand_id: int, achievement_id: int, reason: str
) -> ExclusionAnswer:
    """Exclude a pair, in the ledger or not.

    Raises:
        NotFound: no such demand or achievement in scope.
        Forbidden: the caller does not run the park.
        Conflict: the pair is excluded already.
        InvalidInput: no reason, or one that is too long.
    """
    request.principal.require(Right.RUN_PARK)

    def write(session: Transaction) -> ExclusionAnswer:
        demand, achievement = named_sides(session, request.principal.scope, demand_id, achievement_id)
        exclusion = exclusions.of_pair(
            session, park_id=demand.park_id, demand_id=demand_id, achievement_id=achievement_id
        )
        if exclusion is not None:
            raise Conflict(
                f"该供需对已被排除（编号 {exclusion}）。",
                f"the pair is excluded already (exclusion {exclusion}).",
                field="achievement_id",
            )
        excluded = exclusions.add(
            session,
            demand,
            achievement,
            reason=_reason(reason),
            at=request.now,
            by=request.principal.name,
        )
        catalogue.raise_revision(session)
        return ExclusionAnswer.of(excluded)

    return done_once(database, request, ExclusionAnswer, write)


def lift_exclusion(database: Database, request: Request, exclusion_id: int) -> ExclusionAnswer:
    """End an exclusion; lifting it again changes nothing.

    Raises:
        NotFound: no such exclusion in scope.
        Forbidden: the caller does not run the park.
    """
    request.principal.require(Right.RUN_PARK)

    def write(session: Transaction) -> ExclusionAnswer:
        exclusion = exclusions.find(session, request.principal.scope, exclusion_id)
        if exclusion is None:
            raise NotFound(f"没有编号为 {exclusion_id} 的排除。", f"there is no exclusion {exclusion_id}.")
        if exclusion.lifted_at is None:
            exclusion = exclusions.lift(session, exclusion, at=request.now, by=request.principal.name)
            catalogue.raise_revision(session)
        return ExclusionAnswer.of(exclusion)

    return done_once(database, request, ExclusionAnswer, write)


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not 0 < len(reason) <= MAX_TEXT:
        raise InvalidInput(
            f"请写明排除的理由，最多 {MAX_TEXT} 字。",
            f"say why, in up to {MAX_TEXT} characters.",
            field="reason",
        )
    return reason
