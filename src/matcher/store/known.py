"""The ledger and the lists as a run finds them: known pairs, listings that are gone, what is new of them."""

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from matcher.domain.ledger import BACK_ON_ITS_LIST, Leaving, Pair, Place, Proposal, absence
from matcher.domain.listing import Side
from matcher.domain.opinions import Opinion
from matcher.domain.standings import Cause, ChangeCause, Event, Standing
from matcher.store.runs import HeldRun
from matcher.store.tables import AchievementRow, DemandRow, LedgerEntry, ListingRow, NearMissRow

PROPOSAL_COLUMNS = (
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
    "explored",
    "like_id",
    "like_opinion",
)
"""The columns that a proposal and its row share."""

_CHUNK = 500
_LISTS: Mapping[Side, type[ListingRow]] = {Side.DEMAND: DemandRow, Side.SUPPLY: AchievementRow}


def proposal_of(columns: Mapping[str, Any]) -> Proposal:
    """The proposal whose columns these are."""
    code = columns["like_opinion"]
    opinion = None if code is None else Opinion(code)
    return Proposal(**{**columns, "terms": tuple(columns["terms"]), "like_opinion": opinion})


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger holds of a pair before the night."""

    id: int
    version: int
    first_run_id: int | None
    place: Place
    columns: Mapping[str, Any]

    @property
    def ranked(self) -> bool:
        """Whether any run has ever proposed the pair."""
        return self.columns["score"] is not None

    @property
    def proposal(self) -> Proposal:
        """The figures the pair was last proposed with."""
        return proposal_of(self.columns)

    @property
    def event(self) -> Event:
        """What the history calls it that the pair is proposed now: created, changed or returned."""
        if not self.ranked:
            return Event.CREATED
        return Event.CHANGED if self.place.standing is Standing.CURRENT else Event.RETURNED

    @property
    def back(self) -> frozenset[ChangeCause]:
        """Which side of a void pair is back on its list, as the pair is proposed now; else empty."""
        why = self.place.why
        if why is None or why.cause not in BACK_ON_ITS_LIST:
            return frozenset()
        return frozenset({BACK_ON_ITS_LIST[why.cause]})


def known_pairs(session: Session, stands: Set[int] = frozenset()) -> dict[Pair, Known]:
    """Every pair in the ledger, in whatever standing, but those of the demands that `stand` as they are."""
    entry = (
        LedgerEntry.id,
        LedgerEntry.version,
        LedgerEntry.first_run_id,
        LedgerEntry.standing,
        LedgerEntry.cause,
    )
    figures = [getattr(LedgerEntry, name) for name in PROPOSAL_COLUMNS]
    known: dict[Pair, Known] = {}
    query = select(*entry, *figures)
    for row in of_others(session, query, LedgerEntry.demand_id, stands):
        identifier, version, first, standing, cause, *values = row
        columns = dict(zip(PROPOSAL_COLUMNS, values, strict=True))
        why = None if cause is None else Leaving(Cause(cause))
        known[columns["demand_id"], columns["achievement_id"]] = Known(
            identifier, version, first, Place(Standing(standing), why), columns
        )
    return known


def of_others(
    session: Session, query: Select[Any], listing: InstrumentedAttribute[int], stands: Set[int]
) -> Iterator[tuple[Any, ...]]:
    """What a query gives of the listings that do not `stand` as they are."""
    if not stands:
        yield from map(tuple, session.execute(query))
        return
    others = [number for number in session.scalars(select(listing).distinct()) if number not in stands]
    for start in range(0, len(others), _CHUNK):
        yield from map(tuple, session.execute(query.where(listing.in_(others[start : start + _CHUNK]))))


def worked_with(session: Session, moved: Collection[int], ended: Collection[int]) -> set[int]:
    """The demands that an entry pairs with one of the achievements `moved`, or a near miss with one that has
    `ended`."""
    demands: set[int] = set()
    for row, achievements in ((LedgerEntry, sorted(moved)), (NearMissRow, sorted(ended))):
        for start in range(0, len(achievements), _CHUNK):
            chunk = achievements[start : start + _CHUNK]
            demands |= set(session.scalars(select(row.demand_id).where(row.achievement_id.in_(chunk))))
    return demands


def gone_listings(session: Session, side: Side, day: date) -> dict[int, Cause]:
    """Listings that are withdrawn, or expired on `day`, by id."""
    row = _LISTS[side]
    columns = select(row.id, row.withdrawn_at, row.valid_until)
    rows = session.execute(columns.where(or_(row.withdrawn_at.is_not(None), row.valid_until < day)))
    causes = {
        identifier: absence(side, withdrawn=withdrawn is not None, valid_until=until, day=day)
        for identifier, withdrawn, until in rows
    }
    return {identifier: cause for identifier, cause in causes.items() if cause is not None}


@dataclass(frozen=True, slots=True)
class News:
    """What became of the listings since the last run, by id: put on their list, or edited."""

    demands: Mapping[int, ChangeCause]
    achievements: Mapping[int, ChangeCause]

    @classmethod
    def since(cls, session: Session, last: HeldRun | None) -> "News":
        """What is new since the run `last` started; every listing where there was none."""
        moment = None if last is None else last.started_at
        return cls(
            _changed(session, DemandRow, moment, ChangeCause.DEMAND_ADDED, ChangeCause.DEMAND_EDITED),
            _changed(
                session,
                AchievementRow,
                moment,
                ChangeCause.ACHIEVEMENT_ADDED,
                ChangeCause.ACHIEVEMENT_EDITED,
            ),
        )

    def of(self, pair: Pair) -> frozenset[ChangeCause]:
        """What is new of a pair's two sides."""
        causes = (self.demands.get(pair[0]), self.achievements.get(pair[1]))
        return frozenset(cause for cause in causes if cause is not None)


def _changed(
    session: Session, row: type[ListingRow], since: datetime | None, added: ChangeCause, edited: ChangeCause
) -> dict[int, ChangeCause]:
    query = select(row.id, row.created_at)
    if since is not None:
        query = query.where(row.updated_at > since)
    return {
        identifier: added if since is None or created > since else edited
        for identifier, created in session.execute(query)
    }
