"""The park's own rules (一园一方案) and one demand's own: what is ruled out, and what is preferred.

A constraint is met, failed, or unknown where the list says nothing. Unknown never counts as met; whether it
rules a pair out is the rule's own choice (`strict`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from matcher.domain.bands import Bands
from matcher.domain.errors import InvalidInput
from matcher.domain.field_names import field_words
from matcher.domain.listing import Achievement
from matcher.domain.text import fold
from matcher.domain.verdicts import Constraint, Verdict

MAX_TOP_K = 50
MAX_WEIGHT = 10.0
MAX_PRICE = 1e9
"""万元."""

MAX_EXPLORATION = 0.5

MAX_NAMES = 200
MAX_NAME = 200
"""Characters of one name."""

_fold = lru_cache(maxsize=1 << 16)(fold)  # a run folds each name of a list once for every set of rules


def _wrong(field_name: str, zh: str, en: str) -> InvalidInput:
    called = field_words(field_name)[0]
    return InvalidInput(f"{called}（{field_name}）：{zh}", f"{field_name}: {en}", field=field_name)


def _check_names(field_name: str, names: tuple[str, ...]) -> None:
    if not all(_fold(name) and len(name) <= MAX_NAME for name in names) or len(names) > MAX_NAMES:
        raise _wrong(
            field_name,
            f"名称不能为空，每个最多 {MAX_NAME} 字，最多 {MAX_NAMES} 个。",
            f"names are not blank, have at most {MAX_NAME} characters, and there are at most {MAX_NAMES}.",
        )


def _check_weights(field_name: str, *weights: float) -> None:
    if not all(0 < weight <= MAX_WEIGHT for weight in weights):
        raise _wrong(
            field_name, f"权重须大于 0、不超过 {MAX_WEIGHT:g}。", f"a weight is over 0, to {MAX_WEIGHT:g}."
        )


class _HardRules:
    """Conditions that an achievement keeps or fails, each by what it asks for."""

    __slots__ = ()

    def wanted(self) -> dict[Constraint, Any]:
        """What every constraint that is set asks for: a figure, or names of which one will do."""
        raise NotImplementedError

    def verdicts(self, achievement: Achievement) -> dict[Constraint, Verdict]:
        """How an achievement stands to every constraint that is set."""
        return {
            constraint: _verdict(constraint, asked, stated_of(constraint, achievement))
            for constraint, asked in self.wanted().items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints(_HardRules):
    """Hard filters on achievements; None or empty leaves one free.

    `max_price` in 万元 is compared with the lowest price asked; `min_maturity` (technology readiness 1–9)
    with the highest level the achievement claims. `strict` rules out what the list says nothing about.
    """

    max_price: float | None = None
    min_maturity: int | None = None
    modes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    strict: bool = False

    def __post_init__(self) -> None:
        if self.max_price is not None and not 0 <= self.max_price <= MAX_PRICE:
            raise _wrong("max_price", "金额须为 0 到 1,000,000,000 万元。", "from 0 to 1,000,000,000 (万元).")
        if self.min_maturity is not None and not 1 <= self.min_maturity <= 9:
            raise _wrong("min_maturity", "成熟度为 1 到 9 级。", "maturity is a level from 1 to 9.")
        for name in ("modes", "regions"):
            _check_names(name, getattr(self, name))

    def wanted(self) -> dict[Constraint, Any]:
        """What every constraint that is set asks for."""
        asked: dict[Constraint, Any] = {
            Constraint.PRICE: self.max_price,
            Constraint.MATURITY: self.min_maturity,
            Constraint.MODES: self.modes,
            Constraint.REGIONS: self.regions,
        }
        return {constraint: value for constraint, value in asked.items() if value not in (None, ())}


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkProfile(_HardRules):
    """How one park has its matches chosen; the default leaves everything as the scorer ranks it.

    `industries` and `partner_weight` multiply the score for the order of a demand's matches; the score
    itself is the pair's and stays. `only_industries` and `only_partners` make the named ones a hard filter.
    `per_organisation` caps the matches of one research unit for one demand, `max_entries` the current
    entries of the whole park; what is below `min_score` or `min_probability` is not proposed. `likely` and
    `possible` are the probabilities that the bands begin with; they change nothing that is proposed.
    `exploration` is the share of a demand's matches drawn from the next best, so that grades do not only
    ever confirm what the ranking shows; None is one in ten where the scoring in use was learned from grades,
    else none.
    """

    industries: Mapping[str, float] = field(default_factory=dict)
    only_industries: bool = False
    partners: tuple[str, ...] = ()
    partner_weight: float = 1.0
    only_partners: bool = False
    excluded_organisations: tuple[str, ...] = ()
    min_score: float | None = None
    min_probability: float | None = None
    likely: float | None = None
    possible: float | None = None
    top_k: int | None = None
    per_organisation: int | None = None
    max_entries: int | None = None
    exploration: float | None = None
    constraints: Constraints = field(default_factory=Constraints)

    def __post_init__(self) -> None:
        _check_weights("industries", *self.industries.values())
        _check_weights("partner_weight", self.partner_weight)
        self._check_shares()
        self._check_bands()
        if self.top_k is not None and not 1 <= self.top_k <= MAX_TOP_K:
            raise _wrong("top_k", f"须为 1 到 {MAX_TOP_K}。", f"from 1 to {MAX_TOP_K}.")
        for name in ("per_organisation", "max_entries"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise _wrong(name, "须至少为 1。", "at least 1.")
        _check_names("industries", tuple(self.industries))
        for name in ("partners", "excluded_organisations"):
            _check_names(name, getattr(self, name))
        if self.only_partners and not self.partners:
            raise _wrong("partners", "请列出合作单位。", "name the partners.")
        if self.only_industries and not self.industries:
            raise _wrong("industries", "请列出产业。", "name the industries.")

    def _check_shares(self) -> None:
        for name in ("min_score", "min_probability"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise _wrong(name, "门槛须在 0 到 1 之间。", "a threshold is from 0 to 1.")
        if self.min_probability == 1:
            raise _wrong("min_probability", "没有十足的把握，须小于 1。", "nothing is certain: below 1.")
        if self.exploration is not None and not 0 <= self.exploration <= MAX_EXPLORATION:
            raise _wrong(
                "exploration",
                f"探索比例须为 0 到 {MAX_EXPLORATION:g}。",
                f"a share from 0 to {MAX_EXPLORATION:g}.",
            )

    def _check_bands(self) -> None:
        for name in ("likely", "possible"):
            value = getattr(self, name)
            if value is not None and not 0 < value < 1:
                raise _wrong(name, "须大于 0、小于 1。", "over 0 and below 1.")
        if self.likely is not None and self.possible is not None and self.likely < self.possible:
            raise _wrong("likely", "可信线不能低于待看线（possible）。", "not below `possible`.")

    @property
    def bands(self) -> Bands:
        """Where the park's bands of probability begin."""
        return Bands.stated(self.likely, self.possible)

    def wanted(self) -> dict[Constraint, Any]:
        """What every filter of the park that is set asks for; of organisations it names those left out."""
        asked = self.constraints.wanted()
        if self.only_industries:
            asked[Constraint.INDUSTRIES] = tuple(self.industries)
        if self.only_partners:
            asked[Constraint.PARTNERS] = self.partners
        if self.excluded_organisations:
            asked[Constraint.ORGANISATIONS] = self.excluded_organisations
        return asked

    def weight(self, achievement: Achievement) -> float:
        """What an achievement's score is multiplied by for the order: the largest industry weight that
        applies (1 where none does), times the partner weight for a partner."""
        industry = _fold(achievement.industry)
        weights = [value for name, value in self.industries.items() if industry and _fold(name) in industry]
        unit = _fold(achievement.organisation)
        is_partner = bool(unit) and any(_fold(name) in unit for name in self.partners)
        return max(weights, default=1.0) * (self.partner_weight if is_partner else 1.0)


