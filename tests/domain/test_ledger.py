from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.ledger import (
    VOIDING,
    Cause,
    Pair,
    Proposal,
    SideState,
    Standing,
    cause_of_leaving,
    compare,
    standing_after,
)
from matcher.domain.listing import Achievement, Confidentiality, Demand

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


LIVE_DEMAND: dict[str, Any] = {"title": "需要泄漏检测", "organisation": "甲公司"}
LIVE_ACHIEVEMENT: dict[str, Any] = {"title": "泄漏检测方法", "organisation": "乙所"}
OVER = {"valid_until": date(2026, 11, 1)}
SECRET = {"confidentiality": Confidentiality.SECRET}


@pytest.mark.parametrize(
    ("demand", "demand_gone", "achievement", "achievement_gone", "cause"),
    [
        ({}, True, {}, False, Cause.DEMAND_WITHDRAWN),
        (OVER, False, {}, False, Cause.DEMAND_EXPIRED),
        ({}, False, {}, True, Cause.ACHIEVEMENT_WITHDRAWN),
        ({}, False, OVER, False, Cause.ACHIEVEMENT_EXPIRED),
        (OVER, True, OVER, True, Cause.DEMAND_WITHDRAWN),
        (OVER, False, OVER, True, Cause.DEMAND_EXPIRED),
        (SECRET, False, OVER, False, Cause.ACHIEVEMENT_EXPIRED),
        (SECRET, False, {}, False, Cause.CONSTRAINT),
        ({}, False, SECRET, False, Cause.CONSTRAINT),
        ({"title": "短"}, False, {}, False, Cause.CONSTRAINT),
        ({}, False, {"title": "短"}, False, Cause.CONSTRAINT),
        ({"organisation": "乙 所"}, False, {}, False, Cause.CONSTRAINT),
        ({"valid_until": DAY}, False, {"valid_until": DAY}, False, Cause.OUTRANKED),
        ({"organisation": ""}, False, {"organisation": ""}, False, Cause.OUTRANKED),
    ],
)
def test_the_cause_of_leaving_is_the_first_that_binds(
    demand: dict[str, Any],
    demand_gone: bool,
    achievement: dict[str, Any],
    achievement_gone: bool,
    cause: Cause,
) -> None:
    left = SideState(Demand(**LIVE_DEMAND | demand), demand_gone)
    right = SideState(Achievement(**LIVE_ACHIEVEMENT | achievement), achievement_gone)
    assert cause_of_leaving(left, right, DAY) is cause


@pytest.mark.parametrize("cause", Cause)
def test_a_side_that_is_gone_voids_the_pair_and_any_other_cause_lets_it_vanish(cause: Cause) -> None:
    gone = cause.value.endswith(("_withdrawn", "_expired"))
    assert (cause in VOIDING) is gone
    assert standing_after(cause) is (Standing.VOID if gone else Standing.VANISHED)
