"""Which listings repeat one another, as the last run found it; `store.night` writes it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.listing import Side
from matcher.store.catalogue import in_scope
from matcher.store.tables import AchievementRow, DemandRow, ListingRow, Repeat

_CHUNK = 500
_ROWS: dict[Side, type[ListingRow]] = {Side.SUPPLY: AchievementRow, Side.DEMAND: DemandRow}


def others(
    session: Session, side: Side, identifiers: Iterable[int], scope: Scope
) -> Mapping[int, tuple[int, ...]]:
    """Listing id → ids of the others in scope that repeat it and are not withdrawn, where there are any."""
    wanted = sorted(set(identifiers))
    theirs = [Repeat.side == side.value]
    if side is Side.DEMAND and scope.parks is not None:
        theirs.append(Repeat.park_id.in_(scope.parks))
    firsts: dict[int, int] = {}
    members = defaultdict[int, set[int]](set)
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        first_ids = select(Repeat.first_id).where(*theirs, Repeat.listing_id.in_(part))
        member = select(Repeat.listing_id, Repeat.first_id).where(*theirs)
        of_groups = member.where(Repeat.first_id.in_(part)).union(
            member.where(Repeat.first_id.in_(first_ids))
        )
        for listing_id, first_id in session.execute(of_groups):
            firsts |= {listing_id: first_id, first_id: first_id}
            members[first_id] |= {listing_id, first_id}
    shown = _shown(session, side, firsts, scope)
    groups = {number: members[firsts[number]] & shown - {number} for number in wanted if number in firsts}
    return {number: tuple(sorted(group)) for number, group in groups.items() if group}


def _shown(session: Session, side: Side, identifiers: Iterable[int], scope: Scope) -> set[int]:
    """Which of these listings are in scope and not withdrawn."""
    row = _ROWS[side]
    wanted = sorted(identifiers)
    condition = in_scope(side, scope)
    shown: set[int] = set()
    for start in range(0, len(wanted), _CHUNK):
        standing = and_(row.id.in_(wanted[start : start + _CHUNK]), row.withdrawn_at.is_(None))
        shown.update(
            session.scalars(select(row.id).where(standing if condition is None else standing & condition))
        )
    return shown
