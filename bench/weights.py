"""Which round weights of the four channels are best on several sets at once, and with each set left out.

    python -m bench.weights SET_DIR … [--papers papers.jsonl.xz]

The folders are in BEIR layout, pooled where they have a grade of 0. A set's figure is nDCG@10 where it is
pooled, else MRR@10; weights are judged by the mean over the sets of the figure relative to the set's best.
"""

import argparse
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.figures import measure
from bench.rankers import Figures, figures_of, scored
from bench.tasks import Task, has_zero, of_folder, of_papers
from matcher.domain.scoring import Scorer
from matcher.embed.factory import load_encoder
from matcher.index.snapshot import build_channels

CHOICES: Mapping[str, Sequence[int]] = {
    "dense": (20, 30, 40, 50),
    "dense_title": (0, 10, 20),
    "lexical_text": (10, 15, 20, 25, 30, 35, 40),
    "lexical_title": (0, 10, 15, 20, 25, 30),
}
"""Percent that each channel may weigh; those that make a hundred are tried."""

Weights = tuple[int, ...]
_SHOWN = 12


def main() -> None:
    """Measure every choice on every set, and print the best, and the best with each set left out."""
    arguments = _arguments()
    tasks = {folder.name: of_folder(folder, pooled=has_zero(folder)) for folder in arguments.sets}
    if arguments.papers is not None:
        tasks["English titles"] = of_papers(arguments.papers)
    encoder = load_encoder(None)
    figures = {name: figures_of(task, encoder, build_channels) for name, task in tasks.items()}
    measured = {
        weights: {name: _figure(task, figures[name], weights) for name, task in tasks.items()}
        for weights in _choices()
    }
    best = {name: max(found[name] for found in measured.values()) for name in tasks}

    def by(names: Sequence[str]) -> list[Weights]:
        return sorted(measured, key=lambda one: -sum(measured[one][name] / best[name] for name in names))

    print("weights (%) of", ", ".join(CHOICES), "| sets:", ", ".join(tasks))
    for weights in by([*tasks])[:_SHOWN]:
        print(_line(weights, measured[weights], best))
    for left_out in tasks:
        chosen = by([name for name in tasks if name != left_out])[0]
        print(f"without {left_out}:", _line(chosen, measured[chosen], best))


def _choices() -> Iterator[Weights]:
    return (weights for weights in itertools.product(*CHOICES.values()) if sum(weights) == 100)


def _figure(task: Task, figures: Figures, weights: Weights) -> float:
    shares = {name: weight / 100 for name, weight in zip(CHOICES, weights, strict=True) if weight}
    scorer = Scorer("tried", shares)
    means = measure(task, scored(figures, scorer)).means
    return means["ndcg@10" if task.pooled else "mrr@10"] or 0.0


def _line(weights: Weights, found: Mapping[str, float], best: Mapping[str, float]) -> str:
    relative = sum(found[name] / best[name] for name in best) / len(best)
    shown = "  ".join(f"{figure:.3f}" for figure in found.values())
    return f"{'/'.join(map(str, weights)):>12}  {relative:.4f}  {shown}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", type=Path, nargs="+", metavar="SET_DIR")
    parser.add_argument("--papers", type=Path, help="the training corpus, for English titles")
    return parser.parse_args()


if __name__ == "__main__":
    main()
