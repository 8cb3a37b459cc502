"""Scorings learned from grades: which there are, which is in use, putting one to use and taking it back.

A park's demands are scored by what the park has put to use, or else by the installation's. Every change of
that raises the catalogue revision, so that the next run takes it up.
"""

from typing import Any

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.errors import Conflict, InvalidInput, NotFound
from matcher.domain.scoring import Scorer
from matcher.pipeline.idempotency import Request, once
from matcher.pipeline.lists.parks import get_park
from matcher.store import catalogue, parks, scorings
from matcher.store.database import Database, Transaction
from matcher.store.tables import Scoring, ScoringChoice


def list_scorings(
    database: Database,
    principal: Principal,
    *,
    park: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> tuple[list[dict[str, Any]], int | None]:
    """One page of the installation's scorings and those of parks in scope, or of one park alone, newest
    first; and the id to continue before.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not read parks.
    """
    principal.require(Right.READ_PARK)
    park_id = None if park is None else get_park(database, park, principal.scope).id
    with database.reading() as session:
        found = scorings.page(session, principal.scope, park_id=park_id, before=before, limit=limit + 1)
        page = [scoring_json(session, principal.scope, row) for row in found[:limit]]
    return page, page[-1]["scoring_id"] if len(found) > limit else None


def get_scoring(database: Database, principal: Principal, scoring_id: int) -> dict[str, Any]:
    """One scoring.

    Raises:
        NotFound: no such scoring, or another park's.
        Forbidden: the caller may not read parks.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        return scoring_json(session, principal.scope, _found(session, principal.scope, scoring_id))


def scorings_in_use(
    database: Database, principal: Principal, shipped: Scorer, *, park: str | None = None
) -> list[dict[str, Any]]:
    """What is scored by: the installation's, then that of each park in scope which has put one to use.

    `park` leaves the parks other than that one out.

    Raises:
        NotFound, Forbidden: as `list_scorings`.
    """
    principal.require(Right.READ_PARK)
    park_id = None if park is None else get_park(database, park, principal.scope).id
    with database.reading() as session:
        chosen = scorings.choices(session, principal.scope)
        codes = {one.id: one.code for one in parks.page(session, principal.scope)}
    own = [one for one, choice in chosen.items() if one is not None and choice.scoring_id is not None]
    return [_in_use_json(None, chosen.get(None), shipped)] + [
        _in_use_json(codes[one], chosen[one], shipped)
        for one in sorted(own, key=codes.__getitem__)
        if park_id in {None, one}
    ]


def use_scoring(
    database: Database, request: Request, shipped: Scorer, park: str | None, scoring_id: int | None
) -> dict[str, Any]:
    """Put a scoring to use for a park, or for the installation (`park` None); what is used already stays.

    Without a scoring a park is scored by the installation's again, the installation by the shipped one.

    Raises:
        NotFound: no such park or scoring in scope.
        Forbidden: the caller does not run the park, or does not administer the installation.
        InvalidInput: the scoring is another park's.
    """
    park_id = _chooser(database, request.principal, park)

    def write(session: Transaction) -> dict[str, Any]:
        if scoring_id is not None:
            scoring = _found(session, request.principal.scope, scoring_id)
            if scoring.park_id not in {None, park_id}:
                raise InvalidInput(
                    f"评分方案 {scoring_id} 由另一园区的评分学得，只能用于那个园区。",
                    f"scoring {scoring_id} was learned from another park's grades, for that park.",
                    field="scoring_id",
                )
        choice = put_to_use(session, request, park_id, scoring_id)
        return _in_use_json(park, choice, shipped)

    return once(database, request, write)


def use_former(database: Database, request: Request, shipped: Scorer, park: str | None) -> dict[str, Any]:
    """Undo the last choice of a park, or of the installation: what held before it holds again.

    The choice is kept, and another one added; undoing that one brings it back.

    Raises:
        NotFound, Forbidden: as `use_scoring`.
        Conflict: nothing has been chosen yet.
    """
    park_id = _chooser(database, request.principal, park)

    def write(session: Transaction) -> dict[str, Any]:
        last = scorings.last_choices(session, park_id, 2)
        if not last:
            raise Conflict(
                "还没有启用过学得的评分方案，没有可换回的。",
                "no scoring has been put to use: nothing to undo.",
            )
        former = last[1].scoring_id if len(last) > 1 else None
        return _in_use_json(park, put_to_use(session, request, park_id, former), shipped)

    return once(database, request, write)


def put_to_use(
    session: Transaction, request: Request, park_id: int | None, scoring_id: int | None
) -> ScoringChoice | None:
    """Write that a scoring is used from now on and raise the catalogue revision, unless it is used already.

    Gives the choice that holds, None where there is none.
    """
    last = scorings.last_choices(session, park_id, 1)
    if (last[0].scoring_id if last else None) == scoring_id:
        return last[0] if last else None
    choice = ScoringChoice(
        park_id=park_id, scoring_id=scoring_id, at=request.now, actor=request.principal.name
    )
    scorings.choose(session, choice)
    catalogue.raise_revision(session)
    return choice


def scoring_json(session: Transaction, scope: Scope, row: Scoring) -> dict[str, Any]:
    """A scoring's stable JSON form; who learned the installation's is told to those who see all of it."""
    chosen = scorings.choices(session, scope)
    codes = {one.id: one.code for one in parks.page(session, scope)}
    used_by = [codes[park] for park, one in chosen.items() if park is not None and one.scoring_id == row.id]
    shared = chosen.get(None)
    told = row.park_id is not None or scope.parks is None
    return {
        "scoring_id": row.id,
        "scorer": scorings.version_of(row.id),
        "park": None if row.park_id is None else codes[row.park_id],
        "source": row.source,
        "weights": row.weights,
        "calibration": row.calibration,
        "learned_from": row.learned_from,
        "evaluation": row.evaluation,
        "at": row.at.isoformat(),
        "actor": row.actor if told else None,
        "in_use_by_installation": shared is not None and shared.scoring_id == row.id,
        "in_use_by_parks": sorted(used_by),
    }


def _chooser(database: Database, principal: Principal, park: str | None) -> int | None:
    """The id of the park to choose for, None for the installation."""
    principal.require(Right.ADMINISTER if park is None else Right.RUN_PARK)
    return None if park is None else get_park(database, park, principal.scope).id


def _found(session: Transaction, scope: Scope, scoring_id: int) -> Scoring:
    row = scorings.find(session, scope, scoring_id)
    if row is None:
        raise NotFound(
            f"没有编号为 {scoring_id} 的评分方案。", f"there is no scoring {scoring_id}.", field="scoring_id"
        )
    return row


def _in_use_json(park: str | None, choice: ScoringChoice | None, shipped: Scorer) -> dict[str, Any]:
    scoring_id = None if choice is None else choice.scoring_id
    if scoring_id is not None:
        scorer: str | None = scorings.version_of(scoring_id)
    else:
        scorer = shipped.version if park is None else None
    return {
        "park": park,
        "scoring_id": scoring_id,
        "scorer": scorer,
        "at": None if choice is None else choice.at.isoformat(),
    }
