"""Learning from grades, on worlds whose truth is known."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matcher.domain.calibration import GRADES, Calibration, Odds
from matcher.domain.errors import InvalidInput
from matcher.domain.scoring import Scorer
from matcher.domain.stages import DeclineCode
from matcher.domain.stated import STATED
from matcher.learning.fitting import DECLINE_TEACHES, fit_calibration
from matcher.learning.graded import Graded
from matcher.learning.judging import FOLDS, Learned, folds, learn

Floats = NDArray[np.float64]

NOISE = 0.03
"""Nats by which a held-out loss may rise by chance, where it is about 0.6."""


ODDS = Calibration("test", (Odds(500.0, 2.0), Odds(2.0), Odds(0.45)), offset=0.03)
IN_USE = Scorer(
    "test", {"dense": 0.15, "dense_title": 0.15, "lexical_text": 0.35, "lexical_title": 0.35}, ODDS
)
"""What is learned against here: what ships may change, and learning must not."""


@dataclass(frozen=True)
class World:
    """How people there grade: by a scorer's probabilities, with the log odds shifted."""

    weights: Mapping[str, float]
    shift: float = 0.0

    def grades(self, figures: Mapping[str, Floats], random: np.random.Generator) -> NDArray[np.int64]:
        scores = score(self.weights, figures)
        lots = random.random(scores.shape)
        logs = np.log(np.maximum(scores, 0) + ODDS.offset)
        reached = [
            lots < 1 / (1 + np.exp(-(np.log(one.factor) + one.power * logs + self.shift)))
            for one in ODDS.odds
        ]
        found: NDArray[np.int64] = np.sum(reached, axis=0)
        return found


TODAY = World(IN_USE.weights)
RARE = World(IN_USE.weights, shift=-1.5)
RIPE = World({**{name: 0.7 * weight for name, weight in IN_USE.weights.items()}, "maturity": 0.3}, 0.5)


def score(weights: Mapping[str, float], figures: Mapping[str, Floats]) -> Floats:
    scorer = Scorer("truth", weights)
    found: Floats = scorer.score(scorer.contributions(figures))
    return found


def drawn_figures(random: np.random.Generator, demands: int, pairs: int) -> dict[str, Floats]:
    fit = np.clip(3 * random.beta(2, 4, (demands, 1)) * random.beta(2, 4, (demands, pairs)), 0, 1)
    near = {
        "dense": (0.3, 0.12),
        "dense_title": (0.2, 0.15),
        "lexical_text": (0, 0.05),
        "lexical_title": (0, 0.1),
    }
    figures = {
        name: np.clip(low + 0.6 * fit + random.normal(0, spread, fit.shape), 0, 1)
        for name, (low, spread) in near.items()
    }
    return {**figures, "maturity": random.choice([-1.0, -1 / 3, 1 / 3, 1.0], fit.shape)}


def graded(world: World, seed: int, demands: int, pairs: int, without: tuple[str, ...] = ()) -> list[Graded]:
    random = np.random.default_rng(seed)
    figures = drawn_figures(random, demands, pairs)
    grades = world.grades(figures, random)
    return [
        Graded(
            f"demand {demand}",
            {name: float(values[demand, pair]) for name, values in figures.items() if name not in without},
            int(grades[demand, pair]),
        )
        for demand in range(demands)
        for pair in range(pairs)
    ]


def true_loss(world: World, scorer: Scorer) -> float:
    """The log loss on demands that nobody learned from."""
    random = np.random.default_rng(10**6)
    figures = drawn_figures(random, 1000, 10)
    leads = world.grades(figures, random) >= 2
    assert scorer.calibration is not None
    probabilities = scorer.calibration.probability(score(scorer.weights, figures))
    return float(-np.log(np.where(leads, probabilities, 1 - probabilities)).mean())


def adopted(world: World, seed: int, demands: int, pairs: int) -> Learned | None:
    try:
        learned = learn(graded(world, seed, demands, pairs), IN_USE)
    except InvalidInput:
        return None
    return learned if learned.better else None


@pytest.mark.parametrize("world", [TODAY, RARE, RIPE], ids=["today", "rare", "ripe"])
@pytest.mark.parametrize(("demands", "pairs"), [(4, 5), (5, 4), (10, 2)])
def test_twenty_grades_make_nothing_worse(world: World, demands: int, pairs: int) -> None:
    before = true_loss(world, IN_USE)
    found = [one for seed in range(8) if (one := adopted(world, seed, demands, pairs)) is not None]
    rises = [true_loss(world, one.scorer("x")) - before for one in found]
    assert max(rises, default=0.0) < NOISE
    assert sum(rises) <= len(rises) * NOISE / 4


