"""What is looked at for the best by retrieval: single fields, what both sides state, a cross-encoder."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matcher.domain.days import years_since
from matcher.domain.errors import EncoderError
from matcher.domain.features import FIELD_FEATURES, cross_encoder
from matcher.domain.listing import Achievement, Demand, Side
from matcher.domain.stated import STATED, StatedPair
from matcher.matching.searchable import Searchable
from matcher.ports import Figures, Reranker, Rows


@dataclass(frozen=True, slots=True)
class PairLook:
    """Looks at pairs of two lists; `day` is the one on which an achievement's age counts.

    Raises EncoderError where a cross-encoder is wanted and none is configured.
    """

    demands: Searchable
    supply: Searchable
    day: date
    reranker: Reranker | None = None

    def figures(self, names: Collection[str], demand_rows: Rows, achievement_rows: Rows) -> Figures:
        """The wanted figures of the pairs of demand and achievement rows at the same place; 0 if unknown."""
        figures = self.known_figures(names, demand_rows, achievement_rows)
        return {name: np.nan_to_num(values, nan=0.0) for name, values in figures.items()}

    def known_figures(self, names: Collection[str], demand_rows: Rows, achievement_rows: Rows) -> Figures:
        """The same, with NaN where a figure is unknown."""
        return {name: self._measured(name)(demand_rows, achievement_rows) for name in names}

    def of(self, side: Side, names: Collection[str], rows: Rows) -> Callable[[int, Rows], Figures]:
        """The second look for queries from the list of `side`, the query at place i being its row `rows[i]`,
        at rows of the other list."""

        def look(place: int, candidates: Rows) -> Figures:
            asked = np.full(len(candidates), rows[place])
            pair = (asked, candidates) if side is Side.DEMAND else (candidates, asked)
            return self.figures(names, *pair)

        return look

    def _measured(self, name: str) -> Callable[[Rows, Rows], NDArray[np.float64]]:
        if name in FIELD_FEATURES:
            return lambda demands, achievements: self._field(name, demands, achievements)
        if name == cross_encoder.__name__:
            return self._read_together
        return lambda demands, achievements: self._stated(name, demands, achievements)

    def _field(self, name: str, demands: Rows, achievements: Rows) -> NDArray[np.float64]:
        vectors = self.demands.fields[name.removeprefix("dense_")][demands].astype(np.float64)
        others = self.supply.vectors[achievements].astype(np.float64)
        cosines: NDArray[np.float64] = np.clip(np.sum(vectors * others, axis=1), -1.0, 1.0)
        cosines[~vectors.any(axis=1)] = np.nan
        return cosines

    def _stated(self, name: str, demands: Rows, achievements: Rows) -> NDArray[np.float64]:
        figures = (
            STATED[name](self._pair(demand, achievement))
            for demand, achievement in zip(demands, achievements, strict=True)
        )
        return np.array([math.nan if figure is None else figure for figure in figures], dtype=np.float64)

    def _pair(self, demand: int, achievement: int) -> StatedPair:
        offered = self.supply.listings[achievement]
        wanting = self.demands.listings[demand].listing
        assert isinstance(wanting, Demand)
        assert isinstance(offered.listing, Achievement)
        since = offered.stated_at
        years = None if since is None else years_since(since, self.day)
        return StatedPair(wanting, offered.listing, years)

    def _read_together(self, demands: Rows, achievements: Rows) -> NDArray[np.float64]:
        if self.reranker is None:
            raise EncoderError(
                "所用的评分方案需要重排模型，但未设置 MATCHER_RERANKER；请设置它，或换用其他评分方案。",
                "the scoring in use weighs a cross-encoder, and none is configured: set MATCHER_RERANKER, or "
                "put another scoring to use.",
                field="MATCHER_RERANKER",
            )
        asked = (self.demands.texts[row].full for row in demands)
        offered = (self.supply.texts[row].full for row in achievements)
        return self.reranker.figures(list(zip(asked, offered, strict=True)))
