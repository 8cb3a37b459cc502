"""Learned scorings and which of them is in use; append-only both.

Invariant: who puts one to use raises the catalogue revision in the same transaction, as the pipeline does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.calibration import Calibration
from matcher.domain.scoring import Scorer, Scorers
from matcher.store.tables import Scoring, ScoringChoice

_CALIBRATION = TypeAdapter(Calibration)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewScoring:
    """A scoring to keep: whose it is (`park_id` None: the installation's), and what it was learned from.

    `learned_from` counts the grades; `evaluation` has its held-out figures beside those of the one before.
    """

    park_id: int | None
    source: str
    weights: Mapping[str, float]
    calibration: Calibration
    learned_from: Mapping[str, int]
    evaluation: Mapping[str, Any]
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldScoring(NewScoring):
    """A scoring that is kept, in use or not."""

    id: int

    @property
    def version(self) -> str:
        """The version that it has as a scorer and as a calibration."""
        return version_of(self.id)

    def scorer(self) -> Scorer:
        """The scorer that it is, with its calibration."""
        return Scorer(
            self.version, self.weights, replace(self.calibration, version=self.version), learned=True
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """That a scoring was put to use for a park or (None) the installation; None takes it back."""

    park_id: int | None
    scoring_id: int | None
    at: datetime
    actor: str


def version_of(scoring_id: int) -> str:
    """The version that a learned scoring has as a scorer and as a calibration."""
    return f"learned-{scoring_id}"


def add(session: Session, new: NewScoring) -> HeldScoring:
    """Keep a scoring."""
    row = Scoring(
        park_id=new.park_id,
        source=new.source,
        weights=dict(new.weights),
        calibration=_CALIBRATION.dump_python(new.calibration, mode="json"),
        learned_from=dict(new.learned_from),
        evaluation=dict(new.evaluation),
        at=new.at,
        actor=new.actor,
    )
    session.add(row)
    session.flush()
    return _held(row)


def find(session: Session, scope: Scope, scoring_id: int) -> HeldScoring | None:
    """One scoring in scope: the installation's, or a park's that the caller sees."""
    query = select(Scoring).where(Scoring.id == scoring_id, *_visible(Scoring.park_id, scope))
    row = session.scalar(query)
    return None if row is None else _held(row)


def page(
    session: Session, scope: Scope, *, park_id: int | None, before: int | None, limit: int
) -> list[HeldScoring]:
    """Scorings in scope, newest first, older than the id `before`; of one park where `park_id` is given."""
    query = select(Scoring).where(*_visible(Scoring.park_id, scope)).order_by(Scoring.id.desc()).limit(limit)
    if park_id is not None:
        query = query.where(Scoring.park_id == park_id)
    if before is not None:
        query = query.where(Scoring.id < before)
    return [_held(row) for row in session.scalars(query)]


def choices(session: Session, scope: Scope) -> dict[int | None, Choice]:
    """The newest choice of the installation (None) and of each park in scope that has made one."""
    newest = select(func.max(ScoringChoice.id)).group_by(ScoringChoice.park_id)
    query = select(ScoringChoice)
    rows = session.scalars(query.where(ScoringChoice.id.in_(newest), *_visible(ScoringChoice.park_id, scope)))
    return {row.park_id: _choice(row) for row in rows}


def last_choices(session: Session, park_id: int | None, limit: int) -> list[Choice]:
    """The newest choices of a park, or of the installation (None), newest first."""
    of_park = ScoringChoice.park_id.is_(None) if park_id is None else ScoringChoice.park_id == park_id
    query = select(ScoringChoice).where(of_park).order_by(ScoringChoice.id.desc()).limit(limit)
    return [_choice(row) for row in session.scalars(query)]


def choose(session: Session, choice: Choice) -> None:
    """Put a scoring to use."""
    session.add(
        ScoringChoice(park_id=choice.park_id, scoring_id=choice.scoring_id, at=choice.at, actor=choice.actor)
    )
    session.flush()


def in_use(session: Session, shipped: Scorer) -> Scorers:
    """What every park is scored with; `shipped` where nothing else was chosen for the installation."""
    newest = select(func.max(ScoringChoice.id)).group_by(ScoringChoice.park_id)
    rows = session.execute(
        select(ScoringChoice.park_id, Scoring)
        .outerjoin(
            Scoring,
            and_(
                Scoring.id == ScoringChoice.scoring_id,
                or_(Scoring.park_id == ScoringChoice.park_id, Scoring.park_id.is_(None)),
            ),
        )
        .where(ScoringChoice.id.in_(newest))
    )
    chosen = {park_id: None if row is None else _held(row).scorer() for park_id, row in rows}
    by_park = {park: scorer for park, scorer in chosen.items() if park is not None and scorer is not None}
    return Scorers(chosen.get(None) or shipped, by_park)


def _visible(park: Any, scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return () if scope.parks is None else (or_(park.is_(None), park.in_(scope.parks)),)


def _held(row: Scoring) -> HeldScoring:
    return HeldScoring(
        id=row.id,
        park_id=row.park_id,
        source=row.source,
        weights=row.weights,
        calibration=_CALIBRATION.validate_python(row.calibration),
        learned_from=row.learned_from,
        evaluation=row.evaluation,
        at=row.at,
        actor=row.actor,
    )


def _choice(row: ScoringChoice) -> Choice:
    return Choice(row.park_id, row.scoring_id, row.at, row.actor)
