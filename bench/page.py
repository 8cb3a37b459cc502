"""The quality page: what was measured, on what, and which aims are reached."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.eye import Read, section
from bench.figures import Measured
from matcher.domain import metrics
from matcher.domain.scoring import DEFAULT_SCORER
from matcher.learning.judging import FOLDS
from matcher.learning.resampling import RESAMPLES, Interval, difference, interval

_GRADED = ("ndcg@10", "auc", "mrr@10", "recall@10", "ece", "brier", "grade_mae", "grade_score")
_FOUND = ("mrr@10", "ndcg@10", "recall@10")
_AIMS = {
    ("eye", "ndcg@10"): 0.66,
    ("eye", "auc"): 0.82,
    ("claim", "mrr@10"): 0.76,
    ("keyphrases", "mrr@10"): 0.68,
    ("stard", "mrr@10"): 0.60,
}
"""(set, figure) → what was aimed at."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that is measured: each ranker's figures on each task, by the ranker's name.

    `queries` (of so many different `texts`) and judged `pairs` are those of the graded task, `agreement` is
    how often equal pairs have equal grades there, `abstracts` the pool that English titles look through.
    """

    encoder: str
    queries: int
    texts: int
    pairs: int
    agreement: float
    graded: Mapping[str, Measured]
    titles: Mapping[str, Measured]
    abstracts: int
    papers: Mapping[str, Measured]
    sets: Mapping[str, Mapping[str, Measured]]


def page(report: Report, sample: Sequence[Read], about: dict[str, Any]) -> str:
    """The whole page, in Markdown."""
    lines = [
        *_opening(report),
        *_aims(report),
        *_graded(report),
        *_intervals(report),
        *_reliability(report),
        *_titles(report),
        *_papers(report),
        *_sets(report),
        *section(sample, about),
    ]
    return "\n".join(lines) + "\n"


def _opening(report: Report) -> Iterator[str]:
    yield "# How good the matches are"
    yield ""
    yield (
        "Made by `python -m bench.quality`; only the reading by eye at the end is kept by hand. Scorer "
        f"{DEFAULT_SCORER.version}, calibration {DEFAULT_SCORER.calibration_version}, encoder "
        f"`{report.encoder}`. What is measured, on what:"
    )
    yield ""
    yield (
        f"* **Grades**: {report.pairs:,} pairs of {report.queries} demands ({report.texts} different texts), "
        "graded 0 to 3 by people for the CCF BDCI 2019 contest on matching technical demands with results. "
        "Each demand's own candidates are ranked. The results survive as words of their titles only, and "
        "the grades are noisy: of two pairs with the same demand title and the same words, "
        f"{report.agreement:.0%} have the same grade. nDCG@10 and AUC are averaged over the "
        f"{report.graded['fused'].over['auc']} demands that have both leads (grade 2 or 3) and others."
    )
    yield (
        f"* **Titles**: CSL, {report.titles['fused'].over['mrr@10']:,} titles of Chinese papers, each "
        "looking for its own abstract among those of all."
    )
    if report.papers:
        yield (
            f"* **English**: {report.papers['fused'].over['mrr@10']} English titles of ChinaXiv papers that "
            f"no training has seen, each looking for its own Chinese abstract among {report.abstracts}."
        )
    yield ""
    yield (
        "No text that ships comes from the first two or from the sets below. But the few round numbers of "
        "the shipped scorer and of its prior were chosen with all of them in view, so *fused* is not "
        "measured on unseen grades. *fused + learned* nearly is: each demand is scored by what the other "
        f"{FOLDS - 1} of {FOLDS} parts taught, and equal texts are in one part; but learning starts from "
        "those round numbers. recall@10 among a demand's own candidates is low for every ranker: far more "
        "than ten of them are relevant (grade 1 or better)."
    )
    yield ""


def _aims(report: Report) -> Iterator[str]:
    fused, learned = report.graded["fused"].means, report.graded["fused + learned"].means
    aims = [
        ("fused, nDCG@10", 0.66, fused["ndcg@10"], True),
        ("fused, AUC", 0.80, fused["auc"], True),
        ("fused + learned, nDCG@10", 0.72, learned["ndcg@10"], True),
        ("fused + learned, AUC", 0.86, learned["auc"], True),
        ("titles, fused, MRR@10", 0.985, report.titles["fused"].means["mrr@10"], True),
    ]
    aims += [
        (f"{name}, fused, {figure}", wanted, report.sets[name]["fused"].means[figure], True)
        for (name, figure), wanted in _AIMS.items()
        if name in report.sets
    ]
    if report.papers:
        english = report.papers["fused"].means["mrr@10"]
        aims.append(("English title → Chinese abstract, fused, MRR@10", 0.92, english, True))
    yield "## The aims, and what was reached"
    yield ""
    yield "| aim | wanted | measured | |"
    yield "|---|---|---|---|"
    for name, wanted, found, at_least in aims:
        verdict = _verdict(wanted, found, at_least)
        yield f"| {name} | {'≥' if at_least else '≤'} {wanted:g} | {_figure(found)} | {verdict} |"
    yield ""


def _verdict(wanted: float, found: float | None, at_least: bool) -> str:
    if found is None:
        return "not measured"
    short = wanted - found if at_least else found - wanted
    return "reached" if short <= 0 else f"**missed by {short:.3f}**"


def _graded(report: Report) -> Iterator[str]:
    yield "## Grades"
    yield ""
    yield from _table(report.graded, _GRADED)
    yield (
        "ece is the calibration error on ten bins of equal size, grade_mae the mean distance of the "
        "predicted grade from the given one, grade_score 1 / (1 + grade_mae); blank where a ranker has no "
        "calibration. BM25 is bm25s's (Lucene's, k₁ = 1.5, b = 0.75) over jieba's words of title and text; "
        "char TF-IDF is scikit-learn's over 1–3-grams with sublinear counts, cosine(title + text) + 0.7 "
        "cosine(title)."
    )
    yield ""


def _intervals(report: Report) -> Iterator[str]:
    yield "## How sure"
    yield ""
    yield (
        f"The middle 95 % of the means of {RESAMPLES:,} draws of as many demands with replacement; a "
        "difference is paired, demand by demand."
    )
    yield ""
    yield "| | nDCG@10 | AUC |"
    yield "|---|---|---|"
    for name, one in report.graded.items():
        gains, separations = interval(one.columns["ndcg@10"]), interval(one.columns["auc"])
        yield f"| {name} | {_shown(gains)} | {_shown(separations)} |"
    for better, base in (("fused", "char TF-IDF"), ("fused + learned", "fused")):
        over = [
            _shown(difference(report.graded[better].columns[name], report.graded[base].columns[name]), "+.3f")
            for name in ("ndcg@10", "auc")
        ]
        yield f"| **{better} − {base}** | {over[0]} | {over[1]} |"
    yield ""


def _reliability(report: Report) -> Iterator[str]:
    yield "## Reliability"
    yield ""
    yield (
        "Pairs by probability, in ten bins of equal size. A character is one percent: `█` is the share of "
        "leads among them, `|` stands where they were predicted."
    )
    yield ""
    for name in ("fused", "fused + learned"):
        yield f"{name}:"
        yield ""
        yield "```text"
        yield "pairs  predicted  observed"
        yield from map(_bar, report.graded[name].reliability)
        yield "```"
        yield ""


def _bar(one: metrics.Bin) -> str:
    cells = ["█"] * round(one.observed * 100) + [" "] * 100
    cells[round(one.predicted * 100)] = "|"
    return f"{one.pairs:5}  {one.predicted:9.3f}  {one.observed:8.3f}  {''.join(cells)}".rstrip()


def _titles(report: Report) -> Iterator[str]:
    yield "## Titles"
    yield ""
    yield (
        "An abstract has no title here, so `lexical_title` finds nothing, and a query is its title alone. "
        "What was learned is learned from all the grades above."
    )
    yield ""
    yield from _table(report.titles, _FOUND)


def _papers(report: Report) -> Iterator[str]:
    if not report.papers:
        return
    yield "## English titles"
    yield ""
    yield "Where one text is Chinese and the other is not, wording is not compared; meaning has its weight."
    yield ""
    yield from _table(report.papers, _FOUND)


def _sets(report: Report) -> Iterator[str]:
    for name, compared in report.sets.items():
        graded = compared["fused"].over["auc"] > 0
        figures = ("ndcg@10", "auc") if graded else ("mrr@10",)
        over = compared["fused"].over[figures[0]]
        yield f"## {name}"
        yield ""
        yield f"Over {over} queries" + (
            " that have both leads and others; unjudged rows are left out." if graded else "."
        )
        yield ""
        yield f"| ranker | {' | '.join(figures)} |"
        yield f"|---|{'---|' * len(figures)}"
        for ranker, one in compared.items():
            yield f"| {ranker} | {' | '.join(_shown(interval(one.columns[figure])) for figure in figures)} |"
        for base in ("char TF-IDF", "lexical_text + lexical_title", "dense + dense_title"):
            less = [
                _shown(difference(compared["fused"].columns[figure], compared[base].columns[figure]), "+.3f")
                for figure in figures
            ]
            yield f"| **fused − {base}** | {' | '.join(less)} |"
        yield ""
        error = compared["fused"].means.get("ece")
        if error is not None:
            yield f"Calibration error of fused: {error:.3f}."
            yield ""


def _table(compared: Mapping[str, Measured], columns: Sequence[str]) -> Iterator[str]:
    yield f"| ranker | {' | '.join(columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for name, one in compared.items():
        yield f"| {name} | {' | '.join(_figure(one.means.get(column)) for column in columns)} |"
    yield ""


def _figure(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.3f}"


def _shown(one: Interval, form: str = ".3f") -> str:
    return f"{one.mean:{form}} ({one.low:{form}} to {one.high:{form}})"
