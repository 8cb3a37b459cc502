"""From the figures of a pair to one score, with what each contributed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from matcher.domain.calibration import PRIOR, Calibration
from matcher.domain.features import CHANNEL_FEATURES, FEATURES, MEANING, WEIGHED_FEATURES, WORDING, Figures

SCORER_VERSION = "4"
"""Changes whenever the same figures could give another score."""

FEEDBACK = 0.15
"""What a full `feedback` adds to a score or takes from it, beside the weights, which sum to 1 without it."""


@dataclass(frozen=True, slots=True)
class Scorer:
    """A weighted sum of features.

    The weights' absolute values sum to 1, so a score is at most 1. Those of retrieval channels are positive:
    likeness never speaks against a pair. A learned weight of another feature may be negative, and with it a
    score. `calibration` says what its scores mean as probabilities; None where nobody has measured that.
    `learned` says whether the weights came from grades, which then shape what is graded next.

    Raises ValueError for an unknown feature or for weights that break these rules.
    """

    version: str
    weights: Mapping[str, float]
    calibration: Calibration | None = None
    learned: bool = False

    def __post_init__(self) -> None:
        if unknown := self.weights.keys() - WEIGHED_FEATURES.keys():
            raise ValueError(f"unknown features: {sorted(unknown)}")
        if not self.channels or min(self.weights[name] for name in self.channels) <= 0:
            raise ValueError("a scorer needs a retrieval channel, and their weights must be positive")
        if not math.isclose(sum(map(abs, self.weights.values())), 1.0):
            raise ValueError("the weights' absolute values must sum to 1")

    @property
    def channels(self) -> tuple[str, ...]:
        """The features that retrieval gives, in the order of `weights`."""
        return tuple(name for name in self.weights if name in CHANNEL_FEATURES)

    @property
    def second_look(self) -> tuple[str, ...]:
        """The features that only the best by retrieval are looked at for, in the order of `weights`."""
        return tuple(name for name in self.weights if name not in CHANNEL_FEATURES)

    def contributions(self, figures: Figures) -> dict[str, Any]:
        """Weight times feature, by name, in the order of `weights`: floats or arrays, as the figures are.

        Where the wording of two texts cannot be compared, its weights go to the meaning, in proportion; where
        a demand says little that others do not, likeness counts as little.
        """
        wording: Any = figures.get("wording", 1.0)
        substance: Any = figures.get("substance", 1.0)
        meaning = 1 + (1 - wording) * self._wording_to_meaning
        factors = dict.fromkeys(WORDING, substance * wording) | dict.fromkeys(MEANING, substance * meaning)
        return {
            name: weight * factors.get(name, 1.0) * FEATURES[name](figures)
            for name, weight in self.weights.items()
        }

    @property
    def _wording_to_meaning(self) -> float:
        """What wording weighs, as a multiple of what meaning weighs; 0 where one of them weighs nothing."""
        wording, meaning = (
            sum(self.weights.get(name, 0.0) for name in names) for names in (WORDING, MEANING)
        )
        return wording / meaning if meaning else 0.0

    @property
    def calibration_version(self) -> str | None:
        """The version of the calibration."""
        return None if self.calibration is None else self.calibration.version

    def probability(self, score: float) -> float | None:
        """The probability of a score; None without a calibration."""
        return None if self.calibration is None else float(self.calibration.probability(score))

    def score(self, contributions: Mapping[str, Any]) -> Any:
        """The sum of the contributions, added in their order. Larger is better."""
        return sum(contributions.values())


@dataclass(frozen=True, slots=True)
class Scorers:
    """What everything is scored with: a park's own scorer where it has adopted one, else the shared one."""

    shared: Scorer
    by_park: Mapping[int, Scorer] = field(default_factory=dict)

    def of(self, park_id: int | None) -> Scorer:
        """The scorer of a park's demands."""
        return self.shared if park_id is None else self.by_park.get(park_id, self.shared)


DEFAULT_SCORER = Scorer(
    SCORER_VERSION, {"dense": 0.4, "dense_title": 0.1, "lexical_text": 0.4, "lexical_title": 0.1}, PRIOR
)
"""What the service scores with until something better is learned and adopted: round numbers, chosen on seven
sets of pairs at once (docs/adr/0019)."""


def reranked(scorer: Scorer, weight: float, reranker_id: str) -> Scorer:
    """The same scorer with a cross-encoder that has `weight` of the score, between 0 and 1.

    It has no calibration: what such a score means as a probability nobody has measured.
    """
    weights = {name: share * (1 - weight) for name, share in scorer.weights.items()}
    version = f"{scorer.version}+{weight:g}*{reranker_id}"
    return Scorer(version, {**weights, "cross_encoder": weight})


DENSE = Scorer(f"{SCORER_VERSION}-dense", {"dense": 0.8, "dense_title": 0.2})
"""The embeddings alone, for comparison: `DEFAULT_SCORER` without the wording, rescaled."""

LEXICAL = Scorer(f"{SCORER_VERSION}-lexical", {"lexical_text": 0.8, "lexical_title": 0.2})
"""The wording alone, for comparison: `DEFAULT_SCORER` without the embedding, rescaled."""
