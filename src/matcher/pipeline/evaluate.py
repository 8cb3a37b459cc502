"""How well the whole ranking pipeline agrees with human grades, on a directory in BEIR layout."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from matcher.domain import metrics
from matcher.domain.candidate import Match
from matcher.domain.errors import InvalidInput
from matcher.domain.listing import Side
from matcher.domain.scoring import DEFAULT_SCORER, DENSE, LEXICAL, Scorer
from matcher.domain.text import TextView
from matcher.pipeline.rank import Choice, Figures, SecondLook, choose
from matcher.ports import BuildChannels, Encoder, Query, Reranker, Rows

Channel = Literal["dense", "lexical", "fused", "reranked"]

SCORERS: Mapping[Channel, Scorer] = {"dense": DENSE, "lexical": LEXICAL, "fused": DEFAULT_SCORER}
"""By channel; what `reranked` is scored with depends on the cross-encoder."""

_CUTOFF = 10

Qrels = Mapping[str, Mapping[str, int]]
"""Grade by query id and document id."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Means over queries, None where undefined; `averaged_over` says over how many queries each is."""

    figures: Mapping[str, float | None]
    averaged_over: Mapping[str, int]
    queries: int
    queries_per_second: float
    reliability: tuple[metrics.Bin, ...]

    def as_json(self) -> dict[str, Any]:
        """The keys of `matcher evaluate --json`."""
        return {
            **self.figures,
            "queries": self.queries,
            "queries_per_second": self.queries_per_second,
            "averaged_over": dict(self.averaged_over),
            "reliability": [asdict(one) for one in self.reliability],
        }


@dataclass(frozen=True, slots=True)
class Collection:
    """A directory in BEIR layout; only queries that have a judgement are kept."""

    documents: Mapping[str, TextView]
    queries: Mapping[str, TextView]
    qrels: Qrels


@dataclass(frozen=True, slots=True)
class Reranking:
    """A cross-encoder, and the scorer that gives it a weight."""

    reranker: Reranker
    scorer: Scorer

    def look(self, queries: Sequence[Query], texts: Sequence[TextView]) -> SecondLook:
        """The second look of queries at texts."""

        def look(place: int, rows: Rows) -> Figures:
            asked = queries[place].text.full
            return {"cross_encoder": self.reranker.figures([(asked, texts[row].full) for row in rows])}

        return look


def evaluate(
    directory: Path,
    encoder: Encoder,
    build_channels: BuildChannels,
    *,
    pooled: bool,
    channel: Channel,
    reranking: Reranking | None = None,
) -> Evaluation:
    """Rank the documents (only each query's judged ones, where `pooled`) and compare with the grades.

    Everything is ranked: no threshold, no abstention. Relevant means a grade of at least 1; an unjudged
    document counts as 0. `mrr@10` and `recall@10` are means over the queries with a relevant document. So is
    `ndcg@10`, except that a pooled one is the mean over the queries with both a grade of at least 2 and one
    of at most 1, as `auc` always is. `ece` and `brier` compare the probabilities of all
    judged pairs with whether their grade is at least 2, and `reliability` has the bins; null and empty
    without a calibration, or where no grade reaches 2.

    Raises InvalidInput, naming file and line, for a directory that cannot be read, and for the channel
    `reranked` without a `reranking`.
    """
    scorer = _scorer(channel, reranking)
    collection = read_collection(directory)
    texts = list(collection.documents.values())
    channels = build_channels(texts, encoder.encode([text.full for text in texts], Side.SUPPLY), None)
    position = {document: row for row, document in enumerate(collection.documents)}
    judged = [
        {position[document]: grade for document, grade in collection.qrels[query].items()}
        for query in collection.queries
    ]
    pools = [np.array(sorted(grades), dtype=np.int64) for grades in judged]
    widest = max(map(len, pools), default=0)

    started = time.perf_counter()
    queries = _encoded(list(collection.queries.values()), encoder)
    look = None if reranking is None else reranking.look(queries, texts)

    def ranking(k: int, allowed: Sequence[Rows | None]) -> list[list[Match]]:
        return choose(queries, channels, scorer, [Choice(k, rows) for rows in allowed], look=look)

    if pooled:
        ranked = pool_ranked = ranking(widest, pools)
    else:
        ranked = ranking(_CUTOFF, [None] * len(queries))
    seconds = time.perf_counter() - started
    if not pooled:
        pool_ranked = ranking(widest, pools)

    return _summary(judged, ranked, pool_ranked, pooled, seconds)


def read_collection(directory: Path) -> Collection:
    """Read `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv` or else `qrels.tsv` (header or not).

    Raises InvalidInput, naming file and line, for what is missing, malformed or refers to nothing.
    """
    documents = _read_texts(directory / "corpus.jsonl")
    queries = _read_texts(directory / "queries.jsonl")
    nested = directory / "qrels" / "test.tsv"
    qrels = _read_qrels(nested if nested.exists() else directory / "qrels.tsv", queries, documents)
    return Collection(documents, {query: text for query, text in queries.items() if query in qrels}, qrels)