def test_twenty_grades_hardly_move_the_weights() -> None:
    for seed in range(10):
        weights = learn(graded(TODAY, seed, 10, 2), IN_USE).weights
        names = weights.keys() | IN_USE.weights.keys()
        moved = sum(abs(weights.get(one, 0.0) - IN_USE.weights.get(one, 0.0)) for one in names)
        assert moved < 0.15


def test_what_is_right_already_is_almost_never_replaced() -> None:
    found = [adopted(TODAY, seed, 60, 5) for seed in range(12)]
    assert sum(one is not None for one in found) <= 2


def test_grades_that_have_nothing_to_do_with_the_score_change_no_order_that_would_be_adopted() -> None:
    for seed in range(6):
        pairs = graded(TODAY, seed, 40, 5)
        shuffled = np.random.default_rng(seed).permutation([one.grade for one in pairs]).tolist()
        noise = [replace(one, grade=grade) for one, grade in zip(pairs, shuffled, strict=True)]
        learned = learn(noise, IN_USE)
        was, found = (learned.evaluation[name] for name in ("current", "learned"))
        if learned.better:
            assert found["log_loss"] < was["log_loss"]  # type: ignore[operator]
            assert found["auc"] > was["auc"] - 0.1  # type: ignore[operator]


def test_rarer_leads_are_learned_as_a_calibration() -> None:
    learned = learn(graded(RARE, 1, 80, 5), IN_USE)
    assert learned.better
    assert true_loss(RARE, learned.scorer("x")) < true_loss(RARE, IN_USE) - 0.05
    assert learned.evaluation["learned"]["log_loss"] < learned.evaluation["current"]["log_loss"]  # type: ignore[operator]


def test_many_grades_find_a_feature_that_nobody_weighed() -> None:
    learned = learn(graded(RIPE, 2, 200, 10), IN_USE)
    assert learned.better
    assert learned.weights["maturity"] > 0.1
    assert learned.evaluation["learned"]["auc"] > learned.evaluation["current"]["auc"]  # type: ignore[operator]


def test_a_feature_nobody_has_a_figure_for_stays_as_it_is() -> None:
    weighed = Scorer("w", {**{n: 0.9 * w for n, w in IN_USE.weights.items()}, "money": -0.1}, ODDS)
    learned = learn(graded(RARE, 3, 60, 5, without=("maturity",)), weighed)
    assert learned.weights.keys() == weighed.weights.keys()
    assert learned.weights["money"] < 0


def test_a_figure_known_of_one_side_alone_teaches_nothing() -> None:
    """Maturity is stated of leads alone: its being known is no agreement."""
    pairs = graded(TODAY, 4, 60, 5, without=("maturity",))
    stated = [
        replace(one, figures={**one.figures, "maturity": 1.0}) if one.grade >= 2 else one for one in pairs
    ]
    assert "maturity" not in learn(stated, IN_USE).weights


def test_a_decline_teaches_its_own_feature_and_leaves_the_text_alone() -> None:
    """Every demand has a close text that is too early, and a distant one that is ripe and good."""
    close = {"dense": 0.7, "dense_title": 0.7, "lexical_text": 0.6, "lexical_title": 0.6, "maturity": -1.0}
    distant = {"dense": 0.3, "dense_title": 0.3, "lexical_text": 0.1, "lexical_title": 0.1, "maturity": 1.0}
    good = [Graded(f"d{number}", distant, 3) for number in range(300)]
    early = [Graded(f"d{number}", close, 0, DeclineCode.TOO_EARLY) for number in range(300)]
    said = learn([*good, *early], IN_USE).weights
    unsaid = learn([*good, *(replace(one, decline=None) for one in early)], IN_USE).weights
    other = learn([*good, *(replace(one, decline=DeclineCode.OTHER) for one in early)], IN_USE).weights
    share = {name: said[name] / said["dense"] for name in IN_USE.weights}
    assert said["maturity"] > 0.05
    assert share == pytest.approx({name: w / 0.15 for name, w in IN_USE.weights.items()}, rel=1e-3)
    assert sum(unsaid[name] for name in share) < sum(said[name] for name in share)
    assert other == pytest.approx(dict(IN_USE.weights))


