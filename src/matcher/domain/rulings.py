"""How an achievement stands to every hard rule of a park and a demand: what is wanted, what is stated."""

from dataclasses import dataclass
from typing import Any

from matcher.domain.listing import Achievement
from matcher.domain.rules import Rules, rules_out, stated_of
from matcher.domain.verdicts import Constraint, Verdict, Whose


@dataclass(frozen=True, slots=True)
class Ruling:
    """How an achievement stands to one rule of the park or of the demand.

    `asked` and `offered` are figures, a name or names. `rules_out` also holds where nothing is stated and the
    rule is strict.
    """

    whose: Whose
    constraint: Constraint
    verdict: Verdict
    rules_out: bool
    asked: Any
    offered: Any

    @property
    def wanted(self) -> str:
        """What the rule asks for, as people read it."""
        return _UNITS.get(self.constraint, ("", ""))[0] + self._text(self.asked)

    @property
    def stated(self) -> str:
        """What the achievement states, as people read it; empty where it states nothing."""
        return self._text(self.offered)

    def _text(self, value: Any) -> str:
        match value:
            case None:
                return ""
            case str():
                return value
            case tuple():
                return "、".join(value)
            case _:
                return f"{value:g}{_UNITS[self.constraint][1]}"


_UNITS = {Constraint.PRICE: ("≤ ", " 万元"), Constraint.MATURITY: ("≥ ", " 级")}
"""How a figure is compared, and its unit."""


def rulings(rules: Rules, achievement: Achievement) -> tuple[Ruling, ...]:
    """Every hard rule that is set, the park's first."""
    ruled: list[Ruling] = []
    for whose, rule, strict in (
        (Whose.PARK, rules.profile, rules.profile.constraints.strict),
        (Whose.DEMAND, rules.own, rules.own.strict),
    ):
        asked, verdicts = rule.wanted(), rule.verdicts(achievement)
        against = rules_out(verdicts, strict=strict)
        ruled += [
            Ruling(whose, name, verdict, name in against, asked[name], stated_of(name, achievement))
            for name, verdict in verdicts.items()
        ]
    return tuple(ruled)
