"""All contenders by name, ours first."""

from bench.speed.contender import Contender
from bench.speed.contenders import chroma, lance, milvus, ours, pgvector, qdrant, script, txtai

CONTENDERS: dict[str, Contender] = {
    contender.name: contender
    for contender in (
        ours.OURS,
        ours.OURS_DENSE,
        script.SCRIPT,
        pgvector.EXACT,
        pgvector.HNSW,
        chroma.CHROMA,
        qdrant.QDRANT,
        lance.LANCE,
        lance.DENSE,
        milvus.MILVUS,
        milvus.DENSE,
        txtai.TXTAI,
        txtai.DENSE,
    )
}
