"""Trains the bundled StaticEmbedding from random vectors on pairs drawn from papers.

    python -m training.train --corpus papers.jsonl.xz --tokenizer tokenizer.json --output DIR --seed 7

The folder it writes opens with `SentenceTransformer(DIR)`. Vectors start random, as long as their piece's
inverse document frequency, and are pulled by a symmetric in-batch softmax over cosines (Henderson et al.
2017, arXiv:1705.00652).
"""

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn

from training.compose import ComposedTable, Composition, composition
from training.corpus import read_papers
from training.export import write_folder
from training.measure import held_out_figures
from training.pairs import Pair, TokenisedPaper, Tokens, sample_batch, tokenise, whole

Weights = NDArray[np.float32]
"""One row per piece, shape (pieces, dimension)."""

SCALE = 20.0
WARM_UP = 0.05
LONGEST = 192
REPORT_EVERY = 100


def main() -> None:
    """Train, reporting the held-out figures on the way, and write the folder."""
    arguments = _arguments()
    started = time.monotonic()
    tokenizer = Tokenizer.from_file(str(arguments.tokenizer))
    papers = list(read_papers(arguments.corpus))
    held_out = [paper for paper in papers if paper.held_out]
    train = tokenise([paper for paper in papers if not paper.held_out], tokenizer)

    def report(step: int, loss: float, weights: Weights) -> None:
        figures = held_out_figures(weights, tokenizer, held_out)
        shown = " ".join(f"{name} {value:.3f}" for name, value in figures.items())
        print(f"step {step} loss {loss:.3f} {shown} ({time.monotonic() - started:.0f} s)", flush=True)

    initial = initial_weights(train, tokenizer.get_vocab_size(), arguments.dimension, arguments.seed)
    weights = fit(initial, composition(tokenizer.get_vocab()), train, arguments, report)
    write_folder(arguments.output, weights, tokenizer)
    print(f"{sum(file.stat().st_size for file in arguments.output.iterdir())} bytes in {arguments.output}")


def initial_weights(papers: Sequence[TokenisedPaper], pieces: int, dimension: int, seed: int) -> Weights:
    """Random normal rows times their piece's inverse document frequency over its mean; row 0 is zero."""
    df = np.zeros(pieces)
    texts = [text for paper in papers for text in _texts(paper)]
    for text in texts:
        df[np.unique(text)] += 1
    idf = np.log((1 + len(texts)) / (1 + df))
    rows = np.random.default_rng(seed).standard_normal((pieces, dimension), dtype=np.float32)
    weights: Weights = rows * (idf / idf.mean()).astype(np.float32)[:, None]
    weights[0] = 0
    return weights


def fit(
    initial: Weights,
    made_of: Composition,
    papers: Sequence[TokenisedPaper],
    arguments: argparse.Namespace,
    report: Callable[[int, float, Weights], None],
) -> Weights:
    """The folded table after `arguments.steps` steps of Adam; `report` is told step, loss and table."""
    rng = np.random.default_rng(arguments.seed)
    table = ComposedTable(initial, made_of, rng)
    report(0, float("nan"), table.folded())
    optimizer = torch.optim.Adam(table.parameters(), lr=arguments.learning_rate, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step / arguments.steps))
    for step in range(1, arguments.steps + 1):
        batch = sample_batch(papers, arguments.batch, rng)
        left, right = _embed(table, batch, rng, arguments.drop)
        loss = _loss(SCALE * left @ right.T)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimizer.step()
        schedule.step()
        if step % REPORT_EVERY == 0 or step == arguments.steps:
            report(step, loss.item(), table.folded())
    return table.folded()


def _loss(scores: torch.Tensor) -> torch.Tensor:
    target = torch.arange(len(scores))
    return (nn.functional.cross_entropy(scores, target) + nn.functional.cross_entropy(scores.T, target)) / 2


def _embed(
    table: ComposedTable, batch: Sequence[Pair], rng: np.random.Generator, drop: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Unit rows of each side, shape (len(batch), dimension): the first pieces, a share of them dropped."""
    sides = [[_thin(pair[side][:LONGEST], rng, drop) for pair in batch] for side in (0, 1)]
    pieces, places = np.unique(whole([*sides[0], *sides[1]]), return_inverse=True)
    rows = table(pieces.astype(np.int64))
    first = sum(map(len, sides[0]))
    return _means(rows, places[:first], sides[0]), _means(rows, places[first:], sides[1])


def _means(rows: torch.Tensor, places: NDArray[np.int64], texts: Sequence[Tokens]) -> torch.Tensor:
    offsets = torch.from_numpy(np.cumsum([0, *map(len, texts[:-1])]))
    means = nn.functional.embedding_bag(torch.from_numpy(places), rows, offsets, mode="mean")
    return nn.functional.normalize(means, dim=1)


def _thin(text: Tokens, rng: np.random.Generator, drop: float) -> Tokens:
    left = text[rng.random(len(text)) >= drop]
    return left if len(left) else text


def _rate(progress: float) -> float:
    return progress / WARM_UP if progress < WARM_UP else (1 - progress) / (1 - WARM_UP)


def _texts(paper: TokenisedPaper) -> list[Tokens]:
    records = [whole([paper.title, *paper.abstract]), whole([paper.title_en, *paper.abstract_en])]
    return [text for text in [*records, *(whole(body) for _, body in paper.sections)] if len(text)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the bundled static embedding.")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--dimension", type=int, default=768)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--batch", type=int, default=1536)
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--drop", type=float, default=0.3, help="share of pieces left out at random")
    return parser.parse_args()


if __name__ == "__main__":
    main()
