"""What is matched, and by which rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from matcher.domain.ledger import Pair
from matcher.domain.listing import LiveListing
from matcher.domain.opinions import Opinions
from matcher.domain.rules import DEFAULT_PROFILE, NO_CONSTRAINTS, Constraints, ParkProfile, Rules


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is matched, and by which rules: profiles by park id, constraints by demand id.

    `held` are the pairs that the ledger holds as current: of achievements that repeat one another, the one
    that people have before them stays. `lapsed` are achievements whose validity ended lately. `opinions` are
    what people think of pairs.
    """

    day: date
    supply: Sequence[LiveListing]
    demands: Sequence[LiveListing]
    profiles: Mapping[int, ParkProfile]
    constraints: Mapping[int, Constraints]
    excluded: frozenset[Pair]
    held: frozenset[Pair] = frozenset()
    lapsed: Sequence[LiveListing] = ()
    opinions: Opinions = field(default_factory=dict)

    def rules_of(self, demand: LiveListing) -> Rules:
        """What a demand is matched by."""
        assert demand.park_id is not None
        return Rules(
            self.profiles.get(demand.park_id, DEFAULT_PROFILE),
            self.constraints.get(demand.id, NO_CONSTRAINTS),
        )
