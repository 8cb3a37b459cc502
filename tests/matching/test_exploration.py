"""Explored matches: some of the next best, marked, so that grades do not only confirm the ranking."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from matcher.domain.ledger import Proposal
from matcher.domain.listing import Achievement, Demand, LiveListing, Money
from matcher.domain.rules import Constraints, ParkProfile
from matcher.domain.scoring import DEFAULT_SCORER, Scorers
from matcher.matching.inputs import Inputs
from matcher.matching.propose import Method, Proposed, propose
from matcher.ports import silent
from tests.matching.test_propose import METHOD

THINGS = ("电解槽隔膜", "液氢阀门", "焊缝图像识别", "疫苗佐剂", "冷库除霜")
MEANS = ("连续制备", "泄漏检测", "寿命预测", "低温密封", "在线标定", "节能改造")
SUPPLY = [
    LiveListing(number, 1, Achievement(title=f"{thing}{mean}", price=Money(low=float(number))))
    for number, (thing, mean) in enumerate(((one, other) for one in THINGS for other in MEANS), start=1)
]
DEMAND = LiveListing(1, 1, Demand(title="电解槽隔膜连续制备与泄漏检测", released=True), 1)
OTHER = LiveListing(2, 1, Demand(title="液氢阀门低温密封与寿命预测"), 1)


def night(*, learned: bool = False, supply: Any = SUPPLY, top_k: int = 10, **profile: Any) -> Proposed:
    """A run's proposals for both demands by this profile of their park."""
    inputs = Inputs(
        day=date(2026, 11, 2),
        supply=supply,
        demands=[DEMAND, OTHER],
        profiles={1: ParkProfile(**profile)},
        constraints={},
        excluded=frozenset(),
    )
    scorers = Scorers(
        replace(DEFAULT_SCORER, version="learned-1", learned=True) if learned else DEFAULT_SCORER
    )
    return propose(inputs, Method(METHOD.vectors, METHOD.open_channels, scorers, top_k), silent)


def of(found: Proposed, demand: LiveListing = DEMAND) -> list[Proposal]:
    """The matches of one demand by rank."""
    own = [one for one in found.entries if one.demand_id == demand.id]
    return sorted(own, key=lambda one: one.rank)


def ids(matches: list[Proposal], *, explored: bool) -> list[int]:
    return [one.achievement_id for one in matches if one.explored is explored]


def test_a_park_explores_nothing_by_default() -> None:
    assert not any(one.explored for one in night().entries)


def test_a_share_of_two_tenths_marks_the_last_two_of_ten_and_leaves_the_best_eight() -> None:
    plain, exploring = night(), night(exploration=0.2)
    for demand in (DEMAND, OTHER):
        best, matches = of(plain, demand), of(exploring, demand)
        assert [one.rank for one in matches] == list(range(1, 11))
        assert [one.explored for one in matches] == [False] * 8 + [True] * 2
        assert ids(matches, explored=False) == [one.achievement_id for one in best[:8]]
        drawn = [one.score for one in matches if one.explored]
        assert max(drawn) <= min(one.score for one in matches if not one.explored)


def test_two_demands_draw_differently() -> None:
    found = night(exploration=0.5)
    lots = [ids(of(found, demand), explored=True) for demand in (DEMAND, OTHER)]
    assert lots[0] != lots[1]


def test_what_is_drawn_stays_as_long_as_nothing_changes() -> None:
    first = ids(of(night(exploration=0.2)), explored=True)
    assert ids(of(night(exploration=0.2)), explored=True) == first


def test_a_new_achievement_far_down_the_list_leaves_the_drawn_alone_or_takes_one_place() -> None:
    first = set(ids(of(night(exploration=0.2)), explored=True))
    more = [*SUPPLY, LiveListing(99, 1, Achievement(title="疫苗佐剂的果蔬保鲜"))]
    assert len(first & set(ids(of(night(exploration=0.2, supply=more)), explored=True))) >= 1


def test_only_what_the_rules_allow_is_drawn() -> None:
    found = night(exploration=0.5, constraints=Constraints(max_price=18.0))
    matches = of(found)
    assert len(ids(matches, explored=True)) == 5
    assert max(one.achievement_id for one in matches) <= 18


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_nothing_below_a_threshold_is_drawn(share: float) -> None:
    best = of(night(top_k=30))
    floor = best[13].score
    matches = of(night(exploration=share, min_score=floor))
    assert ids(matches, explored=True)
    assert min(one.score for one in matches) >= floor


def test_where_everything_is_shown_anyway_nothing_is_marked() -> None:
    matches = of(night(exploration=0.5, constraints=Constraints(max_price=10.0)))
    assert len(matches) == 10
    assert not any(one.explored for one in matches)


def test_a_learned_scorer_explores_one_in_ten_unless_the_park_says_otherwise() -> None:
    assert len(ids(of(night(learned=True)), explored=True)) == 1
    assert len(ids(of(night(learned=True, exploration=0.3)), explored=True)) == 3
    assert not any(one.explored for one in night(learned=True, exploration=0.0).entries)
    assert not any(one.explored for one in night(learned=True, top_k=9).entries)


def test_the_feed_explores_nothing() -> None:
    assert not any(one.explored for one in night(exploration=0.5).feed)


def test_over_many_demands_every_one_of_the_next_best_has_its_turn() -> None:
    demands = [replace(DEMAND, id=number) for number in range(1, 200)]
    profile = ParkProfile(exploration=0.2, top_k=10)
    inputs = Inputs(date(2026, 11, 2), SUPPLY, demands, {1: profile}, {}, frozenset())
    found = propose(inputs, METHOD, silent, with_feed=False, with_near_misses=False)
    drawn = np.bincount([one.achievement_id for one in found.entries if one.explored], minlength=31)
    assert (drawn > 0).sum() == len(SUPPLY) - 8
