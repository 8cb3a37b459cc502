import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.features import CHANNEL_FEATURES, FEATURES
from matcher.domain.scoring import DEFAULT_SCORER, DENSE, LEXICAL, Scorer, reranked

cosines = st.floats(-1, 1, width=32)
figures = st.fixed_dictionaries({}, optional=dict.fromkeys(FEATURES, cosines))


def test_a_worked_example() -> None:
    found = {"dense": 0.5, "dense_title": 0.6, "lexical_text": 0.25, "lexical_title": 0.75}
    contributions = DEFAULT_SCORER.contributions(found)
    assert contributions == pytest.approx(
        {"dense": 0.1, "dense_title": 0.036, "lexical_text": 0.1, "lexical_title": 0.075}
    )
    assert DEFAULT_SCORER.score(contributions) == pytest.approx(0.311)


def test_texts_in_two_languages_are_compared_by_their_meaning_alone() -> None:
    found = {"dense": 0.5, "dense_title": 0.6, "lexical_text": 0.25, "lexical_title": 0.75, "wording": 0.0}
    contributions = DEFAULT_SCORER.contributions(found)
    assert contributions == pytest.approx(
        {"dense": 0.2, "dense_title": 0.072, "lexical_text": 0.0, "lexical_title": 0.0}
    )
    assert LEXICAL.score(LEXICAL.contributions(found)) == 0


def test_what_speaks_against_a_pair_lowers_its_score() -> None:
    learned = Scorer("x", {"lexical_text": 0.75, "maturity": 0.25}, learned=True)
    shared = {"lexical_text": 0.4}
    assert learned.contributions(shared | {"maturity": -1.0}) == pytest.approx(
        {"lexical_text": 0.3, "maturity": -0.25}
    )
    scores = [
        learned.score(learned.contributions(shared | {"maturity": value})) for value in (-1.0, 0.0, 1.0)
    ]
    assert scores == pytest.approx([0.05, 0.3, 0.55])


@pytest.mark.parametrize("scorer", [DEFAULT_SCORER, DENSE, LEXICAL])
@given(found=figures)
def test_a_score_is_the_sum_of_its_contributions_and_lies_between_zero_and_one(
    scorer: Scorer, found: dict[str, float]
) -> None:
    contributions = scorer.contributions(found)
    assert contributions.keys() == scorer.weights.keys()
    assert all(part >= 0 for part in contributions.values())
    assert scorer.score(contributions) == sum(contributions.values())
    assert 0 <= scorer.score(contributions) <= 1


@given(found=figures, name=st.sampled_from(sorted(CHANNEL_FEATURES)))
def test_what_is_missing_counts_as_much_as_no_agreement_at_all(found: dict[str, float], name: str) -> None:
    without = {key: value for key, value in found.items() if key != name}
    for nothing in (without, without | {name: 0.0}, without | {name: -0.7}):
        assert DEFAULT_SCORER.contributions(nothing)[name] == 0
    assert DEFAULT_SCORER.contributions(without)[name] <= DEFAULT_SCORER.contributions(found)[name]


@given(found=figures, name=st.sampled_from(sorted(CHANNEL_FEATURES)), more=cosines)
def test_more_agreement_never_lowers_a_score(found: dict[str, float], name: str, more: float) -> None:
    higher = found | {name: max(more, found.get(name, -1.0))}
    score = DEFAULT_SCORER.score
    assert score(DEFAULT_SCORER.contributions(higher)) >= score(DEFAULT_SCORER.contributions(found))


@pytest.mark.parametrize(
    "weights", [{}, {"dense": 0.9}, {"dense": 1.5, "lexical_text": -0.5}, {"colour": 1.0}, {"maturity": 1.0}]
)
def test_weights_that_do_not_make_a_score_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"weights|unknown|channel"):
        Scorer("x", weights)


def test_every_feature_explains_itself() -> None:
    assert all(feature.__doc__ for feature in FEATURES.values())


@given(weight=st.floats(0.01, 0.99))
def test_a_cross_encoder_takes_its_weight_of_the_score_and_leaves_the_rest_in_proportion(
    weight: float,
) -> None:
    scorer = reranked(DEFAULT_SCORER, weight, "cross@0/512")
    assert scorer.weights["cross_encoder"] == weight
    assert scorer.second_look == ("cross_encoder",)
    for name, own in DEFAULT_SCORER.weights.items():
        assert scorer.weights[name] == pytest.approx(own * (1 - weight))
    assert scorer.calibration is None
    assert scorer.probability(0.5) is None


def test_a_reranked_scorers_version_says_with_what_and_how_much() -> None:
    versions = {
        reranked(scorer, weight, model).version
        for scorer in (DEFAULT_SCORER, LEXICAL)
        for weight in (0.25, 0.5)
        for model in ("one@0/512", "other@0/512")
    }
    assert len(versions) == 8
    assert DEFAULT_SCORER.version not in versions
