"""What two listings state, compared field by field. Each docstring is the public explanation of its feature.

A feature is a pure function from both sides to a figure from -1 (the two contradict each other) to 1 (they
agree), or None: what either side leaves unsaid is *unknown* and never agreement.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matcher.domain.listing import Achievement, Demand


@dataclass(frozen=True, slots=True)
class Sides:
    """A pair's two listings; `years` is how many whole years ago the achievement was stated, if known."""

    demand: Demand
    achievement: Achievement
    years: int | None = None


Stated = Callable[[Sides], float | None]


def maturity(sides: Sides) -> float | None:
    """The achievement is as mature as the demand asks: 1 from the level asked, less by a third for each level
    that its highest one is below it, at least -1."""
    wanted, offered = sides.demand.maturity.low, sides.achievement.maturity.high
    if wanted is None or offered is None:
        return None
    return max(-1.0, 1.0 - max(0, wanted - offered) / 3)


STATED: Mapping[str, Stated] = {feature.__name__: feature for feature in (maturity,)}


def compare_stated(sides: Sides) -> dict[str, float | None]:
    """Every feature's figure, None where it is unknown."""
    return {name: feature(sides) for name, feature in STATED.items()}
