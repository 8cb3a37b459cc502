"""The speed page and its picture, from the figures that a run kept.

python -m bench.speed.page
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.speed import growth
from bench.speed.contenders import CONTENDERS
from bench.speed.phases import PHASES
from bench.speed.results import Results, Spread

_ROOT = Path(__file__).parents[2]
KEPT = Path(__file__).parent / "results.json"
PAGE = _ROOT / "docs" / "speed.md"
PICTURE = _ROOT / "docs" / "images" / "speed.svg"
OURS = "ours"
_COLUMNS = (
    "contender",
    "score",
    "wall, s",
    "× ours",
    "build, s",
    "search, s",
    "recall",
    "short",
    "memory, MiB",
    "limit",
)
_TUNED = """\
What is set beyond the defaults; nothing else is tuned:

* pgvector: `STORAGE PLAIN`, without which a scan took nine times as long; `hnsw.ef_search` 100 and
  `hnsw.iterative_scan`. At 1,000 rows the planner scans although there is an HNSW index.
* Chroma and Qdrant are in memory: on disk Qdrant writes each row by itself. Their local modes are meant for
  small lists, as is Milvus Lite, which is Python throughout.
* BM25 reads pairs of characters in LanceDB and txtai, jieba's words in Milvus Lite: by default a Chinese
  sentence is one word, or each character is one.
