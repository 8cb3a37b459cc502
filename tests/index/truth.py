"""Small lists and the plain NumPy truth that every channel must equal."""

import numpy as np

from matcher.domain.text import TextView
from matcher.ports import Query, Vectors

TEXTS = (
    TextView("高镍三元电解液", "提升动力电池的低温性能"),
    TextView("燃料电池寿命预测", "基于水热模型"),
    TextView("大蒜素提取", "超临界萃取"),
    TextView("高镍三元电解液", "提升动力电池的低温性能"),
    TextView("研究方法", ""),
    TextView("PM2.5 monitoring", "low-cost sensors"),
    TextView("", "动力电池回收"),
)


def unit_vectors(rows: int, dimension: int = 8, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((rows, dimension)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def queries_of(vectors: Vectors, texts: tuple[TextView, ...] = ()) -> list[Query]:
    return [
        Query(texts[i] if texts else TextView("查询"), vector, vector) for i, vector in enumerate(vectors)
    ]
