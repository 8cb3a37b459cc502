"""The two sides of a pair that a person names: found in scope, and fit to be matched."""

from datetime import date

from matcher.domain.access import Scope
from matcher.domain.errors import InvalidInput
from matcher.domain.listing import Confidentiality, Side
from matcher.pipeline.lists.held import held_listing
from matcher.store.catalogue import HeldListing
from matcher.store.database import Transaction

Sides = tuple[HeldListing, HeldListing]


def named_sides(session: Transaction, scope: Scope, demand_id: int, achievement_id: int) -> Sides:
    """The demand and the achievement of these ids.

    Raises:
        NotFound: no such demand or achievement in scope; `field` names it.
    """
    demand = held_listing(session, Side.DEMAND, demand_id, scope, field="demand_id")
    achievement = held_listing(session, Side.SUPPLY, achievement_id, scope, field="achievement_id")
    return demand, achievement


def require_matchable(sides: Sides, today: date) -> None:
    """Refuse a pair of which a side is withdrawn, expired or secret.

    Raises:
        InvalidInput: one is; `field` names it.
    """
    for item, field in zip(sides, ("demand_id", "achievement_id"), strict=True):
        secret = item.listing.confidentiality is Confidentiality.SECRET
        if secret or item.status_on(today) != "live":
            raise InvalidInput(
                f"“{item.title}”已撤回、已过期或涉密，不能加入台账。",
                f"{field} {item.id} is withdrawn, expired or secret: it cannot be added.",
                field=field,
            )
