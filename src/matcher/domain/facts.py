"""What two listings state, as facts with a verdict that people can check against both texts."""

from dataclasses import dataclass
from enum import StrEnum

from matcher.domain import stated
from matcher.domain.stated import Sides


class Agreement(StrEnum):
    """Whether what both sides state speaks for a pair.

    Unknown is what a side leaves unsaid, and what speaks neither for nor against.
    """

    AGREES = "agrees"
    AGAINST = "against"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fact:
    """One feature of `domain.stated`: its figure, and what each side says, empty where it says nothing."""

    feature: str
    figure: float | None
    demand: str
    achievement: str

    @property
    def agreement(self) -> Agreement:
        """Above 0 the fact speaks for the pair; 0 does not, for what is not fulfilled is no agreement.

        Only another region (0) speaks neither for a pair nor against it.
        """
        if self.figure is None or (self.figure == 0 and self.feature == stated.region.__name__):
            return Agreement.UNKNOWN
        return Agreement.AGREES if self.figure > 0 else Agreement.AGAINST


def facts_of(sides: Sides) -> tuple[Fact, ...]:
    """Every stated feature of a pair, in the order of `STATED`."""
    said = getattr(stated, "evidence", lambda _: {})(sides)
    return tuple(
        Fact(name, figure, *said.get(name, ("", ""))) for name, figure in stated.compare_stated(sides).items()
    )
