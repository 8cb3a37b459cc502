"""Why a pair is proposed: the steps that add up to its score, and how it stands to the rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from matcher.domain.features import FEATURE_LABELS, FEATURES
from matcher.domain.listing import Achievement
from matcher.domain.rules import Constraint, Constraints, ParkProfile, Rules, Verdict, rules_out

Words = tuple[str, str]
"""Chinese and English."""


@dataclass(frozen=True, slots=True)
class Step:
    """One contribution, and the sum of all up to it."""

    feature: str
    contribution: float
    cumulative: float


def waterfall(contributions: Mapping[str, float]) -> tuple[Step, ...]:
    """The contributions in their order; the last sum is the score, exactly."""
    sums = accumulate(contributions.values())
    return tuple(
        Step(name, part, total) for (name, part), total in zip(contributions.items(), sums, strict=True)
    )


def feature_words(feature: str) -> Words:
    """What people call a feature; one that is no more keeps its name."""
    return FEATURE_LABELS.get(feature, (feature, feature))


def about_feature(feature: str) -> str:
    """The first sentence of a feature's docstring; empty for one that is no more."""
    text = " ".join((FEATURES[feature].__doc__ or "").split()) if feature in FEATURES else ""
    return re.split(r"(?<=\.)\s", text, maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class Ruling:
    """How an achievement stands to one rule of the park or of the demand.

    `rules_out` also holds where nothing is stated and the rule is strict.
    """

    whose: Literal["park", "demand"]
    constraint: Constraint
    verdict: Verdict
    rules_out: bool
    wanted: str
    stated: str


def rulings(rules: Rules, achievement: Achievement) -> tuple[Ruling, ...]:
    """Every hard rule that is set, the park's first."""
    park, own = rules.profile, rules.own
    found: list[Ruling] = []
    for whose, one, strict in (("park", park, park.constraints.strict), ("demand", own, own.strict)):
        verdicts = one.verdicts(achievement)
        against = rules_out(verdicts, strict=strict)
        found += [
            Ruling(
                "park" if whose == "park" else "demand",
                name,
                verdict,
                name in against,
                _wanted(name, one),
                _stated(name, achievement),
            )
            for name, verdict in verdicts.items()
        ]
    return tuple(found)


def _wanted(constraint: Constraint, rule: ParkProfile | Constraints) -> str:
    limits = rule.constraints if isinstance(rule, ParkProfile) else rule
    match constraint:
        case Constraint.PRICE:
            return f"≤ {limits.max_price:g} 万元"
        case Constraint.MATURITY:
            return f"≥ {limits.min_maturity} 级"
        case Constraint.MODES:
            return "、".join(limits.modes)
        case Constraint.REGIONS:
            return "、".join(limits.regions)
    assert isinstance(rule, ParkProfile), "a demand has no rules about organisations"
    match constraint:
        case Constraint.INDUSTRIES:
            return "、".join(rule.industries)
        case Constraint.PARTNERS:
            return "、".join(rule.partners)
        case _:
            return "、".join(rule.excluded_organisations)


def _stated(constraint: Constraint, achievement: Achievement) -> str:
    match constraint:
        case Constraint.PRICE:
            return "" if achievement.price.low is None else f"{achievement.price.low:g} 万元"
        case Constraint.MATURITY:
            return "" if achievement.maturity.high is None else f"{achievement.maturity.high} 级"
        case Constraint.MODES:
            return "、".join(achievement.modes)
        case Constraint.REGIONS:
            return "、".join(dict.fromkeys(filter(None, (achievement.region, achievement.source_region))))
        case Constraint.INDUSTRIES:
            return achievement.industry
        case _:
            return achievement.organisation
