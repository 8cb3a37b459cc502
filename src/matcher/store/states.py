"""The machine columns as runs left them: one entry's history, what runs changed, and the ledger at a run."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, not_, select
from sqlalchemy.orm import Session, aliased

from matcher.domain.access import Scope
from matcher.domain.difference import State, Step
from matcher.domain.entries import EntryView
from matcher.domain.ledger import Pair
from matcher.domain.opinions import Opinion
from matcher.domain.standings import Cause, Standing
from matcher.store.rows import from_row
from matcher.store.tables import EntryState, LedgerEntry, RunRow

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class PastState:
    """What a run left of one entry, what it did to it and why; `at` is the end of the run."""

    state: State
    event: str
    causes: Sequence[str]
    run_id: int
    trigger: str
    at: datetime


def of_entry(session: Session, scope: Scope, entry_id: int) -> list[PastState]:
    """Every state of an entry in scope, oldest first."""
    query = (
        select(EntryState, RunRow)
        .join(RunRow, RunRow.id == EntryState.run_id)
        .where(EntryState.entry_id == entry_id, *_in_scope(scope, None))
        .order_by(EntryState.run_id)
    )
    return [
        from_row(
            PastState, row, state=state_of(row), trigger=run.trigger, at=run.finished_at or run.started_at
        )
        for row, run in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class ScoringRun:
    """The run that an entry's figures are of; `scorer` and `calibration` are versions, the park's own where
    it had one."""

    id: int
    started_at: datetime
    scorer: str
    calibration: str | None


def scored_by(session: Session, scope: Scope, entry: EntryView) -> ScoringRun | None:
    """The last run that left an entry in scope as current; None where none has."""
    current = EntryState.standing == Standing.CURRENT.value
    query = (
        select(RunRow)
        .join(EntryState, EntryState.run_id == RunRow.id)
        .where(EntryState.entry_id == entry.id, current, *_in_scope(scope, entry.park_id))
        .order_by(EntryState.run_id.desc())
        .limit(1)
    )
    run = session.scalar(query)
    if run is None:
        return None
    scorer = run.scorers.get(str(entry.park_id))
    return ScoringRun(run.id, run.started_at, scorer or run.scorer, scorer or run.calibration)


def changed_between(
    session: Session, scope: Scope, after: int, until: int, park_id: int | None
) -> list[Step]:
    """What the runs after `after` up to `until` changed of the entries in scope, in the order of the runs."""
    query = (
        select(EntryState)
        .where(*_between(after, until), *_in_scope(scope, park_id))
        .order_by(EntryState.run_id, EntryState.id)
    )
    return [Step(row.entry_id, state_of(row), tuple(row.causes)) for row in session.scalars(query)]


def before_changes(
    session: Session, scope: Scope, after: int, until: int, park_id: int | None
) -> dict[int, State]:
    """What runs after `after` up to `until` changed in scope, as `after` had left it: entry id → state."""
    changed = select(EntryState.entry_id).where(*_between(after, until), *_in_scope(scope, park_id))
    of_these = EntryState.entry_id.in_(changed)
    query = select(EntryState).where(of_these, *_newest(scope, after, park_id))
    return {row.entry_id: state_of(row) for row in session.scalars(query)}


def count_current(session: Session, scope: Scope, run_id: int, park_id: int | None) -> int:
    """How many entries in scope were proposed after a run."""
    current = EntryState.standing == Standing.CURRENT.value
    query = select(func.count()).select_from(EntryState)
    return session.scalar(query.where(current, *_newest(scope, run_id, park_id))) or 0


@dataclass(frozen=True, slots=True)
class Outline:
    """What an entry is chosen and put in order by, as a run left it."""

    entry_id: int
    pair: Pair
    standing: Standing
    rank: int | None
    score: float | None
    park_id: int
    probability: float | None


def outlines(session: Session, scope: Scope, run_id: int, park_id: int | None) -> list[Outline]:
    """Every entry in scope that runs had written by the end of a run."""
    query = (
        select(
            EntryState.entry_id,
            LedgerEntry.demand_id,
            LedgerEntry.achievement_id,
            EntryState.standing,
            EntryState.rank,
            EntryState.score,
            LedgerEntry.park_id,
            EntryState.probability,
        )
        .join(LedgerEntry, LedgerEntry.id == EntryState.entry_id)
        .where(*_newest(scope, run_id, park_id))
    )
    return [
        Outline(
            row.entry_id,
            (row.demand_id, row.achievement_id),
            Standing(row.standing),
            row.rank,
            row.score,
            row.park_id,
            row.probability,
        )
        for row in session.execute(query)
    ]


def at_run(
    session: Session, scope: Scope, run_id: int, identifiers: Iterable[int]
) -> dict[int, tuple[int, State]]:
    """The states of these entries, as far as they are in scope, as a run left them, each with the id of the
    run that made it so."""
    states: dict[int, tuple[int, State]] = {}
    for chunk in _chunks(identifiers):
        of_these = EntryState.entry_id.in_(chunk)
        query = select(EntryState).where(of_these, *_newest(scope, run_id, None))
        states |= {row.entry_id: (row.run_id, state_of(row)) for row in session.scalars(query)}
    return states


def count_later(session: Session, scope: Scope, run_id: int, identifiers: Iterable[int]) -> dict[int, int]:
    """How many runs after this one changed these entries; entries that none did are left out."""
    counts: dict[int, int] = {}
    for chunk in _chunks(identifiers):
        conditions = (EntryState.entry_id.in_(chunk), EntryState.run_id > run_id, *_in_scope(scope, None))
        query = select(EntryState.entry_id, func.count()).where(*conditions).group_by(EntryState.entry_id)
        for entry_id, count in session.execute(query):
            counts[entry_id] = count
    return counts


def state_of(row: EntryState) -> State:
    """The machine's columns of a row."""
    return from_row(
        State,
        row,
        standing=Standing(row.standing),
        cause=None if row.cause is None else Cause(row.cause),
        terms=tuple(row.terms),
        like_opinion=None if row.like_opinion is None else Opinion(row.like_opinion),
    )


