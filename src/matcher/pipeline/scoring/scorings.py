"""Scorings learned from grades: which there are, which is in use, putting one to use and taking it back.

A park's demands are scored by what the park has put to use, or else by the installation's. Every change of
that raises the catalogue revision, so that the next run takes it up.
"""

from collections.abc import Sequence
from dataclasses import asdict

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.errors import Conflict, InvalidInput, NotFound
from matcher.domain.scoring import Scorer
from matcher.pipeline import cursors
from matcher.pipeline.idempotency import Request, done_once
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.scoring.answers import (
    CalibrationAnswer,
    EvaluationAnswer,
    InUseAnswer,
    ScoringAnswer,
    ScoringPage,
)
from matcher.store import catalogue, parks, scorings
from matcher.store.database import Database, Transaction
from matcher.store.scorings import Choice, HeldScoring


def list_scorings(
    database: Database,
    principal: Principal,
    shipped: Scorer,
    *,
    park: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> ScoringPage:
    """One page of the installation's scorings and those of parks in scope, or of one park alone, newest
    first; and what is scored by: the installation's, then that of each such park which has put one to use.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not read parks.
        InvalidCursor: it is not one of this list's.
    """
    principal.require(Right.READ_PARK)
    before = cursors.before_id("scorings", cursor)
    park_id = None if park is None else get_park(database, park, principal.scope).id
    with database.reading() as session:
        rows = scorings.page(
            session,
            principal.scope,
            park_id=park_id,
            before=before,
            limit=limit + 1,
        )
        shown, following = cursors.cut(rows, limit, lambda scoring: cursors.encode("scorings", scoring.id))
        items = answers_of(session, principal.scope, shown)
        in_use = _in_use(session, principal.scope, shipped, park_id)
    return ScoringPage(items=items, in_use=in_use, next_cursor=following)


def get_scoring(database: Database, principal: Principal, scoring_id: int) -> ScoringAnswer:
    """One scoring.

    Raises:
        NotFound: no such scoring, or another park's.
        Forbidden: the caller may not read parks.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        scoring = _scoring(session, principal.scope, scoring_id)
        [answer] = answers_of(session, principal.scope, [scoring])
    return answer


def use_scoring(
    database: Database, request: Request, shipped: Scorer, park: str | None, scoring_id: int | None
) -> InUseAnswer:
    """Put a scoring to use for a park, or for the installation (`park` None); what is used already stays.

    Without a scoring a park is scored by the installation's again, the installation by the shipped one.

    Raises:
        NotFound: no such park or scoring in scope.
        Forbidden: the caller does not run the park, or does not administer the installation.
        InvalidInput: the scoring is another park's.
    """
    park_id = _chooser(database, request.principal, park)

    def write(session: Transaction) -> InUseAnswer:
        if scoring_id is not None:
            scoring = _scoring(session, request.principal.scope, scoring_id)
            if scoring.park_id not in {None, park_id}:
                raise InvalidInput(
                    f"评分方案 {scoring_id} 由另一园区的评分学得，只能用于那个园区。",
                    f"scoring {scoring_id} was learned from another park's grades, for that park.",
                    field="scoring_id",
                )
        return _chosen(park, put_to_use(session, request, park_id, scoring_id), shipped)

    return done_once(database, request, InUseAnswer, write)


def use_former(database: Database, request: Request, shipped: Scorer, park: str | None) -> InUseAnswer:
    """Undo the last choice of a park, or of the installation: what held before it holds again.

    The choice is kept, and another one added; undoing that one brings it back.

    Raises:
        NotFound, Forbidden: as `use_scoring`.
        Conflict: nothing has been chosen yet.
    """
    park_id = _chooser(database, request.principal, park)

    def write(session: Transaction) -> InUseAnswer:
        last = scorings.last_choices(session, park_id, 2)
        if not last:
            raise Conflict(
                "还没有启用过学得的评分方案，没有可换回的。",
                "no scoring has been put to use: nothing to undo.",
            )
        former = last[1].scoring_id if len(last) > 1 else None
        return _chosen(park, put_to_use(session, request, park_id, former), shipped)

    return done_once(database, request, InUseAnswer, write)


def put_to_use(
    session: Transaction, request: Request, park_id: int | None, scoring_id: int | None
) -> Choice | None:
    """Write that a scoring is used from now on and raise the catalogue revision, unless it is used already.

    Gives the choice that holds, None where there is none.
    """
    last = scorings.last_choices(session, park_id, 1)
    if (last[0].scoring_id if last else None) == scoring_id:
        return last[0] if last else None
    choice = Choice(park_id, scoring_id, request.now, request.principal.name)
    scorings.choose(session, choice)
    catalogue.raise_revision(session)
    return choice


def answers_of(session: Transaction, scope: Scope, listed: Sequence[HeldScoring]) -> list[ScoringAnswer]:
    """Scorings as they are answered; who learned the installation's is told to those who see all of it."""
    chosen = scorings.choices(session, scope)
    codes = {park.id: park.code for park in parks.page(session, scope)}
    shared = chosen.get(None)

    def used_by(scoring: HeldScoring) -> list[str]:
        users = (park for park, choice in chosen.items() if choice.scoring_id == scoring.id)
        return sorted(codes[park] for park in users if park is not None)

    return [
        ScoringAnswer(
            scoring_id=scoring.id,
            scorer=scoring.version,
            park=None if scoring.park_id is None else codes[scoring.park_id],
            source=scoring.source,
            weights=dict(scoring.weights),
            calibration=CalibrationAnswer.model_validate(asdict(scoring.calibration)),
            learned_from=dict(scoring.learned_from),
            evaluation=EvaluationAnswer.model_validate(scoring.evaluation),
            at=scoring.at,
            actor=scoring.actor if scoring.park_id is not None or scope.parks is None else None,
            in_use_by_installation=shared is not None and shared.scoring_id == scoring.id,
            in_use_by_parks=used_by(scoring),
        )
        for scoring in listed
    ]


def _chooser(database: Database, principal: Principal, park: str | None) -> int | None:
    """The id of the park to choose for, None for the installation."""
    principal.require(Right.ADMINISTER if park is None else Right.RUN_PARK)
    return None if park is None else get_park(database, park, principal.scope).id


def _scoring(session: Transaction, scope: Scope, scoring_id: int) -> HeldScoring:
    scoring = scorings.find(session, scope, scoring_id)
    if scoring is None:
        raise NotFound(
            f"没有编号为 {scoring_id} 的评分方案。", f"there is no scoring {scoring_id}.", field="scoring_id"
        )
    return scoring


def _in_use(session: Transaction, scope: Scope, shipped: Scorer, park_id: int | None) -> list[InUseAnswer]:
    """What the installation is scored by, then each park that has put one to use; `park_id` names one."""
    chosen = scorings.choices(session, scope)
    by_park = [
        _chosen(park.code, chosen[park.id], shipped)
        for park in parks.page(session, scope)
        if park.id in chosen and chosen[park.id].scoring_id is not None and park_id in {None, park.id}
    ]
    return [_chosen(None, chosen.get(None), shipped), *by_park]


def _chosen(park: str | None, choice: Choice | None, shipped: Scorer) -> InUseAnswer:
    scoring_id = None if choice is None else choice.scoring_id
    scorer = shipped.version if park is None else None
    return InUseAnswer(
        park=park,
        scoring_id=scoring_id,
        scorer=scorer if scoring_id is None else scorings.version_of(scoring_id),
        at=None if choice is None else choice.at,
    )
