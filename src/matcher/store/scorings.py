"""Learned scorings and which of them is in use; append-only both.

Invariant: who puts one to use raises the catalogue revision in the same transaction, as the pipeline does.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.calibration import Calibration
from matcher.domain.scoring import Scorer, Scorers
from matcher.store.tables import Scoring, ScoringChoice

_CALIBRATION = TypeAdapter(Calibration)


def version_of(scoring_id: int) -> str:
    """The version that a learned scoring has as a scorer and as a calibration."""
    return f"learned-{scoring_id}"


def calibration_to_record(calibration: Calibration) -> dict[str, Any]:
    """The calibration as plain JSON values."""
    record: dict[str, Any] = _CALIBRATION.dump_python(calibration, mode="json")
    return record


def scorer_of(scoring: Scoring) -> Scorer:
    """The scorer that a row holds, with its calibration; both have the row's version."""
    version = version_of(scoring.id)
    calibration = _CALIBRATION.validate_python({**scoring.calibration, "version": version})
    return Scorer(version, scoring.weights, calibration, learned=True)


def add(session: Session, scoring: Scoring) -> Scoring:
    """Keep a scoring."""
    session.add(scoring)
    session.flush()
    return scoring


def find(session: Session, scope: Scope, scoring_id: int) -> Scoring | None:
    """One scoring in scope: the installation's, or a park's that the caller sees."""
    return session.scalar(select(Scoring).where(Scoring.id == scoring_id, *_visible(Scoring.park_id, scope)))


def page(
    session: Session, scope: Scope, *, park_id: int | None, before: int | None, limit: int
) -> Sequence[Scoring]:
    """Scorings in scope, newest first, older than the id `before`; of one park where `park_id` is given."""
    query = select(Scoring).where(*_visible(Scoring.park_id, scope)).order_by(Scoring.id.desc()).limit(limit)
    if park_id is not None:
        query = query.where(Scoring.park_id == park_id)
    return session.scalars(query if before is None else query.where(Scoring.id < before)).all()


def choices(session: Session, scope: Scope) -> dict[int | None, ScoringChoice]:
    """The newest choice of the installation (None) and of each park in scope that has made one."""
    newest = select(func.max(ScoringChoice.id)).group_by(ScoringChoice.park_id)
    rows = session.scalars(
        select(ScoringChoice).where(ScoringChoice.id.in_(newest), *_visible(ScoringChoice.park_id, scope))
    )
    return {row.park_id: row for row in rows}


def last_choices(session: Session, park_id: int | None, limit: int) -> Sequence[ScoringChoice]:
    """The newest choices of a park, or of the installation (None), newest first."""
    own = ScoringChoice.park_id.is_(None) if park_id is None else ScoringChoice.park_id == park_id
    return session.scalars(
        select(ScoringChoice).where(own).order_by(ScoringChoice.id.desc()).limit(limit)
    ).all()


def choose(session: Session, choice: ScoringChoice) -> None:
    """Put a scoring to use."""
    session.add(choice)
    session.flush()


def in_use(session: Session, shipped: Scorer) -> Scorers:
    """What every park is scored with; `shipped` where nothing else was chosen for the installation."""
    newest = select(func.max(ScoringChoice.id)).group_by(ScoringChoice.park_id)
    rows = session.execute(
        select(ScoringChoice, Scoring)
        .outerjoin(
            Scoring,
            and_(
                Scoring.id == ScoringChoice.scoring_id,
                or_(Scoring.park_id == ScoringChoice.park_id, Scoring.park_id.is_(None)),
            ),
        )
        .where(ScoringChoice.id.in_(newest))
    )
    chosen: Mapping[int | None, Scorer | None] = {
        choice.park_id: None if scoring is None else scorer_of(scoring) for choice, scoring in rows
    }
    by_park = {park: one for park, one in chosen.items() if park is not None and one is not None}
    return Scorers(chosen.get(None) or shipped, by_park)


def _visible(park: Any, scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return () if scope.parks is None else (or_(park.is_(None), park.in_(scope.parks)),)
