"""Grades that enterprises gave, each with what the person saw. Append-only, but for the answer to one."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from matcher.domain.access import Scope
from matcher.domain.columns import Work
from matcher.domain.difference import FIGURES
from matcher.domain.entries import EntryView, NamedPair
from matcher.domain.judged import StandingGrade
from matcher.domain.listing import Confidentiality
from matcher.domain.stages import DeclineCode
from matcher.domain.work import REASONS
from matcher.store.rows import from_row, names_of
from matcher.store.tables import AchievementRow, DemandRow, GradeRow, LedgerEntry, LedgerHuman, Park, human


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldGrade(NamedPair):
    """A grade of a pair: what the person saw when giving it, and the answer to it.

    `demand_public` says whether the demand's park has released it to everybody.
    """

    id: int
    park_id: int
    entry_id: int
    demand_public: bool
    grade: int
    reason: str
    decline_code: DeclineCode | None
    at: datetime
    actor: str
    rank: int | None
    similarity: float | None
    score: float | None
    probability: float | None
    run_id: int | None
    demand_version: int
    achievement_version: int
    reply: str
    replied_at: datetime | None
    replied_by: str | None


@dataclass(frozen=True, slots=True)
class Visible:
    """Whose grades a caller sees: those of parks in scope, or those of an organisation's achievements.

    `organisations` are the spellings of one name; None where the scope alone decides.
    """

    scope: Scope
    organisations: Collection[str] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What makes a grade visible."""
        conditions: list[ColumnElement[bool]] = []
        if self.scope.parks is not None:
            conditions.append(GradeRow.park_id.in_(self.scope.parks))
        if self.organisations is not None:
            conditions.append(AchievementRow.organisation.in_(sorted(self.organisations)))
        return conditions


def add(session: Session, entry: EntryView, work: Work, *, by: str, at: datetime) -> None:
    """Keep the grade in `work` with what the person saw of the entry."""
    decline = REASONS.get(work.grade_reason)
    session.add(
        GradeRow(
            **{name: getattr(entry, name) for name in _SEEN},
            entry_id=entry.id,
            grade=work.grade,
            reason=work.grade_reason,
            decline_code=decline.value if isinstance(decline, DeclineCode) else None,
            at=at,
            actor=by,
        )
    )
    session.flush()


_SEEN = ("park_id", "run_id", *FIGURES, "explored", "demand_version", "achievement_version")
"""What a grade keeps of its entry as the person saw it."""


def of_entry(session: Session, visible: Visible, entry_id: int) -> list[HeldGrade]:
    """The visible grades of an entry, oldest first."""
    return _held(session, visible, GradeRow.entry_id == entry_id)


def page(
    session: Session, visible: Visible, *, awaiting_reply: bool, after: int, limit: int
) -> list[HeldGrade]:
    """Visible grades by id, after the id `after`.

    `awaiting_reply` leaves those that wait for an answer: nobody has given one, no newer grade of the
    entry has taken their place, and they were not taken back with the import that gave them.
    """
    conditions = [GradeRow.id > after]
    if awaiting_reply:
        newer = aliased(GradeRow)
        overtaken = exists().where(
            newer.entry_id == GradeRow.entry_id, newer.park_id == GradeRow.park_id, newer.id > GradeRow.id
        )
        stands = exists().where(
            LedgerHuman.entry_id == GradeRow.entry_id,
            LedgerHuman.park_id == GradeRow.park_id,
            human("grade").is_not(None),
        )
        conditions += [GradeRow.replied_at.is_(None), ~overtaken, stands]
    return _held(session, visible, *conditions, limit=limit)


def standing(session: Session, park_id: int) -> list[StandingGrade]:
    """The newest grade of each of a park's entries that has not been taken back, by id."""
    of_entry = and_(LedgerHuman.entry_id == GradeRow.entry_id, LedgerHuman.park_id == GradeRow.park_id)
    newest = (
        select(func.max(GradeRow.id))
        .join(LedgerHuman, and_(of_entry, human("grade") == GradeRow.grade))
        .where(GradeRow.park_id == park_id)
        .group_by(GradeRow.entry_id)
    )
    rows = session.execute(
        select(GradeRow, LedgerEntry.demand_id, LedgerEntry.achievement_id, human("decline_code"))
        .join(LedgerEntry, LedgerEntry.id == GradeRow.entry_id)
        .join(LedgerHuman, of_entry)
        .where(GradeRow.id.in_(newest), GradeRow.park_id == park_id, LedgerEntry.park_id == park_id)
        .order_by(GradeRow.id)
    )
    return [
        StandingGrade(
            entry_id=row.entry_id,
            demand_seen=(demand_id, row.demand_version),
            achievement_seen=(achievement_id, row.achievement_version),
            grade=row.grade,
            at=row.at,
            declined=None if code is None else DeclineCode(code),
            explored=row.explored,
        )
        for row, demand_id, achievement_id, declined in rows
        for code in [row.decline_code or declined]
    ]


def answer(session: Session, grade: HeldGrade, *, reply: str, at: datetime, by: str) -> HeldGrade:
    """Write the answer to a grade; gives the grade with it."""
    statement = update(GradeRow).where(GradeRow.id == grade.id, GradeRow.park_id == grade.park_id)
    session.execute(statement.values(reply=reply, replied_at=at, replied_by=by))
    return replace(grade, reply=reply, replied_at=at, replied_by=by)


def _held(
    session: Session, visible: Visible, *conditions: ColumnElement[bool], limit: int | None = None
) -> list[HeldGrade]:
    query = (
        select(GradeRow, DemandRow, AchievementRow, Park.code)
        .join(LedgerEntry, LedgerEntry.id == GradeRow.entry_id)
        .join(DemandRow, DemandRow.id == LedgerEntry.demand_id)
        .join(AchievementRow, AchievementRow.id == LedgerEntry.achievement_id)
        .join(Park, Park.id == GradeRow.park_id)
        .where(*conditions, *visible.conditions())
        .order_by(GradeRow.id)
        .limit(limit)
    )
    return [_grade(*row) for row in session.execute(query)]


def _grade(row: GradeRow, demand: DemandRow, achievement: AchievementRow, park_code: str) -> HeldGrade:
    return from_row(
        HeldGrade,
        row,
        **names_of(demand, achievement, park_code),
        demand_public=demand.released and demand.confidentiality == Confidentiality.PUBLIC.value,
        decline_code=None if row.decline_code is None else DeclineCode(row.decline_code),
    )
