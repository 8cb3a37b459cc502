"""What a run writes of pairs: the machine columns of the ledger with their history, and the reverse feed.

Invariant: this module is the only writer of machine columns, and it never writes a human one. Every change
of them appends the state after it, in the same transaction.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date
from enum import StrEnum
from functools import partial
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session

from matcher.domain.access import DISTRICT
from matcher.domain.ledger import (
    Leaving,
    Night,
    Pair,
    Place,
    Proposal,
    WhyNot,
    causes_of_change,
    compare,
    place_unproposed,
    ruled_out,
)
from matcher.domain.listing import Side
from matcher.domain.standings import Cause, ChangeCause, Event, Standing
from matcher.store import runs
from matcher.store.catalogue import held_by_id
from matcher.store.known import (
    PROPOSAL_COLUMNS,
    Known,
    News,
    gone_listings,
    known_pairs,
    of_others,
    proposal_of,
)
from matcher.store.tables import DemandRow, EntryState, FeedEntry, LedgerEntry, Repeat, RunRow

_CHUNK = 500

Shared = Callable[[int], frozenset[ChangeCause]]
"""Park id → causes that all figures of a park share: what of rules, models or code is new."""


def outranked(_: Pair) -> Leaving:
    """Why a pair leaves where the run does not say: others rank before it."""
    return Leaving(Cause.OUTRANKED)


def nothing_shared(_: int) -> frozenset[ChangeCause]:
    """No causes: the run works with the same rules, models and code as the run before it."""
    return frozenset()


def apply_night(
    session: Session,
    run_id: int,
    proposals: Sequence[Proposal],
    day: date,
    why_not: WhyNot = outranked,
    shared: Shared = nothing_shared,
    stands: Set[int] = frozenset(),
) -> Night:
    """Write what a run changed of the ledger; entries it leaves as they are get no write at all.

    The standing of every entry that the run does not propose is brought up to `day`, too. The run says
    nothing of the demands that `stand` as they are, whose entries are not even read.
    """
    known = known_pairs(session, stands)
    after = {_pair(proposal): proposal for proposal in proposals}
    before = {
        pair: entry.proposal if entry.place.standing is Standing.CURRENT else None
        for pair, entry in known.items()
        if entry.ranked
    }
    night = compare(before, after)
    news = News.since(session, runs.last_success(session))
    changes = _Changes(run_id, known, _insert(session, run_id, known, night.created))
    for proposal in (*night.created, *night.changed):
        changes.propose(proposal, news.of(_pair(proposal)), shared(proposal.park_id))
    for pair, place in _places(session, known, after, day, why_not).items():
        changes.set_aside(known[pair], place)
    changes.save(session)
    return night


class _Changes:
    """The rows that a night writes, collected so that each table is written by one statement."""

    def __init__(self, run_id: int, known: Mapping[Pair, Known], inserted: Mapping[Pair, int]) -> None:
        self._run_id = run_id
        self._known = known
        self._inserted = inserted
        self._proposed: list[dict[str, Any]] = []
        self._aside: list[dict[str, Any]] = []
        self._states: list[dict[str, Any]] = []

    def propose(self, proposal: Proposal, news: Set[ChangeCause], shared: Set[ChangeCause]) -> None:
        """Make a pair current with these figures."""
        old = self._known.get(_pair(proposal))
        event = Event.CREATED if old is None else old.event
        former = old.proposal if old is not None and old.ranked else None
        back = frozenset() if old is None else old.back
        causes = causes_of_change(event, former, proposal, news=news | back, shared=shared)
        columns = _columns(proposal) | _CURRENT
        if old is not None:
            first = {"first_run_id": old.first_run_id or self._run_id}
            self._proposed.append(columns | first | self._raised(old))
        identifier = self._inserted[_pair(proposal)] if old is None else old.id
        self._append(identifier, columns, event, causes)

    def set_aside(self, old: Known, place: Place) -> None:
        """Give a pair that is not proposed another standing; its figures stay."""
        cause = None if place.why is None else place.why.cause
        constraints = () if place.why is None else place.why.constraints
        standing = {"standing": place.standing.value, "cause": None if cause is None else cause.value}
        event = Event.VANISHED if old.place.standing is Standing.CURRENT else Event.CHANGED
        self._aside.append(standing | self._raised(old))
        self._append(old.id, {**old.columns, **standing}, event, (*([cause] if cause else []), *constraints))

    def save(self, session: Session) -> None:
        """Write what was collected."""
        for rows in (self._proposed, self._aside):
            if rows:
                session.execute(update(LedgerEntry), rows)
        if self._states:
            session.execute(_STATES, sorted(self._states, key=itemgetter("entry_id")))

    def _raised(self, old: Known) -> dict[str, Any]:
        return {"id": old.id, "version": old.version + 1, "run_id": self._run_id}

    def _append(
        self, entry_id: int, columns: Mapping[str, Any], event: Event, causes: Sequence[StrEnum]
    ) -> None:
        state = {name: value for name, value in columns.items() if name not in _SIDES}
        change = {"event": event.value, "causes": [cause.value for cause in causes]}
        self._states.append(state | change | {"entry_id": entry_id, "run_id": self._run_id})


_STATES = insert(cast(Table, EntryState.__table__))
_ENTRIES = insert(cast(Table, LedgerEntry.__table__)).returning(
    LedgerEntry.demand_id, LedgerEntry.achievement_id, LedgerEntry.id
)
"""Plain inserts: making a mapped object of each row takes 10 µs of 27."""

_SIDES = frozenset({"demand_id", "achievement_id"})
_CURRENT = {"standing": Standing.CURRENT.value, "cause": None}


def apply_feed(
    session: Session, run_id: int, proposals: Sequence[Proposal], stands: Set[int] = frozenset()
) -> Night:
    """Replace the reverse feed by a run's, but of the achievements whose feed `stands` as it is; unlike the
    ledger it keeps no entry that left."""
    columns = [getattr(FeedEntry, name) for name in PROPOSAL_COLUMNS]
    before: dict[Pair, Proposal | None] = {}
    identifiers: dict[Pair, int] = {}
    query = select(FeedEntry.id, *columns)
    for identifier, *values in of_others(session, query, FeedEntry.achievement_id, stands):
        proposal = proposal_of(dict(zip(PROPOSAL_COLUMNS, values, strict=True)))
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


def apply_repeats(session: Session, by_side: Mapping[Side, Mapping[int, int]]) -> None:
    """Replace the record of listings that repeat others by a run's; a row that still holds is not written."""
    before = {(row.side, row.listing_id): row for row in session.scalars(select(Repeat))}
    parks = {row.id: row.park_id for row in session.execute(select(DemandRow.id, DemandRow.park_id))}
    for side, repeats in by_side.items():
        for listing_id, first_id in repeats.items():
            row = before.pop((side.value, listing_id), None)
            if row is None:
                park_id = parks[listing_id] if side is Side.DEMAND else None
                row = Repeat(side=side.value, listing_id=listing_id, park_id=park_id)
                session.add(row)
            row.first_id = first_id
    for gone in before.values():
        session.delete(gone)


