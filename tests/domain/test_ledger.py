from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.ledger import (
    BACK_ON_ITS_LIST,
    Leaving,
    Pair,
    Place,
    Proposal,
    absence,
    causes_of_change,
    compare,
    place_unproposed,
    ruled_out,
)
from matcher.domain.listing import Achievement, Confidentiality, Demand, Side
from matcher.domain.standings import VOIDING, Cause, ChangeCause, Event, Standing, standing_after
from matcher.domain.verdicts import Constraint

DAY = date(2026, 11, 2)
PAIRS = st.tuples(st.integers(1, 4), st.integers(1, 4))


def proposal(pair: Pair, rank: int) -> Proposal:
    return Proposal(
        demand_id=pair[0],
        achievement_id=pair[1],
        park_id=1,
        rank=rank,
        similarity=0.5,
        score=0.25,
        contributions={"dense": 0.25},
        terms=(),
        demand_version=1,
        achievement_version=1,
    )


RANKS = st.integers(1, 3)
AFTER = st.dictionaries(PAIRS, RANKS).map(lambda ranks: {p: proposal(p, rank) for p, rank in ranks.items()})
BEFORE = st.dictionaries(PAIRS, st.none() | RANKS).map(
    lambda ranks: {p: None if rank is None else proposal(p, rank) for p, rank in ranks.items()}
)


@given(BEFORE, AFTER)
def test_a_night_puts_every_pair_into_exactly_one_of_four_kinds(
    before: dict[Pair, Proposal | None], after: dict[Pair, Proposal]
) -> None:
    night = compare(before, after)
    created = {(one.demand_id, one.achievement_id) for one in night.created}
    changed = {(one.demand_id, one.achievement_id) for one in night.changed}
    assert created == after.keys() - before.keys()
    assert len(night.created) + len(night.changed) + night.kept == len(after)
    assert not created & changed
    current = {pair for pair, one in before.items() if one is not None}
    assert set(night.vanished) == current - after.keys()
    assert len(set(night.vanished)) == len(night.vanished)
    assert all(after[pair] != before[pair] for pair in changed)


@given(AFTER)
def test_the_same_night_again_keeps_everything(after: dict[Pair, Proposal]) -> None:
    night = compare(after, after)
    assert (night.created, night.changed, night.kept, night.vanished) == ((), (), len(after), ())


def test_a_pair_that_comes_back_counts_as_changed() -> None:
    pair = (1, 2)
    night = compare({pair: None}, {pair: proposal(pair, 1)})
    assert night.changed == (proposal(pair, 1),)
    assert compare({pair: None}, {}).vanished == (), "what had left cannot leave again"


@pytest.mark.parametrize(
    ("withdrawn", "valid_until", "kind"),
    [
        (False, None, None),
        (False, DAY, None),
        (False, date(2026, 11, 1), "expired"),
        (True, None, "withdrawn"),
        (True, date(2026, 11, 1), "withdrawn"),
    ],
)
def test_a_listing_is_absent_once_it_is_withdrawn_or_past_its_last_day(
    withdrawn: bool, valid_until: date | None, kind: str | None
) -> None:
    for side, name in ((Side.DEMAND, "demand"), (Side.SUPPLY, "achievement")):
        cause = absence(side, withdrawn=withdrawn, valid_until=valid_until, day=DAY)
        assert cause == (None if kind is None else f"{name}_{kind}")


LIVE_DEMAND: dict[str, Any] = {"title": "需要泄漏检测", "organisation": "甲公司"}
LIVE_ACHIEVEMENT: dict[str, Any] = {"title": "泄漏检测方法", "organisation": "乙所"}
SECRET = {"confidentiality": Confidentiality.SECRET}


@pytest.mark.parametrize(
    ("demand", "achievement", "constraints"),
    [
        (SECRET, {}, [Constraint.CONFIDENTIAL]),
        ({}, SECRET, [Constraint.CONFIDENTIAL]),
        ({"title": "短"}, {}, [Constraint.TOO_LITTLE_TEXT]),
        ({}, {"title": "短"}, [Constraint.TOO_LITTLE_TEXT]),
        ({"organisation": "乙 所"}, {}, [Constraint.OWN_ORGANISATION]),
        ({"organisation": "乙所"}, SECRET, [Constraint.CONFIDENTIAL, Constraint.OWN_ORGANISATION]),
        ({"organisation": ""}, {"organisation": ""}, []),
        ({}, {}, []),
    ],
)
def test_every_constraint_of_the_lists_that_a_pair_breaks_is_named(
    demand: dict[str, Any], achievement: dict[str, Any], constraints: list[Constraint]
) -> None:
    left = ruled_out(Demand(**LIVE_DEMAND | demand), Achievement(**LIVE_ACHIEVEMENT | achievement))
    assert left == (Leaving(Cause.CONSTRAINT, tuple(constraints)) if constraints else None)


