"""The stages of docking, the moves people may make between them, and the codes that go with a stage."""

from collections.abc import Mapping
from enum import StrEnum


class Stage(StrEnum):
    """How far people have taken a pair. Human-owned: the batch never writes it."""

    SCREENING = "screening"
    PENDING = "pending"
    PUSHED = "pushed"
    ENGAGED = "engaged"
    INTENT = "intent"
    TRIAL = "trial"
    SIGNED = "signed"
    LANDED = "landed"
    PAUSED = "paused"
    ENDED = "ended"


class StallCode(StrEnum):
    """What a pair is held up by."""

    TECHNICAL_ROUTE = "technical_route"
    FUNDING = "funding"
    FACILITIES = "facilities"
    COOPERATION = "cooperation"
    MARKET = "market"
    PEOPLE = "people"
    TOPIC = "topic"
    OTHER = "other"


class DeclineCode(StrEnum):
    """Why an enterprise declines what it was offered."""

    TOO_EARLY = "too_early"
    BENEFIT_UNCLEAR = "benefit_unclear"
    ROUTE_UNCLEAR = "route_unclear"
    DESCRIPTION_UNCLEAR = "description_unclear"
    SCIENTIFIC_REASON = "scientific_reason"
    OTHER = "other"


class Teaming(StrEnum):
    """How several suppliers work one demand: together (联合攻关) or against one another (赛马)."""

    JOINT = "joint"
    RACE = "race"


class DueKind(StrEnum):
    """What an entry waits for."""

    ACTION = "action"
    RETURN = "return"
    TRIAL_END = "trial_end"


MAIN_LINE = (
    Stage.SCREENING,
    Stage.PENDING,
    Stage.PUSHED,
    Stage.ENGAGED,
    Stage.INTENT,
    Stage.TRIAL,
    Stage.SIGNED,
    Stage.LANDED,
)
"""From first idea to landing; the trial may be left out."""

CLOSED = frozenset({Stage.LANDED, Stage.ENDED})
"""Stages in which nothing more is due."""

_ALONG: Mapping[Stage, tuple[Stage, ...]] = {
    Stage.SCREENING: (Stage.PENDING,),
    Stage.PENDING: (Stage.PUSHED, Stage.SCREENING),
    Stage.PUSHED: (Stage.ENGAGED, Stage.PENDING),
    Stage.ENGAGED: (Stage.INTENT, Stage.PUSHED),
    Stage.INTENT: (Stage.TRIAL, Stage.SIGNED, Stage.ENGAGED),
    Stage.TRIAL: (Stage.SIGNED, Stage.INTENT),
    Stage.SIGNED: (Stage.LANDED, Stage.TRIAL, Stage.INTENT),
    Stage.LANDED: (Stage.SIGNED,),
    Stage.ENDED: (Stage.SCREENING,),
}
"""One step on, one step back to mend a slip; what has ended starts anew."""


def moves_from(stage: Stage, paused_from: Stage | None = None) -> tuple[Stage, ...]:
    """The stages that may follow `stage`, the usual one first.

    What is open may be paused or ended at any time. What is paused goes back to the stage it left
    (`paused_from`), or ends.
    """
    if stage is Stage.PAUSED:
        return (paused_from or Stage.SCREENING, Stage.ENDED)
    aside = () if stage in CLOSED else (Stage.PAUSED, Stage.ENDED)
    return _ALONG[stage] + aside
