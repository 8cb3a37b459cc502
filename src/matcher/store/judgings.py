"""Blind grading sessions as they are kept: whose they are, what is shown, and each judge's grades.

Invariant: nothing that learns or scores reads these tables; their grades measure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from matcher.domain.access import Scope
from matcher.domain.text import TextView
from matcher.store.rows import from_row
from matcher.store.tables import Judging, JudgingGrade, JudgingPair, JudgingText, Park


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJudging:
    """A session to keep; `rankers` are the versions of the scorers that pooled it."""

    park_id: int
    name: str
    depth: int
    seed: int
    rankers: Sequence[str]
    encoder_id: str
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldJudging(NewJudging):
    """A session that is kept, with how many pairs it has."""

    id: int
    park_code: str
    pairs: int


@dataclass(frozen=True, slots=True)
class PooledText:
    """A listing's text as it was when it was pooled."""

    listing_id: int
    version: int
    text: TextView


@dataclass(frozen=True, slots=True)
class PooledPair:
    """A pair of a session and its number, from 1."""

    number: int
    demand: PooledText
    achievement: PooledText


@dataclass(frozen=True, slots=True)
class BlindGrade:
    """The grade (0–3) of a judge that holds of the pair of this number."""

    number: int
    judge: str
    grade: int


def add(session: Session, new: NewJudging, pairs: Sequence[tuple[PooledText, PooledText]]) -> int:
    """Keep a session with its pairs, demand and achievement, in the order they are shown; returns its id."""
    row = Judging(
        park_id=new.park_id,
        name=new.name,
        depth=new.depth,
        seed=new.seed,
        rankers=list(new.rankers),
        encoder_id=new.encoder_id,
        at=new.at,
        actor=new.actor,
    )
    session.add(row)
    session.flush()
    of_session = {"park_id": new.park_id, "judging_id": row.id}
    demands = _texts(session, of_session, [demand for demand, _ in pairs])
    achievements = _texts(session, of_session, [achievement for _, achievement in pairs])
    session.add_all(
        JudgingPair(
            **of_session,
            number=number,
            demand_text_id=demands[demand.listing_id],
            achievement_text_id=achievements[achievement.listing_id],
        )
        for number, (demand, achievement) in enumerate(pairs, start=1)
    )
    session.flush()
    return row.id


def find(session: Session, scope: Scope, judging_id: int) -> HeldJudging | None:
    """One session in scope."""
    row = session.execute(_held(scope, Judging.id == judging_id)).one_or_none()
    return None if row is None else _judging(*row)


def page(
    session: Session, scope: Scope, *, park_id: int | None, before: int | None, limit: int
) -> list[HeldJudging]:
    """Sessions in scope, newest first, older than the id `before`; of one park where `park_id` is given."""
    conditions = [] if park_id is None else [Judging.park_id == park_id]
    if before is not None:
        conditions.append(Judging.id < before)
    query = _held(scope, *conditions).order_by(Judging.id.desc()).limit(limit)
    return [_judging(*row) for row in session.execute(query)]


def pairs(session: Session, judging: HeldJudging) -> list[PooledPair]:
    """Every pair of a session, in the order they are shown."""
    return _pairs(session, _pooled(judging))


def next_ungraded(session: Session, judging: HeldJudging, judge: str) -> PooledPair | None:
    """The first pair of a session that a judge has not graded; None where none is left."""
    graded = exists().where(
        JudgingGrade.pair_id == JudgingPair.id,
        JudgingGrade.park_id == judging.park_id,
        JudgingGrade.judge == judge,
    )
    return next(iter(_pairs(session, _pooled(judging).where(~graded).limit(1))), None)


def grade(session: Session, judging: HeldJudging, given: BlindGrade, *, at: datetime, actor: str) -> bool:
    """Write a judge's grade of a pair, sent by `actor`; it holds from now on.

    Returns whether there is a pair of this number.
    """
    pair_id = session.scalar(
        select(JudgingPair.id).where(
            JudgingPair.judging_id == judging.id,
            JudgingPair.park_id == judging.park_id,
            JudgingPair.number == given.number,
        )
    )
    if pair_id is None:
        return False
    session.add(
        JudgingGrade(
            park_id=judging.park_id,
            pair_id=pair_id,
            judge=given.judge,
            grade=given.grade,
            at=at,
            actor=actor,
        )
    )
    session.flush()
    return True


def grades(session: Session, judging: HeldJudging) -> list[BlindGrade]:
    """The newest grade of each judge of each pair of a session, by pair and judge."""
    newest = (
        select(func.max(JudgingGrade.id))
        .join(JudgingPair, JudgingPair.id == JudgingGrade.pair_id)
        .where(JudgingPair.judging_id == judging.id, JudgingGrade.park_id == judging.park_id)
        .group_by(JudgingGrade.pair_id, JudgingGrade.judge)
    )
    query = (
        select(JudgingPair.number, JudgingGrade.judge, JudgingGrade.grade)
        .join(JudgingPair, JudgingPair.id == JudgingGrade.pair_id)
        .where(JudgingGrade.id.in_(newest), JudgingGrade.park_id == judging.park_id)
    )
    held = [BlindGrade(*row) for row in session.execute(query)]
    return sorted(held, key=lambda given: (given.number, given.judge))


def _texts(session: Session, of_session: dict[str, int], texts: Sequence[PooledText]) -> dict[int, int]:
    """Keep each listing's text once: listing id → the id of its text."""
    rows = {
        pooled.listing_id: JudgingText(
            **of_session,
            listing_id=pooled.listing_id,
            version=pooled.version,
            title=pooled.text.title,
            body=pooled.text.body,
        )
        for pooled in texts
    }
    session.add_all(rows.values())
    session.flush()
    return {listing_id: row.id for listing_id, row in rows.items()}


def _held(scope: Scope, *conditions: ColumnElement[bool]) -> Select[Judging, str, int | None]:
    count = (
        select(func.count())
        .where(JudgingPair.judging_id == Judging.id, JudgingPair.park_id == Judging.park_id)
        .scalar_subquery()
    )
    query = select(Judging, Park.code, count).join(Park, Park.id == Judging.park_id).where(*conditions)
    return query if scope.parks is None else query.where(Judging.park_id.in_(scope.parks))


def _judging(row: Judging, park_code: str, count: int | None) -> HeldJudging:
    return from_row(HeldJudging, row, park_code=park_code, pairs=count or 0)


def _pooled(judging: HeldJudging) -> Select[int, JudgingText, JudgingText]:
    demand, achievement = aliased(JudgingText), aliased(JudgingText)
    return (
        select(JudgingPair.number, demand, achievement)
        .join(demand, demand.id == JudgingPair.demand_text_id)
        .join(achievement, achievement.id == JudgingPair.achievement_text_id)
        .where(JudgingPair.judging_id == judging.id, JudgingPair.park_id == judging.park_id)
        .order_by(JudgingPair.number)
    )


def _pairs(session: Session, query: Select[int, JudgingText, JudgingText]) -> list[PooledPair]:
    return [
        PooledPair(number, _text(demand), _text(achievement))
        for number, demand, achievement in session.execute(query)
    ]


def _text(row: JudgingText) -> PooledText:
    return PooledText(row.listing_id, row.version, TextView(row.title, row.body))
