"""A free text matched with either list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from threading import Lock

import numpy as np

from matcher.domain.access import Scope
from matcher.domain.bands import DEFAULT_BANDS, Bands
from matcher.domain.days import beijing_day
from matcher.domain.errors import TooLittleText
from matcher.domain.listing import Achievement, Demand, Listing, LiveListing, Side
from matcher.domain.scoring import DEFAULT_SCORER, Scorer, Scorers
from matcher.domain.terms import Phrases, matched_terms
from matcher.domain.text import TextView, normalise, says_enough
from matcher.matching.choice import Choice
from matcher.matching.grouping import Grouping
from matcher.matching.ready import Ready
from matcher.matching.search import by_scorer, choose_among
from matcher.matching.searchable import Encoded, OpenChannels, Searchable, field_vectors
from matcher.matching.second_look import PairLook
from matcher.pipeline.matches.answers import FoundAnswer, MatchAnswer
from matcher.pipeline.nights.encoders import EncoderInUse
from matcher.pipeline.nights.held import HeldList, HeldLists
from matcher.pipeline.nights.vectors import encoded, vectors_of
from matcher.ports import Encoder, Reranker, silent
from matcher.store import catalogue, parks, rule_versions, scorings
from matcher.store.database import Database


@dataclass(frozen=True, slots=True)
class _Held:
    """An index with what it was made of: the live listings, as of a catalogue revision and a day.

    Putting a scoring or an encoder to use raises the revision, so both are as of it, too.
    """

    revision: int
    day: date
    encoder: Encoder
    index: Searchable
    repeats: Grouping
    scorers: Scorers

    def also(self, row: int) -> tuple[int, ...]:
        """The ids of the listings that repeat the listing of a row."""
        return tuple(self.index.listings[repeat].id for repeat in self.repeats.others(row))


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
        lists: HeldLists | None = None,
    ) -> None:
        self._database = database
        self._encoder_in_use = encoder_in_use
        self._open_channels = open_channels
        self._clock = clock
        self._shipped = shipped
        self._reranker = reranker
        self._lists = lists or HeldLists()
        self._locks = {side: Lock() for side in Side}
        self._held: dict[Side, _Held] = {}

    def match(
        self, text: str, side: Side, scope: Scope, top_k: int, *, park_id: int | None = None
    ) -> FoundAnswer:
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
        prepared = self._hold(searched)
        index = prepared.index
        asked = _asked(view, side, prepared.encoder)
        if searched is Side.SUPPLY:
            pair, parts = (asked, index), [(prepared.scorers.of(park_id), np.arange(len(index.listings)))]
            allowed = None
        else:
            pair, parts = (
                (index, asked),
                list(by_scorer([prepared.scorers.of(demand.park_id) for demand in index.listings])),
            )
            allowed = index.rows(
                lambda demand: (
                    demand.park_id is not None
                    and scope.covers(demand.park_id)
                    and park_id in {None, demand.park_id}
                )
            )
        look = PairLook(*pair, beijing_day(self._clock()), self._reranker)
        [matches] = choose_among(
            [asked.query(0)],
            index.channels,
            parts,
            [Choice(top_k, allowed, repeats=prepared.repeats)],
            lambda scorer: look.of(side, scorer.second_look, np.array([0])),
        )
        phrases = Phrases(view)
        park_codes = self._park_codes(scope) if searched is Side.DEMAND else {}
        bands = self._bands()
        items = [
            MatchAnswer.of_free_text(
                match,
                index.listings[match.row],
                view,
                side,
                terms=matched_terms(phrases, Phrases(index.texts[match.row])),
                park=park_codes.get(index.listings[match.row].park_id),
                bands=bands.get(
                    park_id if searched is Side.SUPPLY else index.listings[match.row].park_id, DEFAULT_BANDS
                ),
                also=prepared.also(match.row) if searched is Side.SUPPLY else (),
            )
            for match in matches
        ]
        return FoundAnswer(items=items)

    def prepare(self) -> None:
        """Make the indexes now, so that no query waits for them: two seconds for 9,000 listings."""
        for side in Side:
            self._hold(side)

    def _hold(self, side: Side) -> _Held:
        day = beijing_day(self._clock())
        with self._locks[side]:
            prepared = self._held.get(side)
            with self._database.reading() as session:
                revision = catalogue.revision(session)
                if prepared is not None and (prepared.revision, prepared.day) == (revision, day):
                    return prepared
                scorers = scorings.in_use(session, self._shipped)
                versions = catalogue.live_versions(session, side, day)
                known = self._lists.find(side, versions)
                live = catalogue.live(session, side, day) if known is None else known.live
            encoder = self._encoder_in_use()  # asked after the revision was read: never older than it
            if known is None or known.encoder_id != encoder.encoder_id:
                lists = Encoded(partial(vectors_of, self._database, encoder), silent)
                ready = Ready.of(side, live, lists, self._open_channels)
                known = HeldList(versions, encoder.encoder_id, live, ready)
                self._lists.keep(side, known)
            prepared = _Held(revision, day, encoder, known.ready.index, known.ready.repeats, scorers)
            self._held[side] = prepared
            return prepared

    def _bands(self) -> Mapping[int | None, Bands]:
        """Where each park's bands begin, where it has saved rules."""
        with self._database.reading() as session:
            return dict[int | None, Bands](rule_versions.bands(session).items())

    def _park_codes(self, scope: Scope) -> dict[int | None, str]:
        with self._database.reading() as session:
            return {park.id: park.code for park in parks.page(session, scope)}


def _asked(view: TextView, side: Side, encoder: Encoder) -> Searchable:
    """The free text as a list with one listing, whose fields are empty but for the title."""
    listing: Listing = Demand(title=view.title) if side is Side.DEMAND else Achievement(title=view.title)
    asked = LiveListing(id=0, version=0, listing=listing)
    fields = {}
    if side is Side.DEMAND:
        fields = field_vectors([asked], lambda texts: encoded(encoder, [text.full for text in texts], side))
    return Searchable((asked,), (view,), encoded(encoder, [view.full], side), {}, fields)


def _view_of(text: str) -> TextView:
    title, _, body = text.strip().partition("\n")
    return TextView(title=normalise(title), body=normalise(body))