* The plain script filters the 100 best by each figure, txtai what its search gave; the others filter
  first."""
_MEBIBYTE = 2**20


def main() -> None:
    """Write page and picture anew."""
    from bench.speed.plot import draw

    results = Results.load(KEPT)
    PAGE.write_text(page(results), encoding="utf-8")
    draw(results, PICTURE)


def page(results: Results) -> str:
    """The whole page, in Markdown."""
    lines = [
        *_opening(results),
        *(line for size in results.sizes for line in _size(results, size)),
        *_growth(results),
        *_phases(results),
        *_machine(results),
    ]
    return "\n".join(lines) + "\n"


def _opening(results: Results) -> Iterator[str]:
    samples = "the bundled sample lists, which are too few to say anything but that it works"
    yield "# How fast it is, beside what else there is"
    yield ""
    yield (
        "Made by `make bench` and `python -m bench.speed.page`: all contenders in one run on the same texts "
        "and vectors. The job is that of a night: index the offered list, find the "
        f"{results.k} best for each text of the other list without those of its own organisation, and write "
        "the rows to a table. Every job runs in a process of its own; libraries are imported, servers "
        "started and texts encoded before the clock runs. Rounds are interleaved, each in another order; who "
        f"needs more than {results.slow:.0f} s runs once."
    )
    yield ""
    yield (
        f"{results.distinct:,} distinct texts from {samples if results.sample else 'a file'}, vectors of "
        f"`{results.encoder}`."
    )
    yield ""
    yield "![Wall time beside ours, and how the time of ours grows](images/speed.svg)"
    yield ""
    yield "| column | what it says |"
    yield "|---|---|"
    yield "| × ours | wall time as a multiple of ours in the same round: median, least and greatest |"
    yield (
        "| recall | the share of the exact best by a contender's own score that it gave, over at most 100 "
        "queries; where ranks are fused, no pair has a score of its own to compare with |"
    )
    yield "| short | queries that got fewer rows than asked for although so many were allowed |"
    yield "| memory | the peak of the process and its server, and what was held before the work began |"
    yield (
        "| limit | the time of the search as a multiple of the least that this machine needs to multiply "
        "every query with every row once and to write the figures, measured in the same minute |"
    )
    yield ""


def _size(results: Results, size: int) -> Iterator[str]:
    [queries] = {run.queries for run in results.runs if run.size == size}
    names = results.contenders(size)
    yield f"## {size:,} rows, {queries:,} queries"
    yield ""
    yield f"| {' | '.join(_COLUMNS)} |"
    yield f"|{'---|' * len(_COLUMNS)}"
    for name in names:
        yield _row(results, name, size)
    yield ""
    if size in results.stopped:
        yield f"Not done after {results.limit} s: {', '.join(results.stopped[size])}."
        yield ""
    for name, said in results.failed.get(size, {}).items():
        yield f"{name} failed: {said}"
        yield ""


def _row(results: Results, name: str, size: int) -> str:
    runs = results.of(name, size)
    recalls = [run.recall for run in runs if run.recall is not None]
    peak, before = (
        median(figures) / _MEBIBYTE for figures in zip(*((r.peak, r.before) for r in runs), strict=True)
    )
    cells = [
        f"**{name}**" if name == OURS else name,
        CONTENDERS[name].score,
        _spread(Spread.of([run.wall for run in runs]), 2),
        _spread(results.ratio(name, OURS, size), 1) if results.of(OURS, size) else "",
        f"{median(run.build for run in runs):.2f}",
        f"{median(run.search for run in runs):.2f}",
        f"{median(recalls):.3f}" if recalls else "—",
        str(max(run.short for run in runs) or ""),
        f"{peak:,.0f} ({before:,.0f})",
        _spread(results.limits_ratio(name, size), 1),
    ]
    return f"| {' | '.join(cells)} |"


def _growth(results: Results) -> Iterator[str]:
    builds, searches = growth.build(results, OURS), growth.search(results, OURS)
    if len(builds) < 2:
        return
    yield "## How ours grows"
    yield ""
    yield "| rows | build, s | search, ms a query |"
    yield "|---|---|---|"
    for size, seconds in builds.items():
        yield f"| {size:,} | {seconds:.2f} | {1000 * searches[size]:.2f} |"
    yield ""
    yield (
        "Fitted over these sizes, building grows with the rows to the power of "
        f"{growth.exponent(builds):.2f}, and one query's search to the power of "
        f"{growth.exponent(searches):.2f}."
    )
    yield ""


def _phases(results: Results) -> Iterator[str]:
    if not results.phases:
        return
    sizes = sorted(results.phases)
    yield "## Where the time of ours goes"
    yield ""
    yield (
        "From the file to the table, once. *index* hashes the n-grams; *other channels* say whether wording "
        "compares and how much a text says; *explain* finds the phrases that each pair shares, which a run "
        "keeps and no other contender has."
    )
    yield ""
    yield f"| phase | {' | '.join(f'{size:,} rows, s' for size in sizes)} |"
    yield f"|---|{'---|' * len(sizes)}"
    for phase in PHASES:
        yield f"| {phase} | {' | '.join(f'{results.phases[size][phase]:.2f}' for size in sizes)} |"
    yield ""
    largest = sizes[-1]
    least = 2 * results.least(largest)
    dense = results.phases[largest]["dense"] / least
    yield (
        f"At {largest:,} rows the two products of *dense*, of texts and of titles, need {least:.2f} s at "
        "this machine's limit. With the exact figures of the rows that are chosen from, *dense* took "
        f"{dense:.1f} times that."
    )
    yield ""


def _machine(results: Results) -> Iterator[str]:
    flops = Spread.of([at.limits.flops / 1e9 for at in results.rounds])
    moved = Spread.of([at.limits.bytes / 2**30 for at in results.rounds])
    load = Spread.of([at.load for at in results.rounds])
    yield "## On what"
    yield ""
    yield (
        f"{results.machine}. When the rounds began NumPy multiplied float32 matrices at {_spread(flops, 0)} "
        f"GFLOP/s and moved {_spread(moved, 1)} GiB/s of memory (read and written); the load was "
        f"{_spread(load, 1)}."
    )
    yield ""
    yield ", ".join(f"{name} {version}" for name, version in results.versions.items()) + "."
    yield ""
    for name, modules in results.missing.items():
        yield f"{name} was not installed ({', '.join(modules)})."
        yield ""
    yield _TUNED


def _spread(spread: Spread, decimals: int) -> str:
    middle, low, high = (f"{figure:,.{decimals}f}" for figure in (spread.middle, spread.low, spread.high))
    return middle if low == high else f"{middle} ({low}–{high})"


if __name__ == "__main__":
    main()
