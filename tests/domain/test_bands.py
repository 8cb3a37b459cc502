import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.bands import DEFAULT_BANDS, LIKELY, NAMES, POSSIBLE, PRECISION, Band, Bands, sentence
from matcher.domain.errors import InvalidInput
from matcher.domain.labels import words
from matcher.domain.rules import DEFAULT_PROFILE, ParkProfile

THRESHOLDS = st.floats(0, 1, exclude_min=True, exclude_max=True)
BANDS = st.tuples(THRESHOLDS, THRESHOLDS).map(lambda pair: Bands(max(pair), min(pair)))
PROBABILITIES = st.floats(0, 1)
BEST_FIRST = list(Band)


@given(BANDS, PROBABILITIES, PROBABILITIES)
def test_a_higher_probability_is_never_in_a_lower_band(bands: Bands, one: float, other: float) -> None:
    low, high = (bands.of(probability) for probability in sorted((one, other)))
    assert low is not None
    assert high is not None
    assert BEST_FIRST.index(high) <= BEST_FIRST.index(low)


@given(BANDS)
def test_a_band_begins_with_its_threshold_and_ends_just_before_the_next(bands: Bands) -> None:
    assert bands.of(bands.likely) is Band.LIKELY
    assert bands.of(math.nextafter(bands.likely, 0)) is not Band.LIKELY
    assert bands.of(bands.possible) is not Band.BELOW
    assert bands.of(math.nextafter(bands.possible, 0)) is Band.BELOW


@given(BANDS, PROBABILITIES)
def test_a_probability_is_within_the_bounds_of_its_band_and_of_no_other(
    bands: Bands, probability: float
) -> None:
    within = [band for band in Band if bands.bounds(band)[0] <= probability < bands.bounds(band)[1]]
    assert within == [bands.of(probability)]


@given(BANDS)
def test_what_has_no_probability_has_no_band(bands: Bands) -> None:
    assert bands.of(None) is None


@given(st.floats(), st.floats())
def test_thresholds_that_are_no_probabilities_or_the_wrong_way_round_are_refused(
    likely: float, possible: float
) -> None:
    if 0 < possible <= likely < 1:
        assert Bands(likely, possible).bounds(Band.POSSIBLE) == (possible, likely)
    else:
        with pytest.raises(ValueError, match="possible ≤ likely"):
            Bands(likely, possible)


@given(st.none() | THRESHOLDS, st.none() | THRESHOLDS)
def test_a_park_may_state_one_threshold_and_the_other_gives_way(
    likely: float | None, possible: float | None
) -> None:
    if likely is not None and possible is not None and likely < possible:
        with pytest.raises(InvalidInput) as refused:
            ParkProfile(likely=likely, possible=possible)
        assert refused.value.field == "likely"
        return
    bands = ParkProfile(likely=likely, possible=possible).bands
    assert bands.likely == (max(LIKELY, bands.possible) if likely is None else likely)
    assert bands.possible == (min(POSSIBLE, bands.likely) if possible is None else possible)


def test_a_park_that_has_stated_nothing_has_the_default_bands() -> None:
    assert DEFAULT_PROFILE.bands == DEFAULT_BANDS == Bands(LIKELY, POSSIBLE)


@pytest.mark.parametrize("name", ["likely", "possible"])
@pytest.mark.parametrize("wrong", [0.0, 1.0, -0.1, 1.1, math.nan])
def test_a_stated_threshold_that_cannot_be_names_its_field(name: str, wrong: float) -> None:
    with pytest.raises(InvalidInput) as refused:
        ParkProfile(**{name: wrong})  # type: ignore[arg-type]
    assert refused.value.field == name


@given(st.sampled_from(Band), PROBABILITIES)
def test_what_is_said_of_a_band_follows_from_the_table_of_measured_precision(
    band: Band, share: float
) -> None:
    zh, en = sentence(band, {**PRECISION, band: share})
    assert (zh.split("：")[0], en.split(":")[0]) == NAMES[band] == words(band)
    assert ("约" in zh) == ("about" in en) == (round(10 * share) > 0)


def test_ten_such_are_counted_in_words() -> None:
    assert sentence(Band.LIKELY, {Band.LIKELY: 0.6}) == (
        "可信：十条中约六条是线索",
        "likely: of ten such, about six are leads",
    )
    assert sentence(Band.POSSIBLE, {Band.POSSIBLE: 0.1})[1] == "possible: of ten such, about one is a lead"
    assert (
        sentence(Band.BELOW, {Band.BELOW: 0.01})[1] == "below possible: of ten such, fewer than one is a lead"
    )


def test_what_has_not_been_measured_is_said_to_be_so() -> None:
    zh, en = sentence(Band.LIKELY, {Band.LIKELY: None})
    assert "尚未测得" in zh
    assert "not measured" in en
