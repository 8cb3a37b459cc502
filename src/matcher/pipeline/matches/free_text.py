"""A free text matched with either list, and a demand's or achievement's matches as they were written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from threading import Lock

import numpy as np

from matcher.domain.access import DISTRICT, Scope
from matcher.domain.days import beijing_day
from matcher.domain.entries import EntryFilter
from matcher.domain.errors import NotFound, TooLittleText
from matcher.domain.ledger import Standing
from matcher.domain.listing import (
    Achievement,
    Confidentiality,
    Demand,
    Listing,
    Side,
    is_valid_on,
    text_of,
)
from matcher.domain.scoring import DEFAULT_SCORER, Scorer, Scorers
from matcher.domain.terms import Phrases, matched_terms
from matcher.domain.text import TextView, normalise, says_enough
from matcher.matching.encoded import Encoded
from matcher.matching.grouping import Grouping
from matcher.matching.rank import Choice
from matcher.matching.repeats import repeats
from matcher.matching.search import by_scorer, choose_among
from matcher.matching.searchable import OpenChannels, Searchable, field_vectors
from matcher.matching.second_look import PairLook
from matcher.pipeline.matches.abstentions import why_unmatched
from matcher.pipeline.matches.views import MatchView
from matcher.pipeline.nights.encoders import EncoderInUse
from matcher.pipeline.nights.vectors import silent, vectors_of
from matcher.ports import Encoder, Reranker
from matcher.store import catalogue, ledger, parks, runs, scorings
from matcher.store import repeats as repeated
from matcher.store.catalogue import LiveListing, listing_of
from matcher.store.database import Database
from matcher.store.tables import AchievementRow, DemandRow, ListingRow


@dataclass(frozen=True, slots=True)
class _Held:
    """An index with what it was made of: the live listings, as of a catalogue revision and a day.

    Putting a scoring or an encoder to use raises the revision, so both are as of it, too.
    """

    revision: int
    day: date
    versions: list[tuple[int, int]]
    encoder: Encoder
    index: Searchable
    repeats: Grouping
    scorers: Scorers

    def also(self, row: int) -> tuple[int, ...]:
        """The ids of the listings that repeat that of a row."""
        return tuple(self.index.listings[other].id for other in self.repeats.others(row))


class Matching:
    """Free-text matching over the lists as they are now.

    A list's index is made at the first query after a change of that list and kept in memory. Safe to
    share between threads.
    """

    def __init__(
        self,
        database: Database,
        encoder_in_use: EncoderInUse,
        open_channels: OpenChannels,
        clock: Callable[[], datetime],
        shipped: Scorer = DEFAULT_SCORER,
        reranker: Reranker | None = None,
    ) -> None:
        self._database = database
        self._encoder_in_use = encoder_in_use
        self._open_channels = open_channels
        self._clock = clock
        self._shipped = shipped
        self._reranker = reranker
        self._locks = {side: Lock() for side in Side}
        self._held: dict[Side, _Held] = {}

    def match(
        self, text: str, side: Side, scope: Scope, top_k: int, *, park_id: int | None = None
    ) -> list[MatchView]:
        """The best of the other list for a text that stands on `side`, best first.

        The first line counts as the title. Demands are searched within `scope`, and within one park
        where `park_id` is given.

        Raises:
            TooLittleText: the text says too little to judge by.
        """
        view = _view_of(text)
        if not says_enough(view.full):
            raise TooLittleText(
                "文字太少，无法判断；请至少写出要解决的问题或成果的名称。",
                "too little text to judge: say at least what is to be solved, or the result's name.",
                field="text",
            )
        searched = Side.SUPPLY if side is Side.DEMAND else Side.DEMAND
        held = self._hold(searched)
        index = held.index
        asked = _asked(view, side, held.encoder)
        if searched is Side.SUPPLY:
            pair, parts = (asked, index), [(held.scorers.of(park_id), np.arange(len(index.listings)))]
            allowed = None
        else:
            pair, parts = (index, asked), list(by_scorer(index.listings, held.scorers))
            allowed = index.rows(
                lambda one: (
                    one.park_id is not None and scope.covers(one.park_id) and park_id in {None, one.park_id}
                )
            )
        look = PairLook(*pair, beijing_day(self._clock()), self._reranker)
        [matches] = choose_among(
            [asked.query(0)],
            index.channels,
            parts,
            [Choice(top_k, allowed, repeats=held.repeats)],
            lambda scorer: look.of(side, scorer.second_look, np.array([0])),
        )
        phrases = Phrases(view)
        park_codes = self._park_codes(scope) if searched is Side.DEMAND else {}
        return [
            MatchView.of_free_text(
                match,
                found=index.listings[match.row],
                query=view,
                query_side=side,
                terms=matched_terms(phrases, Phrases(index.texts[match.row])),
                park=park_codes.get(index.listings[match.row].park_id),
                also=held.also(match.row) if searched is Side.SUPPLY else (),
            )
            for match in matches
        ]

    def prepare(self) -> None:
        """Make the indexes now, so that no query waits for them: two seconds for 9,000 listings."""
        for side in Side:
            self._hold(side)

    def _hold(self, side: Side) -> _Held:
        day = beijing_day(self._clock())
        with self._locks[side]:
            held = self._held.get(side)
            with self._database.reading() as session:
                revision = catalogue.revision(session)
                if held is not None and (held.revision, held.day) == (revision, day):
                    return held
                scorers = scorings.in_use(session, self._shipped)
                versions = catalogue.live_versions(session, side, day)
                same = held if held is not None and held.versions == versions else None
                live = catalogue.live(session, side, day) if same is None else same.index.listings
            encoder = self._encoder_in_use()  # asked after the revision was read: never older than it
            if same is not None and same.encoder.encoder_id == encoder.encoder_id:
                held = replace(same, revision=revision, day=day, encoder=encoder, scorers=scorers)
            else:
                index = self._searchable(side, live, encoder)
                held = _Held(revision, day, versions, encoder, index, repeats(index), scorers)
            self._held[side] = held
            return held

    def _searchable(self, side: Side, live: Sequence[LiveListing], encoder: Encoder) -> Searchable:
        encoded = Encoded(partial(vectors_of, self._database, encoder), silent)
        if side is Side.SUPPLY:
            return encoded.supply(live, self._open_channels)
        demands = encoded.demands(live)
        titles = demands.fields["title"]
        return replace(
            demands, channels=self._open_channels("demand", demands.texts, demands.vectors, titles)
        )

    def _park_codes(self, scope: Scope) -> dict[int | None, str]:
        with self._database.reading() as session:
            return {park.id: park.code for park in parks.page(session, scope)}


def _asked(view: TextView, side: Side, encoder: Encoder) -> Searchable:
    """The free text as a list of one, which states nothing but what it says."""
    listing: Listing = Demand(title=view.title) if side is Side.DEMAND else Achievement(title=view.title)
    asked = LiveListing(id=0, version=0, listing=listing)
    fields = {}
    if side is Side.DEMAND:
        fields = field_vectors([asked], lambda texts: encoder.encode([one.full for one in texts], side))
    return Searchable((asked,), (view,), encoder.encode([view.full], side), {}, fields)


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
        row = catalogue.find(session, Side.DEMAND, demand_id, scope)
        if not isinstance(row, DemandRow):
            raise NotFound(f"没有编号为 {demand_id} 的需求。", f"there is no demand {demand_id}.")
        wanted = EntryFilter(demand_id=demand_id, park_id=row.park_id, standing=Standing.CURRENT)
        found = ledger.entries(session, scope, wanted, only_live_on=day)
        if found:
            return WrittenMatches(tuple(MatchView.of_pair(entry, entry.also) for entry in found), None)
        supply = bool(catalogue.live_versions(session, Side.SUPPLY, day))
        matched = runs.last_success(session)
        why = why_unmatched(session, scope, day, park_id=row.park_id, demand_id=demand_id)
    waiting = matched is None or row.updated_at > matched.started_at or (why is None and supply)
    reason = _reason(row, day, waiting)
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
        row = catalogue.find(session, Side.SUPPLY, achievement_id, scope)
        if not isinstance(row, AchievementRow):
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
    waiting = matched is None or row.updated_at > matched.started_at
    reason = _reason(row, day, waiting) or EmptyReason(
        "no_released_demands",
        "范围内没有园区发布给研发单位、且按规则可与该成果匹配的有效需求。",
        "no park in scope has released a live demand that this achievement may be matched with.",
    )
    return WrittenMatches((), reason)


def _reason(row: ListingRow, day: date, waiting: bool) -> EmptyReason | None:
    """What of the listing itself keeps it from being matched, in the order in which it is looked at; None
    where nothing does."""
    listing: Listing = listing_of(row)
    if row.withdrawn_at is not None:
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


def _view_of(text: str) -> TextView:
    title, _, body = text.strip().partition("\n")
    return TextView(title=normalise(title), body=normalise(body))
