"""What a page on another site may see of a demand's matches."""

from datetime import datetime

from matcher.domain.bands import Band
from matcher.domain.days import beijing_day
from matcher.domain.listing import Confidentiality, Side
from matcher.domain.text import mask_contacts
from matcher.pipeline.access import EmbedGrant, embed_scope
from matcher.pipeline.lists.held import no_listing
from matcher.pipeline.matches.answers import EmbeddedMatch, EmbeddedMatches, ReasonAnswer
from matcher.pipeline.matches.written import NONE_LIKELY, written_for
from matcher.store import catalogue
from matcher.store.database import Database

_MAY_BE_TOLD = frozenset({"withdrawn", "expired", "too_little_text", "not_matched_yet", "no_supply"})
"""Reasons that speak of the demand and the lists alone; others tell of the park's rules and quote an
achievement, which may be an internal one."""

_NOTHING_PUBLIC = ReasonAnswer(
    code="no_public_supply",
    zh="没有可以公开的匹配成果；请联系园区。",
    en="no matching achievement is public: ask the park.",
)


def embedded_matches(database: Database, demand_id: int, grant: EmbedGrant, now: datetime) -> EmbeddedMatches:
    """A public demand's public achievements, ranked anew from 1, or why there are none.

    Only an achievement's title and organisation, the figures and the matched terms are part of it. Anyone may
    read it, so contacts in them are masked.

    Raises:
        NotFound: no such demand in the park the token opens, or not a public one.
    """
    scope = embed_scope(grant)
    with database.reading() as session:
        demand = catalogue.find(session, Side.DEMAND, demand_id, scope)
        if demand is None or demand.listing.confidentiality is not Confidentiality.PUBLIC:
            raise no_listing(Side.DEMAND, demand_id)
        written = written_for(session, demand, scope, beijing_day(now))
        matched = {match.achievement_id for match in written.items if match.achievement_id is not None}
        achievements = catalogue.held_by_id(session, Side.SUPPLY, matched, scope)
    public = {
        number
        for number, achievement in achievements.items()
        if achievement.listing.confidentiality is Confidentiality.PUBLIC
    }
    shown = [match for match in written.items if match.achievement_id in public]
    items = [
        EmbeddedMatch(
            rank=rank,
            achievement_title=mask_contacts(match.achievement_title),
            achievement_organisation=mask_contacts(match.achievement_organisation or ""),
            similarity=match.similarity,
            score=match.score,
            probability=match.probability,
            band=match.band,
            terms=[mask_contacts(term) for term in match.terms],
            explored=match.explored,
        )
        for rank, match in enumerate(shown, start=1)
    ]
    if items:
        is_supplied = any(item.band in {Band.LIKELY, None} for item in items)
        return EmbeddedMatches(items=items, reason=None if is_supplied else NONE_LIKELY)
    may_be_told = written.reason is not None and written.reason.code in _MAY_BE_TOLD
    return EmbeddedMatches(items=[], reason=written.reason if may_be_told else _NOTHING_PUBLIC)
