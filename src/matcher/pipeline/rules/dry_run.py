"""What tonight's ledger of one park would be by other rules: computed as a run does it, and not written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from matcher.domain.abstention import Abstention, what_binds
from matcher.domain.access import Scope
from matcher.domain.days import beijing_day
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.labels import label
from matcher.domain.ledger import Leaving, Pair, Proposal, absence, compare
from matcher.domain.listing import Listing, Side
from matcher.domain.rules import Constraints, ParkProfile
from matcher.domain.standings import Cause, Event, Standing
from matcher.domain.text import mask_contacts
from matcher.matching.inputs import Inputs
from matcher.matching.propose import propose
from matcher.pipeline.nights.inputs import inputs_of_park
from matcher.pipeline.nights.refresh import Refresh
from matcher.ports import silent
from matcher.store import abstentions, catalogue, ledger, scorings
from matcher.store.database import Transaction

_FIGURES = ("rank", "similarity", "score", "probability")


@dataclass(frozen=True, slots=True)
class TriedPark:
    """Whose ledger is tried: its id, its code, and the scope of who tries."""

    id: int
    code: str
    scope: Scope


def try_profile(refresh: Refresh, park: TriedPark, profile: ParkProfile) -> dict[str, Any]:
    """The difference between a park's ledger as it stands and as it would be with this profile."""
    return _difference(refresh, park, lambda inputs: replace(inputs, profiles={park.id: profile}))


def try_constraints(refresh: Refresh, park: TriedPark, demand_id: int, own: Constraints) -> dict[str, Any]:
    """The same of one demand with these constraints of its own; the park's other demands are left out."""

    def change(inputs: Inputs) -> Inputs:
        return replace(inputs, constraints={**inputs.constraints, demand_id: own})

    return _difference(refresh, park, change, only=demand_id)


def _difference(
    refresh: Refresh, park: TriedPark, change: Callable[[Inputs], Inputs], only: int | None = None
) -> dict[str, Any]:
    day = beijing_day(refresh.clock())
    with refresh.database.reading() as session:
        inputs = change(inputs_of_park(session, day, park.id))
        entries = ledger.entries(session, park.scope, EntryFilter(park_id=park.id, demand_id=only))
        unmatched = abstentions.of_park(session, park.id)
        gone = _gone(session, entries, day, park.scope)
        scorers = scorings.in_use(session, refresh.shipped)
    method = refresh.method(scorers, keep=False)
    found = propose(inputs, method, silent, with_feed=False, with_near_misses=False)
    shown = _Shown(park.code, entries, inputs)
    night = compare(
        {pair: _figures_of(one) for pair, one in shown.held.items() if one.score is not None},
        {_pair(one): one for one in found.entries if only in {None, one.demand_id}},
    )
    leaving = {pair: gone[pair] if pair in gone else found.why_not(pair) for pair in night.vanished}
    moved = [shown.change(one) for one in (*night.created, *night.changed)]
    return {
        "park": park.code,
        "dry_run": True,
        "new": [one for one in moved if one["event"] != Event.CHANGED],
        "changed": [one for one in moved if one["event"] == Event.CHANGED],
        "vanished": [shown.leaving(pair, why) for pair, why in leaving.items()],
        "kept": night.kept,
        "abstentions_now": shown.abstentions(unmatched.values(), only),
        "abstentions_then": shown.abstentions(found.abstentions, only),
    }


def _gone(session: Transaction, entries: Sequence[EntryView], day: date, scope: Scope) -> dict[Pair, Leaving]:
    """The current pairs of which a side is withdrawn or expired, and which."""
    current = [one for one in entries if one.standing is Standing.CURRENT]
    causes: dict[tuple[Side, int], Cause | None] = {}
    for side, identifiers in (
        (Side.DEMAND, {one.demand_id for one in current}),
        (Side.SUPPLY, {one.achievement_id for one in current}),
    ):
        for held in catalogue.held_by_id(session, side, identifiers, scope).values():
            withdrawn, until = held.withdrawn_at is not None, held.listing.valid_until
            causes[side, held.id] = absence(side, withdrawn=withdrawn, valid_until=until, day=day)
    found = {}
    for one in current:
        cause = causes[Side.DEMAND, one.demand_id] or causes[Side.SUPPLY, one.achievement_id]
        if cause is not None:
            found[one.demand_id, one.achievement_id] = Leaving(cause)
    return found


