"""Where the time of ours goes: reading, normalising, encoding, indexing, each channel, scoring, and so on."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from bench.speed.contenders.ours import choices_of, queries_of, views
from bench.speed.job import TABLE, write
from bench.speed.lists import distinct_texts, lists_of, raw_texts
from matcher.domain.features import Figures
from matcher.domain.match import Match
from matcher.domain.scoring import DEFAULT_SCORER, Scorer
from matcher.domain.terms import Phrases, matched_terms
from matcher.index.snapshot import build_channels
from matcher.matching.rank import choose
from matcher.matching.searchable import PhrasesByRow
from matcher.ports import Asked, Encoder, Query, Retriever, Rows

PHASES = (
    "read",
    "normalise",
    "encode",
    "index",
    "dense",
    "lexical",
    "other channels",
    "score",
    "choose",
    "explain",
    "write",
)
"""In the order in which a run comes to them."""


@dataclass(slots=True)
class Clock:
    """Adds up the seconds of each phase."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def __call__(self, phase: str) -> Iterator[None]:
        """Count what is done in the block for a phase."""
        started = time.perf_counter()
        yield
        self.seconds[phase] += time.perf_counter() - started


def profile(path: Path, size: int, queries: int, k: int, encoder: Encoder) -> dict[str, float]:
    """The seconds of each phase of one job, from the file to the table."""
    clock = Clock()
    with clock("read"):
        raw = list(islice(raw_texts(path), size + queries))
    with clock("normalise"):
        texts = distinct_texts(raw, size + queries)
        offered = views(texts[:size])
    with clock("encode"), TemporaryDirectory() as cache:
        lists = lists_of(texts, size, encoder, Path(cache))
    with clock("index"):
        channels = build_channels(offered, lists.offered.vectors)
    asked, choices = queries_of(lists, range(len(lists.wanted))), choices_of(lists, k)
    timed = {name: _Timed(channel, _phase_of(name), clock) for name, channel in channels.items()}
    with clock("choose"):
        matches = choose(asked, timed, _timed_scorer(clock), choices)
    for inner in ("dense", "lexical", "other channels", "score"):
        clock.seconds["choose"] -= clock.seconds[inner]
    with clock("explain"):
        _explain(matches, [Phrases(query.text) for query in asked], PhrasesByRow(offered))
    with clock("write"), TemporaryDirectory() as folder:
        hits = [(np.array([m.row for m in of]), np.array([m.score for m in of])) for of in matches]
        write(hits, Path(folder) / TABLE)
    return {phase: clock.seconds[phase] for phase in PHASES}


def _explain(matches: Sequence[Sequence[Match]], asked: Sequence[Phrases], offered: PhrasesByRow) -> None:
    """The phrases that each pair shares, which a run keeps beside it."""
    for phrases, of_query in zip(asked, matches, strict=True):
        for match in of_query:
            matched_terms(phrases, offered[match.row])


def _phase_of(channel: str) -> str:
    return next((phase for phase in ("dense", "lexical") if channel.startswith(phase)), "other channels")


@dataclass(frozen=True, slots=True)
class _Timed:
    """A channel, or queries put to it, whose work counts for a phase."""

    channel: Retriever
    phase: str
    clock: Clock

    def __len__(self) -> int:
        return len(self.channel)

    def ask(self, queries: Sequence[Query]) -> "_TimedAsked":
        with self.clock(self.phase):
            return _TimedAsked(self.channel.ask(queries), self.phase, self.clock)


@dataclass(frozen=True, slots=True)
class _TimedAsked:
    asked: Asked
    phase: str
    clock: Clock

    def nearly(self) -> NDArray[np.float32]:
        with self.clock(self.phase):
            return self.asked.nearly()

    def values(self, rows: Sequence[Rows]) -> list[NDArray[np.float32]]:
        with self.clock(self.phase):
            return self.asked.values(rows)


def _timed_scorer(clock: Clock) -> Scorer:
    class Timed(Scorer):
        def contributions(self, figures: Figures) -> dict[str, object]:
            with clock("score"):
                return Scorer.contributions(self, figures)

    return Timed(DEFAULT_SCORER.version, DEFAULT_SCORER.weights, DEFAULT_SCORER.calibration)
