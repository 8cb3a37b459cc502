"""txtai, filtered afterwards: FAISS, alone or fused with BM25 over pairs of characters; rows in SQLite."""

from functools import partial
from pathlib import Path
from typing import Any

from bench.speed.contender import Contender, Hits, hit
from bench.speed.exact import by_cosine
from bench.speed.lists import Lists

_SQL = "SELECT id, score FROM txtai WHERE similar(:asked) AND owner <> :owner"


def _build(lists: Lists, _folder: Path, *, settings: dict[str, Any]) -> Any:
    from txtai import Embeddings

    known = dict(zip(lists.offered.texts, lists.offered.vectors, strict=True))
    known |= dict(zip(lists.wanted.texts, lists.wanted.vectors, strict=True))

    def vectors(texts: list[str]) -> list[Any]:
        return [known[text] for text in texts]

    embeddings = Embeddings(method="external", transform=vectors, content=True, **settings)
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


_HYBRID = {
    "hybrid": True,
    "scoring": {"method": "bm25", "terms": True, "normalize": True, "tokenizer": {"ngrams": 2}},
}

TXTAI = Contender(
    "txtai", "cosine and BM25, fused", ("txtai",), partial(_build, settings=_HYBRID), _search, None
)
DENSE = Contender(
    "txtai, dense alone", "cosine", ("txtai",), partial(_build, settings={}), _search, by_cosine
)
