"""A session's grades as a folder in BEIR layout, for `matcher evaluate DIR --pooled`."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping

from matcher.domain.access import Principal, Right
from matcher.domain.errors import InvalidInput
from matcher.learning.blind import settled
from matcher.pipeline.judgings.grading import held_judging
from matcher.store import judgings
from matcher.store.database import Database
from matcher.store.judgings import PooledText


def exported(
    database: Database, principal: Principal, judging_id: int, *, park: str | None = None
) -> Mapping[str, bytes]:
    """The files of the folder by name: every text of the session, and the lower median of each pair's grades.

    Raises:
        NotFound: no such session in scope, or in the park where one is named.
        Forbidden: the caller may not read parks.
        InvalidInput: nobody has graded a pair of it yet.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        judging = held_judging(session, principal.scope, judging_id, park)
        pairs = judgings.pairs(session, judging)
        given = judgings.grades(session, judging)
    if not given:
        raise InvalidInput(
            "这场盲评还没有评分，没有可导出的。",
            "nobody has graded a pair of this session yet: there is nothing to export.",
            field="judging_id",
        )
    by_number: dict[int, list[int]] = defaultdict(list)
    for held in given:
        by_number[held.number].append(held.grade)
    rows = [
        f"d{pair.demand.listing_id}\ta{pair.achievement.listing_id}\t{settled(by_number[pair.number])}\n"
        for pair in pairs
        if pair.number in by_number
    ]
    return {
        "corpus.jsonl": _lines("a", (pair.achievement for pair in pairs)),
        "queries.jsonl": _lines("d", (pair.demand for pair in pairs)),
        "qrels.tsv": "".join(["query-id\tcorpus-id\tscore\n", *rows]).encode(),
    }


def _lines(kind: str, texts: Iterable[PooledText]) -> bytes:
    """Each listing's text once, by id, as a line of JSON."""
    by_id = {pooled.listing_id: pooled.text for pooled in texts}
    records = (
        {"_id": f"{kind}{listing_id}", "title": text.title, "text": text.body}
        for listing_id, text in sorted(by_id.items())
    )
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()
