"""A demand's or an achievement's matches as the last run wrote them, or why there are none."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from matcher.domain.access import DISTRICT, Scope
from matcher.domain.days import beijing_day
from matcher.domain.entries import EntryFilter
from matcher.domain.errors import NotFound
from matcher.domain.ledger import Standing
from matcher.domain.listing import (
    Confidentiality,
    Side,
    is_valid_on,
    text_of,
)
from matcher.domain.text import says_enough
from matcher.pipeline.matches.abstentions import why_unmatched
from matcher.pipeline.matches.views import MatchView
from matcher.store import catalogue, ledger, runs
from matcher.store import repeats as repeated
from matcher.store.catalogue import HeldListing
from matcher.store.database import Database


@dataclass(frozen=True, slots=True)
class EmptyReason:
    """Why a listing has no matches, and what would change it."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class WrittenMatches:
    """What the last run wrote for one listing; `reason` says why there is nothing."""

    items: tuple[MatchView, ...]
    reason: EmptyReason | None


def matches_of_demand(database: Database, demand_id: int, scope: Scope, now: datetime) -> WrittenMatches:
    """The ranked achievements the last run wrote for a demand, without those withdrawn or expired since.

    Raises:
        NotFound: no such demand in scope.
    """
    day = beijing_day(now)
    with database.reading() as session:
        held = catalogue.find(session, Side.DEMAND, demand_id, scope)
        if held is None:
            raise NotFound(f"没有编号为 {demand_id} 的需求。", f"there is no demand {demand_id}.")
        wanted = EntryFilter(demand_id=demand_id, park_id=held.park_id, standing=Standing.CURRENT)
        found = ledger.entries(session, scope, wanted, only_live_on=day)
        if found:
            return WrittenMatches(tuple(MatchView.of_pair(entry, entry.also) for entry in found), None)
        supply = bool(catalogue.live_versions(session, Side.SUPPLY, day))
        matched = runs.last_success(session)
        why = why_unmatched(session, scope, day, park_id=held.park_id, demand_id=demand_id)
    waiting = matched is None or held.updated_at > matched.started_at or (why is None and supply)
    reason = _reason(held, day, waiting)
    if reason is None and not supply:
        reason = EmptyReason(
            "no_supply",
            "供给清单中没有可用的成果；请先导入成果清单。",
            "the supply list is empty: import one.",
        )
    if reason is None and why is not None:
        reason = EmptyReason(*why)
    return WrittenMatches((), reason)


def matches_of_achievement(
    database: Database, achievement_id: int, scope: Scope, now: datetime
) -> WrittenMatches:
    """The reverse feed: released demands, within scope, that the last run wrote for an achievement.

    Ranks count the demands in scope alone, so that they tell nothing of other parks' demands. A research
    unit, which sees no park and its own achievements, is shown what any park has released to it.

    Raises:
        NotFound: no such achievement in scope.
    """
    day = beijing_day(now)
    with database.reading() as session:
        held = catalogue.find(session, Side.SUPPLY, achievement_id, scope)
        if held is None:
            raise NotFound(
                f"没有编号为 {achievement_id} 的成果。", f"there is no achievement {achievement_id}."
            )
        parks_shown = scope if scope.organisations is None else DISTRICT
        found = ledger.feed(session, parks_shown, achievement_id, day)
        if found:
            also = repeated.others(session, Side.SUPPLY, [achievement_id], scope).get(achievement_id, ())
            items = (MatchView.of_pair(entry, also) for entry in found)
            return WrittenMatches(
                tuple(replace(item, rank=place) for place, item in enumerate(items, start=1)), None
            )
        matched = runs.last_success(session)
    waiting = matched is None or held.updated_at > matched.started_at
    reason = _reason(held, day, waiting) or EmptyReason(
        "no_released_demands",
        "范围内没有园区发布给研发单位、且按规则可与该成果匹配的有效需求。",
        "no park in scope has released a live demand that this achievement may be matched with.",
    )
    return WrittenMatches((), reason)


def _reason(held: HeldListing, day: date, waiting: bool) -> EmptyReason | None:
    """What of the listing itself keeps it from being matched, in the order in which it is looked at; None
    where nothing does."""
    listing = held.listing
    if held.withdrawn_at is not None:
        return EmptyReason(
            "withdrawn", "该条目已撤回；重新发布后才会匹配。", "withdrawn: reinstate it to match it."
        )
    if not is_valid_on(listing, day):
        return EmptyReason(
            "expired",
            f"有效期已于 {listing.valid_until} 届满；延长有效期后才会匹配。",
            f"its validity ended on {listing.valid_until}: extend it to match it.",
        )
    if listing.confidentiality is Confidentiality.SECRET:
        return EmptyReason(
            "confidential", "密级为涉密的条目不参与匹配。", "classified items are never matched."
        )
    if not says_enough(text_of(listing).full):
        return EmptyReason(
            "too_little_text",
            "文字太少，无法判断；请补充需求详情或成果简介。",
            "too little text to judge: add a description.",
        )
    if waiting:
        return EmptyReason(
            "not_matched_yet",
            "尚未匹配；服务运行时通常一分钟内完成，也可运行 matcher refresh。",
            "not matched yet: a running service does so within a minute, or run `matcher refresh`.",
        )
    return None
