"""What a page on another site may see of a demand's matches."""

from datetime import datetime
from typing import Any

from matcher.domain.errors import NotFound
from matcher.domain.listing import Confidentiality, Side
from matcher.domain.text import mask_contacts
from matcher.pipeline.access import EmbedGrant, embed_scope
from matcher.pipeline.matches.written import EmptyReason, matches_of_demand
from matcher.store import catalogue
from matcher.store.database import Database

_MAY_BE_TOLD = frozenset({"withdrawn", "expired", "too_little_text", "not_matched_yet", "no_supply"})
"""Reasons that speak of the demand and the lists alone; others tell of the park's rules and quote an
achievement, which may be an internal one."""


def embedded_matches(
    database: Database, demand_id: int, grant: EmbedGrant, now: datetime
) -> tuple[list[dict[str, Any]], EmptyReason | None]:
    """A public demand's public achievements, ranked anew from 1, and why there are none.

    Only an achievement's title and organisation, the figures and the matched terms are part of it. Anyone may
    read it, so contacts in them are masked.

    Raises:
        NotFound: no such demand in the park the token opens, or not a public one.
    """
    scope = embed_scope(grant)
    with database.reading() as session:
        demand = catalogue.find(session, Side.DEMAND, demand_id, scope)
    if demand is None or demand.listing.confidentiality is not Confidentiality.PUBLIC:
        raise NotFound(f"没有编号为 {demand_id} 的需求。", f"there is no demand {demand_id}.")
    written = matches_of_demand(database, demand_id, scope, now)
    with database.reading() as session:
        held = catalogue.held_by_id(
            session, Side.SUPPLY, (one.achievement_id for one in written.items if one.achievement_id), scope
        )
    public = [
        one
        for one in written.items
        if one.achievement_id is not None
        and held[one.achievement_id].listing.confidentiality is Confidentiality.PUBLIC
    ]
    items = [
        {
            "rank": rank,
            "achievement_title": mask_contacts(one.achievement_title),
            "achievement_organisation": mask_contacts(one.achievement_organisation or ""),
            "similarity": one.similarity,
            "score": one.score,
            "probability": one.probability,
            "terms": [mask_contacts(term) for term in one.terms],
            "explored": one.explored,
        }
        for rank, one in enumerate(public, start=1)
    ]
    if items or (written.reason is not None and written.reason.code in _MAY_BE_TOLD):
        return items, written.reason
    return items, EmptyReason(
        "no_public_supply",
        "没有可以公开的匹配成果；请联系园区。",
        "no matching achievement is public: ask the park.",
    )
