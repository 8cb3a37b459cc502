"""What a run does to the ledger: standings, events, and their causes."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import date

from matcher.domain.features import feedback
from matcher.domain.listing import Confidentiality, Listing, Side, same_organisation, text_of
from matcher.domain.opinions import Opinion
from matcher.domain.standings import (
    Cause,
    ChangeCause,
    Event,
    Standing,
    standing_after,
)
from matcher.domain.text import says_enough
from matcher.domain.verdicts import Constraint


@dataclass(frozen=True, slots=True)
class Leaving:
    """Why a pair whose sides are both live is not proposed; `constraints` name what ruled it out."""

    cause: Cause
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """The machine's columns of one pair: what a run found, without the run's own id.

    `like_id` is the achievement whose `like_opinion` moved the score most, where people's opinions of others
    did. Two equal proposals of one pair mean that the night changed nothing about it.
    """

    demand_id: int
    achievement_id: int
    park_id: int
    rank: int
    similarity: float
    score: float
    contributions: Mapping[str, float]
    terms: tuple[str, ...]
    demand_version: int
    achievement_version: int
    probability: float | None = None
    explored: bool = False
    like_id: int | None = None
    like_opinion: Opinion | None = None


Pair = tuple[int, int]
"""(demand id, achievement id)."""

WhyNot = Callable[[Pair], Leaving]
"""Tells of a pair with two live sides why a run does not propose it."""


@dataclass(frozen=True, slots=True)
class Night:
    """What a run changes: pairs proposed for the first time, with new figures, as before, or no longer."""

    created: tuple[Proposal, ...]
    changed: tuple[Proposal, ...]
    kept: int
    vanished: tuple[Pair, ...]


def compare(before: Mapping[Pair, Proposal | None], after: Mapping[Pair, Proposal]) -> Night:
    """The difference between the ledger and a run's proposals.

    `before` holds every pair that a run has proposed: its figures where it is current, None where it had
    left the ranking (such a pair that comes back counts as changed).
    """
    return Night(
        created=tuple(proposal for pair, proposal in after.items() if pair not in before),
        changed=tuple(
            proposal for pair, proposal in after.items() if pair in before and before[pair] != proposal
        ),
        kept=sum(1 for pair, proposal in after.items() if before.get(pair) == proposal),
        vanished=tuple(
            pair for pair, proposal in before.items() if proposal is not None and pair not in after
        ),
    )


def absence(side: Side, *, withdrawn: bool, valid_until: date | None, day: date) -> Cause | None:
    """Why a listing of `side` can be in no pair on `day`; None while it stands on its list and is valid."""
    supply = side is Side.SUPPLY
    if withdrawn:
        return Cause.ACHIEVEMENT_WITHDRAWN if supply else Cause.DEMAND_WITHDRAWN
    if valid_until is not None and valid_until < day:
        return Cause.ACHIEVEMENT_EXPIRED if supply else Cause.DEMAND_EXPIRED
    return None


def ruled_out(demand: Listing, achievement: Listing) -> Leaving | None:
    """Why two listings that are on their lists may not be matched at all; None where they may."""
    pair = (demand, achievement)
    broken = {
        Constraint.CONFIDENTIAL: any(listing.confidentiality is Confidentiality.SECRET for listing in pair),
        Constraint.TOO_LITTLE_TEXT: not all(says_enough(text_of(listing).full) for listing in pair),
        Constraint.OWN_ORGANISATION: same_organisation(demand, achievement),
    }
    constraints = tuple(constraint for constraint, is_broken in broken.items() if is_broken)
    return Leaving(Cause.CONSTRAINT, constraints) if constraints else None


@dataclass(frozen=True, slots=True)
class Place:
    """What the ledger says of a pair beside its figures; `why` is set where it is vanished or void."""

    standing: Standing
    why: Leaving | None = None


def place_unproposed(
    before: Place, *, ranked: bool, absent: Cause | None, why: Callable[[], Leaving]
) -> Place:
    """Where a pair stands after a run that does not propose it.

    `ranked` says whether any run has ever proposed it, `absent` which side is gone; `why` is asked of a pair
    with two live sides. One that had left for a reason of rank or rule keeps the reason it left for.
    """
    if absent is not None:
        return Place(Standing.VOID, Leaving(absent))
    if before.standing is Standing.VOID and not ranked:
        return Place(Standing.ADDED)
    if before.standing in {Standing.CURRENT, Standing.VOID}:
        reason = why()
        return Place(standing_after(reason.cause), reason)
    return before


BACK_ON_ITS_LIST: Mapping[Cause, ChangeCause] = {
    Cause.DEMAND_WITHDRAWN: ChangeCause.DEMAND_ADDED,
    Cause.DEMAND_EXPIRED: ChangeCause.DEMAND_ADDED,
    Cause.ACHIEVEMENT_WITHDRAWN: ChangeCause.ACHIEVEMENT_ADDED,
    Cause.ACHIEVEMENT_EXPIRED: ChangeCause.ACHIEVEMENT_ADDED,
}
"""Why a pair that was void is proposed again: its side is on its list as if it were added."""


def causes_of_change(
    event: Event,
    before: Proposal | None,
    after: Proposal,
    *,
    news: Set[ChangeCause],
    shared: Set[ChangeCause],
) -> tuple[ChangeCause, ...]:
    """Why a run proposes a pair anew, or with other columns than its last ones, `before`.

    `news` says what became of the two listings since the last run; `shared` what the run works with otherwise
    than the last one, which counts where the pair is new or a figure other than its rank differs; changed
    rules also explain a rank, for their weights change the order and not the score. What people think of
    other achievements counts where it moves this one otherwise than before; of a pair that is new, where
    nothing else explains it. A change that none of these explains comes from other matches, which came or
    left.
    """
    causes: list[ChangeCause] = []
    for added, edited, version in _SIDES:
        if added in news:
            causes.append(added)
        elif edited in news if before is None else getattr(before, version) != getattr(after, version):
            causes.append(edited)
    if event is not Event.CHANGED or before is None or _figures(before) != _figures(after):
        causes += (cause for cause in ChangeCause if cause in shared)
    elif before.rank != after.rank and ChangeCause.PROFILE in shared:
        causes.append(ChangeCause.PROFILE)
    if _feedback(before) != _feedback(after) and (before is not None or not causes):
        causes.append(ChangeCause.FEEDBACK)
    return tuple(causes) or (ChangeCause.COMPETITION,)


def _feedback(proposal: Proposal | None) -> float:
    """What people's opinions of other achievements add to a score."""
    return 0.0 if proposal is None else proposal.contributions.get(feedback.__name__, 0.0)


_SIDES = (
    (ChangeCause.DEMAND_ADDED, ChangeCause.DEMAND_EDITED, "demand_version"),
    (ChangeCause.ACHIEVEMENT_ADDED, ChangeCause.ACHIEVEMENT_EDITED, "achievement_version"),
)


def _figures(proposal: Proposal) -> tuple[object, ...]:
    """What is measured of a pair itself, whatever else is ranked beside it."""
    return (
        proposal.similarity,
        proposal.score,
        proposal.probability,
        proposal.contributions,
        proposal.terms,
    )
