"""The shape of a contender: how it indexes the offered list, and how it looks for what is wanted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.speed.lists import Lists
from matcher.ports import Rows

Hits = Sequence[tuple[Rows, NDArray[np.float64]]]
"""For each query the offered rows, best first, and their scores."""

Exact = Callable[[Lists, Rows, int], list[Rows]]
"""The best rows of some queries, by the exact score of every row: what a search should have given."""


def _in_folder(folder: Path) -> Path:
    return folder


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to do the job; `score` says in words what orders its rows.

    `modules` have to be there for it, and are imported before the clock runs; `start` gives what must run
    beforehand, a server or a folder, and `build` and `search` are the work that is timed. `exact` is None
    where a pair has no score of its own, as with fused ranks.
    """

    name: str
    score: str
    modules: tuple[str, ...]
    build: Callable[[Lists, Any], Any]
    search: Callable[[Any, Lists, int], Hits]
    exact: Exact | None
    start: Callable[[Path], Any] = _in_folder

    @property
    def missing(self) -> list[str]:
        """The modules that are not installed."""
        return [module for module in self.modules if find_spec(module) is None]


def hit(pairs: Sequence[tuple[int, float]]) -> tuple[Rows, NDArray[np.float64]]:
    """Pairs of a row and its score, as hits are kept."""
    rows = np.array([row for row, _ in pairs], dtype=np.int64)
    return rows, np.array([score for _, score in pairs], dtype=np.float64)
