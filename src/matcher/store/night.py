"""What a run writes: the machine columns of the ledger, and the reverse feed.

Invariant: this module is the only writer of machine columns, and it never writes a human one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from matcher.domain.access import DISTRICT
from matcher.domain.ledger import (
    Cause,
    ChangeCause,
    Leaving,
    Night,
    Pair,
    Proposal,
    SideState,
    Standing,
    WhyNot,
    cause_of_leaving,
    compare,
    standing_after,
)
from matcher.domain.listing import Side
from matcher.store.catalogue import listing_of, rows_by_id
from matcher.store.tables import FeedEntry, LedgerEntry, RunRow

_CHUNK = 500


Shared = Callable[[int], frozenset[ChangeCause]]
"""Park id → what a run works with otherwise than the run before: causes that all figures of a park share."""


def outranked(_: Pair) -> Leaving:
    """Every pair that leaves was outranked."""
    return Leaving(Cause.OUTRANKED)


def nothing_shared(_: int) -> frozenset[ChangeCause]:
    """A run that works with what the run before it worked with."""
    return frozenset()


def apply_night(
    session: Session,
    run_id: int,
    proposals: Sequence[Proposal],
    day: date,
    why_not: WhyNot = outranked,
    shared: Shared = nothing_shared,
) -> Night:
    """Write what a run changed of the ledger; entries it leaves as they are get no write at all."""
    rows = {(row.demand_id, row.achievement_id): row for row in session.scalars(select(LedgerEntry))}
    before = {
        pair: _proposal_of(row) if row.standing == Standing.CURRENT.value else None
        for pair, row in rows.items()
    }
    night = compare(before, {(p.demand_id, p.achievement_id): p for p in proposals})
    if night.created:
        run = session.get_one(RunRow, run_id)
        first = {
            "standing": Standing.CURRENT.value,
            "version": 1,
            "run_id": run_id,
            "first_run_id": run_id,
            "first_seen": run.started_at,
        }
        session.execute(insert(LedgerEntry), [_columns(proposal) | first for proposal in night.created])
    for proposal in night.changed:
        row = rows[(proposal.demand_id, proposal.achievement_id)]
        for name, value in _columns(proposal).items():
            setattr(row, name, value)
        _touch(row, run_id, Standing.CURRENT, None)
    for pair, cause in _causes(session, night.vanished, day).items():
        _touch(rows[pair], run_id, standing_after(cause), cause)
    session.flush()
    return night


def apply_feed(session: Session, run_id: int, proposals: Sequence[Proposal]) -> Night:
    """Make the reverse feed what a run found; unlike the ledger it keeps nothing that left."""
    columns = [getattr(FeedEntry, name) for name in _PROPOSAL_COLUMNS]
    before: dict[Pair, Proposal | None] = {}
    identifiers: dict[Pair, int] = {}
    for identifier, *values in session.execute(select(FeedEntry.id, *columns)):
        proposal = _proposal(dict(zip(_PROPOSAL_COLUMNS, values, strict=True)))
        pair = (proposal.demand_id, proposal.achievement_id)
        before[pair], identifiers[pair] = proposal, identifier
    night = compare(before, {(p.demand_id, p.achievement_id): p for p in proposals})
    gone = [identifiers[pair] for pair in night.vanished]
    for start in range(0, len(gone), _CHUNK):
        session.execute(delete(FeedEntry).where(FeedEntry.id.in_(gone[start : start + _CHUNK])))
    if night.created:
        session.execute(insert(FeedEntry), [_columns(p) | {"run_id": run_id} for p in night.created])
    if night.changed:
        session.execute(
            update(FeedEntry),
            [
                _columns(p) | {"id": identifiers[(p.demand_id, p.achievement_id)], "run_id": run_id}
                for p in night.changed
            ],
        )
    return night


_PROPOSAL_COLUMNS = (
    "demand_id",
    "achievement_id",
    "park_id",
    "rank",
    "similarity",
    "score",
    "contributions",
    "terms",
    "demand_version",
    "achievement_version",
    "probability",
)


def _columns(proposal: Proposal) -> dict[str, Any]:
    columns = {name: getattr(proposal, name) for name in _PROPOSAL_COLUMNS}
    return columns | {"contributions": dict(proposal.contributions), "terms": list(proposal.terms)}


def _proposal(columns: Mapping[str, Any]) -> Proposal:
    return Proposal(**{**columns, "terms": tuple(columns["terms"])})


def _proposal_of(row: LedgerEntry) -> Proposal:
    return _proposal({name: getattr(row, name) for name in _PROPOSAL_COLUMNS})


def _causes(session: Session, pairs: Sequence[Pair], day: date) -> dict[Pair, Cause]:
    demands = _states(session, Side.DEMAND, {demand for demand, _ in pairs})
    achievements = _states(session, Side.SUPPLY, {achievement for _, achievement in pairs})
    return {
        (demand, achievement): cause_of_leaving(demands[demand], achievements[achievement], day)
        for demand, achievement in pairs
    }


def _states(session: Session, side: Side, identifiers: Iterable[int]) -> dict[int, SideState]:
    return {
        identifier: SideState(listing_of(row), withdrawn=row.withdrawn_at is not None)
        for identifier, row in rows_by_id(session, side, identifiers, DISTRICT).items()
    }


def _touch(row: LedgerEntry, run_id: int, standing: Standing, cause: Cause | None) -> None:
    row.standing = standing.value
    row.cause = None if cause is None else cause.value
    row.run_id = run_id
    row.version += 1
