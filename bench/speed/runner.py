"""All contenders in rounds, each job in a child process, and how much of the exact answer each one found."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.speed.contender import Contender, Exact
from bench.speed.job import TABLE
from bench.speed.limits import measure
from bench.speed.lists import Lists
from bench.speed.results import Results, Round, Run
from matcher.ports import Rows

ROOT = Path(__file__).parents[2]
JUDGED = 100
"""So many queries at most, evenly spread, are compared with the exact answer."""

_JUDGED_PAIRS = 2_000_000
"""Pairs that are scored exactly for it: of 100,000 rows those of 20 queries."""

_GRACE = 20
"""Seconds that a stopped child has to stop its server."""

Say = Callable[[str], None]


class Stopped(Exception):
    """A job took longer than it may."""


class Failed(Exception):
    """A job ended without figures; says its last line."""


@dataclass(slots=True)
class Job:
    """The job at one size: the lists, the folder in which children read them, and the exact answers."""

    lists: Lists
    folder: Path
    k: int
    exact: dict[Exact, list[Rows]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many rows are indexed."""
        return len(self.lists.offered)

    @property
    def judged(self) -> Rows:
        """The places of the queries that are compared."""
        affordable = max(10, _JUDGED_PAIRS // max(1, self.size))
        count = min(JUDGED, affordable, len(self.lists.wanted))
        return np.linspace(0, len(self.lists.wanted) - 1, count).astype(np.int64)

    def recall(self, contender: Contender, answers: Sequence[Rows]) -> float | None:
        """The mean share of the exact best rows that were given; None where nothing exact compares."""
        if contender.exact is None:
            return None
        if contender.exact not in self.exact:
            self.exact[contender.exact] = contender.exact(self.lists, self.judged, self.k)
        shares = [
            len(np.intersect1d(answers[place], best)) / len(best)
            for place, best in zip(self.judged.tolist(), self.exact[contender.exact], strict=True)
            if len(best)
        ]
        return float(np.mean(shares))

    def short(self, answers: Sequence[Rows]) -> int:
        """How many queries got fewer than k rows although so many were allowed.

        Raises Failed where a row is given that the filter leaves out.
        """
        owners = self.lists.offered.owners
        for rows, owner in zip(answers, self.lists.wanted.owners.tolist(), strict=True):
            if owner in owners[rows]:
                raise Failed("a row of the organisation itself was given")
        return sum(
            len(rows) < min(self.k, len(self.lists.allowed(owner)))
            for rows, owner in zip(answers, self.lists.wanted.owners.tolist(), strict=True)
        )


@dataclass(slots=True)
class Rounds:
    """Runs jobs and keeps what they come to; who was stopped or failed once, is `out` for good."""

    results: Results
    say: Say
    out: set[str] = field(default_factory=set)

    def run(self, job: Job, contenders: Sequence[Contender], count: int) -> None:
        """`count` rounds over the contenders, each in another order."""
        left = [contender for contender in contenders if contender.name not in self.out]
        for number in range(count):
            self.results.rounds.append(Round(job.size, number, measure(), os.getloadavg()[0]))
            shift = number % max(1, len(left))
            left = [
                contender
                for contender in [*left[shift:], *left[:shift]]
                if self._is_quick(job, contender, number)
            ]

    def _is_quick(self, job: Job, contender: Contender, number: int) -> bool:
        """Run a contender once, and say whether it is to run again at this size."""
        try:
            run = run_once(job, contender, number, self.results.limit)
        except Stopped:
            self.out.add(contender.name)
            self.results.stopped.setdefault(job.size, []).append(contender.name)
            self.say(f"{job.size:>9,} {contender.name}: stopped after {self.results.limit} s")
            return False
        except Failed as failure:
            self.out.add(contender.name)
            self.results.failed.setdefault(job.size, {})[contender.name] = str(failure)
            self.say(f"{job.size:>9,} {contender.name}: failed: {failure}")
            return False
        self.results.runs.append(run)
        recall = "" if run.recall is None else f", recall {run.recall:.3f}"
        self.say(
            f"{job.size:>9,} round {number + 1} {contender.name}: {run.wall:.2f} s "
            f"(build {run.build:.2f}, search {run.search:.2f}){recall}, {run.peak / 2**20:.0f} MiB"
        )
        return run.wall < self.results.slow


def run_once(job: Job, contender: Contender, number: int, limit: int) -> Run:
    """One job in a child process. Raises Stopped or Failed."""
    with tempfile.TemporaryDirectory(prefix="speed-", ignore_cleanup_errors=True) as folder:
        figures = _child([contender.name, str(job.folder), folder, str(job.k)], limit)
        answers = _answers(Path(folder) / TABLE, len(job.lists.wanted))
    return Run(
        contender=contender.name,
        size=job.size,
        queries=len(job.lists.wanted),
        round=number,
        short=job.short(answers),
        recall=job.recall(contender, answers),
        **figures,
    )


def _child(arguments: Sequence[str], limit: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.speed.job", *arguments]
    child = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace"
    )
    try:
        told, said = child.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.communicate(timeout=_GRACE)
        child.kill()
        raise Stopped from None
    if child.returncode:
        raise Failed((said.strip().splitlines() or [f"exit code {child.returncode}"])[-1])
    figures: dict[str, Any] = json.loads(told)
    return figures


def _answers(path: Path, queries: int) -> list[Rows]:
    """The rows of each query, from the table that the job wrote."""
    rows: list[list[int]] = [[] for _ in range(queries)]
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for query, row in connection.execute("SELECT query, row FROM matches ORDER BY query, place"):
            rows[query].append(row)
    return [np.array(of_query, dtype=np.int64) for of_query in rows]
