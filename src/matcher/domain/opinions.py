"""What people think of an achievement for one demand, as far as what they did with the pair says it."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum

from matcher.domain.stages import DeclineCode, Stage


class Opinion(StrEnum):
    """A judgement of one pair: its grade, else what was done with it."""

    GRADED_3 = "graded_3"
    GRADED_2 = "graded_2"
    GRADED_1 = "graded_1"
    GRADED_0 = "graded_0"
    LANDED = "landed"
    IN_CONTACT = "in_contact"
    DECLINED = "declined"
    EXCLUDED = "excluded"


OPINION_VALUES: Mapping[Opinion, float] = {
    Opinion.GRADED_3: 1.0,
    Opinion.GRADED_2: 0.5,
    Opinion.GRADED_1: 0.0,
    Opinion.GRADED_0: -1.0,
    Opinion.LANDED: 1.0,
    Opinion.IN_CONTACT: 0.5,
    Opinion.DECLINED: -1.0,
    Opinion.EXCLUDED: -0.5,
}
"""How far each speaks for what is alike, from -1 to 1. An exclusion counts by half, for why it was made is a
free text: it may be about the achievement's owner."""

IN_CONTACT = frozenset({Stage.ENGAGED, Stage.INTENT, Stage.TRIAL, Stage.SIGNED})
"""Stages in which both sides talk to each other, short of landing."""

ABOUT_CONTENT = frozenset({DeclineCode.SCIENTIFIC_REASON})
"""Reasons to decline that are about what the achievement says, and so about others that say the like. Those
about its maturity, price, route or description speak of the one achievement alone."""

Opinions = Mapping[int, Mapping[int, Opinion]]
"""Demand id → achievement id → what people think of the pair."""


def opinion_of(
    *, grade: int | None, stage: Stage, paused_from: Stage | None, declined: DeclineCode | None
) -> Opinion | None:
    """What people's columns say of a pair; None where they say nothing. A grade goes before all else.

    A paused pair counts by the stage it left.
    """
    if grade is not None:
        return Opinion(f"graded_{grade}")
    if stage is Stage.ENDED:
        return Opinion.DECLINED if declined in ABOUT_CONTENT else None
    reached = paused_from if stage is Stage.PAUSED else stage
    if reached is Stage.LANDED:
        return Opinion.LANDED
    return Opinion.IN_CONTACT if reached in IN_CONTACT else None


def opinions_digest(opinions: Opinions) -> str:
    """SHA-256 of all opinions, in whatever order they are held; empty where there are none."""
    held = sorted(
        (demand, achievement, opinion)
        for demand, judged in opinions.items()
        for achievement, opinion in judged.items()
    )
    return hashlib.sha256(json.dumps(held).encode()).hexdigest() if held else ""
