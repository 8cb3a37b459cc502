"""Qdrant in its local mode, in memory: NumPy over every row, and its filter on payloads."""

from pathlib import Path
from typing import Any

from bench.speed.contender import Contender, Hits, hit
from bench.speed.exact import by_cosine
from bench.speed.lists import Lists

_BATCH = 100


def _build(lists: Lists, _folder: Path) -> Any:
    from qdrant_client import QdrantClient, models

    client = QdrantClient(":memory:")
    dimension = lists.offered.vectors.shape[1]
    shape = models.VectorParams(size=dimension, distance=models.Distance.COSINE)
    client.create_collection("offered", vectors_config=shape)
    client.upload_collection(
        "offered",
        vectors=lists.offered.vectors,
        ids=range(len(lists.offered)),
        payload=[
            {"owner": owner, "text": text}
            for owner, text in zip(lists.offered.owners.tolist(), lists.offered.texts, strict=True)
        ],
    )
    return client


def _search(client: Any, lists: Lists, k: int) -> Hits:
    from qdrant_client import models

    requests = [
        models.QueryRequest(
            query=vector.tolist(),
            filter=models.Filter(
                must_not=[models.FieldCondition(key="owner", match=models.MatchValue(value=owner))]
            ),
            limit=k,
        )
        for vector, owner in zip(lists.wanted.vectors, lists.wanted.owners.tolist(), strict=True)
    ]
    answers = [
        answer
        for start in range(0, len(requests), _BATCH)
        for answer in client.query_batch_points("offered", requests=requests[start : start + _BATCH])
    ]
    return [hit([(point.id, point.score) for point in answer.points]) for answer in answers]


QDRANT = Contender("Qdrant, local", "cosine", ("qdrant_client",), _build, _search, by_cosine)
