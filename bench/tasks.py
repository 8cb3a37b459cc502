"""What is ranked, and with which grades it is compared: BEIR folders, and papers kept out of training."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from training.corpus import read_papers

from matcher.domain.text import TextView
from matcher.learning.collections import read_collection
from matcher.ports import Rows


@dataclass(frozen=True, slots=True)
class Task:
    """Queries, the rows of the documents that each may rank, and their grades at the same places.

    `judged` are all grades of a query, and `pooled` says whether its rows are its judged documents alone.
    """

    documents: Sequence[TextView]
    queries: Sequence[TextView]
    rows: Sequence[Rows]
    grades: Sequence[NDArray[np.int64]]
    judged: Sequence[Sequence[int]]
    pooled: bool

    @property
    def pairs(self) -> int:
        """How many pairs are judged."""
        return sum(map(len, self.judged))


def of_folder(directory: Path, *, pooled: bool) -> Task:
    """A folder, read as `matcher evaluate` reads it.

    Raises InvalidInput, naming file and line, for a folder that cannot be read.
    """
    collection = read_collection(directory)
    place = {document: row for row, document in enumerate(collection.documents)}
    known = [
        {place[document]: grade for document, grade in collection.qrels[query].items()}
        for query in collection.queries
    ]
    everything = np.arange(len(place), dtype=np.int64)
    rows = [np.array(sorted(own), dtype=np.int64) if pooled else everything for own in known]
    return Task(
        documents=list(collection.documents.values()),
        queries=list(collection.queries.values()),
        rows=rows,
        grades=[
            np.array([own.get(row, 0) for row in wanted.tolist()], dtype=np.int64)
            for own, wanted in zip(known, rows, strict=True)
        ],
        judged=[list(own.values()) for own in known],
        pooled=pooled,
    )


def has_zero(directory: Path) -> bool:
    """Whether a folder has a grade of 0, so that its judged candidates are both good and poor.

    Raises InvalidInput, naming file and line, for a folder that cannot be read.
    """
    return any(0 in grades.values() for grades in read_collection(directory).qrels.values())


def of_papers(path: Path) -> Task:
    """English titles of held-out papers, each looking for its Chinese abstract among those of all of them."""
    papers = [one for one in read_papers(path) if one.held_out and one.title and one.abstract]
    asking = [row for row, paper in enumerate(papers) if paper.title_en]
    everything = np.arange(len(papers), dtype=np.int64)
    return Task(
        documents=[TextView("", paper.abstract) for paper in papers],
        queries=[TextView(papers[row].title_en) for row in asking],
        rows=[everything for _ in asking],
        grades=[(everything == row).astype(np.int64) for row in asking],
        judged=[[1] for _ in asking],
        pooled=False,
    )


def agreement(task: Task) -> float:
    """Of every two judged pairs with the same titles, the share with the same grade; 0 without any."""
    grades: dict[tuple[str, str], list[int]] = defaultdict(list)
    for query, rows, own in zip(task.queries, task.rows, task.grades, strict=True):
        for row, grade in zip(rows.tolist(), own.tolist(), strict=True):
            grades[query.title, task.documents[row].title].append(grade)
    twice = [one == other for held in grades.values() for one, other in combinations(held, 2)]
    return sum(twice) / len(twice) if twice else 0.0
