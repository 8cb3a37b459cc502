"""What the lists said and what people had written at a moment, from revisions and history."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.ledger import Pair
from matcher.domain.listing import Side
from matcher.store.tables import (
    AchievementRevision,
    DemandRevision,
    Exclusion,
    HumanChange,
    LedgerEntry,
    RevisionRow,
)

_CHUNK = 500

Said = Mapping[str, Any]
"""A listing's fields as a revision holds them, by name."""


@dataclass(frozen=True, slots=True)
class PastListings:
    """The revisions of some listings of one side, oldest first."""

    revisions: Mapping[int, Sequence[RevisionRow]]

    @classmethod
    def of(cls, session: Session, side: Side, scope: Scope, listing_ids: Iterable[int]) -> "PastListings":
        """The revisions of these listings, as far as they are in scope."""
        table: type[RevisionRow] = AchievementRevision if side is Side.SUPPLY else DemandRevision
        conditions: tuple[ColumnElement[bool], ...] = ()
        if side is Side.DEMAND and scope.parks is not None:
            conditions = (DemandRevision.park_id.in_(scope.parks),)
        wanted = sorted(set(listing_ids))
        revisions: dict[int, list[RevisionRow]] = {}
        for start in range(0, len(wanted), _CHUNK):
            of_these = table.listing_id.in_(wanted[start : start + _CHUNK])
            for row in session.scalars(select(table).where(of_these, *conditions).order_by(table.version)):
                revisions.setdefault(row.listing_id, []).append(row)
        return cls(revisions)

    def in_version(self, listing_id: int, version: int) -> Said:
        """What a listing says in a version."""
        return next(revision.data for revision in self.revisions[listing_id] if revision.version == version)

    def stated_at(self, listing_id: int, version: int) -> datetime:
        """When a listing came to say what it says in a version."""
        return next(revision.at for revision in self.revisions[listing_id] if revision.version == version)

    def at(self, listing_id: int, moment: datetime) -> Said:
        """What a listing said at a moment; its first version, where it was not there yet."""
        return self._at(listing_id, moment).data

    def version_at(self, listing_id: int, moment: datetime) -> int:
        """Which version a listing was in at a moment."""
        return self._at(listing_id, moment).version

    def _at(self, listing_id: int, moment: datetime) -> RevisionRow:
        first, *later = self.revisions[listing_id]
        return next((revision for revision in reversed(later) if revision.at <= moment), first)


@dataclass(frozen=True, slots=True)
class PastPairs:
    """The revisions of both sides of some pairs."""

    demands: PastListings
    supply: PastListings

    @classmethod
    def of(cls, session: Session, scope: Scope, pairs: Collection[Pair]) -> "PastPairs":
        """The revisions of these pairs, which are in scope."""
        return cls(
            PastListings.of(session, Side.DEMAND, scope, {demand for demand, _ in pairs}),
            PastListings.of(session, Side.SUPPLY, scope, {achievement for _, achievement in pairs}),
        )

    def in_versions(self, pair: Pair, versions: tuple[int, int]) -> tuple[Said, Said]:
        """What both sides say in these versions."""
        return (
            self.demands.in_version(pair[0], versions[0]),
            self.supply.in_version(pair[1], versions[1]),
        )

    def at(self, pair: Pair, moment: datetime) -> tuple[Said, Said]:
        """What both sides said at a moment."""
        return self.demands.at(pair[0], moment), self.supply.at(pair[1], moment)

    def versions_at(self, pair: Pair, moment: datetime) -> tuple[int, int]:
        """Which versions both sides were in at a moment."""
        return self.demands.version_at(pair[0], moment), self.supply.version_at(pair[1], moment)


def changes_until(
    session: Session, scope: Scope, moment: datetime, park_id: int | None
) -> dict[int, list[HumanChange]]:
    """What people had done to the entries in scope by a moment, oldest first, by entry."""
    conditions = () if scope.parks is None else (HumanChange.park_id.in_(scope.parks),)
    query = select(HumanChange).where(HumanChange.at <= moment, *conditions).order_by(HumanChange.id)
    if park_id is not None:
        query = query.where(HumanChange.park_id == park_id)
    by_entry: dict[int, list[HumanChange]] = {}
    for change in session.scalars(query):
        by_entry.setdefault(change.entry_id, []).append(change)
    return by_entry


def pairs_of(session: Session, scope: Scope, entry_ids: Iterable[int]) -> dict[int, Pair]:
    """The pairs of entries in scope, by entry."""
    conditions = () if scope.parks is None else (LedgerEntry.park_id.in_(scope.parks),)
    wanted = sorted(entry_ids)
    pairs: dict[int, Pair] = {}
    for start in range(0, len(wanted), _CHUNK):
        of_these = LedgerEntry.id.in_(wanted[start : start + _CHUNK])
        query = select(LedgerEntry.id, LedgerEntry.demand_id, LedgerEntry.achievement_id)
        for entry_id, demand_id, achievement_id in session.execute(query.where(of_these, *conditions)):
            pairs[entry_id] = (demand_id, achievement_id)
    return pairs


def excluded_at(session: Session, scope: Scope, moment: datetime) -> set[Pair]:
    """The pairs in scope that were excluded at a moment."""
    conditions = () if scope.parks is None else (Exclusion.park_id.in_(scope.parks),)
    query = select(Exclusion.demand_id, Exclusion.achievement_id).where(
        Exclusion.at <= moment, or_(Exclusion.lifted_at.is_(None), Exclusion.lifted_at > moment), *conditions
    )
    return {(demand_id, achievement_id) for demand_id, achievement_id in session.execute(query)}
