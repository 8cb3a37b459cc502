"""What several rankers would show for some demands: the lists that blind grading draws its pairs from."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from matcher.domain.listing import Side
from matcher.domain.scoring import DENSE, LEXICAL, Scorer
from matcher.matching.admission import Admission
from matcher.matching.choice import Choice
from matcher.matching.inputs import Inputs
from matcher.matching.propose import Method
from matcher.matching.rank import choose
from matcher.matching.repeats import repeats, with_repeats
from matcher.matching.searchable import Encoded, Searchable
from matcher.matching.second_look import PairLook
from matcher.ports import Progress

Ranking = Mapping[int, Sequence[int]]
"""Demand id → the ids of achievements, best first."""


def rankers(used: Scorer) -> tuple[Scorer, ...]:
    """Whose lists are pooled: the scorer in use, the wording alone and the meaning alone."""
    return used, LEXICAL, DENSE


def rankings(
    inputs: Inputs, method: Method, scorers: Sequence[Scorer], depth: int, progress: Progress
) -> Iterator[Ranking]:
    """The `depth` best achievements of every demand of the inputs by each scorer, of those its rules allow.

    Floors, quotas and exploration are set aside, which say what is shown and not what fits; of achievements
    that repeat one another a scorer gives one.
    """
    encoded = Encoded(method.vectors, progress)
    supply = encoded.supply(inputs.supply, method.open_channels)
    demands = encoded.demands(inputs.demands, method.open_channels)
    if not supply.listings or not demands.listings:
        return
    choices = _choices(inputs, demands, supply, depth)
    rows = np.arange(len(demands.listings))
    look = PairLook(demands, supply, inputs.day, method.reranker)
    for done, scorer in enumerate(scorers, start=1):
        looks = look.of(Side.DEMAND, scorer.second_look, rows)
        ranked = choose(demands.queries(), supply.channels, scorer, choices, look=looks)
        yield {
            demand.id: [supply.listings[match.row].id for match in matches]
            for demand, matches in zip(demands.listings, ranked, strict=True)
        }
        progress("pool", done, len(scorers))


def _choices(inputs: Inputs, demands: Searchable, supply: Searchable, depth: int) -> list[Choice]:
    repeated = repeats(supply)
    excluded = with_repeats(inputs.excluded, supply.listings, repeated)
    rules = [inputs.rules_of(demand) for demand in demands.listings]
    admission = Admission(demands, supply, rules, excluded, np.array([], dtype=np.int64))
    return [Choice(depth, admission.of_demand(row), repeats=repeated) for row in range(len(demands.listings))]
