"""The judged cases of one park: pairs whose grade stands now, with both titles as they are now."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.judged import Judged
from matcher.store.tables import AchievementRow, DemandRow, LedgerEntry, LedgerHuman, human


def judged_cases(session: Session, scope: Scope, park_id: int, *, but: int) -> list[Judged]:
    """Every graded entry of a park in scope but the entry `but`, by id."""
    if not scope.covers(park_id):
        return []
    query = (
        select(LedgerEntry.id, human("grade"), DemandRow.title, AchievementRow.title)
        .join(LedgerHuman, LedgerHuman.entry_id == LedgerEntry.id)
        .join(DemandRow, DemandRow.id == LedgerEntry.demand_id)
        .join(AchievementRow, AchievementRow.id == LedgerEntry.achievement_id)
        .where(
            LedgerEntry.park_id == park_id,
            LedgerHuman.park_id == park_id,
            human("grade").is_not(None),
            LedgerEntry.id != but,
        )
        .order_by(LedgerEntry.id)
    )
    return [
        Judged(entry_id, grade, demand, achievement)
        for entry_id, grade, demand, achievement in session.execute(query)
        if grade is not None
    ]
