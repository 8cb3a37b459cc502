"""What tonight's ledger of one park would be by other rules: computed as a run does it, and not written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from pydantic import Field

from matcher.domain.abstention import Abstention, what_binds
from matcher.domain.access import Scope
from matcher.domain.days import beijing_day
from matcher.domain.difference import moved_figures
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.labels import label
from matcher.domain.ledger import Leaving, Pair, Proposal, absence, compare
from matcher.domain.listing import Listing, Side
from matcher.domain.standings import AbstentionReason, Event, Standing
from matcher.domain.text import mask_contacts
from matcher.matching.inputs import Inputs
from matcher.matching.propose import propose
from matcher.pipeline.answers import Answer
from matcher.pipeline.ledger.answers import FigureChange
from matcher.pipeline.nights.inputs import inputs_of_park
from matcher.pipeline.nights.refresh import Refresh
from matcher.pipeline.pairs import names_record
from matcher.ports import silent
from matcher.store import abstentions, catalogue, ledger, scorings
from matcher.store.database import Transaction
from matcher.store.parks import HeldPark


class TriedPair(Answer):
    """按试算的规则，一对供需会有的变化；台账中还没有的，`entry_id` 为 null。"""

    entry_id: int | None
    park: str
    demand_id: int
    demand_code: str
    demand_title: str
    demand_organisation: str
    achievement_id: int
    achievement_code: str
    achievement_title: str
    achievement_organisation: str
    event: Event
    event_label: str
    causes: list[str] = Field(description="消失的原因代码，再是不满足的条件")
    causes_zh: list[str]
    figures: dict[str, FigureChange] = Field(description="会变的数值")


class TriedAbstention(Answer):
    """一项没有可信供给的需求。"""

    demand_id: int
    demand_code: str
    demand_title: str
    demand_organisation: str
    reason: AbstentionReason
    reason_label: str
    binding_zh: str
    binding_en: str


class DryRunAnswer(Answer):
    """按试算的规则，今晚的台账与现在相比会有的变化；什么也没有写入。"""

    park: str
    dry_run: bool
    new: list[TriedPair] = Field(description="会提出的，包括重新出现的")
    changed: list[TriedPair] = Field(description="数值或文字会变的")
    vanished: list[TriedPair] = Field(description="不会再提出的，及其原因")
    kept: int = Field(description="不会有任何变化的有多少")
    abstentions_now: list[TriedAbstention] = Field(description="现在没有可信供给的需求")
    abstentions_then: list[TriedAbstention] = Field(description="届时没有可信供给的需求")


def difference(
    refresh: Refresh,
    scope: Scope,
    park: HeldPark,
    change: Callable[[Inputs], Inputs],
    *,
    demand_id: int | None = None,
) -> DryRunAnswer:
    """The difference between a park's ledger as it stands and as it would be with changed inputs; of one
    demand alone where it is named."""
    day = beijing_day(refresh.clock())
    with refresh.database.reading() as session:
        inputs = change(inputs_of_park(session, day, park.id))
        entries = ledger.entries(session, scope, EntryFilter(park_id=park.id, demand_id=demand_id))
        unmatched = abstentions.of_park(session, park.id)
        gone = _gone(session, entries, day, scope)
        scorers = scorings.in_use(session, refresh.shipped)
    method = refresh.method(scorers, keep=False)
    proposed = propose(inputs, method, silent, with_feed=False, with_near_misses=False)
    told = _Told(park.code, entries, inputs)
    night = compare(
        {pair: _proposal_of(entry) for pair, entry in told.held.items() if entry.score is not None},
        {_pair(entry): entry for entry in proposed.entries if demand_id in {None, entry.demand_id}},
    )
    pairs = [told.proposed(proposal) for proposal in (*night.created, *night.changed)]
    return DryRunAnswer(
        park=park.code,
        dry_run=True,
        new=[pair for pair in pairs if pair.event is not Event.CHANGED],
        changed=[pair for pair in pairs if pair.event is Event.CHANGED],
        vanished=[told.leaving(pair, gone.get(pair) or proposed.why_not(pair)) for pair in night.vanished],
        kept=night.kept,
        abstentions_now=list(told.abstentions(unmatched.values(), demand_id)),
        abstentions_then=list(told.abstentions(proposed.abstentions, demand_id)),
    )


def _gone(session: Transaction, entries: Sequence[EntryView], day: date, scope: Scope) -> dict[Pair, Leaving]:
    """The current pairs of which a side is withdrawn or expired, and which: the demand before all."""
    current = [entry for entry in entries if entry.standing is Standing.CURRENT]
    left: dict[Pair, Leaving] = {}
    for side, name in ((Side.SUPPLY, "achievement_id"), (Side.DEMAND, "demand_id")):
        listed = catalogue.held_by_id(session, side, {getattr(entry, name) for entry in current}, scope)
        for entry in current:
            item = listed[getattr(entry, name)]
            withdrawn, until = item.withdrawn_at is not None, item.listing.valid_until
            cause = absence(side, withdrawn=withdrawn, valid_until=until, day=day)
            if cause is not None:
                left[entry.demand_id, entry.achievement_id] = Leaving(cause)
    return left


class _Told:
    """The pairs of a park as they are told, by what the ledger holds of them and what the lists say."""

    def __init__(self, park: str, entries: Sequence[EntryView], inputs: Inputs) -> None:
        self._park = park
        self.held = {(entry.demand_id, entry.achievement_id): entry for entry in entries}
        self._demands = {demand.id: demand.listing for demand in inputs.demands}
        self._achievements = {achievement.id: achievement.listing for achievement in inputs.supply}

    def proposed(self, proposal: Proposal) -> TriedPair:
        """A pair that would be new or have other figures."""
        entry = self.held.get(_pair(proposal))
        if entry is None or entry.score is None:
            event = Event.CREATED
        else:
            event = Event.CHANGED if entry.standing is Standing.CURRENT else Event.RETURNED
        return TriedPair(
            entry_id=None if entry is None else entry.id,
            park=self._park,
            demand_id=proposal.demand_id,
            **_side("demand", self._demands[proposal.demand_id]),
            achievement_id=proposal.achievement_id,
            **_side("achievement", self._achievements[proposal.achievement_id]),
            event=event,
            event_label=label(event, "zh"),
            causes=[],
            causes_zh=[],
            figures={
                name: FigureChange(before=before, after=after)
                for name, (before, after) in moved_figures(entry, proposal).items()
            },
        )

    def leaving(self, pair: Pair, why: Leaving) -> TriedPair:
        """A pair that would be proposed no longer, and why."""
        entry = self.held[pair]
        causes = (why.cause, *why.constraints)
        return TriedPair(
            entry_id=entry.id,
            **names_record(entry),
            event=Event.VANISHED,
            event_label=label(Event.VANISHED, "zh"),
            causes=[cause.value for cause in causes],
            causes_zh=[label(cause, "zh") for cause in causes],
            figures={},
        )

    def abstentions(
        self, unmatched: Iterable[Abstention], demand_id: int | None
    ) -> Iterator[TriedAbstention]:
        """The live demands without a match, or the one of them that is named, with why."""
        for abstention in unmatched:
            demand = self._demands.get(abstention.demand_id)
            if demand is not None and demand_id in {None, abstention.demand_id}:
                zh, en = what_binds(abstention)
                yield TriedAbstention(
                    demand_id=abstention.demand_id,
                    **_side("demand", demand),
                    reason=abstention.reason,
                    reason_label=label(abstention.reason, "zh"),
                    binding_zh=zh,
                    binding_en=en,
                )


def _side(name: str, listing: Listing) -> dict[str, Any]:
    return {
        f"{name}_code": mask_contacts(listing.code),
        f"{name}_title": mask_contacts(listing.title),
        f"{name}_organisation": mask_contacts(listing.organisation),
    }


def _pair(proposal: Proposal) -> Pair:
    return proposal.demand_id, proposal.achievement_id


def _proposal_of(entry: EntryView) -> Proposal | None:
    """What an entry was proposed with; None where it is proposed no longer."""
    if entry.standing is not Standing.CURRENT:
        return None
    assert entry.rank is not None
    assert entry.similarity is not None
    assert entry.score is not None
    return Proposal(
        demand_id=entry.demand_id,
        achievement_id=entry.achievement_id,
        park_id=entry.park_id,
        rank=entry.rank,
        similarity=entry.similarity,
        score=entry.score,
        contributions=entry.contributions,
        terms=entry.terms,
        demand_version=entry.demand_version,
        achievement_version=entry.achievement_version,
        probability=entry.probability,
        explored=entry.explored,
        like_id=entry.like_id,
        like_opinion=entry.like_opinion,
    )
