"""Near misses: achievements that one change of one stated field would have proposed, and which change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from matcher.domain.errors import InvalidInput
from matcher.domain.listing import Achievement
from matcher.domain.rules import Constraint, Constraints, Rules, Verdict, names_held, rules_out


class Hindrance(StrEnum):
    """What alone keeps a near miss from being proposed."""

    PRICE = "price"
    MATURITY = "maturity"
    MODES = "modes"
    REGIONS = "regions"
    INDUSTRIES = "industries"
    PARTNERS = "partners"
    ORGANISATIONS = "organisations"
    VALIDITY = "validity"
    MIN_SCORE = "min_score"
    MIN_PROBABILITY = "min_probability"


class Whose(StrEnum):
    """Where the field stands that would have to change."""

    PARK = "park"
    DEMAND = "demand"
    ACHIEVEMENT = "achievement"


@dataclass(frozen=True, slots=True)
class Change:
    """One field, `before` and `after`; `after` is None where the list has to say something first.

    `by` is the share for a price, levels for a maturity, the difference for a threshold, and the names that
    come or go. `field` is that of a profile (its constraints' among them), of a demand's own constraints or
    of an achievement.
    """

    whose: Whose
    field: str
    before: Any
    after: Any = None
    by: Any = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What is wanted, what the achievement states instead, and the single change that would make it pass."""

    hindrance: Hindrance
    wanted: Any
    stated: Any
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """An achievement that would be among a demand's matches but for its obstacle; place 1 is the best."""

    demand_id: int
    park_id: int
    achievement_id: int
    place: int
    similarity: float
    score: float
    probability: float | None
    obstacle: Obstacle


def obstacle_of(rules: Rules, achievement: Achievement) -> Obstacle | None:
    """What keeps an achievement out, where it is one constraint and one change would do; else None."""
    failed = _failed(rules, achievement)
    if len({constraint for _, constraint, _ in failed}) != 1:
        return None
    whose, constraint, verdict = failed[0]
    wanted, stated = _wanted(constraint, rules), _stated(constraint, achievement)
    hindrance = Hindrance(constraint.value)
    if verdict is Verdict.UNKNOWN:
        missing = Change(Whose.ACHIEVEMENT, _FIELDS_STATED[constraint], None)
        return Obstacle(hindrance, wanted, None, missing)
    if len(failed) == 1:
        change = _of_rule(whose, constraint, rules, achievement)
    else:
        change = _of_achievement(constraint, wanted, stated)
    return None if change is None else Obstacle(hindrance, wanted, stated, change)


def obstacle_of_time(achievement: Achievement, day: date) -> Obstacle:
    """What keeps an achievement out whose validity has ended before `day`."""
    ended = achievement.valid_until
    assert ended is not None
    said = ended.isoformat()
    change = Change(Whose.ACHIEVEMENT, "valid_until", said, day.isoformat(), (day - ended).days)
    return Obstacle(Hindrance.VALIDITY, day.isoformat(), said, change)


def obstacle_of_threshold(hindrance: Hindrance, threshold: float, figure: float) -> Obstacle:
    """What keeps an achievement out whose score or probability is below a park's threshold.

    The threshold that would do is the figure, rounded down.
    """
    after = max(0.0, int(figure * _THRESHOLD_STEPS) / _THRESHOLD_STEPS)
    change = Change(Whose.PARK, hindrance.value, threshold, after, round(after - threshold, 6))
    return Obstacle(hindrance, threshold, figure, change)


def changed_rules(rules: Rules, change: Change) -> Rules:
    """The rules with a change of theirs made; a change of the achievement leaves them.

    Raises:
        InvalidInput: there may be no such rule.
    """
    made = {change.field: change.after}
    match change.whose:
        case Whose.ACHIEVEMENT:
            return rules
        case Whose.DEMAND:
            return replace(rules, own=replace(rules.own, **made))
        case Whose.PARK:
            profile = rules.profile
            if change.field in _CONSTRAINT_FIELDS:
                made = {"constraints": replace(profile.constraints, **made)}
            return replace(rules, profile=replace(profile, **made))


_THRESHOLD_STEPS = 1000
_CONSTRAINT_FIELDS = frozenset(one.name for one in fields(Constraints))

_FIELDS_STATED = {
    Constraint.PRICE: "price",
    Constraint.MATURITY: "maturity",
    Constraint.MODES: "modes",
    Constraint.REGIONS: "region",
    Constraint.INDUSTRIES: "industry",
    Constraint.PARTNERS: "organisation",
    Constraint.ORGANISATIONS: "organisation",
}
"""The achievement's field that a constraint looks at."""


def _failed(rules: Rules, achievement: Achievement) -> list[tuple[Whose, Constraint, Verdict]]:
    both = (
        (Whose.PARK, rules.profile.verdicts(achievement), rules.profile.constraints.strict),
        (Whose.DEMAND, rules.own.verdicts(achievement), rules.own.strict),
    )
    return [
        (whose, constraint, verdicts[constraint])
        for whose, verdicts, strict in both
        for constraint in rules_out(verdicts, strict=strict)
    ]


def _wanted(constraint: Constraint, rules: Rules) -> Any:
    """What the rules ask for: the narrower of two figures, or names."""
    profile = rules.profile
    both = (profile.constraints, rules.own)
    match constraint:
        case Constraint.PRICE:
            return min(one.max_price for one in both if one.max_price is not None)
        case Constraint.MATURITY:
            return max(one.min_maturity for one in both if one.min_maturity is not None)
        case Constraint.MODES:
            return _once(name for one in both for name in one.modes)
        case Constraint.REGIONS:
            return _once(name for one in both for name in one.regions)
        case Constraint.INDUSTRIES:
            return tuple(profile.industries)
        case Constraint.PARTNERS:
            return tuple(profile.partners)
        case _:
            return tuple(profile.excluded_organisations)


def _stated(constraint: Constraint, achievement: Achievement) -> Any:
    match constraint:
        case Constraint.PRICE:
            return achievement.price.low
        case Constraint.MATURITY:
            return achievement.maturity.high
        case Constraint.MODES:
            return achievement.modes
        case Constraint.REGIONS:
            return _once(name for name in (achievement.region, achievement.source_region) if name)
        case Constraint.INDUSTRIES:
            return achievement.industry
        case _:
            return achievement.organisation


def _of_rule(whose: Whose, constraint: Constraint, rules: Rules, achievement: Achievement) -> Change | None:
    """The least change of the one rule that fails; None where none is allowed, such as a name too long."""
    constraints = rules.profile.constraints if whose is Whose.PARK else rules.own
    stated = _stated(constraint, achievement)
    match constraint:
        case Constraint.PRICE:
            assert constraints.max_price is not None
            change = _dearer(whose, "max_price", constraints.max_price, stated)
        case Constraint.MATURITY:
            assert constraints.min_maturity is not None
            before = constraints.min_maturity
            change = Change(whose, "min_maturity", before, stated, stated - before)
        case Constraint.MODES:
            change = _longer(whose, "modes", constraints.modes, stated[0])
        case Constraint.REGIONS:
            change = _longer(whose, "regions", constraints.regions, stated[0])
        case Constraint.INDUSTRIES:
            change = _of_industries(rules.profile.industries, stated)
        case Constraint.PARTNERS:
            change = _longer(whose, "partners", rules.profile.partners, stated)
        case _:
            listed = rules.profile.excluded_organisations
            barred = names_held(listed, stated)
            left = tuple(name for name in listed if name not in barred)
            change = Change(whose, "excluded_organisations", listed, left, barred)
    try:
        changed_rules(rules, change)
    except InvalidInput:
        return None
    return change


def _of_industries(weights: Mapping[str, float], industry: str) -> Change:
    """One industry more, at the weight that any other has; where some weigh less than that, it could lift
    achievements of several industries, so that all are let in instead."""
    if min(weights.values()) < 1:
        return Change(Whose.PARK, "only_industries", before=True, after=False)
    return Change(Whose.PARK, "industries", weights, {**weights, industry: 1.0}, (industry,))


def _of_achievement(constraint: Constraint, wanted: Any, stated: Any) -> Change | None:
    """The least change of the achievement, where the park's rule and the demand's own both fail."""
    match constraint:
        case Constraint.PRICE:
            return _dearer(Whose.ACHIEVEMENT, "price", stated, wanted)
        case Constraint.MATURITY:
            return Change(Whose.ACHIEVEMENT, "maturity", stated, wanted, wanted - stated)
        case _:
            return None


def _dearer(whose: Whose, field: str, before: float, after: float) -> Change:
    return Change(whose, field, before, after, round(after / before - 1, 4) if before else None)


def _longer(whose: Whose, field: str, names: tuple[str, ...], name: str) -> Change:
    return Change(whose, field, names, (*names, name), (name,))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