def test_every_decline_code_is_said_to_teach_something_we_measure_or_nothing() -> None:
    assert set(DECLINE_TEACHES) == set(DeclineCode)
    assert {name for name in DECLINE_TEACHES.values() if name} <= set(STATED)


def test_ten_thousand_grades_take_less_than_a_minute() -> None:
    pairs = graded(RIPE, 5, 200, 50)
    started = time.perf_counter()
    learned = learn(pairs, IN_USE)
    assert time.perf_counter() - started < 60
    assert learned.counts["grades"] == 10_000


def test_one_demand_with_very_many_grades_is_sampled() -> None:
    pairs = [*graded(RIPE, 6, 1, 3000), *(replace(one, demand="another") for one in graded(RIPE, 7, 1, 30))]
    assert not learn(pairs, IN_USE).better


def test_learning_twice_gives_the_same() -> None:
    pairs = graded(RIPE, 8, 30, 5)
    assert learn(pairs, IN_USE) == learn(pairs, IN_USE)


def test_what_was_learned_is_a_scorer_with_one_version_and_counts_its_grades() -> None:
    pairs = [replace(one, explored=one.grade == 0) for one in graded(RIPE, 9, 30, 5)]
    learned = learn(pairs, IN_USE)
    scorer = learned.scorer("learned-7")
    assert (scorer.version, scorer.calibration_version, scorer.learned) == ("learned-7", "learned-7", True)
    assert learned.counts == {
        "grades": 150,
        "demands": 30,
        "leads": sum(one.grade >= 2 for one in pairs),
        "explored": sum(one.grade == 0 for one in pairs),
    }
    assert all(learned.why)


def test_texts_of_two_languages_say_nothing_about_wording() -> None:
    pairs = [replace(one, figures={**one.figures, "wording": 0.0}) for one in graded(RARE, 10, 60, 5)]
    weights = learn(pairs, IN_USE).weights
    assert weights["lexical_text"] == pytest.approx(weights["lexical_title"])


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([], "grades of 0 demand"),
        ([Graded("a", {"dense": 0.5}, 3), Graded("a", {"dense": 0.1}, 0)], "grades of 1 demand"),
        ([Graded("a", {"dense": 0.5}, 1), Graded("b", {"dense": 0.1}, 0)], "none of the grades"),
        ([Graded("a", {"dense": 0.5}, 3), Graded("b", {"dense": 0.1}, 2)], "all of the grades"),
        ([Graded("a", {"dense": 0.5}, 9), Graded("b", {"dense": 0.1}, 0)], "grades are 0 to 3"),
    ],
)
def test_grades_that_cannot_teach_are_refused_with_what_is_missing(pairs: list[Graded], said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refused:
        learn(pairs, IN_USE)
    assert refused.value.field == "grades"


def test_two_demands_teach_but_prove_nothing() -> None:
    learned = learn(graded(RIPE, 11, 2, 40), IN_USE)
    assert not learned.better
    assert str(FOLDS) in learned.why[1]


@given(demands=st.lists(st.text(max_size=3), min_size=1, max_size=40), count=st.integers(2, 6))
def test_a_demand_is_in_one_fold_whatever_the_order_and_no_fold_is_empty(
    demands: list[str], count: int
) -> None:
    found = folds(demands, count)
    of = dict(zip(demands, found.tolist(), strict=True))
    assert [of[one] for one in demands] == found.tolist()
    assert set(found.tolist()) == set(range(min(count, len(of))))
    assert folds(demands[::-1], count).tolist() == found.tolist()[::-1]


@settings(deadline=None, max_examples=60)
@given(
    pairs=st.lists(
        st.tuples(st.floats(-0.5, 1), st.integers(0, 3), st.integers(1, 60)), min_size=1, max_size=12
    )
)
def test_a_calibration_only_rises_and_orders_its_grades_whatever_it_learns(
    pairs: list[tuple[float, int, int]],
) -> None:
    scores = np.repeat([one for one, _, _ in pairs], [times for _, _, times in pairs])
    grades = np.repeat([grade for _, grade, _ in pairs], [times for _, _, times in pairs])
    found: Calibration = fit_calibration(scores, grades, ODDS)
    line = np.linspace(0, 1, 21)
    chances = [found.probability(line, grade) for grade in GRADES]
    assert all((np.diff(one) > 0).all() for one in chances)
    assert (chances[0] >= chances[1]).all()
    assert (chances[1] >= chances[2]).all()
