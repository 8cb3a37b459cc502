"""What two listings state, as facts with a verdict that people can check against both texts."""

from dataclasses import dataclass

from matcher.domain.stated import StatedPair, compare_stated, evidence, maturity, money, quantities, region
from matcher.domain.verdicts import Agreement


@dataclass(frozen=True, slots=True)
class Fact:
    """One feature of `domain.stated`: its figure, and what each side says, empty where it says nothing."""

    feature: str
    figure: float | None
    demand: str
    achievement: str

    @property
    def agreement(self) -> Agreement:
        """What has a bound agrees only where that is met in full; all else where its figure is above 0.

        Only another region (0) speaks neither for a pair nor against it.
        """
        if self.figure is None or (self.figure == 0 and self.feature == region.__name__):
            return Agreement.UNKNOWN
        holds = self.figure >= 1 if self.feature in _ASKED else self.figure > 0
        return Agreement.AGREES if holds else Agreement.AGAINST


_ASKED = frozenset({maturity.__name__, money.__name__, quantities.__name__})
"""Features for which the demand sets a bound; a little over the budget is over it."""


def facts_of(pair: StatedPair) -> tuple[Fact, ...]:
    """Every stated feature of a pair, in the order of `STATED`."""
    texts = evidence(pair)
    return tuple(
        Fact(name, figure, *texts.get(name, ("", ""))) for name, figure in compare_stated(pair).items()
    )
