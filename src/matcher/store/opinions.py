"""What people think of pairs: read for a run from their columns and exclusions, which it never writes."""

from collections import defaultdict

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from matcher.domain.opinions import Opinion, Opinions, opinion_of
from matcher.domain.stages import DeclineCode, Stage
from matcher.store import exclusions
from matcher.store.tables import HumanChange, LedgerEntry, LedgerHuman, human

_UNDECIDED = (Stage.SCREENING.value, Stage.PENDING.value, Stage.PUSHED.value)
"""Stages that say nothing of a pair."""


def in_force(session: Session, park_id: int | None = None) -> Opinions:
    """Every opinion that holds now: of every park, for the batch, or of one.

    An exclusion counts where people's columns say nothing.
    """
    query = (
        select(
            LedgerEntry.demand_id,
            LedgerEntry.achievement_id,
            human("grade"),
            human("stage"),
            human("paused_from"),
            human("decline_code"),
        )
        .join(LedgerHuman, LedgerHuman.entry_id == LedgerEntry.id)
        .where(
            LedgerHuman.park_id == LedgerEntry.park_id,
            or_(human("grade").is_not(None), human("stage").not_in(_UNDECIDED)),
        )
        .order_by(LedgerEntry.id)
    )
    if park_id is not None:
        query = query.where(LedgerEntry.park_id == park_id, LedgerHuman.park_id == park_id)
    opinions: dict[int, dict[int, Opinion]] = defaultdict(dict)
    for demand, achievement, grade, stage, paused_from, declined in session.execute(query):
        opinion = opinion_of(
            grade=grade,
            stage=Stage(stage),
            paused_from=None if paused_from is None else Stage(paused_from),
            declined=None if declined is None else DeclineCode(declined),
        )
        if opinion is not None:
            opinions[demand][achievement] = opinion
    for demand, achievement in sorted(exclusions.active(session, park_id)):
        opinions[demand].setdefault(achievement, Opinion.EXCLUDED)
    return dict(opinions)


def read_to(session: Session) -> int:
    """The id of the newest change of people's columns, 0 where there is none: what a run records."""
    return session.scalar(select(func.max(HumanChange.id))) or 0
