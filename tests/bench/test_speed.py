import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bench.speed import growth
from bench.speed.contender import Contender
from bench.speed.contenders import CONTENDERS
from bench.speed.contenders.ours import OURS, OURS_DENSE
from bench.speed.contenders.script import SCRIPT
from bench.speed.limits import Limits
from bench.speed.lists import Lists, distinct_texts, lists_of, raw_texts, sample_texts
from bench.speed.page import KEPT, PAGE, page
from bench.speed.phases import PHASES, profile
from bench.speed.results import Results, Round, Run
from bench.speed.runner import Job, Rounds

from matcher.ports import Encoder

WORDS = ["锂电池", "隔膜", "涂覆", "小麦", "抗旱", "育种", "大蒜素", "超临界", "萃取", "桥梁", "裂缝", "检测"]
ROWS, QUERIES, K = 60, 20, 5


@pytest.fixture(scope="module")
def texts_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More distinct texts than are wanted, some of them twice."""
    draw = random.Random(0)
    texts = ["，".join(draw.sample(WORDS, 6)) + f"第{number}种工艺的研究" for number in range(ROWS + QUERIES)]
    path = tmp_path_factory.mktemp("texts") / "texts.jsonl"
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in [*texts[:5], *texts]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def lists(texts_file: Path, tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Lists:
    texts = distinct_texts(raw_texts(texts_file), ROWS + QUERIES)
    return lists_of(texts, ROWS, encoder, tmp_path_factory.mktemp("vectors"))


@pytest.fixture
def job(lists: Lists, tmp_path: Path) -> Job:
    lists.save(tmp_path)
    return Job(lists, tmp_path, K)


def measured(job: Job, contenders: Sequence[Contender], rounds: int = 1) -> Results:
    """What the runner keeps of these."""
    results = Results("a machine", "an encoder", 8, ROWS + QUERIES, False, K, 60, {}, {})
    Rounds(results, print).run(job, contenders, rounds)
    return results


def test_a_text_that_is_there_twice_counts_once(texts_file: Path) -> None:
    texts = distinct_texts(raw_texts(texts_file), 1000)
    assert len(texts) == len(set(texts)) == ROWS + QUERIES
    assert distinct_texts(raw_texts(texts_file), 7) == texts[:7]


def test_the_sample_lists_are_a_smoke_test() -> None:
    texts = sample_texts()
    assert len(texts) == len(set(texts)) > 100


def test_lists_are_read_as_they_were_written(lists: Lists, tmp_path: Path) -> None:
    lists.save(tmp_path)
    read = Lists.load(tmp_path)
    assert (read.offered.texts, read.wanted.texts) == (lists.offered.texts, lists.wanted.texts)
    assert np.array_equal(read.offered.vectors, lists.offered.vectors)
    assert np.array_equal(read.title_vectors, lists.title_vectors)


def test_the_best_of_every_query_are_given_and_none_of_its_own_organisation(job: Job) -> None:
    contenders = [one for one in (OURS, OURS_DENSE, SCRIPT) if not one.missing]
    results = measured(job, contenders)
    assert not results.failed
    assert not results.stopped
    assert [run.contender for run in results.runs] == [one.name for one in contenders]
    for run in results.runs:
        assert (run.size, run.queries, run.short, run.recall) == (ROWS, QUERIES, 0, 1.0)
        assert run.peak >= run.before > 0


def test_what_takes_too_long_or_fails_is_told_and_not_tried_again(job: Job) -> None:
    results = Results("a machine", "an encoder", 8, ROWS, False, K, 0, {}, {})
    Rounds(results, print).run(job, [OURS], 2)
    assert results.stopped == {ROWS: ["ours"]}
    failed = measured(replace(job, folder=job.folder / "missing"), [OURS])
    assert "missing" in failed.failed[ROWS]["ours"]
    assert failed.runs == results.runs == []


def test_every_second_of_ours_has_a_phase(texts_file: Path, encoder: Encoder) -> None:
    phases = profile(texts_file, ROWS, QUERIES, K, encoder)
    assert tuple(phases) == PHASES
    assert all(seconds > 0 for seconds in phases.values())


def a_run(contender: str, size: int, number: int, seconds: float) -> Run:
    return Run(contender, size, 100, number, seconds, seconds, 0.0, 2**20, 2**20, 0, None)


def test_a_ratio_is_of_the_same_round_and_growth_is_a_slope(tmp_path: Path) -> None:
    limits = Limits(flops=2e9, bytes=1e12)
    results = Results("a machine", "an encoder", 10, 500, False, K, 60, {}, {"txtai": ["txtai"]})
    for size in (100, 1000):
        results.rounds += [Round(size, number, limits, 0.5) for number in (0, 1)]
        results.runs += [a_run("ours", size, number, size * (1.0 + number)) for number in (0, 1)]
        results.runs += [a_run("Chroma", size, number, size * (3.0 - number)) for number in (0, 1)]
    ratio = results.ratio("Chroma", "ours", 100)
    assert (ratio.low, ratio.middle, ratio.high) == (1.0, 2.0, 3.0)
    assert growth.exponent(growth.build(results, "ours")) == pytest.approx(1.0)
    assert results.limits_ratio("ours", 100).low == pytest.approx(100 / limits.seconds(100, 100, 10))
    results.save(tmp_path / "kept.json")
    assert Results.load(tmp_path / "kept.json") == results
    shown = page(results)
    assert "txtai was not installed (txtai)." in shown
    assert "to the power of 1.00" in shown


def test_the_page_is_what_was_measured() -> None:
    assert PAGE.read_text("utf-8") == page(Results.load(KEPT)), "python -m bench.speed.page"


def test_every_contender_has_a_name_of_its_own() -> None:
    assert all(contender.name == name for name, contender in CONTENDERS.items())