def _scorer(channel: Channel, reranking: Reranking | None) -> Scorer:
    if channel != "reranked":
        return SCORERS[channel]
    if reranking is None:
        raise InvalidInput(
            "通道 reranked 需要重排模型；请设置 MATCHER_RERANKER。",
            "the channel reranked needs a cross-encoder: set MATCHER_RERANKER.",
            field="channel",
        )
    return reranking.scorer


def _encoded(texts: Sequence[TextView], encoder: Encoder) -> list[Query]:
    vectors = encoder.encode([text.full for text in texts], Side.DEMAND)
    titles = encoder.encode([text.title for text in texts], Side.DEMAND)
    return [Query(*one) for one in zip(texts, vectors, titles, strict=True)]


def _summary(
    judged: Sequence[Mapping[int, int]],
    ranked: Sequence[Sequence[Match]],
    pool_ranked: Sequence[Sequence[Match]],
    pooled: bool,
    seconds: float,
) -> Evaluation:
    columns: dict[str, list[float | None]] = {"ndcg@10": [], "mrr@10": [], "recall@10": [], "auc": []}
    for grades, matches, pool in zip(judged, ranked, pool_ranked, strict=True):
        known = list(grades.values())
        order = [grades.get(match.row, 0) for match in matches]
        separation = metrics.auc([match.score for match in pool], [grades[match.row] for match in pool])
        gain = metrics.ndcg(order, known, _CUTOFF)
        columns["ndcg@10"].append(None if pooled and separation is None else gain)
        columns["mrr@10"].append(metrics.reciprocal_rank(order, known, _CUTOFF))
        columns["recall@10"].append(metrics.recall(order, known, _CUTOFF))
        columns["auc"].append(separation)
    means = {name: metrics.mean(column) for name, column in columns.items()}
    probabilities, outcomes = _judged_probabilities(judged, pool_ranked)
    bins = metrics.reliability(probabilities, outcomes)
    figures = {name: figure for name, (figure, _) in means.items()}
    return Evaluation(
        figures=figures
        | {"ece": metrics.calibration_error(bins), "brier": metrics.brier(probabilities, outcomes)},
        averaged_over={name: count for name, (_, count) in means.items()},
        reliability=tuple(bins),
        queries=len(judged),
        queries_per_second=len(judged) / seconds if judged else 0.0,
    )


def _judged_probabilities(
    judged: Sequence[Mapping[int, int]], pool_ranked: Sequence[Sequence[Match]]
) -> tuple[list[float], list[int]]:
    """The probability and the grade of every judged pair, if they have one and some pair's grade is good."""
    if not any(grade >= metrics.GOOD for grades in judged for grade in grades.values()):
        return [], []
    pairs = [
        (match.probability, grades[match.row])
        for grades, pool in zip(judged, pool_ranked, strict=True)
        for match in pool
        if match.probability is not None
    ]
    return [probability for probability, _ in pairs], [grade for _, grade in pairs]


def _read_texts(path: Path) -> dict[str, TextView]:
    texts: dict[str, TextView] = {}
    for number, line in _lines(path):
        try:
            record = json.loads(line)
        except ValueError as error:
            raise _malformed(path, number, "不是合法的 JSON", "not valid JSON") from error
        if not isinstance(record, dict) or not isinstance(record.get("_id"), str):
            raise _malformed(path, number, "缺少文本型 _id", "an object with a text _id is expected")
        title, body = record.get("title") or "", record.get("text") or ""
        if not isinstance(title, str) or not isinstance(body, str):
            raise _malformed(path, number, "title 和 text 应为文本", "title and text must be text")
        if record["_id"] in texts:
            raise _malformed(path, number, "_id 重复", "this _id was used before")
        texts[record["_id"]] = TextView(title=title.strip(), body=body.strip())
    return texts


def _read_qrels(path: Path, queries: Mapping[str, TextView], documents: Mapping[str, TextView]) -> Qrels:
    qrels: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        cells = line.rstrip("\r\n").split("\t")
        if len(cells) != 3:
            raise _malformed(
                path, number, "应为三列，以制表符分隔", "three tab-separated columns are expected"
            )
        query, document, grade = (cell.strip() for cell in cells)
        if number == 1 and not grade.isdecimal():
            continue
        if not grade.isdecimal():
            raise _malformed(path, number, "等级应为非负整数", "the grade must be a whole number, 0 or more")
        if query not in queries or document not in documents:
            raise _malformed(path, number, "查询或文档编号不存在", "no such query or document")
        if qrels.setdefault(query, {}).setdefault(document, int(grade)) != int(grade):
            raise _malformed(
                path, number, "与前面的等级矛盾", "contradicts an earlier grade of the same pair"
            )
    return qrels


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Line numbers from 1, and the lines that are not blank."""
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line
    except OSError as error:
        zh, en = f"无法读取 {path.name}", f"cannot read {path.name}: {error.strerror}"
        raise InvalidInput(zh, en, field=path.name) from error
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{path.name} 不是 UTF-8 文本", f"{path.name} is not UTF-8 text", field=path.name
        ) from error


def _malformed(path: Path, number: int, zh: str, en: str) -> InvalidInput:
    return InvalidInput(
        f"{path.name} 第 {number} 行：{zh}",
        f"{path.name}, line {number}: {en}",
        field=f"{path.name}:{number}",
    )
