"""txtai: FAISS and BM25 over pairs of characters, fused, with its rows in SQLite; filtered afterwards."""

from pathlib import Path
from typing import Any

from bench.speed.contender import Contender, Hits, hit
from bench.speed.lists import Lists

_SQL = "SELECT id, score FROM txtai WHERE similar(:asked) AND owner <> :owner"


def _build(lists: Lists, _folder: Path) -> Any:
    from txtai import Embeddings

    known = dict(zip(lists.offered.texts, lists.offered.vectors, strict=True))
    known |= dict(zip(lists.wanted.texts, lists.wanted.vectors, strict=True))

    def vectors(texts: list[str]) -> list[Any]:
        return [known[text] for text in texts]

    embeddings = Embeddings(
        method="external",
        transform=vectors,
        content=True,
        hybrid=True,
        scoring={"method": "bm25", "terms": True, "normalize": True, "tokenizer": {"ngrams": 2}},
    )
    embeddings.index(
        (row, {"text": text, "owner": owner})
        for row, (text, owner) in enumerate(
            zip(lists.offered.texts, lists.offered.owners.tolist(), strict=True)
        )
    )
    return embeddings


def _search(embeddings: Any, lists: Lists, k: int) -> Hits:
    asked = [
        {"asked": text, "owner": owner}
        for text, owner in zip(lists.wanted.texts, lists.wanted.owners.tolist(), strict=True)
    ]
    answers = embeddings.batchsearch([_SQL] * len(asked), k, parameters=asked)
    return [hit([(int(found["id"]), found["score"]) for found in answer]) for answer in answers]


TXTAI = Contender("txtai", "hybrid, fused", ("txtai",), _build, _search, None)
