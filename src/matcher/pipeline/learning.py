"""Learning from grades: another scorer and calibration, and whether they are better on demands kept aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matcher.domain.calibration import Calibration
from matcher.domain.scoring import Scorer
from matcher.domain.stages import DeclineCode
from matcher.pipeline.encode import Progress, silent


@dataclass(frozen=True, slots=True)
class Graded:
    """One graded pair.

    `demand` is the demand's text, or what stands for it: grades of one demand are never split between
    learning and judging. `figures` are raw figures by `domain.features.FEATURES`' names, an unknown one
    absent; `grade` is 0 to 3. `explored` says that the pair was shown to learn about it.
    """

    demand: str
    figures: Mapping[str, float]
    grade: int
    decline: DeclineCode | None = None
    explored: bool = False


@dataclass(frozen=True, slots=True)
class Learned:
    """What grades teach, and whether it is better than what it was learned against.

    `evaluation` has the figures of `current` and of `learned` on demands kept aside: `log_loss`, `brier`,
    `ece`, `ndcg@10`, `auc`, `grade_mae`; None where undefined. `why` says in Chinese and in English why it is
    better or not; `counts` has `grades`, `demands`, `leads` and `explored`.
    """

    weights: Mapping[str, float]
    calibration: Calibration
    evaluation: Mapping[str, Mapping[str, float | None]]
    better: bool
    why: tuple[str, str]
    counts: Mapping[str, int]

    def scorer(self, version: str) -> Scorer:
        """What was learned, as a scorer of that version."""
        return Scorer(version, self.weights, self.calibration, learned=True)


def learn(graded: Sequence[Graded], current: Scorer, progress: Progress = silent) -> Learned:
    """Learn weights and a calibration from grades, and judge them against `current`.

    Only graded pairs teach: what was never shown is not a negative.

    Raises InvalidInput where grades cannot teach anything: fewer than two demands, or all of one kind.
    """
    raise NotImplementedError