@dataclass(frozen=True, slots=True)
class HeldEntry:
    """What of an entry no run and no person changes, and its present `machine_version`."""

    id: int
    park_id: int
    pair: Pair
    first_seen: datetime
    machine_version: int


_HELD = (
    LedgerEntry.id,
    LedgerEntry.park_id,
    LedgerEntry.demand_id,
    LedgerEntry.achievement_id,
    LedgerEntry.first_seen,
    LedgerEntry.version,
)


def entries_by_id(session: Session, scope: Scope, identifiers: Collection[int]) -> dict[int, HeldEntry]:
    """These entries, as far as they are in scope, by id."""
    entries: dict[int, HeldEntry] = {}
    conditions = () if scope.parks is None else (LedgerEntry.park_id.in_(scope.parks),)
    for chunk in _chunks(identifiers):
        query = select(*_HELD).where(LedgerEntry.id.in_(chunk), *conditions)
        for entry_id, park_id, demand_id, achievement_id, first_seen, version in session.execute(query):
            entries[entry_id] = HeldEntry(entry_id, park_id, (demand_id, achievement_id), first_seen, version)
    return entries


def _newest(scope: Scope, run_id: int, park_id: int | None) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a state is in scope and was its entry's newest when a run had ended."""
    newer = aliased(EntryState)
    overtaken = exists().where(
        newer.entry_id == EntryState.entry_id, newer.run_id > EntryState.run_id, newer.run_id <= run_id
    )
    return EntryState.run_id <= run_id, not_(overtaken), *_in_scope(scope, park_id)


def _between(after: int, until: int) -> tuple[ColumnElement[bool], ...]:
    return EntryState.run_id > after, EntryState.run_id <= until


def _in_scope(scope: Scope, park_id: int | None) -> tuple[ColumnElement[bool], ...]:
    conditions = () if scope.parks is None else (EntryState.park_id.in_(scope.parks),)
    return conditions if park_id is None else (*conditions, EntryState.park_id == park_id)


def _chunks(identifiers: Iterable[int]) -> list[Sequence[int]]:
    wanted = sorted(identifiers)
    return [wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK)]
