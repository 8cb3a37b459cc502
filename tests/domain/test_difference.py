from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.difference import Difference, State, Step, differences_after
from matcher.domain.standings import Cause, Event, Standing

Ledger = dict[int, State]


def state(standing: Standing, rank: int | None, score: float | None) -> State:
    return State(
        standing=standing,
        cause={Standing.VANISHED: Cause.OUTRANKED, Standing.VOID: Cause.DEMAND_EXPIRED}.get(standing),
        rank=rank,
        similarity=score,
        score=score,
        contributions={} if score is None else {"dense": score},
        terms=(),
        demand_version=1,
        achievement_version=1,
    )


CURRENT = st.builds(state, st.just(Standing.CURRENT), st.integers(1, 3), st.sampled_from([0.25, 0.5]))
LEFT = st.builds(
    state,
    st.sampled_from([Standing.VANISHED, Standing.VOID]),
    st.integers(1, 3),
    st.sampled_from([0.25, 0.5]),
)
STATES = CURRENT | LEFT
CAUSES = st.lists(st.sampled_from(["demand_edited", "competition", "scorer"]), max_size=2, unique=True)
STEPS = st.lists(
    st.builds(Step, st.integers(1, 4), STATES, CAUSES.map(tuple)),
    max_size=12,
)
LEDGERS = st.dictionaries(st.integers(1, 4), STATES)


def replayed(ledger: Mapping[int, State], steps: list[Step]) -> Ledger:
    after = dict(ledger)
    for step in steps:
        after[step.entry_id] = step.state
    return after


@given(LEDGERS, STEPS)
def test_a_difference_applied_to_the_ledger_before_gives_the_ledger_after(
    before: Ledger, steps: list[Step]
) -> None:
    differing = {
        entry_id: difference.after for entry_id, difference in differences_after(before, steps).items()
    }
    assert {**before, **differing} == replayed(before, steps)


def ends(differences: Mapping[int, Difference]) -> set[tuple[int, str, str, Event]]:
    return {(one.entry_id, repr(one.before), repr(one.after), one.event) for one in differences.values()}


def followed_by(first: Mapping[int, Difference], second: Mapping[int, Difference]) -> dict[int, Difference]:
    joined = {}
    for entry_id in first.keys() | second.keys():
        start = first.get(entry_id) or second[entry_id]
        end = second.get(entry_id) or first[entry_id]
        joined[entry_id] = Difference(entry_id, start.before, end.after, end.causes)
    return {entry_id: one for entry_id, one in joined.items() if one.is_any}


@given(LEDGERS, STEPS, STEPS)
def test_a_difference_and_the_one_that_follows_it_are_the_difference_of_both_ends(
    before: Ledger, first: list[Step], second: list[Step]
) -> None:
    between = replayed(before, first)
    both = followed_by(differences_after(before, first), differences_after(between, second))
    assert ends(both) == ends(differences_after(before, [*first, *second]))


@given(LEDGERS, STEPS)
def test_every_entry_that_differs_is_in_the_one_list_its_two_ends_put_it_in(
    before: Ledger, steps: list[Step]
) -> None:
    after = replayed(before, steps)
    found = differences_after(before, steps)
    assert found.keys() == {one for one in after if after[one] != before.get(one)}
    for entry_id, one in found.items():
        was = entry_id in before and before[entry_id].is_current
        assert (one.was_current, one.after.is_current) == (was, after[entry_id].is_current)
        assert (
            one.event
            is {
                (False, True): Event.RETURNED if entry_id in before else Event.CREATED,
                (True, True): Event.CHANGED,
                (True, False): Event.VANISHED,
                (False, False): Event.CHANGED,
            }[was, one.after.is_current]
        )
        assert all(then != now for then, now in one.figures.values())


FIRST, SECOND = state(Standing.CURRENT, 1, 0.5), state(Standing.CURRENT, 2, 0.5)
GONE = state(Standing.VANISHED, 2, 0.5)


def test_what_changed_and_changed_back_is_no_difference() -> None:
    steps = [Step(1, SECOND, ("competition",)), Step(1, FIRST, ("competition",))]
    assert differences_after({1: FIRST}, steps) == {}


def test_causes_of_changes_are_united_in_their_order_and_start_anew_when_the_pair_leaves_or_returns() -> None:
    steps = [Step(1, SECOND, ("scorer",)), Step(1, state(Standing.CURRENT, 3, 0.25), ("code", "scorer"))]
    assert differences_after({1: FIRST}, steps)[1].causes == ("scorer", "code")
    steps += [Step(1, GONE, ("outranked",))]
    assert differences_after({1: FIRST}, steps)[1].causes == ("outranked",)
    steps += [Step(1, SECOND, ("competition",))]
    assert differences_after({1: FIRST}, steps)[1].causes == ("competition",)


def test_only_figures_that_differ_are_told_before_and_after() -> None:
    [one] = differences_after({1: FIRST}, [Step(1, SECOND, ())]).values()
    assert one.figures == {"rank": (1, 2)}
    [new] = differences_after({}, [Step(1, FIRST, ())]).values()
    assert new.figures == {"rank": (None, 1), "similarity": (None, 0.5), "score": (None, 0.5)}


def test_a_pair_that_people_added_differs_only_once_a_run_says_something_of_it() -> None:
    added, void = state(Standing.ADDED, None, None), state(Standing.VOID, None, None)
    assert differences_after({}, [Step(1, void, ("demand_expired",)), Step(1, added, ())]) == {}
    assert differences_after({}, [Step(1, void, ("demand_expired",))])[1].event is Event.CHANGED
    assert differences_after({1: added}, [Step(1, FIRST, ("competition",))])[1].event is Event.CREATED
