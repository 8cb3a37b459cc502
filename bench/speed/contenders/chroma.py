"""Chroma in memory: its HNSW index by cosine, and its filter on metadata."""

from pathlib import Path
from typing import Any

from bench.speed.contender import Contender, Hits, hit
from bench.speed.exact import by_cosine
from bench.speed.lists import Lists


def _build(lists: Lists, _folder: Path) -> Any:
    import chromadb

    settings = chromadb.Settings(anonymized_telemetry=False)
    client = chromadb.EphemeralClient(settings)
    collection = client.create_collection(
        "offered", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )
    step = client.get_max_batch_size()
    for start in range(0, len(lists.offered), step):
        rows = range(start, min(start + step, len(lists.offered)))
        collection.add(
            ids=list(map(str, rows)),
            embeddings=lists.offered.vectors[start : rows.stop],
            documents=lists.offered.texts[start : rows.stop],
            metadatas=[{"owner": int(lists.offered.owners[row])} for row in rows],
        )
    return collection


def _search(collection: Any, lists: Lists, k: int) -> Hits:
    """The queries of one organisation have one filter, and go together."""
    by_place = {}
    for owner, places in lists.by_owner():
        answer = collection.query(
            query_embeddings=lists.wanted.vectors[places],
            n_results=k,
            where={"owner": {"$ne": owner}},
            include=["distances"],
        )
        for place, ids, distances in zip(places.tolist(), answer["ids"], answer["distances"], strict=True):
            by_place[place] = hit([(int(row), 1 - far) for row, far in zip(ids, distances, strict=True)])
    return [by_place[place] for place in range(len(lists.wanted))]


CHROMA = Contender("Chroma", "cosine", ("chromadb",), _build, _search, by_cosine)
