"""The people's columns in the database, and their history.

Invariant: every change of a human column goes through `write`, which appends it to the history in the same
transaction; nothing here writes a machine column.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.work import UNTOUCHED, Work
from matcher.store.records import work_from_record, work_to_record
from matcher.store.tables import HumanChange, LedgerHuman

_COLUMNS = tuple(work_to_record(UNTOUCHED))
_DATES = frozenset({"return_on", "due", "last_contact", "trial_start", "trial_end"})


@dataclass(frozen=True, slots=True)
class Act:
    """Who does what to an entry, when and through what (`rest`, `cli`, `workbook`)."""

    actor: str
    at: datetime
    act: str
    via: str = "rest"
    import_id: int | None = None


def work_of(row: LedgerHuman | None) -> Work:
    """The human columns of a row; untouched where there is none."""
    if row is None:
        return UNTOUCHED
    return work_from_record({name: getattr(row, name) for name in _COLUMNS})


def write(session: Session, *, entry_id: int, park_id: int, work: Work, act: Act) -> int:
    """Make `work` the entry's human columns; returns their version, unchanged where nothing is.

    The act `add` is written even where it changes no column: it marks the entry as people's.
    """
    row = session.get(LedgerHuman, entry_id)
    before = work_to_record(work_of(row))
    after = work_to_record(work)
    changes = {name: [before[name], after[name]] for name in _COLUMNS if before[name] != after[name]}
    if not changes and act.act not in _ALWAYS_WRITTEN:
        return 0 if row is None else row.version
    if row is None:
        row = LedgerHuman(entry_id=entry_id, park_id=park_id, version=0)
        session.add(row)
    for name in _COLUMNS:
        setattr(row, name, getattr(work, name) if name in _DATES else after[name])
    row.version += 1
    row.updated_at, row.updated_by = act.at, act.actor
    session.add(
        HumanChange(
            park_id=park_id,
            entry_id=entry_id,
            version=row.version,
            at=act.at,
            actor=act.actor,
            act=act.act,
            via=act.via,
            changes=changes,
            import_id=act.import_id,
        )
    )
    session.flush()
    return row.version


_ALWAYS_WRITTEN = frozenset({"add", "grade", "evidence"})


def history(session: Session, scope: Scope, entry_id: int) -> Sequence[HumanChange]:
    """What people did to an entry in scope, oldest first."""
    query = select(HumanChange).where(HumanChange.entry_id == entry_id, *_in_scope(scope))
    return session.scalars(query.order_by(HumanChange.id)).all()


def folded(changes: Iterable[Mapping[str, Any]]) -> Work:
    """The columns after these changes (column → [before, after]), in their order, from an untouched entry."""
    record = work_to_record(UNTOUCHED)
    for change in changes:
        record |= {name: after for name, (_, after) in change.items()}
    return work_from_record(record)


def at_versions(session: Session, scope: Scope, versions: Mapping[int, int]) -> dict[int, Work]:
    """The columns of entries in scope as they were at a human version: entry id → version."""
    wanted = sorted(versions)
    kept: dict[int, list[Mapping[str, Any]]] = {entry_id: [] for entry_id in wanted}
    for start in range(0, len(wanted), _CHUNK):
        of_these = HumanChange.entry_id.in_(wanted[start : start + _CHUNK])
        query = select(HumanChange).where(of_these, *_in_scope(scope)).order_by(HumanChange.id)
        for change in session.scalars(query):
            if change.version <= versions[change.entry_id]:
                kept[change.entry_id].append(change.changes)
    return {entry_id: folded(changes) for entry_id, changes in kept.items()}


_CHUNK = 500


def _in_scope(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return () if scope.parks is None else (HumanChange.park_id.in_(scope.parks),)
