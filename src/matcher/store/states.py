"""The machine columns as runs left them, as they are read for one entry."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.store.tables import EntryState, RunRow


def of_entry(session: Session, scope: Scope, entry_id: int) -> list[tuple[EntryState, RunRow]]:
    """Every state of an entry in scope with the run that left it, oldest first."""
    query = (
        select(EntryState, RunRow)
        .join(RunRow, RunRow.id == EntryState.run_id)
        .where(EntryState.entry_id == entry_id)
        .order_by(EntryState.id)
    )
    if scope.parks is not None:
        query = query.where(EntryState.park_id.in_(scope.parks))
    return [(state, run) for state, run in session.execute(query)]
