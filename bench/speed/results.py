"""What was measured, as it is kept in a JSON file and shown on the page."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Self

from bench.speed.limits import Limits


@dataclass(frozen=True, slots=True)
class Run:
    """One job of one contender. Times in seconds, memory in bytes.

    `before` is the memory held once the lists were read and the libraries imported, `short` how many queries
    got fewer than k rows although so many were allowed, `recall` None where nothing exact compares.
    """

    contender: str
    size: int
    queries: int
    round: int
    build: float
    search: float
    write: float
    peak: int
    before: int
    short: int
    recall: float | None

    @property
    def wall(self) -> float:
        """The whole job."""
        return self.build + self.search + self.write


@dataclass(frozen=True, slots=True)
class Round:
    """What the machine could do when a round began, and how busy it was."""

    size: int
    round: int
    limits: Limits
    load: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some rounds between the least and the greatest."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Self:
        """Of at least one figure."""
        return cls(median(figures), min(figures), max(figures))


@dataclass(slots=True)
class Results:
    """A whole measurement.

    `stopped` holds the contenders that did not end within `limit` seconds, `failed` what the others said
    that gave no rows, both by size; `missing` the modules of those that are not installed. `phases` are the
    seconds of ours by size and phase.
    """

    machine: str
    encoder: str
    dimension: int
    distinct: int
    sample: bool
    k: int
    limit: int
    versions: dict[str, str]
    missing: dict[str, list[str]]
    runs: list[Run] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    stopped: dict[int, list[str]] = field(default_factory=dict)
    failed: dict[int, dict[str, str]] = field(default_factory=dict)
    phases: dict[int, dict[str, float]] = field(default_factory=dict)

    @property
    def slow(self) -> float:
        """Seconds of a job from which a contender runs once at a size, and not in every round."""
        return self.limit / 6

    @property
    def sizes(self) -> list[int]:
        """Those that were measured, ascending."""
        return sorted({run.size for run in self.runs})

    def of(self, contender: str, size: int) -> list[Run]:
        """A contender's runs at one size, by round."""
        return [run for run in self.runs if run.contender == contender and run.size == size]

    def contenders(self, size: int) -> list[str]:
        """Those with runs at one size, the quickest first."""
        names = {run.contender for run in self.runs if run.size == size}
        return sorted(names, key=lambda name: median(run.wall for run in self.of(name, size)))

    def ratio(self, contender: str, base: str, size: int) -> Spread:
        """A contender's wall time as a multiple of another's in the same round."""
        by_round = {run.round: run.wall for run in self.of(base, size)}
        return Spread.of([run.wall / by_round[run.round] for run in self.of(contender, size)])

    def limits_ratio(self, contender: str, size: int) -> Spread:
        """A contender's search as a multiple of the least time that the machine needs for all cosines."""
        limits = {at.round: at.limits for at in self.rounds if at.size == size}
        return Spread.of(
            [
                run.search / limits[run.round].seconds(size, run.queries, self.dimension)
                for run in self.of(contender, size)
            ]
        )

    def least(self, size: int) -> float:
        """The least time for all cosines of one size, by the median of the rounds."""
        [queries] = {run.queries for run in self.runs if run.size == size}
        return median(
            at.limits.seconds(size, queries, self.dimension) for at in self.rounds if at.size == size
        )

    def save(self, path: Path) -> None:
        """Write all of it."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        kept = json.loads(path.read_text("utf-8"))
        kept["runs"] = [Run(**run) for run in kept["runs"]]
        kept["rounds"] = [Round(**{**at, "limits": Limits(**at["limits"])}) for at in kept["rounds"]]
        for name in ("stopped", "failed", "phases"):
            kept[name] = {int(size): figures for size, figures in kept[name].items()}
        return cls(**kept)
