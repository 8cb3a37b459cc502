"""Every ranker on every task."""

from collections.abc import Mapping

from bench.figures import Measured, measure
from bench.page import Report
from bench.rankers import (
    Words,
    bm25,
    chance,
    character_tfidf,
    figures_of,
    learned,
    learned_from,
    ours,
    scored,
)
from bench.tasks import Task, agreement
from matcher.ports import BuildChannels, Encoder


def report(
    graded: Task,
    titles: Task,
    papers: Task | None,
    encoder: Encoder,
    build: BuildChannels,
    words: Words,
    sets: Mapping[str, Task],
) -> Report:
    """All rankers on all tasks, `sets` by their names.

    What is learned for the others is learned from all grades of `graded`.
    """
    figures = figures_of(graded, encoder, build)
    from_all = learned_from(graded, figures)

    def compared(task: Task) -> Mapping[str, Measured]:
        own = figures if task is graded else figures_of(task, encoder, build)
        rankings = {
            "random": chance(task),
            "BM25": bm25(task, words),
            "char TF-IDF": character_tfidf(task),
            **ours(own),
            "fused + learned": learned(task, own) if task is graded else scored(own, from_all),
        }
        return {name: measure(task, ranking) for name, ranking in rankings.items()}

    return Report(
        encoder=encoder.encoder_id,
        queries=len(graded.queries),
        texts=len({one.full for one in graded.queries}),
        pairs=graded.pairs,
        agreement=agreement(graded),
        graded=compared(graded),
        titles=compared(titles),
        abstracts=0 if papers is None else len(papers.documents),
        papers={} if papers is None else compared(papers),
        sets={name: compared(task) for name, task in sets.items()},
    )
