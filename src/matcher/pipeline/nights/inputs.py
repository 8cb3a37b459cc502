"""What a night matches, read in one snapshot: lists, rules, exclusions, current pairs, people's opinions."""

from collections.abc import Mapping, Sequence
from datetime import date

from matcher.domain.listing import LiveListing, Side
from matcher.matching.inputs import Inputs
from matcher.store import catalogue, exclusions, lapsed, ledger, opinions, rule_versions
from matcher.store.database import Transaction


def inputs_of_all(
    session: Transaction, day: date, known: Mapping[Side, Sequence[LiveListing]] | None = None
) -> Inputs:
    """The inputs of all parks, as `session` sees them, of what may be matched on `day`; lists that are
    `known` to be as they are need not be read."""
    live = {
        side: known[side] if known and side in known else catalogue.live(session, side, day) for side in Side
    }
    return Inputs(
        day=day,
        supply=live[Side.SUPPLY],
        demands=live[Side.DEMAND],
        profiles={park: saved.rule for park, saved in rule_versions.profiles(session).items()},
        constraints={demand: saved.rule for demand, saved in rule_versions.constraints(session).items()},
        excluded=frozenset(exclusions.active(session)),
        held=frozenset(ledger.current_pairs(session)),
        lapsed=lapsed.lapsed(session, day),
        opinions=opinions.in_force(session),
    )


def inputs_of_park(session: Transaction, day: date, park_id: int) -> Inputs:
    """The inputs of one park: its part of `inputs_of_all`, all of the supply list, nothing lapsed."""
    constraints = rule_versions.constraints(session, park_id)
    return Inputs(
        day=day,
        supply=catalogue.live(session, Side.SUPPLY, day),
        demands=catalogue.live(session, Side.DEMAND, day, park_id),
        profiles={park_id: rule_versions.profile(session, park_id).rule},
        constraints={demand: saved.rule for demand, saved in constraints.items()},
        excluded=frozenset(exclusions.active(session, park_id)),
        held=frozenset(ledger.current_pairs(session, park_id)),
        opinions=opinions.in_force(session, park_id),
    )
