"""One contender's job in a process of its own: index, search, write the rows to a table; figures on stdout.

python -m bench.speed.job CONTENDER LISTS_FOLDER WORK_FOLDER K
"""

import contextlib
import json
import signal
import sqlite3
import sys
import time
from importlib import import_module
from itertools import pairwise
from pathlib import Path

from bench.speed.contender import Contender, Hits
from bench.speed.contenders import CONTENDERS
from bench.speed.lists import Lists
from bench.speed.memory import peak

TABLE = "matches.sqlite"


def main() -> None:
    """Do it once; a job that is stopped stops its server."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    name, lists, work, k = sys.argv[1:]
    print(json.dumps(do(CONTENDERS[name], Path(lists), Path(work), int(k))))


def do(contender: Contender, folder: Path, work: Path, k: int) -> dict[str, float | int]:
    """Seconds of each part, bytes at the peak, and bytes before the work began; the rows are in `work`."""
    lists = Lists.load(folder)
    with contextlib.redirect_stdout(sys.stderr):  # some print while they work
        for module in contender.modules:
            import_module(module)
        started_with = contender.start(work)
        before = peak(work)
        clock = [time.perf_counter()]
        index = contender.build(lists, started_with)
        clock.append(time.perf_counter())
        hits = contender.search(index, lists, k)
        clock.append(time.perf_counter())
        write(hits, work / TABLE)
        clock.append(time.perf_counter())
    build, search, written = (end - start for start, end in pairwise(clock))
    return {"build": build, "search": search, "write": written, "peak": peak(work), "before": before}


def write(hits: Hits, path: Path) -> None:
    """The rows of every query as rows of a table."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE matches (query INT, place INT, row INT, score REAL)")
        connection.executemany(
            "INSERT INTO matches VALUES (?, ?, ?, ?)",
            (
                (query, place, row, score)
                for query, (rows, scores) in enumerate(hits)
                for place, (row, score) in enumerate(zip(rows.tolist(), scores.tolist(), strict=True), 1)
            ),
        )


if __name__ == "__main__":
    main()
