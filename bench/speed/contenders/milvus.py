"""Milvus Lite, filtered first: vectors by its automatic index, alone or with BM25 over words, ranks fused."""

from functools import partial
from pathlib import Path
from typing import Any

from bench.speed.contender import Contender, Hits, hit
from bench.speed.exact import by_cosine
from bench.speed.lists import Lists

_BATCH = 1000


def _start(folder: Path) -> Path:
    import jieba

    jieba.initialize()  # its dictionary is read before the clock runs
    return folder


def _build(lists: Lists, folder: Path, *, words: bool) -> Any:
    from pymilvus import DataType, MilvusClient

    client = MilvusClient(str(folder / "milvus.db"))
    schema, indexes = client.create_schema(auto_id=False), client.prepare_index_params()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("owner", DataType.INT64)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=lists.offered.vectors.shape[1])
    indexes.add_index("vector", index_type="AUTOINDEX", metric_type="COSINE")
    _add_text(schema, indexes, words=words)
    client.create_collection("offered", schema=schema, index_params=indexes)
    entries = [
        {"id": row, "owner": owner, "text": text, "vector": vector}
        for row, (owner, text, vector) in enumerate(
            zip(lists.offered.owners.tolist(), lists.offered.texts, lists.offered.vectors, strict=True)
        )
    ]
    for start in range(0, len(entries), _BATCH):
        client.insert("offered", entries[start : start + _BATCH])
    client.flush("offered")
    client.load_collection("offered")
    return client


def _add_text(schema: Any, indexes: Any, *, words: bool) -> None:
    """The field of the texts, and BM25 over its words where they are looked for."""
    from pymilvus import DataType, Function, FunctionType

    cut = {"enable_analyzer": True, "analyzer_params": {"tokenizer": "jieba"}} if words else {}
    schema.add_field("text", DataType.VARCHAR, max_length=65535, **cut)
    if words:
        schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(Function("bm25", FunctionType.BM25, ["text"], ["words"]))
        indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")


def _search(client: Any, lists: Lists, k: int) -> Hits:
    """The queries of one organisation have one filter, and go together."""
    from pymilvus import AnnSearchRequest, RRFRanker

    by_place = {}
    for owner, places in lists.by_owner():
        others = f"owner != {owner}"
        requests = [
            AnnSearchRequest(
                list(lists.wanted.vectors[places]), "vector", {"metric_type": "COSINE"}, limit=k, expr=others
            ),
            AnnSearchRequest(
                [lists.wanted.texts[place] for place in places],
                "words",
                {"metric_type": "BM25"},
                limit=k,
                expr=others,
            ),
        ]
        answers = client.hybrid_search("offered", requests, RRFRanker(), limit=k)
        for place, answer in zip(places.tolist(), answers, strict=True):
            by_place[place] = hit([(found["id"], found["distance"]) for found in answer])
    return [by_place[place] for place in range(len(lists.wanted))]


def _search_dense(client: Any, lists: Lists, k: int) -> Hits:
    """The queries of one organisation have one filter, and go together."""
    by_place = {}
    for owner, places in lists.by_owner():
        vectors = list(lists.wanted.vectors[places])
        answers = client.search("offered", vectors, f"owner != {owner}", limit=k, anns_field="vector")
        for place, answer in zip(places.tolist(), answers, strict=True):
            by_place[place] = hit([(found["id"], found["distance"]) for found in answer])
    return [by_place[place] for place in range(len(lists.wanted))]


_MODULES = ("pymilvus", "milvus_lite", "jieba")

MILVUS = Contender(
    "Milvus Lite",
    "ranks by cosine and BM25, fused",
    _MODULES,
    partial(_build, words=True),
    _search,
    None,
    _start,
)
DENSE = Contender(
    "Milvus Lite, dense alone",
    "cosine",
    _MODULES,
    partial(_build, words=False),
    _search_dense,
    by_cosine,
    _start,
)
