"""The docking ledger's own words: stages, standings and their causes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matcher.domain.listing import Confidentiality, Listing, is_valid_on, same_organisation, text_of
from matcher.domain.rules import Constraint
from matcher.domain.text import says_enough


class Standing(StrEnum):
    """What the batch says of a pair: proposed now, no longer proposed, a side is gone (失效), or added by
    people and never proposed."""

    CURRENT = "current"
    VANISHED = "vanished"
    VOID = "void"
    ADDED = "added"


class Cause(StrEnum):
    """Why a pair is no longer current."""

    OUTRANKED = "outranked"
    BELOW_THRESHOLD = "below_threshold"
    QUOTA = "quota"
    EXCLUDED = "excluded"
    CONSTRAINT = "constraint"
    DEMAND_WITHDRAWN = "demand_withdrawn"
    DEMAND_EXPIRED = "demand_expired"
    ACHIEVEMENT_WITHDRAWN = "achievement_withdrawn"
    ACHIEVEMENT_EXPIRED = "achievement_expired"


VOIDING = frozenset(
    {
        Cause.DEMAND_WITHDRAWN,
        Cause.DEMAND_EXPIRED,
        Cause.ACHIEVEMENT_WITHDRAWN,
        Cause.ACHIEVEMENT_EXPIRED,
    }
)
"""Causes that make a standing 失效; the others make it vanished."""


def standing_after(cause: Cause) -> Standing:
    """The standing of a pair that left the ranking for `cause`."""
    return Standing.VOID if cause in VOIDING else Standing.VANISHED


class ChangeCause(StrEnum):
    """Why a pair is new, or its figures are others than the night before."""

    DEMAND_ADDED = "demand_added"
    ACHIEVEMENT_ADDED = "achievement_added"
    DEMAND_EDITED = "demand_edited"
    ACHIEVEMENT_EDITED = "achievement_edited"
    ENCODER = "encoder"
    SCORER = "scorer"
    CALIBRATION = "calibration"
    PROFILE = "profile"
    CODE = "code"
    COMPETITION = "competition"


class Event(StrEnum):
    """What a run did to a pair."""

    CREATED = "created"
    CHANGED = "changed"
    RETURNED = "returned"
    VANISHED = "vanished"


class AbstentionReason(StrEnum):
    """Why a demand has no credible supply."""

    TOO_LITTLE_TEXT = "too_little_text"
    NO_SUPPLY = "no_supply"
    CONSTRAINTS = "constraints"
    BELOW_THRESHOLD = "below_threshold"
    QUOTA = "quota"


class RunStatus(StrEnum):
    """How a run ended; `running` is left behind only by a run that still holds the lock."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Trigger(StrEnum):
    """What started a run."""

    BATCH = "batch"
    CHANGE = "change"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Leaving:
    """Why a pair whose sides are both live is not proposed; `constraints` name what ruled it out."""

    cause: Cause
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """The machine's columns of one pair: what a run found, without the run's own id.

    Two equal proposals of one pair mean that the night changed nothing about it.
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

    `before` holds every known pair: its figures where it is current, None where it had left the
    ranking (such a pair that comes back counts as changed).
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


@dataclass(frozen=True, slots=True)
class SideState:
    """One side of a pair on the day it left the ranking."""

    listing: Listing
    withdrawn: bool


def cause_of_leaving(demand: SideState, achievement: SideState, day: date) -> Cause:
    """Why a pair is no longer proposed on `day`; the demand's own reason comes first."""
    if demand.withdrawn:
        return Cause.DEMAND_WITHDRAWN
    if not is_valid_on(demand.listing, day):
        return Cause.DEMAND_EXPIRED
    if achievement.withdrawn:
        return Cause.ACHIEVEMENT_WITHDRAWN
    if not is_valid_on(achievement.listing, day):
        return Cause.ACHIEVEMENT_EXPIRED
    sides = (demand.listing, achievement.listing)
    if (
        any(side.confidentiality is Confidentiality.SECRET for side in sides)
        or not all(says_enough(text_of(side).full) for side in sides)
        or same_organisation(*sides)
    ):
        return Cause.CONSTRAINT
    return Cause.OUTRANKED
