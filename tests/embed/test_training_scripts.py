from argparse import Namespace
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import Unigram
from training.background import document_frequencies
from training.compose import composition
from training.corpus import Paper, spaced
from training.export import quantise, write_folder
from training.pairs import sample_batch, tokenise
from training.train import fit, initial_weights

from matcher.domain.listing import Side
from matcher.embed.static import StaticEncoder

LETTERS = "甲乙丙丁戊己庚辛壬癸"


def _paper(number: int) -> Paper:
    own, other = LETTERS[number], LETTERS[number - 1]
    text = f"{own * 3}。{own * 2}{other}。{own * 4}。"
    return Paper(str(number), own * 3, text, (own, own), "", "", ((own * 2, text),))


def _tokenizer() -> Tokenizer:
    return Tokenizer(Unigram([("[UNK]", 0.0), *((letter, -1.0) for letter in LETTERS)], unk_id=0))


def test_training_brings_a_papers_texts_together_and_the_written_folder_opens(tmp_path: Path) -> None:
    tokenizer = _tokenizer()
    papers = tokenise([_paper(number) for number in range(10)], tokenizer)
    initial = initial_weights(papers, 11, 16, seed=7)
    losses = []
    arguments = Namespace(seed=7, learning_rate=0.05, steps=60, batch=10, drop=0.1)
    weights = fit(
        initial,
        composition(tokenizer.get_vocab()),
        papers,
        arguments,
        lambda _step, loss, _weights: losses.append(loss),
    )
    write_folder(tmp_path, weights, tokenizer)
    own, same, other = StaticEncoder.load(tmp_path).encode(["甲甲", "甲", "丙"], Side.SUPPLY)
    assert losses
    assert own @ same > 0.99 > own @ other
    assert not weights[0].any()


def test_a_batch_takes_at_most_one_pair_from_a_paper() -> None:
    papers = tokenise([_paper(number) for number in range(10)], _tokenizer())
    rng = np.random.default_rng(1)
    for _ in range(30):
        batch = sample_batch(papers, 50, rng)
        assert len(batch) <= 10
        assert all(len(left) and len(right) for left, right in batch)


@given(st.integers(1, 60), st.integers(1, 12))
def test_evenly_spaced_items_start_with_the_first_and_never_exceed_the_limit(count: int, most: int) -> None:
    chosen = spaced(list(range(count)), most)
    assert chosen[0] == 0
    assert 1 <= len(chosen) <= most


def test_eight_bit_rows_restore_the_weights_to_half_a_step() -> None:
    weights = np.random.default_rng(2).standard_normal((20, 8)).astype(np.float32)
    weights[3] = 0
    rows, scales = quantise(weights)
    assert np.all(np.abs(rows * scales[:, None] - weights) <= scales[:, None] * 0.5001)
    assert not rows[3].any()


def test_a_document_counts_once_for_an_n_gram_it_repeats() -> None:
    df, n = document_frequencies(iter(["电池", "电电电池", "氢"]))
    assert n == 3
    assert df.max() == 2
    assert df.sum() == 3 + 6 + 1
