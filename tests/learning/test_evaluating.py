import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.domain.listing import Side
from matcher.domain.scoring import DEFAULT_SCORER, reranked
from matcher.index.snapshot import build_channels
from matcher.learning.evaluating import Channel, Evaluation, Lesson, Reranking, evaluate
from matcher.ports import Vectors

DOCUMENTS: list[Mapping[str, Any]] = [
    {"_id": "d1", "title": "锂电池隔膜", "text": ""},
    {"_id": "d2", "text": "小麦育种新品种"},
    {"_id": "d3", "title": "大蒜素提取", "text": "超临界萃取"},
    {"_id": "d4", "title": "锂电池", "text": None},
]
QUERIES = [
    {"_id": "q1", "title": "锂电池隔膜", "text": "涂覆"},
    {"_id": "q2", "text": "小麦育种"},
    {"_id": "unjudged", "text": "没有等级"},
]
QRELS = ["q1\td1\t3", "q1\td3\t0", "q1\td4\t1", "q2\td2\t1", "q2\td3\t0"]


class LetterEncoder:
    """Unit vectors of letter counts: an encoder small enough to work out by hand."""

    encoder_id = "letters@1/64"
    dimension = 64
    max_tokens = None

    def encode(self, texts: Sequence[str], side: Side) -> Vectors:
        vectors = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            for letter in text:
                vectors[row, ord(letter) % 64] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)

    def cut_short(self, texts: Sequence[str], _side: Side) -> NDArray[np.bool_]:
        return np.zeros(len(texts), dtype=np.bool_)


