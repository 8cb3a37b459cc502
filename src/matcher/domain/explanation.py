"""Why a pair is proposed: the steps that add up to its score, and what each part is called."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from matcher.domain.features import FEATURE_LABELS, FEATURES
from matcher.domain.labels import Words


@dataclass(frozen=True, slots=True)
class Step:
    """One contribution, and the sum of all up to it."""

    feature: str
    contribution: float
    cumulative: float


def waterfall(contributions: Mapping[str, float]) -> tuple[Step, ...]:
    """The contributions in their order; the last sum is the score, exactly."""
    sums = accumulate(contributions.values())
    return tuple(
        Step(name, part, total) for (name, part), total in zip(contributions.items(), sums, strict=True)
    )


def feature_words(feature: str) -> Words:
    """What people call a feature; one that no longer exists keeps its code's name."""
    return FEATURE_LABELS.get(feature, (feature, feature))


def about_feature(feature: str) -> str:
    """The first sentence of a feature's docstring; empty for one that no longer exists."""
    text = " ".join((FEATURES[feature].__doc__ or "").split()) if feature in FEATURES else ""
    return re.split(r"(?<=\.)\s", text, maxsplit=1)[0]
