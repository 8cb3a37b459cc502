"""A demand's or an achievement's matches as the last run wrote them, or why there are none."""

from datetime import date, datetime

from matcher.domain.access import DISTRICT, Scope
from matcher.domain.bands import Band
from matcher.domain.days import beijing_day
from matcher.domain.entries import EntryFilter
from matcher.domain.listing import Confidentiality, Side, is_valid_on, text_of
from matcher.domain.standings import AbstentionReason, Standing
from matcher.domain.text import says_enough
from matcher.pipeline.lists.held import held_listing
from matcher.pipeline.matches.abstentions import why_unmatched
from matcher.pipeline.matches.answers import MatchAnswer, MatchesAnswer, ReasonAnswer
from matcher.store import catalogue, ledger, repeats, runs
from matcher.store.catalogue import HeldListing
from matcher.store.database import Database, Transaction

_NO_SUPPLY = ReasonAnswer(
    code="no_supply",
    zh="供给清单中没有可用的成果；请先导入成果清单。",
    en="the supply list is empty: import one.",
)

NONE_LIKELY = ReasonAnswer(
    code=AbstentionReason.NONE_LIKELY.value,
    zh="没有一条匹配达到“可信”；“待看”的可以一看，也可补充需求详情，或作为揭榜需求发布。",
    en="no match reaches the likely band: look at the possible ones, describe the demand in more detail, or "
    "post it as an open challenge.",
)


def matches_of_demand(database: Database, demand_id: int, scope: Scope, now: datetime) -> MatchesAnswer:
    """The ranked achievements the last run wrote for a demand, without those withdrawn or expired since.

    Raises:
        NotFound: no such demand in scope.
    """
    with database.reading() as session:
        demand = held_listing(session, Side.DEMAND, demand_id, scope)
        return written_for(session, demand, scope, beijing_day(now))


def written_for(session: Transaction, demand: HeldListing, scope: Scope, day: date) -> MatchesAnswer:
    """The ranked achievements the last run wrote for a demand that is at hand, as `matches_of_demand`."""
    wanted = EntryFilter(demand_id=demand.id, park_id=demand.park_id, standing=Standing.CURRENT)
    entries = ledger.entries(session, scope, wanted, only_live_on=day)
    if entries:
        items = [MatchAnswer.of_pair(entry, entry.also) for entry in entries]
        is_supplied = any(entry.band in {Band.LIKELY, None} for entry in entries)
        why_none_likely = None if is_supplied else NONE_LIKELY
        return MatchesAnswer(items=items, reason=why_none_likely)
    supply = bool(catalogue.live_versions(session, Side.SUPPLY, day))
    matched = runs.last_success(session)
    why = why_unmatched(session, scope, day, park_id=demand.park_id, demand_id=demand.id)
    waiting = matched is None or demand.updated_at > matched.started_at or (why is None and supply)
    reason = _reason(demand, day, waiting) or (why if supply else _NO_SUPPLY)
    return MatchesAnswer(items=[], reason=reason)


def matches_of_achievement(
    database: Database, achievement_id: int, scope: Scope, now: datetime
) -> MatchesAnswer:
    """The reverse feed: released demands, within scope, that the last run wrote for an achievement.

    Ranks count the demands in scope alone, so that they tell nothing of other parks' demands. A research
    unit, which sees no park and its own achievements, is shown what any park has released to it.

    Raises:
        NotFound: no such achievement in scope.
    """
    day = beijing_day(now)
    with database.reading() as session:
        achievement = held_listing(session, Side.SUPPLY, achievement_id, scope)
        parks_shown = scope if scope.organisations is None else DISTRICT
        pairs = ledger.feed(session, parks_shown, achievement_id, day)
        if pairs:
            also = repeats.others(session, Side.SUPPLY, [achievement_id], scope).get(achievement_id, ())
            items = [MatchAnswer.of_pair(pair, also, rank=place) for place, pair in enumerate(pairs, start=1)]
            return MatchesAnswer(items=items, reason=None)
        matched = runs.last_success(session)
    waiting = matched is None or achievement.updated_at > matched.started_at
    reason = _reason(achievement, day, waiting) or ReasonAnswer(
        code="no_released_demands",
        zh="范围内没有园区发布给研发单位、且按规则可与该成果匹配的有效需求。",
        en="no park in scope has released a live demand that this achievement may be matched with.",
    )
    return MatchesAnswer(items=[], reason=reason)


def _reason(listed: HeldListing, day: date, waiting: bool) -> ReasonAnswer | None:
    """What of the listing itself keeps it from being matched, in the order in which it is looked at; None
    where nothing does."""
    listing = listed.listing
    if listed.withdrawn_at is not None:
        return ReasonAnswer(
            code="withdrawn",
            zh="该条目已撤回；重新发布后才会匹配。",
            en="withdrawn: reinstate it to match it.",
        )
    if not is_valid_on(listing, day):
        return ReasonAnswer(
            code="expired",
            zh=f"有效期已于 {listing.valid_until} 届满；延长有效期后才会匹配。",
            en=f"its validity ended on {listing.valid_until}: extend it to match it.",
        )
    if listing.confidentiality is Confidentiality.SECRET:
        return ReasonAnswer(
            code="confidential",
            zh="密级为涉密的条目不参与匹配。",
            en="classified items are never matched.",
        )
    if not says_enough(text_of(listing).full):
        return ReasonAnswer(
            code="too_little_text",
            zh="文字太少，无法判断；请补充需求详情或成果简介。",
            en="too little text to judge: add a description.",
        )
    if waiting:
        return ReasonAnswer(
            code="not_matched_yet",
            zh="尚未匹配；服务运行时通常一分钟内完成，也可运行 matcher refresh。",
            en="not matched yet: a running service does so within a minute, or run `matcher refresh`.",
        )
    return None
