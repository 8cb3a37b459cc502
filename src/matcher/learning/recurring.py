"""Demands graded in two collections: the grades of one predict those of other pairs in the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.domain.listing import Side
from matcher.domain.text import TextView
from matcher.learning.collections import Collection
from matcher.learning.figures import Measuring
from matcher.learning.graded import Graded
from matcher.learning.judging import HIGHEST
from matcher.learning.within import FEWEST, Floats, GradedPairs, GradePredictor, Pairs
from matcher.ports import Query, silent

_Texts = tuple[str, str]
_Pair = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Predicted:
    """Predicted grades by the query's place and the document's row, and from how many grades."""

    grades: Mapping[tuple[int, int], int]
    learned_from: int


def others_of(asked: Collection, lesson: Collection) -> list[bool]:
    """Of each judged pair of the lesson: whether its demand is asked about, and it is not itself asked about.

    The same pair has the same ids and the same texts. Two achievements that say the same are two.
    """
    demands = {text.full for text in asked.queries.values()}
    evaluated = set(_named(asked))
    return [pair[2] in demands and pair not in evaluated for pair in _named(lesson)]


def predict(asked: Collection, lesson: Collection, measuring: Measuring) -> Predicted:
    """Grades of asked pairs whose demand the lesson grades other pairs of; pairs that are asked about are
    never among what is learned from. None where the lesson has fewer than `FEWEST` such grades."""
    judged = zip(_texts(lesson), measuring.of_collection(lesson), others_of(asked, lesson), strict=True)
    graded = [(texts, pair) for texts, pair, other in judged if other and pair.grade <= HIGHEST]
    if len(graded) < FEWEST:
        return Predicted({}, 0)
    known = {
        demand: _Demand.of([graded[place] for place in places], measuring)
        for demand, places in _by_demand([demand for (demand, _), _ in graded]).items()
    }
    predictor = GradePredictor.fitted([demand.graded for demand in known.values()])
    wanted = [*zip(_texts(asked), measuring.of_collection(asked), strict=True)]
    keys = _keys(asked)
    predicted: dict[tuple[int, int], int] = {}
    for name, places in _by_demand([demand for (demand, _), _ in wanted]).items():
        if (demand := known.get(name)) is not None:
            pairs = _pairs([wanted[place] for place in places], demand.achievements, measuring)
            grades = predictor.grades(demand.graded, pairs).tolist()
            predicted |= {keys[place]: grade for place, grade in zip(places, grades, strict=True)}
    return Predicted(predicted, len(graded))


@dataclass(frozen=True, slots=True)
class _Demand:
    """The graded pairs of a demand, and their achievements' texts."""

    graded: GradedPairs
    achievements: Sequence[str]

    @classmethod
    def of(cls, cases: Sequence[tuple[_Texts, Graded]], measuring: Measuring) -> "_Demand":
        achievements = [achievement for (_, achievement), _ in cases]
        grades = np.array([pair.grade for _, pair in cases], dtype=np.int64)
        return cls(GradedPairs(_pairs(cases, achievements, measuring), grades), achievements)


def _named(collection: Collection) -> list[_Pair]:
    """Both ids and both texts of every judged pair, in the order in which they are measured."""
    return [
        (name, document, query.full, collection.documents[document].full)
        for name, query in collection.queries.items()
        for document in collection.qrels[name]
    ]


def _texts(collection: Collection) -> list[_Texts]:
    return [(demand, achievement) for _, _, demand, achievement in _named(collection)]


def _keys(collection: Collection) -> list[tuple[int, int]]:
    row = {document: place for place, document in enumerate(collection.documents)}
    return [
        (place, row[document])
        for place, name in enumerate(collection.queries)
        for document in collection.qrels[name]
    ]


def _by_demand(demands: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, demand in enumerate(demands):
        places.setdefault(demand, []).append(place)
    return places


def _pairs(cases: Sequence[tuple[_Texts, Graded]], known: Sequence[str], measuring: Measuring) -> Pairs:
    achievements = [achievement for (_, achievement), _ in cases]
    meaning, wording = _alike(achievements, known, measuring)
    return Pairs([pair.figures for _, pair in cases], [*map(len, achievements)], meaning, wording)


def _alike(asked: Sequence[str], known: Sequence[str], measuring: Measuring) -> tuple[Floats, Floats]:
    """The likeness of achievements to others in meaning and in wording, shapes (asked, known)."""
    views = [[TextView("", text) for text in texts] for texts in (asked, known)]
    vectors = [measuring.vectors(Side.SUPPLY, texts, silent).vectors for texts in views]
    channels = measuring.build_channels(views[1], vectors[1], None)
    queries = [Query(*row) for row in zip(views[0], vectors[0], strict=True)]
    rows = [np.arange(len(known))] * len(queries)
    meaning, wording = (
        np.maximum(np.array(channels[name].ask(queries).values(rows), dtype=np.float64), 0.0)
        for name in ("dense", "lexical_text")
    )
    return meaning, wording
