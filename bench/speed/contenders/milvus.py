"""Milvus Lite: vectors by its automatic index, BM25 over words, their ranks fused; filtered first."""

from pathlib import Path
from typing import Any

from bench.speed.contender import Contender, Hits, hit
from bench.speed.lists import Lists

_BATCH = 1000


def _start(folder: Path) -> Path:
    import jieba

    jieba.initialize()  # its dictionary is read before the clock runs
    return folder


def _build(lists: Lists, folder: Path) -> Any:
    from pymilvus import DataType, Function, FunctionType, MilvusClient

    client = MilvusClient(str(folder / "milvus.db"))
    schema = client.create_schema(auto_id=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("owner", DataType.INT64)
    schema.add_field(
        "text",
        DataType.VARCHAR,
        max_length=65535,
        enable_analyzer=True,
        analyzer_params={"tokenizer": "jieba"},
    )
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=lists.offered.vectors.shape[1])
    schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(
        Function(
            name="bm25",
            function_type=FunctionType.BM25,
            input_field_names=["text"],
            output_field_names=["words"],
        )
    )
    indexes = client.prepare_index_params()
    indexes.add_index("vector", index_type="AUTOINDEX", metric_type="COSINE")
    indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
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


MILVUS = Contender(
    "Milvus Lite", "fused ranks", ("pymilvus", "milvus_lite", "jieba"), _build, _search, None, _start
)
