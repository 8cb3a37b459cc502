"""The difference between the ledger after one run and after a later one, folded from every run's changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matcher.domain.opinions import Opinion
from matcher.domain.standings import Cause, Event, Standing

FIGURES = ("rank", "similarity", "score", "probability")
"""The figures of a pair that people compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The machine's columns of one entry as a run left them; without figures where no run proposed it."""

    standing: Standing
    cause: Cause | None = None
    rank: int | None = None
    similarity: float | None = None
    score: float | None = None
    probability: float | None = None
    contributions: Mapping[str, float]
    terms: tuple[str, ...]
    explored: bool = False
    like_id: int | None = None
    like_opinion: Opinion | None = None
    demand_version: int
    achievement_version: int

    @property
    def is_current(self) -> bool:
        """Whether the run proposed the pair."""
        return self.standing is Standing.CURRENT


@dataclass(frozen=True, slots=True)
class Step:
    """What one run made of one entry, and why; `causes` are codes as the run wrote them."""

    entry_id: int
    state: State
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that is not what it was; `before` is None where no run had written it."""

    entry_id: int
    before: State | None
    after: State
    causes: tuple[str, ...]

    @property
    def was_current(self) -> bool:
        """Whether the pair was proposed before."""
        return self.before is not None and self.before.is_current

    @property
    def event(self) -> Event:
        """What became of the pair from one end to the other."""
        if not self.after.is_current:
            return Event.VANISHED if self.was_current else Event.CHANGED
        if self.was_current:
            return Event.CHANGED
        return Event.CREATED if self.before is None or self.before.score is None else Event.RETURNED

    @property
    def figures(self) -> dict[str, tuple[float | None, float | None]]:
        """The figures that differ: name → (before, after)."""
        return moved_figures(self.before, self.after)

    @property
    def is_any(self) -> bool:
        """Whether anything differs; a pair that people added does not while no run has proposed it."""
        if self.before is None:
            return self.after.standing is not Standing.ADDED
        return self.before != self.after


def moved_figures(before: object, after: object) -> dict[str, tuple[float | None, float | None]]:
    """The figures that differ of what holds some by their names: name → (before, after)."""
    pairs = {name: (getattr(before, name, None), getattr(after, name)) for name in FIGURES}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def differences_after(before: Mapping[int, State], steps: Iterable[Step]) -> dict[int, Difference]:
    """What differs after `steps`, which are in the order of their runs; `before` is entry id → state.

    The causes of a pair's changes are joined in their order, without those from before it left or came back.
    What changed and changed back is no difference.
    """
    differences: dict[int, Difference] = {}
    for step in steps:
        last = differences.get(step.entry_id)
        start = before.get(step.entry_id) if last is None else last.before
        causes = step.causes
        if last is not None and last.after.is_current and step.state.is_current:
            causes = tuple(dict.fromkeys((*last.causes, *step.causes)))
        differences[step.entry_id] = Difference(step.entry_id, start, step.state, causes)
    return {entry_id: difference for entry_id, difference in differences.items() if difference.is_any}
