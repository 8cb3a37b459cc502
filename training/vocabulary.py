"""Counts words in the corpus and writes them as a Unigram tokenizer.

    python -m training.vocabulary --corpus papers.jsonl.xz --lexicon words.txt --output tokenizer.json

jieba is needed here only: the tokenizer that comes out segments by a Viterbi search over counted pieces.
"""

import argparse
import math
import unicodedata
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import jieba
from tokenizers import Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Lowercase, Sequence

from training.corpus import Paper, read_papers, spaced

UNKNOWN = "[UNK]"
PARAGRAPHS_PER_PAPER = 8
LONGEST_LATIN = 24
LEAST_PAPERS = 3


def main() -> None:
    """Count, and write the tokenizer."""
    arguments = _arguments()
    words = [word for lexicon in arguments.lexicon for word in read_lexicon(lexicon)]
    papers = (paper for paper in read_papers(arguments.corpus) if not paper.held_out)
    counts: Counter[str] = Counter()
    spread: Counter[str] = Counter()
    count = partial(count_pieces, longest=arguments.longest)
    with ProcessPoolExecutor(initializer=_teach, initargs=(words,)) as pool:
        for counted in pool.map(count, papers, chunksize=64):
            counts.update(counted)
            spread.update(counted.keys())
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    build_tokenizer(counts, spread, arguments.size).save(str(arguments.output), pretty=False)
    print(f"{len(counts)} different pieces counted, {arguments.output.stat().st_size} bytes written")


def read_lexicon(path: Path) -> list[str]:
    """Chinese words of a `word<TAB>frequency` file, at most four characters long.

    Longer terms do better as several pieces; a Latin entry such as "para" makes jieba cut "preparation" up.
    """
    words = (line.split("\t")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [word for word in words if 2 <= len(word) <= 4 and all(map(_is_chinese, word))]


def count_pieces(paper: Paper, longest: int) -> Counter[str]:
    """Words of one paper with their counts, and the Chinese characters inside them, if only with count 0."""
    texts = [paper.title, paper.abstract, paper.title_en, paper.abstract_en, *paper.keywords]
    texts += [text for _, text in spaced(paper.sections, PARAGRAPHS_PER_PAPER)]
    counts: Counter[str] = Counter()
    for text in texts:
        for word in jieba.cut(unicodedata.normalize("NFKC", text).lower()):
            counts.update({character: 0 for character in word if _is_chinese(character)})
            if _is_piece(word, longest):
                counts[word] += 1
    return counts


def build_tokenizer(counts: Counter[str], spread: Counter[str], size: int) -> Tokenizer:
    """A Unigram tokenizer of the `size` pieces found in most papers; probabilities follow the counts.

    NFKC and lower case are inside it; punctuation and digits become the unknown piece, id 0. Splitting at
    punctuation first gave the same pieces and took 18 % longer.
    """
    found = sorted((-papers, piece) for piece, papers in spread.items() if papers >= LEAST_PAPERS)
    kept = [(piece, counts[piece] + 1) for _, piece in found[: size - 1]]
    total = math.log(sum(count for _, count in kept))
    pieces = [(UNKNOWN, 0.0)] + [(piece, math.log(count) - total) for piece, count in kept]
    tokenizer = Tokenizer(Unigram(pieces, unk_id=0))
    tokenizer.normalizer = Sequence([NFKC(), Lowercase()])
    return tokenizer


def _is_chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _is_piece(word: str, longest: int) -> bool:
    if not word.isalnum() or word.isdigit():
        return False
    chinese = any(map(_is_chinese, word))
    return (1 if chinese else 2) <= len(word) <= (longest if chinese else LONGEST_LATIN)


def _teach(words: Iterable[str]) -> None:
    for word in words:
        jieba.add_word(word)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Count a vocabulary and write it as tokenizer.json.")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--lexicon", type=Path, nargs="*", default=[], help="word<TAB>frequency files")
    parser.add_argument("--longest", type=int, default=3, help="characters of a Chinese piece at most")
    parser.add_argument("--size", type=int, default=64_000)
    parser.add_argument("--output", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
