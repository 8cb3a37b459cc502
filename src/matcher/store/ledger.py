"""The ledger and the reverse feed in the database.

Invariant: `apply_night` is the only writer of machine columns, and it never writes a human one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, select, tuple_, update
from sqlalchemy.orm import Session

from matcher.domain.access import DISTRICT, Scope
from matcher.domain.entries import EntryFilter, EntryView, PairView
from matcher.domain.ledger import (
    Cause,
    Night,
    Pair,
    Proposal,
    SideState,
    Stage,
    Standing,
    cause_of_leaving,
    compare,
    standing_after,
)
from matcher.domain.listing import Confidentiality, Side
from matcher.store.catalogue import listing_of, live_conditions, rows_by_id
from matcher.store.tables import (
    AchievementRow,
    DemandRow,
    FeedEntry,
    LedgerEntry,
    LedgerHuman,
    Park,
    RunRow,
)

_CHUNK = 500


def apply_night(session: Session, run_id: int, proposals: Sequence[Proposal], day: date) -> Night:
    """Write what a run changed of the ledger; entries it leaves as they are get no write at all."""
    rows = {(row.demand_id, row.achievement_id): row for row in session.scalars(select(LedgerEntry))}
    before = {
        pair: _proposal_of(row) if row.standing == Standing.CURRENT.value else None
        for pair, row in rows.items()
    }
    night = compare(before, {(p.demand_id, p.achievement_id): p for p in proposals})
    if night.created:
        first = {"standing": Standing.CURRENT.value, "version": 1, "run_id": run_id, "first_run_id": run_id}
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


def count_standing(session: Session) -> tuple[int, int]:
    """How many ledger entries are current, and how many entries the reverse feed holds."""
    current = select(func.count()).where(LedgerEntry.standing == Standing.CURRENT.value)
    return session.scalar(current) or 0, session.scalar(select(func.count(FeedEntry.id))) or 0


def entries(
    session: Session,
    scope: Scope,
    wanted: EntryFilter,
    *,
    after: tuple[int, int, int] | None = None,
    limit: int | None = None,
    only_live_on: date | None = None,
) -> list[EntryView]:
    """Entries in scope ordered by (demand id, rank, id), after the cursor of that form.

    `only_live_on` leaves out pairs of which a side was withdrawn, expired or made secret since the run.
    """
    query = _entry_query().order_by(LedgerEntry.demand_id, LedgerEntry.rank, LedgerEntry.id)
    for condition in _conditions(scope, wanted):
        query = query.where(condition)
    if only_live_on is not None:
        query = query.where(
            *live_conditions(DemandRow, only_live_on), *live_conditions(AchievementRow, only_live_on)
        )
    if after is not None:
        place = tuple_(LedgerEntry.demand_id, LedgerEntry.rank, LedgerEntry.id)
        query = query.where(place > after)
    return [_entry_view(*row) for row in session.execute(query.limit(limit))]


def entry(session: Session, scope: Scope, entry_id: int) -> EntryView | None:
    """One entry in scope, whatever its standing."""
    query = _entry_query().where(LedgerEntry.id == entry_id)
    if scope.parks is not None:
        query = query.where(LedgerEntry.park_id.in_(scope.parks))
    found = session.execute(query).first()
    return None if found is None else _entry_view(*found)


def feed(session: Session, scope: Scope, achievement_id: int, day: date) -> list[PairView]:
    """The released demands written for an achievement, in scope, that are still released and live."""
    query = (
        select(FeedEntry, DemandRow, AchievementRow, Park.code)
        .join(DemandRow, DemandRow.id == FeedEntry.demand_id)
        .join(AchievementRow, AchievementRow.id == FeedEntry.achievement_id)
        .join(Park, Park.id == FeedEntry.park_id)
        .where(
            FeedEntry.achievement_id == achievement_id,
            DemandRow.released,
            DemandRow.confidentiality == Confidentiality.PUBLIC.value,
            *live_conditions(DemandRow, day),
            *live_conditions(AchievementRow, day),
        )
        .order_by(FeedEntry.rank, FeedEntry.id)
    )
    if scope.parks is not None:
        query = query.where(FeedEntry.park_id.in_(scope.parks))
    return [
        PairView(
            rank=row.rank,
            park_code=park_code,
            demand_id=demand.id,
            demand_code=demand.code,
            demand_title=demand.title,
            demand_organisation=demand.organisation,
            achievement_id=achievement.id,
            achievement_code=achievement.code,
            achievement_title=achievement.title,
            achievement_organisation=achievement.organisation,
            similarity=row.similarity,
            score=row.score,
            probability=row.probability,
            contributions=row.contributions,
            terms=tuple(row.terms),
            run_id=row.run_id,
        )
        for row, demand, achievement, park_code in session.execute(query)
    ]


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


def _entry_query() -> Select[*tuple[Any, ...]]:
    return (
        select(
            LedgerEntry,
            DemandRow,
            AchievementRow,
            Park,
            func.coalesce(LedgerHuman.stage, Stage.SCREENING.value),
            RunRow.started_at,
        )
        .join(DemandRow, DemandRow.id == LedgerEntry.demand_id)
        .join(AchievementRow, AchievementRow.id == LedgerEntry.achievement_id)
        .join(Park, Park.id == LedgerEntry.park_id)
        .join(RunRow, RunRow.id == LedgerEntry.first_run_id)
        .outerjoin(LedgerHuman, LedgerHuman.entry_id == LedgerEntry.id)
    )


def _conditions(scope: Scope, wanted: EntryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if scope.parks is not None:
        conditions.append(LedgerEntry.park_id.in_(scope.parks))
    if wanted.park_id is not None:
        conditions.append(LedgerEntry.park_id == wanted.park_id)
    if wanted.demand_id is not None:
        conditions.append(LedgerEntry.demand_id == wanted.demand_id)
    if wanted.achievement_id is not None:
        conditions.append(LedgerEntry.achievement_id == wanted.achievement_id)
    if wanted.min_score is not None:
        conditions.append(LedgerEntry.score >= wanted.min_score)
    if wanted.standing is not None:
        conditions.append(LedgerEntry.standing == wanted.standing.value)
    if wanted.stage is not None:
        conditions.append(func.coalesce(LedgerHuman.stage, Stage.SCREENING.value) == wanted.stage.value)
    return conditions


def _entry_view(
    row: LedgerEntry, demand: DemandRow, achievement: AchievementRow, park: Park, stage: str, seen: datetime
) -> EntryView:
    return EntryView(
        id=row.id,
        version=row.version,
        park_code=park.code,
        park_name=park.name,
        demand_id=demand.id,
        demand_code=demand.code,
        demand_title=demand.title,
        demand_organisation=demand.organisation,
        achievement_id=achievement.id,
        achievement_code=achievement.code,
        achievement_title=achievement.title,
        achievement_organisation=achievement.organisation,
        achievement_industry=achievement.data["industry"],
        rank=row.rank,
        similarity=row.similarity,
        score=row.score,
        probability=row.probability,
        contributions=row.contributions,
        terms=tuple(row.terms),
        stage=Stage(stage),
        standing=Standing(row.standing),
        cause=None if row.cause is None else Cause(row.cause),
        run_id=row.run_id,
        first_seen=seen,
    )