class _Shown:
    """The pairs of a park as they are shown, by what the ledger holds of them and what the lists say."""

    def __init__(self, park: str, entries: Sequence[EntryView], inputs: Inputs) -> None:
        self._park = park
        self.held = {(one.demand_id, one.achievement_id): one for one in entries}
        self._demands = {one.id: one.listing for one in inputs.demands}
        self._achievements = {one.id: one.listing for one in inputs.supply}

    def change(self, proposal: Proposal) -> dict[str, Any]:
        """A pair that would be new or have other figures."""
        pair = _pair(proposal)
        old = self.held.get(pair)
        if old is None or old.score is None:
            event = Event.CREATED
        else:
            event = Event.CHANGED if old.standing is Standing.CURRENT else Event.RETURNED
        figures = {
            name: {"before": None if old is None else getattr(old, name), "after": getattr(proposal, name)}
            for name in _FIGURES
        }
        demand = _side("demand", proposal.demand_id, self._demands[proposal.demand_id])
        achievement = _side(
            "achievement", proposal.achievement_id, self._achievements[proposal.achievement_id]
        )
        said = _event(event, ())
        return self._ids(pair) | demand | achievement | said | {"figures": _moved(figures)}

    def leaving(self, pair: Pair, why: Leaving) -> dict[str, Any]:
        """A pair that would be proposed no longer, and why."""
        entry = self.held[pair]
        return self._ids(pair) | {
            "demand_id": entry.demand_id,
            "demand_code": mask_contacts(entry.demand_code),
            "demand_title": mask_contacts(entry.demand_title),
            "demand_organisation": mask_contacts(entry.demand_organisation),
            "achievement_id": entry.achievement_id,
            "achievement_code": mask_contacts(entry.achievement_code),
            "achievement_title": mask_contacts(entry.achievement_title),
            "achievement_organisation": mask_contacts(entry.achievement_organisation),
            **_event(Event.VANISHED, (why.cause, *why.constraints)),
            "figures": {},
        }

    def abstentions(self, found: Iterable[Abstention], only: int | None) -> list[dict[str, Any]]:
        """The live demands without a match, with why."""
        shown = []
        for one in found:
            if one.demand_id in self._demands and only in {None, one.demand_id}:
                zh, en = what_binds(one)
                said = {"reason": one.reason.value, "reason_label": label(one.reason, "zh")}
                side = _side("demand", one.demand_id, self._demands[one.demand_id])
                shown.append(side | said | {"binding_zh": zh, "binding_en": en})
        return shown

    def _ids(self, pair: Pair) -> dict[str, Any]:
        entry = self.held.get(pair)
        return {"entry_id": None if entry is None else entry.id, "park": self._park}


def _side(name: str, identifier: int, listing: Listing) -> dict[str, Any]:
    return {
        f"{name}_id": identifier,
        f"{name}_code": mask_contacts(listing.code),
        f"{name}_title": mask_contacts(listing.title),
        f"{name}_organisation": mask_contacts(listing.organisation),
    }


def _event(event: Event, causes: Sequence[StrEnum]) -> dict[str, Any]:
    return {
        "event": event.value,
        "event_label": label(event, "zh"),
        "causes": [cause.value for cause in causes],
        "causes_zh": [label(cause, "zh") for cause in causes],
    }


def _moved(figures: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {name: one for name, one in figures.items() if one["before"] != one["after"]}


def _pair(proposal: Proposal) -> Pair:
    return proposal.demand_id, proposal.achievement_id


def _figures_of(entry: EntryView) -> Proposal | None:
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
    )
