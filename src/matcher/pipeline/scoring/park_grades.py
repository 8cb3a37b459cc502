"""The grades that a park has given, with both sides of every pair as the person saw them."""

from functools import partial

from matcher.domain.access import Scope
from matcher.domain.judged import Version
from matcher.domain.listing import LiveListing, Side
from matcher.learning.figures import LedgerGrades
from matcher.store import grades
from matcher.store.database import Transaction
from matcher.store.past import PastListings
from matcher.store.records import from_record


def grades_of_park(session: Transaction, park_id: int) -> LedgerGrades:
    """The park's standing grades, as `session` sees them."""
    standing = grades.standing(session, park_id)
    listings = partial(_listings, session, park_id)
    return LedgerGrades(
        standing,
        listings(Side.DEMAND, {grade.demand_seen for grade in standing}),
        listings(Side.SUPPLY, {grade.achievement_seen for grade in standing}),
    )


def _listings(
    session: Transaction, park_id: int, side: Side, wanted: set[Version]
) -> dict[Version, LiveListing]:
    """Listings of one side in those versions, by id and version; demands are the park's."""
    scope = Scope(frozenset({park_id}))
    past = PastListings.of(session, side, scope, {listing_id for listing_id, _ in wanted})
    return {
        (listing_id, revision.version): LiveListing(
            id=listing_id,
            version=revision.version,
            listing=from_record(side, revision.data),
            park_id=park_id if side is Side.DEMAND else None,
            stated_at=revision.at,
        )
        for listing_id, revisions in sorted(past.revisions.items())
        for revision in revisions
        if (listing_id, revision.version) in wanted
    }