DEFAULT_PROFILE = ParkProfile()
"""A park that has stated no rules."""

NO_CONSTRAINTS = Constraints()
"""A demand that has stated no rules."""


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules that one demand is matched by: its park's and its own."""

    profile: ParkProfile = DEFAULT_PROFILE
    own: Constraints = NO_CONSTRAINTS

    @property
    def limiting(self) -> bool:
        """Whether anything can be ruled out at all; preferences, thresholds and quotas rule nothing out."""
        return bool(self.profile.wanted() or self.own.wanted())

    def against(self, achievement: Achievement) -> tuple[Constraint, ...]:
        """The constraints that rule an achievement out; none where it may be matched."""
        of_park = rules_out(self.profile.verdicts(achievement), strict=self.profile.constraints.strict)
        of_demand = rules_out(self.own.verdicts(achievement), strict=self.own.strict)
        return tuple(dict.fromkeys((*of_park, *of_demand)))


def rules_out(verdicts: Mapping[Constraint, Verdict], *, strict: bool) -> tuple[Constraint, ...]:
    """The constraints that rule a pair out: those failed, and where `strict` those unknown."""
    against = {Verdict.FAILED, Verdict.UNKNOWN} if strict else {Verdict.FAILED}
    return tuple(constraint for constraint, verdict in verdicts.items() if verdict in against)


def stated_of(constraint: Constraint, achievement: Achievement) -> Any:
    """What an achievement states of what a constraint asks for: a figure, a name or names; None or empty
    where the list says nothing."""
    match constraint:
        case Constraint.PRICE:
            return achievement.price.low
        case Constraint.MATURITY:
            return achievement.maturity.high
        case Constraint.MODES:
            return achievement.modes
        case Constraint.REGIONS:
            places = achievement.region, achievement.source_region
            return tuple(dict.fromkeys(place for place in places if place))
        case Constraint.INDUSTRIES:
            return achievement.industry
        case _:
            return achievement.organisation


def _verdict(constraint: Constraint, asked: Any, stated: Any) -> Verdict:
    """Names are met where a stated one holds one asked for (北京市大兴区 holds 北京)."""
    if stated in (None, "", ()):
        return Verdict.UNKNOWN
    match constraint:
        case Constraint.PRICE:
            is_met = stated <= asked
        case Constraint.MATURITY:
            is_met = stated >= asked
        case Constraint.ORGANISATIONS:
            is_met = not names_held(asked, stated)
        case _:
            names = (stated,) if isinstance(stated, str) else stated
            is_met = any(names_held(asked, name) for name in names)
    return Verdict.MET if is_met else Verdict.FAILED


def names_held(wanted: tuple[str, ...], stated: str) -> tuple[str, ...]:
    """Those of `wanted` that a stated name holds."""
    folded = _fold(stated)
    return tuple(name for name in wanted if _fold(name) in folded)
