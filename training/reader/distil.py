"""Teaches the reader: the teacher's own vectors, and pairs that belong together.

    python -m training.reader.distil --corpus papers.jsonl.xz --patents patents.jsonl \
        --lexicon thuocl/*.txt --build build/reader

`--build` holds `start`, as `training.reader.start` wrote it, and `teacher-onnx`, the teacher as
`matcher encoder convert` writes it. The loss of a step is ten times one minus the cosine of the student's
vector to the teacher's, from which the mean vector of its side was taken (a teacher's cosines lie between
0.7 and 1, a reader's should not); and, growing over the first third, a symmetric in-batch softmax over the
pairs, in which what the teacher finds nearer than the pair itself is no negative (Solatorio 2024,
arXiv:2402.16829). It saves itself every `SAVE_EVERY` steps and goes on from there, so that hours can be
spent over several sittings. At the end `model` is a sentence-transformers folder.
"""

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer
from torch import Tensor
from torch.nn import functional

from matcher.domain.listing import Side
from matcher.embed.onnx import OnnxEncoder
from training.reader.pairs import Pairs
from training.reader.sources import read_sources

SCALE = 20.0
TO_TEACHER = 10.0
RAMP = 0.3
WARM_UP = 150
SAVE_EVERY = 200
REPORT_EVERY = 25
MEAN_BATCHES = 14
TOKENS = 128
"""Read of a text in training; twice as many are read in use."""


def main() -> None:
    """Train from the start or the newest save, then write the folder."""
    arguments = _arguments()
    torch.manual_seed(arguments.seed)
    drawn = random.Random(arguments.seed)
    pairs = Pairs(read_sources(arguments.corpus, arguments.patents, arguments.lexicon), drawn)
    teacher = Teacher(OnnxEncoder(arguments.build / "teacher-onnx"), pairs, arguments.pairs)
    student = student_of(arguments.build / "start", teacher.means.mean(dim=0))
    teach(student, teacher, pairs, drawn, arguments)
    student.max_seq_length = 2 * TOKENS
    student.save_pretrained(str(arguments.build / "model"), create_model_card=False)


class Teacher:
    """The teacher's unit vectors without the mean of their side; `means` has shape (2, d)."""

    def __init__(self, encoder: OnnxEncoder, pairs: Pairs, size: int) -> None:
        self._encoder = encoder
        batches = [pairs.batch(size)[0] for _ in range(MEAN_BATCHES)]
        sides = zip(*(pair for batch in batches for pair in batch), strict=True)
        self.means = torch.stack(
            [
                self._plain(texts, side).mean(dim=0)
                for texts, side in zip(sides, (Side.DEMAND, Side.SUPPLY), strict=True)
            ]
        )

    def vectors(self, texts: Sequence[str], side: Side) -> Tensor:
        """Shape (len(texts), d): an asking text is a demand's, what answers it a supply's."""
        mean = self.means[0 if side is Side.DEMAND else 1]
        return functional.normalize(self._plain(texts, side) - mean, dim=1)

    def _plain(self, texts: Sequence[str], side: Side) -> Tensor:
        return torch.from_numpy(self._encoder.encode(list(texts), side))


def student_of(start: Path, mean: Tensor) -> SentenceTransformer:
    """Body, mean of its states, and a square layer that begins by taking away the teacher's mean vector."""
    quiet = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    body = Transformer(str(start), max_seq_length=TOKENS, config_kwargs=quiet)
    width = len(mean)
    head = Dense(
        width, width, activation_function=torch.nn.Identity(), init_weight=torch.eye(width), init_bias=-mean
    )
    return SentenceTransformer(modules=[body, Pooling(width, "mean"), head, Normalize()], device="cpu")