def _places(
    session: Session, known: Mapping[Pair, Known], after: Mapping[Pair, Proposal], day: date, why_not: WhyNot
) -> dict[Pair, Place]:
    """The new places of the pairs that are not proposed; pairs whose place stays are left out."""
    gone = {side: gone_listings(session, side, day) for side in Side}
    aside = {
        pair: (entry, gone[Side.DEMAND].get(pair[0]) or gone[Side.SUPPLY].get(pair[1]))
        for pair, entry in known.items()
        if pair not in after
    }
    asked = [
        pair
        for pair, (entry, absent) in aside.items()
        if absent is None and entry.place.standing in {Standing.CURRENT, Standing.VOID}
    ]
    why = _Why(session, asked, why_not)
    places = {
        pair: place_unproposed(entry.place, ranked=entry.ranked, absent=absent, why=partial(why, pair))
        for pair, (entry, absent) in aside.items()
    }
    return {pair: place for pair, place in places.items() if place != known[pair].place}


class _Why:
    """Why pairs with two live sides are not proposed: the lists' own rules first, then what the run says."""

    def __init__(self, session: Session, pairs: Sequence[Pair], why_not: WhyNot) -> None:
        self._demands = held_by_id(session, Side.DEMAND, {demand for demand, _ in pairs}, DISTRICT)
        self._supply = held_by_id(session, Side.SUPPLY, {achievement for _, achievement in pairs}, DISTRICT)
        self._why_not = why_not

    def __call__(self, pair: Pair) -> Leaving:
        demand, achievement = self._demands[pair[0]], self._supply[pair[1]]
        return ruled_out(demand.listing, achievement.listing) or self._why_not(pair)


def _insert(
    session: Session, run_id: int, known: Mapping[Pair, Known], created: Sequence[Proposal]
) -> dict[Pair, int]:
    """Write the pairs that the ledger does not hold yet; their ids."""
    rows = [_columns(proposal) for proposal in created if _pair(proposal) not in known]
    if not rows:
        return {}
    first = _CURRENT | {
        "version": 1,
        "run_id": run_id,
        "first_run_id": run_id,
        "first_seen": session.get_one(RunRow, run_id).started_at,
    }
    inserted = session.execute(_ENTRIES, [row | first for row in rows])
    return {(demand, achievement): identifier for demand, achievement, identifier in inserted}


def _columns(proposal: Proposal) -> dict[str, Any]:
    columns = {name: getattr(proposal, name) for name in PROPOSAL_COLUMNS}
    opinion = None if proposal.like_opinion is None else proposal.like_opinion.value
    lists = {"contributions": dict(proposal.contributions), "terms": list(proposal.terms)}
    return columns | lists | {"like_opinion": opinion}


def _pair(proposal: Proposal) -> Pair:
    return proposal.demand_id, proposal.achievement_id
