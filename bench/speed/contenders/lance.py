"""LanceDB: vectors by a scan, BM25 over pairs of characters, their ranks fused; filtered first."""

from pathlib import Path
from typing import Any

from bench.speed.contender import Contender, Hits, hit
from bench.speed.lists import Lists


def _build(lists: Lists, folder: Path) -> Any:
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
    pairs = FTS(
        base_tokenizer="ngram", ngram_min_length=2, ngram_max_length=2, stem=False, remove_stop_words=False
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


LANCE = Contender("LanceDB", "fused ranks", ("lancedb", "pyarrow"), _build, _search, None)
