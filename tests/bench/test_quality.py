import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bench.compare import report
from bench.eye import CAUSES, read, section
from bench.figures import measure
from bench.page import page
from bench.rankers import Ranking, bm25, character_tfidf, figures_of, learned, ours
from bench.tasks import Task, agreement, of_folder, of_papers

from matcher.domain import metrics
from matcher.index.snapshot import build_channels
from matcher.learning.evaluating import Channel, evaluate
from matcher.learning.resampling import difference, interval
from tests.learning.test_evaluating import LetterEncoder

SUBJECTS = [
    "锂电池隔膜涂覆",
    "小麦抗旱育种",
    "大蒜素超临界萃取",
    "桥梁裂缝检测",
    "污水脱氮菌剂",
    "钛合金精密铸造",
]


def folder(directory: Path, qrels: Sequence[tuple[int, int, int]]) -> Path:
    """Six demands and six results on as many subjects, with these grades."""
    directory.mkdir()
    documents = [{"_id": f"d{n}", "title": one[:4], "text": f"{one}的工艺"} for n, one in enumerate(SUBJECTS)]
    queries = [{"_id": f"q{n}", "title": one, "text": f"需要{one}技术"} for n, one in enumerate(SUBJECTS)]
    for name, records in (("corpus", documents), ("queries", queries)):
        text = "\n".join(json.dumps(one, ensure_ascii=False) for one in records)
        (directory / f"{name}.jsonl").write_text(text, encoding="utf-8")
    rows = [f"q{query}\td{document}\t{grade}" for query, document, grade in qrels]
    (directory / "qrels.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *rows]), encoding="utf-8")
    return directory


@pytest.fixture
def graded_folder(tmp_path: Path) -> Path:
    """Every demand's own subject is a lead and some others are not, one of them with a wrong grade."""
    others = [(query, (query + step) % 6, 0 if step == 1 else 1) for query in range(6) for step in (1, 2)]
    return folder(tmp_path / "graded", [*((n, n, 2 + n % 2) for n in range(6)), *others, (0, 3, 2)])


@pytest.fixture
def graded(graded_folder: Path) -> Task:
    return of_folder(graded_folder, pooled=True)


@pytest.mark.parametrize(
    ("channel", "name"),
    [("fused", "fused"), ("dense", "dense + dense_title"), ("lexical", "lexical_text + lexical_title")],
)
@pytest.mark.parametrize("pooled", [True, False])
def test_the_figures_are_those_of_matcher_evaluate(
    graded_folder: Path, channel: Channel, name: str, pooled: bool
) -> None:
    task = of_folder(graded_folder, pooled=pooled)
    ranking = ours(figures_of(task, LetterEncoder(), build_channels))[name]
    found = measure(task, ranking)
    known = evaluate(graded_folder, LetterEncoder(), build_channels, pooled=pooled, channel=channel)
    shared = set(found.means) & set(known.figures) if pooled else {"ndcg@10", "mrr@10", "recall@10"}
    assert {"ndcg@10", "mrr@10", "recall@10"} <= shared
    assert {one: found.means[one] for one in shared} == pytest.approx(
        {one: known.figures[one] for one in shared}
    )


def test_both_baselines_find_each_subject_first(graded_folder: Path) -> None:
    task = of_folder(graded_folder, pooled=False)
    for ranking in (bm25(task, list), character_tfidf(task)):
        assert [int(scores.argmax()) for scores in ranking.scores] == list(range(6))


def test_a_demand_is_scored_by_what_other_demands_taught_alone(graded: Task) -> None:
    figures = figures_of(graded, LetterEncoder(), build_channels)
    turned = replace(graded, grades=[3 - graded.grades[0], *graded.grades[1:]])
    before, after = learned(graded, figures), learned(turned, figures)
    told, turned_to = before.probabilities, after.probabilities
    assert told is not None
    assert turned_to is not None
    assert told[0].tolist() == turned_to[0].tolist()
    assert any(one.tolist() != other.tolist() for one, other in zip(told, turned_to, strict=True))


def test_an_interval_holds_its_mean_and_a_ranking_does_not_differ_from_itself() -> None:
    column = [None, 0.2, 0.4, 0.9, None, 0.5]
    found = interval(column)
    assert found.low < found.mean < found.high
    assert found.mean == pytest.approx(0.5)
    same = difference(column, column)
    assert (same.mean, same.low, same.high) == (0, 0, 0)
    better = difference([None, 0.3, 0.5, 1.0, 0.7, None], column)
    assert (better.mean, better.low, better.high) == pytest.approx((0.1, 0.1, 0.1))


def test_equal_pairs_are_compared_two_by_two(graded: Task) -> None:
    assert agreement(graded) == 0
    twice = replace(
        graded,
        queries=[graded.queries[0]] * 2,
        rows=[np.array([1, 2, 3])] * 2,
        grades=[np.array([0, 1, 2]), np.array([0, 1, 3])],
    )
    assert agreement(twice) == pytest.approx(2 / 3)


def test_english_titles_look_for_the_abstracts_of_held_out_papers(tmp_path: Path) -> None:
    records = [
        {
            "id": str(n),
            "title": "题",
            "abstract": f"摘要{n}",
            "title_en": "A study of membranes" if n % 2 else "",
        }
        for n in range(60)
    ]
    path = tmp_path / "papers.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    task = of_papers(path)
    assert 0 < len(task.queries) < len(task.documents) < 60
    rightly = Ranking([grades.astype(np.float64) for grades in task.grades])
    assert measure(task, rightly).means["mrr@10"] == 1
    assert measure(task, rightly).means["auc"] is None


def test_the_page_has_every_ranker_and_quotes_no_text(graded: Task, graded_folder: Path) -> None:
    titles = of_folder(graded_folder, pooled=False)
    said = page(report(graded, titles, None, LetterEncoder(), build_channels, list, {"eye": graded}), *read())
    for name in ("random", "BM25", "char TF-IDF", "dense", "lexical_title", "fused", "fused + learned"):
        assert f"| {name} | " in said
    assert "**fused + learned − fused**" in said
    assert "## English titles" not in said
    assert not [one for one in SUBJECTS if one in said]


def test_what_was_read_by_eye_is_whole() -> None:
    sample, about = read()
    assert len({one.demand for one in sample}) == 40
    for one in sample:
        assert len(one.grades) == len(one.probabilities) == 5
        assert set(one.grades) <= {0, 1, 2, 3}
        assert list(one.probabilities) == sorted(one.probabilities, reverse=True)
        assert (one.cause in CAUSES) if not one.has_lead else one.cause is None
    leads = sum(max(one.grades) >= metrics.GOOD for one in sample)
    assert f"**{leads} of 40 demands have a lead" in "\n".join(section(sample, about))
