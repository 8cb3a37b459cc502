"""What the lists said and what people had written at a moment, from revisions and history."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.columns import Work
from matcher.domain.difference import State
from matcher.domain.entries import NamedPair
from matcher.domain.ledger import Pair
from matcher.domain.listing import Contact, Side
from matcher.store.human_columns import folded
from matcher.store.rows import from_row
from matcher.store.tables import AchievementRevision, DemandRevision, Exclusion, HumanChange, RevisionRow

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of a listing, when it came to say so, and its fields by name."""

    version: int
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PastListings:
    """The revisions of some listings of one side, oldest first."""

    revisions: Mapping[int, Sequence[Revision]]

    @classmethod
    def of(cls, session: Session, side: Side, scope: Scope, listing_ids: Iterable[int]) -> "PastListings":
        """The revisions of these listings, as far as they are in scope."""
        table: type[RevisionRow] = AchievementRevision if side is Side.SUPPLY else DemandRevision
        conditions: tuple[ColumnElement[bool], ...] = ()
        if side is Side.DEMAND and scope.parks is not None:
            conditions = (DemandRevision.park_id.in_(scope.parks),)
        wanted = sorted(set(listing_ids))
        revisions: dict[int, list[Revision]] = {}
        for start in range(0, len(wanted), _CHUNK):
            of_these = table.listing_id.in_(wanted[start : start + _CHUNK])
            for row in session.scalars(select(table).where(of_these, *conditions).order_by(table.version)):
                revisions.setdefault(row.listing_id, []).append(from_row(Revision, row))
        return cls(revisions)

    def in_version(self, listing_id: int, version: int) -> Revision:
        """A listing in one of its versions."""
        return next(revision for revision in self.revisions[listing_id] if revision.version == version)

    def at(self, listing_id: int, moment: datetime) -> Revision:
        """A listing as it was at a moment; in its first version, where it was not there yet."""
        first, *later = self.revisions[listing_id]
        return next((revision for revision in reversed(later) if revision.at <= moment), first)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPair(NamedPair):
    """What the two sides of a pair were called, and the achievement's industry."""

    achievement_industry: str


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

    def named(self, pair: Pair, park_code: str, state: State, moment: datetime) -> PastPair:
        """What the sides of a pair were called: of a proposed one, in the versions that its figures are of,
        of any other, at the moment."""
        demand_id, achievement_id = pair
        if state.is_current:
            demand = self.demands.in_version(demand_id, state.demand_version).data
            achievement = self.supply.in_version(achievement_id, state.achievement_version).data
        else:
            demand = self.demands.at(demand_id, moment).data
            achievement = self.supply.at(achievement_id, moment).data
        return PastPair(
            park_code=park_code,
            demand_id=demand_id,
            **{f"demand_{name}": demand[name] for name in _NAMES},
            achievement_id=achievement_id,
            **{f"achievement_{name}": achievement[name] for name in _NAMES},
            achievement_industry=achievement["industry"],
        )

    def contacts(self, pair: Pair, moment: datetime) -> dict[str, Any]:
        """Both sides' contacts as the lists held them at a moment, by their fields in an entry."""
        demand_id, achievement_id = pair
        return {
            "demand_contact": Contact(**self.demands.at(demand_id, moment).data["contact"]),
            "achievement_contact": Contact(**self.supply.at(achievement_id, moment).data["contact"]),
        }


_NAMES = ("code", "title", "organisation")


@dataclass(frozen=True, slots=True)
class Written:
    """What people had done to an entry by a moment: its human version, and who did the last of it when.

    `by_hand` says that the entry began with it; `changes` are column → [before, after], oldest first.
    """

    version: int
    at: datetime
    actor: str
    by_hand: bool
    changes: Sequence[Mapping[str, Any]]

    @property
    def work(self) -> Work:
        """The human columns as they were."""
        return folded(self.changes)


def written_until(
    session: Session, scope: Scope, moment: datetime, park_id: int | None
) -> dict[int, Written]:
    """What people had done to the entries in scope by a moment, by entry, where they had."""
    conditions = () if scope.parks is None else (HumanChange.park_id.in_(scope.parks),)
    query = select(HumanChange).where(HumanChange.at <= moment, *conditions).order_by(HumanChange.id)
    if park_id is not None:
        query = query.where(HumanChange.park_id == park_id)
    acts: dict[int, list[HumanChange]] = {}
    for change in session.scalars(query):
        acts.setdefault(change.entry_id, []).append(change)
    return {
        entry_id: from_row(
            Written, done[-1], by_hand=done[0].act == "add", changes=[change.changes for change in done]
        )
        for entry_id, done in acts.items()
    }


def excluded_at(session: Session, scope: Scope, moment: datetime) -> set[Pair]:
    """The pairs in scope that were excluded at a moment."""
    conditions = () if scope.parks is None else (Exclusion.park_id.in_(scope.parks),)
    query = select(Exclusion.demand_id, Exclusion.achievement_id).where(
        Exclusion.at <= moment, or_(Exclusion.lifted_at.is_(None), Exclusion.lifted_at > moment), *conditions
    )
    return {(demand_id, achievement_id) for demand_id, achievement_id in session.execute(query)}
