"""The demands whose first five matches were read by eye: which, with what grades, and what went wrong."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from matcher.domain import metrics

READ = Path(__file__).with_name("eye.json")

CAUSES = {
    "generic_word": "a word that fits any field is shared, nothing else",
    "other_problem": "the right field, another problem",
    "other_sense": "a word of another sense or part of a longer word is shared",
    "extraction": "the list has a heading of the paper where its title should be",
}
"""Why a demand's first five hold no lead, by what most of them have in common."""

FIRST = (0.0, 0.15, 0.2, 0.25, 1.0)
"""Where the probabilities of first matches are divided."""


@dataclass(frozen=True, slots=True)
class Read:
    """One demand: its first matches' grades and probabilities, best first, and the cause if none is a lead.

    `better_in_list` says that a search for words found an achievement that fits better than all of them.
    """

    demand: str
    grades: tuple[int, ...]
    probabilities: tuple[float, ...]
    cause: str | None
    better_in_list: bool

    @property
    def has_lead(self) -> bool:
        """Whether one of the matches is a lead."""
        return max(self.grades) >= metrics.GOOD


def read() -> tuple[list[Read], dict[str, Any]]:
    """The demands in the order in which they were drawn, and what they were matched with and by."""
    kept = json.loads(READ.read_text(encoding="utf-8"))
    sample = [
        Read(
            demand=one["demand"],
            grades=tuple(match["grade"] for match in one["read"]),
            probabilities=tuple(match["probability"] for match in one["read"]),
            cause=one["cause"],
            better_in_list=one["better_in_list"],
        )
        for one in kept.pop("sample")
    ]
    return sample, kept


def section(sample: Sequence[Read], about: dict[str, Any]) -> Iterator[str]:
    """The lines of the page about them."""
    leads = sum(one.has_lead for one in sample)
    yield "## Real demands, read by eye"
    yield ""
    yield (
        f"{len(sample)} of {about['demands']} real demands of enterprises, drawn with seed {about['seed']}, "
        f"were matched with {about['achievements']:,} real outputs (ChinaXiv 2016–2022) by scorer "
        f"{about['scorer']} with calibration {about['calibration']}. One reader, a language model, graded "
        "the first five of each from 0 to 3 by title and the beginning of the abstract, and saw rank and "
        "probability: a reading, not a measurement."
    )
    yield ""
    yield f"**{leads} of {len(sample)} demands have a lead (grade 2 or 3) among the first five.**"
    yield ""
    yield "| grade | matches | mean probability shown |"
    yield "|---|---|---|"
    for label, wanted in (("0", (0,)), ("1", (1,)), ("2 or 3", (2, 3))):
        shown = [
            p for one in sample for p, g in zip(one.probabilities, one.grades, strict=True) if g in wanted
        ]
        yield f"| {label} | {len(shown)} | {sum(shown) / len(shown):.3f} |" if shown else f"| {label} | 0 | |"
    yield ""
    yield "| probability of the first match | demands | with a lead among the five |"
    yield "|---|---|---|"
    for low, high in pairwise(FIRST):
        held = [one for one in sample if low <= one.probabilities[0] < high]
        yield f"| {low:.2f}–{high:.2f} | {len(held)} | {sum(one.has_lead for one in held)} |"
    expected = sum(sum(one.probabilities) for one in sample)
    found = sum(grade >= metrics.GOOD for one in sample for grade in one.grades)
    yield ""
    yield (
        f"The probabilities add up to {expected:.0f} leads among these "
        f"{sum(len(one.grades) for one in sample)} matches, and {found} were found. The prior was measured "
        "on candidates of which one in eight is a lead. In a list of papers they are rarer, and a shown "
        "probability is too high by as much until grades of one's own teach otherwise."
    )
    yield ""
    yield "| what most of the five have in common where none is a lead | demands |"
    yield "|---|---|"
    causes = Counter(one.cause for one in sample if one.cause)
    for cause, count in causes.most_common():
        yield f"| {CAUSES[cause]} | {count} |"
    better = sum(one.better_in_list for one in sample)
    yield ""
    yield (
        "A search of the list for words of each demand found something better than all of its five for "
        f"{better} demands, and for the others nothing nearer: the list holds papers on psychology, "
        "astronomy, ecology and feed, and little manufacturing. That is a finding about the list, not a "
        "thing to tune for."
    )
    yield ""
    yield "<details><summary>Every demand</summary>"
    yield ""
    yield "| demand | grades of the five | probabilities | cause | better in the list |"
    yield "|---|---|---|---|---|"
    for one in sample:
        grades = " ".join(map(str, one.grades))
        span = f"{one.probabilities[0]:.2f}–{one.probabilities[-1]:.2f}"
        better_there = "yes" if one.better_in_list else ""
        yield f"| `{one.demand}` | {grades} | {span} | {one.cause or ''} | {better_there} |"
    yield ""
    yield "</details>"