def write(
    directory: Path,
    *,
    documents: Sequence[Mapping[str, Any]] = DOCUMENTS,
    queries: Sequence[Mapping[str, Any]] = QUERIES,
    qrels: Sequence[str] = QRELS,
    header: bool = True,
    nested: bool = False,
) -> Path:
    for name, records in (("corpus.jsonl", documents), ("queries.jsonl", queries)):
        lines = [json.dumps(record, ensure_ascii=False) for record in records]
        (directory / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    path = directory / "qrels" / "test.tsv" if nested else directory / "qrels.tsv"
    path.parent.mkdir(exist_ok=True)
    lines = ["query-id\tcorpus-id\tscore", *qrels] if header else list(qrels)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return directory


def run(directory: Path, *, pooled: bool = False, channel: Channel = "fused") -> Evaluation:
    return evaluate(directory, LetterEncoder(), build_channels, pooled=pooled, channel=channel)


def test_the_keys_and_figures_of_a_perfect_ranking(tmp_path: Path) -> None:
    report = run(write(tmp_path)).as_json()
    assert report.pop("queries_per_second") > 0
    bins = report.pop("reliability")
    assert sum(one["pairs"] for one in bins) == len(QRELS)
    apart = sum(one["pairs"] * abs(one["predicted"] - one["observed"]) for one in bins)
    assert report.pop("ece") == pytest.approx(apart / len(QRELS))
    assert 0 < report.pop("brier") < 1
    assert report.pop("grade_score") == 1 / (1 + report.pop("grade_mae"))
    assert report.pop("learned") is None
    certain = {"mean": 1.0, "low": 1.0, "high": 1.0}
    assert report.pop("intervals") == dict.fromkeys(("ndcg@10", "mrr@10", "recall@10", "auc"), certain)
    assert report == {
        "ndcg@10": 1.0,
        "mrr@10": 1.0,
        "recall@10": 1.0,
        "auc": 1.0,
        "queries": 2,
        "averaged_over": {"ndcg@10": 2, "mrr@10": 2, "recall@10": 2, "auc": 1},
    }


@pytest.mark.parametrize("channel", ["dense", "lexical", "fused"])
@pytest.mark.parametrize("pooled", [True, False])
def test_header_and_place_of_the_grades_do_not_matter(tmp_path: Path, channel: Channel, pooled: bool) -> None:
    reports = []
    for name, header, nested in (
        ("a", True, False),
        ("b", False, False),
        ("c", True, True),
        ("d", False, True),
    ):
        directory = tmp_path / name
        directory.mkdir()
        evaluation = run(write(directory, header=header, nested=nested), pooled=pooled, channel=channel)
        reports.append((evaluation.figures, evaluation.averaged_over, evaluation.queries))
    assert reports[0] == reports[1] == reports[2] == reports[3]


def test_a_worked_example_of_a_wrong_ranking(tmp_path: Path) -> None:
    qrels = ["q1\td1\t1", "q1\td4\t3", "q1\td3\t2"]
    figures = run(write(tmp_path, qrels=qrels), pooled=True).figures
    ideal = 7 + 3 / math.log2(3) + 1 / 2
    assert figures["ndcg@10"] == pytest.approx((1 + 7 / math.log2(3) + 3 / 2) / ideal)
    assert figures["mrr@10"] == 1
    assert figures["auc"] == 0


def test_pooled_ranks_only_what_was_judged(tmp_path: Path) -> None:
    qrels = ["q1\td4\t2", "q1\td3\t0"]
    directory = write(tmp_path, qrels=qrels)
    assert run(directory, pooled=True).figures["mrr@10"] == 1
    assert run(directory).figures["mrr@10"] == 0.5  # d1, unjudged, comes first
    assert run(directory).figures["auc"] == run(directory, pooled=True).figures["auc"] == 1


def test_a_pooled_gain_is_averaged_over_queries_with_good_and_poor_documents(tmp_path: Path) -> None:
    directory = write(tmp_path)
    assert run(directory, pooled=True).averaged_over == {"ndcg@10": 1, "mrr@10": 2, "recall@10": 2, "auc": 1}
    assert run(directory).averaged_over == {"ndcg@10": 2, "mrr@10": 2, "recall@10": 2, "auc": 1}


def test_a_calibration_is_measured_only_where_some_pair_is_good_and_probabilities_exist(
    tmp_path: Path,
) -> None:
    for qrels, channel in ((["q1\td1\t1", "q2\td3\t0"], "fused"), (QRELS, "dense")):
        directory = tmp_path / channel
        directory.mkdir()
        report = run(write(directory, qrels=qrels), channel=channel).as_json()  # type: ignore[arg-type]
        assert (report["ece"], report["brier"], report["reliability"]) == (None, None, [])
        assert (report["grade_mae"] is None) == (report["grade_score"] is None) == (channel == "dense")


def test_undefined_figures_are_null(tmp_path: Path) -> None:
    report = run(write(tmp_path, qrels=["q1\td1\t0", "q2\td3\t0"]), pooled=True).as_json()
    assert [report[name] for name in ("ndcg@10", "mrr@10", "recall@10", "auc")] == [None] * 4
    assert report["queries"] == 2
    assert json.loads(json.dumps(report))["averaged_over"]["auc"] == 0


def test_a_directory_without_grades_evaluates_nothing(tmp_path: Path) -> None:
    report = run(write(tmp_path, qrels=[])).as_json()
    assert report["queries"] == 0
    assert report["ndcg@10"] is None


THINGS = ("液氢阀门", "疫苗冷库", "焊缝图像", "土壤墒情", "电解隔膜", "复合材料")


def judged(directory: Path, things: Sequence[str] = THINGS) -> Path:
    """Each query's own document is strong, every other is nothing."""
    directory.mkdir()
    places = range(len(things))
    return write(
        directory,
        documents=[{"_id": f"d{n}", "title": one, "text": f"{one}检测方法"} for n, one in enumerate(things)],
        queries=[{"_id": f"q{n}", "title": f"{one}检测"} for n, one in enumerate(things)],
        qrels=[f"q{n}\td{m}\t{3 if n == m else 0}" for n in places for m in places],
    )


def taught(directory: Path, lesson: Lesson) -> dict[str, Any]:
    return evaluate(
        directory, LetterEncoder(), build_channels, pooled=True, channel="fused", lesson=lesson
    ).as_json()


def test_what_other_demands_teach_moves_the_probabilities_and_says_so(tmp_path: Path) -> None:
    own, others = judged(tmp_path / "own", THINGS[:3]), judged(tmp_path / "others", THINGS[3:])
    before, after = run(own, pooled=True).as_json(), taught(own, Lesson(directory=others))
    assert after["brier"] != before["brier"]
    assert after["learned"] == {
        "from": "others",
        "grades": 9,
        "demands": 3,
        "leads": 3,
        "explored": 0,
        "better": False,
        "why_zh": after["learned"]["why_zh"],
        "why_en": after["learned"]["why_en"],
    }
    assert "fewer than 5" in after["learned"]["why_en"]


def test_a_demand_that_is_ranked_is_never_learned_from(tmp_path: Path) -> None:
    own, others = judged(tmp_path / "own", THINGS[:3]), judged(tmp_path / "others", THINGS[1:])
    assert taught(own, Lesson(directory=others))["learned"]["demands"] == 3


def test_marking_ones_own_homework_is_refused_and_folds_are_offered(tmp_path: Path) -> None:
    own, copy = judged(tmp_path / "own"), judged(tmp_path / "copy")
    for same in (own, copy):
        with pytest.raises(InvalidInput, match="--folds 5") as refused:
            taught(own, Lesson(directory=same))
        assert refused.value.field == "learn-from"


def test_folds_rank_every_demand_by_what_the_others_teach(tmp_path: Path) -> None:
    own = judged(tmp_path / "own")
    before, after = run(own, pooled=True).as_json(), taught(own, Lesson(folds=3))
    assert after["learned"] == {"folds": 3, "better": 0}
    assert (after["queries"], after["averaged_over"]) == (6, before["averaged_over"])
    assert sum(one["pairs"] for one in after["reliability"]) == 36
    assert after["brier"] != before["brier"]


def test_queries_of_one_text_are_in_one_fold(tmp_path: Path) -> None:
    own = judged(tmp_path / "own", (THINGS[0], THINGS[0], THINGS[0]))
    with pytest.raises(InvalidInput, match="grades of 0 demand"):
        taught(own, Lesson(folds=3))


@pytest.mark.parametrize(("directory", "count"), [(Path("x"), 5), (None, None), (None, 1)])
def test_a_lesson_is_another_folder_or_at_least_two_folds(directory: Path | None, count: int | None) -> None:
    with pytest.raises(InvalidInput) as refused:
        Lesson(directory, count)
    assert refused.value.field == "folds"


def test_nothing_is_withheld_for_saying_little(tmp_path: Path) -> None:
    queries = [{"_id": "q1", "text": "锂"}, {"_id": "q2", "text": ""}]
    report = run(write(tmp_path, queries=queries))
    assert report.queries == 2
    assert report.figures["recall@10"] == 1


@pytest.mark.parametrize(
    ("file", "content", "place"),
    [
        ("corpus.jsonl", '{"_id": "d1"}\nnot json\n', "corpus.jsonl:2"),
        ("corpus.jsonl", '{"title": "no id"}\n', "corpus.jsonl:1"),
        ("corpus.jsonl", '{"_id": "d1"}\n\n{"_id": "d1"}\n', "corpus.jsonl:3"),
        ("corpus.jsonl", '{"_id": "d1", "text": 7}\n', "corpus.jsonl:1"),
        ("queries.jsonl", "[1]\n", "queries.jsonl:1"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\n", "qrels.tsv:2"),
        ("qrels.tsv", "q1\td1\t1\nq1\td2\thigh\n", "qrels.tsv:2"),
        ("qrels.tsv", "q1\td1\t1\nq1\td2\t-1\n", "qrels.tsv:2"),
        ("qrels.tsv", "q1\tunknown\t1\n", "qrels.tsv:1"),
        ("qrels.tsv", "unknown\td1\t1\n", "qrels.tsv:1"),
        ("qrels.tsv", "q1\td1\t1\nq1\td1\t2\n", "qrels.tsv:2"),
    ],
)
def test_a_malformed_directory_is_refused_with_file_and_line(
    tmp_path: Path, file: str, content: str, place: str
) -> None:
    write(tmp_path)
    (tmp_path / file).write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        run(tmp_path)
    assert refused.value.field == place
    name, line = place.split(":")
    assert f"{name}, line {line}" in str(refused.value)
    assert f"{name} 第 {line} 行" in refused.value.zh


@pytest.mark.parametrize("file", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_missing_or_unreadable_file_is_named(tmp_path: Path, file: str) -> None:
    write(tmp_path)
    (tmp_path / file).write_bytes("锂电池".encode("gbk"))
    with pytest.raises(InvalidInput, match=f"{file} is not UTF-8"):
        run(tmp_path)
    (tmp_path / file).unlink()
    with pytest.raises(InvalidInput, match=f"cannot read .*{file}"):
        run(tmp_path)


class AgreeingReader:
    """A cross-encoder that finds texts to fit where they begin alike; `read` counts the pairs."""

    reranker_id = "agreeing@1"

    def __init__(self) -> None:
        self.read = 0

    def figures(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        self.read += len(pairs)
        return np.array([float(one[:4] == other[:4]) for one, other in pairs])


def test_a_lesson_for_a_cross_encoder_reads_the_judged_pairs_too(tmp_path: Path) -> None:
    reader = AgreeingReader()
    reranking = Reranking(reader, reranked(DEFAULT_SCORER, 0.5, reader.reranker_id))

    def taught_with(lesson: Lesson | None, channel: Channel) -> Evaluation:
        reader.read = 0
        own = tmp_path / f"own-{channel}-{lesson is None}"
        return evaluate(
            judged(own),
            LetterEncoder(),
            build_channels,
            pooled=True,
            channel=channel,
            reranking=reranking,
            lesson=lesson,
        )

    taught_with(None, "reranked")
    ranked = reader.read
    found = taught_with(Lesson(folds=3), "reranked")
    assert reader.read == 2 * ranked, "once to learn, once to rank"
    assert found.reliability, "what was learned says how likely a lead is"
    taught_with(Lesson(folds=3), "fused")
    assert reader.read == 0
