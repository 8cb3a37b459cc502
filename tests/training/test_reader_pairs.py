"""The pairs that the reader is taught on."""

import random

from hypothesis import given
from hypothesis import strategies as st
from training.corpus import Paper
from training.reader.pairs import LONGEST, Pairs
from training.reader.sources import Sources

PAPER = Paper(
    id="p",
    title="隔膜的连续涂布",
    abstract="本文给出一种隔膜的连续涂布方法。其厚度偏差小于百分之二。经三百小时运行没有脱层。",
    keywords=("隔膜", "涂布"),
    title_en="Continuous coating of membranes",
    abstract_en="A method to coat membranes continuously is given. Its thickness varies little.",
    sections=(("涂布的温度", "温度在六十度到八十度之间取了五个值。每个值涂布三次，取其平均。"),),
)
ABSTRACT = "一种阀门的泄漏检测装置，包括压力传感器和处理器；所述处理器比较相邻两次的压力。" * 3
SOURCES = Sources([PAPER], [ABSTRACT], ["阀门", "隔膜", "涂层", "电解槽", "传感器", "机器人", "催化剂"])


@given(st.integers(0, 200))
def test_every_pair_has_two_sides_of_readable_length(seed: int) -> None:
    pairs, _ = Pairs(SOURCES, random.Random(seed)).batch(3)
    assert len(pairs) == 3
    assert all(2 <= len(left) <= LONGEST and 4 <= len(right) <= LONGEST for left, right in pairs)


@given(st.integers(0, 200))
def test_a_seed_draws_the_same_batches_again(seed: int) -> None:
    first, again = (Pairs(SOURCES, random.Random(seed)) for _ in range(2))
    assert [first.batch(2) for _ in range(3)] == [again.batch(2) for _ in range(3)]


@given(st.integers(0, 200))
def test_only_lists_of_words_do_not_belong_together(seed: int) -> None:
    pairs, belong = Pairs(SOURCES, random.Random(seed)).batch(2)
    of_words = all(set("、".join(pair).split("、")) <= set(SOURCES.words) for pair in pairs)
    assert belong is not of_words
