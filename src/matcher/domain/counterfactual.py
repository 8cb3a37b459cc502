"""What keeps an achievement from a demand, and which change of a stated field would propose it.

Near misses, abstentions and everything else that says why a demand has nothing say it by `obstacles`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from matcher.domain.errors import InvalidInput
from matcher.domain.listing import Achievement
from matcher.domain.rules import Constraints, ParkProfile, Rules, names_held
from matcher.domain.rulings import Ruling, rulings
from matcher.domain.verdicts import Constraint, Hindrance, Verdict, Whose


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


def obstacles(
    rules: Rules, achievement: Achievement, score: float | None, probability: float | None
) -> tuple[Obstacle, ...] | None:
    """Everything that keeps an achievement of these figures from a demand: its rules' obstacles, then the
    thresholds'; None where no allowed change would do (a name is too long, a score is below 0).

    All of them have to be changed together. A figure that is None is below no threshold.
    """
    by_constraint: dict[Constraint, list[Ruling]] = {}
    for ruling in rulings(rules, achievement):
        by_constraint.setdefault(ruling.constraint, []).append(ruling)
    of_rules = [
        obstacle
        for constraint, ruled in by_constraint.items()
        for obstacle in _of_constraint(constraint, ruled, rules.profile)
    ]
    is_below_any = rules.profile.min_score is not None and score is not None and score < 0
    if is_below_any or any(not _may_be(rules, obstacle.change) for obstacle in of_rules):
        return None
    return (*of_rules, *_thresholds(rules.profile, score, probability))


def obstacle_of(
    rules: Rules, achievement: Achievement, score: float | None, probability: float | None
) -> Obstacle | None:
    """What keeps an achievement of these figures from a demand, where one change would do; else None."""
    in_the_way = obstacles(rules, achievement, score, probability)
    return in_the_way[0] if in_the_way is not None and len(in_the_way) == 1 else None


def obstacle_of_time(achievement: Achievement, day: date) -> Obstacle:
    """What keeps an achievement out whose validity has ended before `day`."""
    ended = achievement.valid_until
    assert ended is not None
    last_day = ended.isoformat()
    change = Change(Whose.ACHIEVEMENT, "valid_until", last_day, day.isoformat(), (day - ended).days)
    return Obstacle(Hindrance.VALIDITY, day.isoformat(), last_day, change)


def obstacle_now(miss: NearMiss, rules: Rules, achievement: Achievement, day: date) -> Obstacle | None:
    """The obstacle of a near miss by the rules and the achievement as they are on `day`; None where there is
    no longer exactly one, so that only the next run can tell."""
    if miss.obstacle.hindrance is not Hindrance.VALIDITY:
        return obstacle_of(rules, achievement, miss.score, miss.probability)
    is_free = obstacles(rules, achievement, miss.score, miss.probability) == ()
    return obstacle_of_time(achievement, day) if is_free else None


def changed_rules(rules: Rules, change: Change) -> Rules:
    """The rules after a change; a change of the achievement leaves them as they are.

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
_CONSTRAINT_FIELDS = frozenset(field.name for field in fields(Constraints))

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


def _may_be(rules: Rules, change: Change) -> bool:
    try:
        changed_rules(rules, change)
    except InvalidInput:
        return False
    return True


def _thresholds(profile: ParkProfile, score: float | None, probability: float | None) -> list[Obstacle]:
    """The thresholds that the figures are below; each would have to be the figure, rounded down."""
    missed = []
    for hindrance, threshold, figure in (
        (Hindrance.MIN_SCORE, profile.min_score, score),
        (Hindrance.MIN_PROBABILITY, profile.min_probability, probability),
    ):
        if threshold is not None and figure is not None and figure < threshold:
            after = max(0.0, int(figure * _THRESHOLD_STEPS) / _THRESHOLD_STEPS)
            change = Change(Whose.PARK, hindrance.value, threshold, after, round(after - threshold, 6))
            missed.append(Obstacle(hindrance, threshold, figure, change))
    return missed


def _of_constraint(constraint: Constraint, ruled: Sequence[Ruling], profile: ParkProfile) -> list[Obstacle]:
    """The obstacles that one constraint makes, by the park's rule, the demand's own, or both of them.

    Where both fail, the achievement's figure would have to change, or each rule where it asks for names.
    """
    failed = [ruling for ruling in ruled if ruling.rules_out]
    if not failed:
        return []
    wanted, stated = _wanted(constraint, ruled), failed[0].offered
    if failed[0].verdict is Verdict.UNKNOWN:
        stated = None
        changes = [Change(Whose.ACHIEVEMENT, _FIELDS_STATED[constraint], None)]
    elif len(failed) > 1 and constraint is Constraint.PRICE:
        changes = [_dearer(Whose.ACHIEVEMENT, "price", stated, wanted)]
    elif len(failed) > 1 and constraint is Constraint.MATURITY:
        changes = [Change(Whose.ACHIEVEMENT, "maturity", stated, wanted, wanted - stated)]
    else:
        changes = [_of_rule(ruling, profile) for ruling in failed]
    return [Obstacle(Hindrance(constraint.value), wanted, stated, change) for change in changes]


def _wanted(constraint: Constraint, ruled: Sequence[Ruling]) -> Any:
    """What the rules ask for together: the narrower of two figures, or names."""
    match constraint:
        case Constraint.PRICE:
            return min(ruling.asked for ruling in ruled)
        case Constraint.MATURITY:
            return max(ruling.asked for ruling in ruled)
        case _:
            return tuple(dict.fromkeys(name for ruling in ruled for name in ruling.asked))


def _of_rule(ruling: Ruling, profile: ParkProfile) -> Change:
    """The least change of a rule that lets in what it rules out."""
    whose, asked, stated = ruling.whose, ruling.asked, ruling.offered
    match ruling.constraint:
        case Constraint.PRICE:
            return _dearer(whose, "max_price", asked, stated)
        case Constraint.MATURITY:
            return Change(whose, "min_maturity", asked, stated, stated - asked)
        case Constraint.MODES | Constraint.REGIONS:
            return _longer(whose, ruling.constraint.value, asked, stated[0])
        case Constraint.INDUSTRIES:
            return _of_industries(profile.industries, stated)
        case Constraint.PARTNERS:
            return _longer(whose, "partners", asked, stated)
        case _:
            barred = names_held(asked, stated)
            left = tuple(name for name in asked if name not in barred)
            return Change(whose, "excluded_organisations", asked, left, barred)


def _of_industries(weights: Mapping[str, float], industry: str) -> Change:
    """The industry added with weight 1. Where another industry weighs less, that could raise achievements of
    both, so the change is to allow all industries."""
    if min(weights.values()) < 1:
        return Change(Whose.PARK, "only_industries", before=True, after=False)
    return Change(Whose.PARK, "industries", weights, {**weights, industry: 1.0}, (industry,))


def _dearer(whose: Whose, field: str, before: float, after: float) -> Change:
    return Change(whose, field, before, after, round(after / before - 1, 4) if before else None)


def _longer(whose: Whose, field: str, names: tuple[str, ...], name: str) -> Change:
    return Change(whose, field, names, (*names, name), (name,))
