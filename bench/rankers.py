"""Everything that is compared: chance, two baselines, each of our channels, and what is made of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import bm25s
import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.tasks import Task
from matcher.domain.listing import Side
from matcher.domain.scoring import DEFAULT_SCORER, DENSE, LEXICAL, Scorer
from matcher.learning.graded import Graded
from matcher.learning.judging import FOLDS, folds, learn
from matcher.ports import COMPARABLE, DECIMALS, SUBSTANCE, BuildChannels, Encoder, Query, Rows

SEED = 0

Words = Callable[[str], list[str]]
"""Cuts a text into words."""

Scores = Sequence[NDArray[np.float64]]
"""The scores of the rows of each query of a task."""

Figures = Sequence[Mapping[str, NDArray[np.float64]]]
"""Each channel's figures of the rows of each query of a task."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores with what they say of each pair: the probability of a lead and the grade, where known."""

    scores: Scores
    probabilities: Scores | None = None
    predicted: Sequence[NDArray[np.int64]] | None = None


def chance(task: Task) -> Ranking:
    """Random scores from a fixed seed."""
    rng = np.random.default_rng(SEED)
    return Ranking([rng.random(len(rows)) for rows in task.rows])


def bm25(task: Task, words: Words) -> Ranking:
    """BM25 as bm25s has it (Lucene's, k1 = 1.5, b = 0.75) over the words of title and text."""
    index = bm25s.BM25()
    index.index([words(text.full) for text in task.documents], show_progress=False)
    scores = []
    for query, rows in zip(task.queries, task.rows, strict=True):
        asked = words(query.full)
        scores.append(index.get_scores(asked)[rows].astype(np.float64) if asked else np.zeros(len(rows)))
    return Ranking(scores)


def character_tfidf(task: Task) -> Ranking:
    """Cosine of character 1–3-gram TF-IDF of title and text, plus 0.7 times that of the titles alone."""
    whole = _cosines(task, [one.full for one in task.queries], [one.full for one in task.documents])
    titles = _cosines(task, [one.title for one in task.queries], [one.title for one in task.documents])
    return Ranking([one + 0.7 * other for one, other in zip(whole, titles, strict=True)])


def figures_of(task: Task, encoder: Encoder, build_channels: BuildChannels) -> Figures:
    """What our channels measure, rounded as a run rounds it."""
    vectors = encoder.encode([text.full for text in task.documents], Side.SUPPLY)
    channels = build_channels(task.documents, vectors, None)
    asked = encoder.encode([text.full for text in task.queries], Side.DEMAND)
    titles = encoder.encode([text.title for text in task.queries], Side.DEMAND)
    queries = [Query(*one) for one in zip(task.queries, asked, titles, strict=True)]
    found = {
        name: [
            values.astype(np.float64).round(DECIMALS)
            for values in channels[name].ask(queries).values(task.rows)
        ]
        for name in (COMPARABLE, SUBSTANCE, *DEFAULT_SCORER.channels)
    }
    return [{name: values[place] for name, values in found.items()} for place in range(len(queries))]


def ours(figures: Figures) -> dict[str, Ranking]:
    """Each channel alone, the two embeddings, the two of the wording, and all of them as they ship."""
    alone = {name: Scorer(name, {name: 1.0}) for name in DEFAULT_SCORER.channels}
    scorers = {
        **alone,
        "dense + dense_title": DENSE,
        "lexical_text + lexical_title": LEXICAL,
        "fused": DEFAULT_SCORER,
    }
    return {name: scored(figures, scorer) for name, scorer in scorers.items()}


def scored(figures: Figures, scorer: Scorer) -> Ranking:
    """The ranking of one scorer."""
    return _by(figures, [scorer] * len(figures))


def learned(task: Task, figures: Figures) -> Ranking:
    """Each query by a scorer learned from the queries in the other folds, which never split a text."""
    texts = [query.full for query in task.queries]
    fold_of = folds(texts, FOLDS)
    scorers = [
        learned_from(task, figures, [place for place, fold in enumerate(fold_of) if fold != kept_aside])
        for kept_aside in range(int(fold_of.max()) + 1)
    ]
    return _by(figures, [scorers[fold] for fold in fold_of])


def learned_from(task: Task, figures: Figures, queries: Sequence[int] | None = None) -> Scorer:
    """What the grades of these queries (all, where None) teach the scorer that ships."""
    graded = [
        Graded(
            demand=task.queries[place].full,
            figures={name: float(values[at]) for name, values in figures[place].items()},
            grade=int(grade),
        )
        for place in (range(len(figures)) if queries is None else queries)
        for at, grade in enumerate(task.grades[place])
    ]
    return learn(graded, DEFAULT_SCORER).scorer("learned")


def _by(figures: Figures, scorers: Sequence[Scorer]) -> Ranking:
    """Each query scored by the scorer at its place."""
    scores = [
        np.asarray(scorer.score(scorer.contributions(values)))
        for values, scorer in zip(figures, scorers, strict=True)
    ]
    calibrations = [scorer.calibration for scorer in scorers]
    known = [one for one in calibrations if one is not None]
    if len(known) < len(calibrations):
        return Ranking(scores)
    return Ranking(
        scores,
        [one.probability(values) for one, values in zip(known, scores, strict=True)],
        [one.grade(values) for one, values in zip(known, scores, strict=True)],
    )


def _cosines(task: Task, queries: Sequence[str], documents: Sequence[str]) -> list[NDArray[np.float64]]:
    """The cosines of each query with its rows; 0 where a side is blank."""
    if not any(documents) or not any(queries):
        return [np.zeros(len(rows)) for rows in task.rows]
    vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    held = vectoriser.fit_transform(documents)
    asked = vectoriser.transform(queries)
    return [_row(asked[place], held, rows) for place, rows in enumerate(task.rows)]


def _row(query: object, held: object, rows: Rows) -> NDArray[np.float64]:
    """The inner products of one row with some of the others; all three are SciPy's and scikit-learn's."""
    products: NDArray[np.float64] = (held[rows] @ query.T).toarray().ravel()  # type: ignore[index,attr-defined]
    return products
