"""LanceDB, filtered first: vectors by a scan, alone or with BM25 over pairs of characters, ranks fused."""

from functools import partial
from pathlib import Path
from typing import Any

from bench.speed.contender import Contender, Hits, hit
from bench.speed.exact import by_cosine
from bench.speed.lists import Lists


def _build(lists: Lists, folder: Path, *, words: bool) -> Any:
    import lancedb
    import pyarrow
    from lancedb.index import FTS

    dimension = lists.offered.vectors.shape[1]
    vectors = pyarrow.FixedSizeListArray.from_arrays(lists.offered.vectors.ravel(), dimension)
    columns = {
        "id": pyarrow.array(range(len(lists.offered))),
        "owner": pyarrow.array(lists.offered.owners),
        "text": pyarrow.array(lists.offered.texts),
        "vector": vectors,
    }
    table = lancedb.connect(folder / "lance").create_table("offered", pyarrow.table(columns))
    if words:
        pairs = FTS(
            base_tokenizer="ngram",
            ngram_min_length=2,
            ngram_max_length=2,
            stem=False,
            remove_stop_words=False,
        )
        table.create_index("text", config=pairs)
    return table


def _search(table: Any, lists: Lists, k: int) -> Hits:
    from lancedb.query import MatchQuery

    hits = []
    for text, vector, owner in zip(
        lists.wanted.texts, lists.wanted.vectors, lists.wanted.owners.tolist(), strict=True
    ):
        answer = (
            table.search(query_type="hybrid")
            .vector(vector)
            .text(MatchQuery(text, "text"))
            .distance_type("cosine")
            .where(f"owner <> {owner}", prefilter=True)
            .select(["id"])
            .limit(k)
            .to_arrow()
        )
        columns = answer.select(["id", "_relevance_score"]).to_pydict()
        hits.append(hit(list(zip(columns["id"], columns["_relevance_score"], strict=True))))
    return hits


def _search_dense(table: Any, lists: Lists, k: int) -> Hits:
    hits = []
    for vector, owner in zip(lists.wanted.vectors, lists.wanted.owners.tolist(), strict=True):
        nearest = table.search(vector).distance_type("cosine").where(f"owner <> {owner}", prefilter=True)
        columns = nearest.select(["id", "_distance"]).limit(k).to_arrow().to_pydict()
        hits.append(
            hit([(row, 1 - far) for row, far in zip(columns["id"], columns["_distance"], strict=True)])
        )
    return hits


_MODULES = ("lancedb", "pyarrow")

LANCE = Contender(
    "LanceDB", "ranks by cosine and BM25, fused", _MODULES, partial(_build, words=True), _search, None
)
DENSE = Contender(
    "LanceDB, dense alone", "cosine", _MODULES, partial(_build, words=False), _search_dense, by_cosine
)