def teach(
    student: SentenceTransformer,
    teacher: Teacher,
    pairs: Pairs,
    drawn: random.Random,
    arguments: argparse.Namespace,
) -> None:
    """All steps that are left; prints the two losses every `REPORT_EVERY`."""
    optimizer = torch.optim.AdamW(_groups(student), lr=arguments.learning_rate, betas=(0.9, 0.98), fused=True)
    save = arguments.build / "save.pt"
    first = _resume(save, student, optimizer, drawn)
    started = time.monotonic()
    student.train()
    for step in range(first, arguments.steps):
        batch, belong = pairs.batch(arguments.pairs)
        left, right = ([pair[side] for pair in batch] for side in (0, 1))
        theirs = teacher.vectors(left, Side.DEMAND), teacher.vectors(right, Side.SUPPLY)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            ours = _embed(student, left), _embed(student, right)
        apart = 1 - torch.stack([(a * b).sum(dim=1).mean() for a, b in zip(ours, theirs, strict=True)]).mean()
        softmax = in_batch(ours, theirs) if belong else torch.zeros(())
        share = min(1.0, step / (RAMP * arguments.steps))
        for group in optimizer.param_groups:
            group["lr"] = arguments.learning_rate * _rate(step, arguments.steps)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(TO_TEACHER * apart + share * softmax)
        torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        if (step + 1) % REPORT_EVERY == 0:
            seconds = time.monotonic() - started
            print(
                f"step {step + 1} apart {apart.item():.3f} softmax {softmax.item():.3f} ({seconds:.0f} s)",
                flush=True,
            )
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == arguments.steps:
            _save(save, student, optimizer, drawn, step + 1)


def in_batch(ours: tuple[Tensor, Tensor], theirs: tuple[Tensor, Tensor]) -> Tensor:
    """Symmetric softmax over cosines of shape (n, n), without negatives that the teacher finds nearer."""
    target = torch.arange(len(ours[0]))
    scores, judged = SCALE * ours[0] @ ours[1].T, theirs[0] @ theirs[1].T
    nearer = judged > judged.diagonal()[:, None]
    nearer_back = judged.diagonal()[:, None] < judged.T
    forth = functional.cross_entropy(scores.masked_fill(nearer, -1e4), target)
    back = functional.cross_entropy(scores.T.masked_fill(nearer_back, -1e4), target)
    return (forth + back) / 2


def _embed(student: SentenceTransformer, texts: Sequence[str]) -> Tensor:
    vectors: Tensor = student(student.preprocess(list(texts)))["sentence_embedding"]
    return vectors.float()


def _groups(student: SentenceTransformer) -> list[dict[str, Any]]:
    """Matrices lose a hundredth of their weight; vectors and tables of pieces none."""
    plain = {name: p for name, p in student.named_parameters() if p.ndim < 2 or "embeddings" in name}
    others = [p for name, p in student.named_parameters() if name not in plain]
    return [{"params": others, "weight_decay": 0.01}, {"params": list(plain.values()), "weight_decay": 0.0}]


def _rate(step: int, steps: int) -> float:
    warm = min(WARM_UP, max(1, steps // 10))
    return min(1.0, (step + 1) / warm) * max(0.02, 1 - step / steps)


def _resume(
    save: Path, student: SentenceTransformer, optimizer: torch.optim.Optimizer, drawn: random.Random
) -> int:
    """The step to go on with; 0 without a save."""
    if not save.is_file():
        return 0
    kept = torch.load(save, weights_only=False)  # our own file: it holds the state of `random`, a tuple
    student.load_state_dict(kept["student"])
    optimizer.load_state_dict(kept["optimizer"])
    drawn.setstate(kept["drawn"])
    return int(kept["step"])


def _save(
    save: Path,
    student: SentenceTransformer,
    optimizer: torch.optim.Optimizer,
    drawn: random.Random,
    step: int,
) -> None:
    state = {"student": student.state_dict(), "optimizer": optimizer.state_dict(), "drawn": drawn.getstate()}
    aside = save.with_suffix(".new")
    torch.save(state | {"step": step}, aside)
    aside.replace(save)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Teach the reader.")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--patents", type=Path, required=True)
    parser.add_argument("--lexicon", type=Path, nargs="+", required=True)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1800)
    parser.add_argument("--pairs", type=int, default=64, help="pairs in a step")
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    main()
