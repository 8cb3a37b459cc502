"""Judged texts read from a directory in BEIR layout."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from matcher.domain.errors import InvalidInput
from matcher.domain.system_errors import system_words
from matcher.domain.text import TextView

Qrels = Mapping[str, Mapping[str, int]]
"""Grade by query id and document id."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A directory in BEIR layout; only queries that have a judgement are kept."""

    documents: Mapping[str, TextView]
    queries: Mapping[str, TextView]
    qrels: Qrels


def read_collection(directory: Path) -> Collection:
    """Read `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv` or else `qrels.tsv` (header or not).

    Raises InvalidInput, naming file and line, for what is missing, malformed or refers to nothing.
    """
    documents = _read_texts(directory / "corpus.jsonl")
    queries = _read_texts(directory / "queries.jsonl")
    nested = directory / "qrels" / "test.tsv"
    qrels = _read_qrels(nested if nested.exists() else directory / "qrels.tsv", queries, documents)
    return Collection(documents, {query: text for query, text in queries.items() if query in qrels}, qrels)


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
        zh = f"无法读取 {path}：文件夹里须有 corpus.jsonl、queries.jsonl 和 qrels/test.tsv（或 qrels.tsv）。"
        en = f"cannot read {path}: {system_words(error)[1]}"
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
