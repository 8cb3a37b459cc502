"""The codes of what runs say: standings with their causes, events, and of the runs themselves."""

from enum import StrEnum


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
    REPEATED = "repeated"
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
    FEEDBACK = "feedback"
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
    NONE_LIKELY = "none_likely"


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