@pytest.mark.parametrize("cause", Cause)
def test_a_side_that_is_gone_voids_the_pair_and_any_other_cause_lets_it_vanish(cause: Cause) -> None:
    gone = cause.value.endswith(("_withdrawn", "_expired"))
    assert (cause in VOIDING) is gone
    assert standing_after(cause) is (Standing.VOID if gone else Standing.VANISHED)


CAUSES = st.sampled_from(Cause).map(Leaving)
PLACES = st.one_of(
    st.just(Place(Standing.CURRENT)),
    st.just(Place(Standing.ADDED)),
    CAUSES.map(lambda why: Place(standing_after(why.cause), why)),
)


@given(PLACES, st.booleans(), st.none() | st.sampled_from(sorted(VOIDING)), CAUSES)
def test_a_pair_that_is_not_proposed_is_never_current_and_says_why_it_left(
    before: Place, ranked: bool, absent: Cause | None, told: Leaving
) -> None:
    if before.standing is not Standing.VOID:
        ranked = before.standing is not Standing.ADDED
    after = place_unproposed(before, ranked=ranked, absent=absent, why=lambda: told)
    assert after.standing is not Standing.CURRENT
    assert (after.why is None) == (after.standing is Standing.ADDED)
    assert (after.standing is Standing.ADDED) == (not ranked and absent is None)
    if absent is not None:
        assert after == Place(Standing.VOID, Leaving(absent))
    elif before.standing in {Standing.VANISHED, Standing.ADDED}:
        assert after == before
    elif ranked:
        assert after == Place(standing_after(told.cause), told)
    again = place_unproposed(after, ranked=ranked, absent=absent, why=lambda: told)
    assert again == after


NEWS = st.frozensets(
    st.sampled_from(
        [
            ChangeCause.DEMAND_ADDED,
            ChangeCause.DEMAND_EDITED,
            ChangeCause.ACHIEVEMENT_ADDED,
            ChangeCause.ACHIEVEMENT_EDITED,
        ]
    )
)
SHARED = st.frozensets(
    st.sampled_from([ChangeCause.ENCODER, ChangeCause.SCORER, ChangeCause.PROFILE, ChangeCause.CODE])
)
FIGURES = st.fixed_dictionaries(
    {
        "rank": RANKS,
        "score": st.sampled_from([0.25, 0.5]),
        "demand_version": st.integers(1, 2),
        "achievement_version": st.integers(1, 2),
    }
)


@given(FIGURES, FIGURES, NEWS, SHARED)
def test_a_change_has_the_causes_that_its_columns_show(
    old: dict[str, Any], new: dict[str, Any], news: frozenset[ChangeCause], shared: frozenset[ChangeCause]
) -> None:
    before, after = (replace(proposal((1, 2), 1), **columns) for columns in (old, new))
    causes = causes_of_change(Event.CHANGED, before, after, news=news, shared=shared)
    assert causes
    assert len(set(causes)) == len(causes)
    edited = old["demand_version"] != new["demand_version"]
    assert (ChangeCause.DEMAND_EDITED in causes) == (edited and ChangeCause.DEMAND_ADDED not in news)
    assert (ChangeCause.DEMAND_ADDED in causes) == (ChangeCause.DEMAND_ADDED in news)
    edited = old["achievement_version"] != new["achievement_version"]
    assert (ChangeCause.ACHIEVEMENT_EDITED in causes) == (
        edited and ChangeCause.ACHIEVEMENT_ADDED not in news
    )
    ordered = shared & {ChangeCause.PROFILE} if old["rank"] != new["rank"] else frozenset()
    assert shared & set(causes) == (shared if old["score"] != new["score"] else ordered)
    assert (ChangeCause.COMPETITION in causes) == (causes == (ChangeCause.COMPETITION,))


@given(FIGURES, NEWS, SHARED)
def test_a_new_pair_has_the_news_of_its_sides_and_what_the_run_works_with_otherwise(
    new: dict[str, Any], news: frozenset[ChangeCause], shared: frozenset[ChangeCause]
) -> None:
    after = replace(proposal((1, 2), 1), **new)
    causes = causes_of_change(Event.CREATED, None, after, news=news, shared=shared)
    hidden = {
        edited
        for added, edited in (
            (ChangeCause.DEMAND_ADDED, ChangeCause.DEMAND_EDITED),
            (ChangeCause.ACHIEVEMENT_ADDED, ChangeCause.ACHIEVEMENT_EDITED),
        )
        if added in news
    }
    assert set(causes) == ((news - hidden) | shared or {ChangeCause.COMPETITION})
    back = causes_of_change(Event.RETURNED, after, after, news=frozenset(), shared=shared)
    assert set(back) == (shared or {ChangeCause.COMPETITION})


@pytest.mark.parametrize("cause", sorted(VOIDING))
def test_a_side_that_is_back_counts_as_added(cause: Cause) -> None:
    assert BACK_ON_ITS_LIST[cause].value.partition("_")[0] == cause.value.partition("_")[0]
    assert BACK_ON_ITS_LIST[cause].value.endswith("_added")
