"""What graded pairs measure: the figures that a run would give them, in the versions that people saw."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matcher.domain.days import beijing_day
from matcher.domain.features import CHANNEL_FEATURES, FIELD_FEATURES, cross_encoder
from matcher.domain.judged import StandingGrade, Version
from matcher.domain.listing import LiveListing, Side
from matcher.domain.stated import STATED
from matcher.domain.text import TextView
from matcher.learning.collections import Collection
from matcher.learning.graded import Graded
from matcher.matching.searchable import Encoded, Searchable, VectorsOf
from matcher.matching.second_look import PairLook
from matcher.ports import (
    COMPARABLE,
    DECIMALS,
    SUBSTANCE,
    BuildChannels,
    Channels,
    Progress,
    Query,
    Reranker,
    Rows,
    silent,
)

_Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LedgerGrades:
    """A park's grades that stand, with both sides of every pair in the version that the person saw."""

    grades: Sequence[StandingGrade]
    demands: Mapping[Version, LiveListing]
    supply: Mapping[Version, LiveListing]


@dataclass(frozen=True, slots=True)
class Measuring:
    """What figures are measured with; `vectors` gives those of one side's texts."""

    vectors: VectorsOf
    build_channels: BuildChannels
    reranker: Reranker | None = None

    def of_ledger(self, ledger: LedgerGrades, progress: Progress = silent) -> list[Graded]:
        """A park's grades with their figures, by id; of a listing that says too little there are none."""
        if not (grades := ledger.grades):
            return []
        encoded = Encoded(self.vectors, progress)
        demands = encoded.demands(
            [*ledger.demands.values()], lambda _name, *parts: self.build_channels(*parts)
        )
        supply = encoded.supply([*ledger.supply.values()], lambda _name, *parts: self.build_channels(*parts))
        asked, offered = _rows_by_version(demands), _rows_by_version(supply)
        kept = [case for case in grades if case.demand_seen in asked and case.achievement_seen in offered]
        pairs = (
            np.array([asked[case.demand_seen] for case in kept], dtype=np.int64),
            np.array([offered[case.achievement_seen] for case in kept], dtype=np.int64),
        )
        figures = _by_channels(demands.queries(), supply.channels, *pairs)
        figures |= self._second_look(demands, supply, pairs, [beijing_day(case.at) for case in kept])
        text_of = _newest_texts(demands)
        return [
            Graded(
                demand=text_of[case.demand_id],
                figures=measured,
                grade=case.grade,
                decline=case.declined,
                explored=case.explored,
            )
            for case, measured in zip(kept, _known(figures, len(kept)), strict=True)
        ]

    def of_collection(self, collection: Collection, progress: Progress = silent) -> list[Graded]:
        """Every judged pair of a collection, with the figures of channels and cross-encoder: texts have no
        others."""
        documents, queries = list(collection.documents.values()), list(collection.queries.values())
        supply = self.vectors(Side.SUPPLY, documents, progress).vectors
        asked = self.vectors(Side.DEMAND, queries, progress).vectors
        titles = self.vectors(Side.DEMAND, [TextView(query.title) for query in queries], silent).vectors
        place = {document: row for row, document in enumerate(collection.documents)}
        judged = [
            (row, place[document], grade)
            for row, query in enumerate(collection.queries)
            for document, grade in collection.qrels[query].items()
        ]
        pairs = np.array([(row, document) for row, document, _ in judged], dtype=np.int64).reshape(-1, 2)
        figures = _by_channels(
            [Query(*row) for row in zip(queries, asked, titles, strict=True)],
            self.build_channels(documents, supply, None),
            pairs[:, 0],
            pairs[:, 1],
        )
        if self.reranker is not None and judged:
            read = [(queries[row].full, documents[document].full) for row, document in pairs.tolist()]
            figures[cross_encoder.__name__] = self.reranker.figures(read)
        return [
            Graded(queries[row].full, measured, grade)
            for (row, _, grade), measured in zip(judged, _known(figures, len(judged)), strict=True)
        ]

    def _second_look(
        self, demands: Searchable, supply: Searchable, pairs: tuple[Rows, Rows], days: Sequence[date]
    ) -> dict[str, _Values]:
        """The figures that no channel has; an achievement's age is that on the day of the grade."""
        names = [*FIELD_FEATURES, *STATED]
        if self.reranker is not None:
            names.append(cross_encoder.__name__)
        figures = {name: np.full(len(days), np.nan) for name in names}
        of_day = np.array([day.toordinal() for day in days], dtype=np.int64)
        for ordinal in np.unique(of_day):
            places = np.flatnonzero(of_day == ordinal)
            look = PairLook(demands, supply, date.fromordinal(int(ordinal)), self.reranker)
            for name, values in look.known_figures(names, pairs[0][places], pairs[1][places]).items():
                figures[name][places] = values
        return figures


def _by_channels(
    queries: Sequence[Query], channels: Channels, asked: Rows, offered: Rows
) -> dict[str, _Values]:
    """The channels' figures of the pairs of a query and a row of the index at the same place."""
    places: dict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(asked.tolist()):
        places[row].append(place)
    asking = [queries[row] for row in places]
    rows = [np.unique(offered[at]) for at in places.values()]
    figures = {}
    for name in (*CHANNEL_FEATURES, COMPARABLE, SUBSTANCE):
        figures[name] = np.zeros(len(asked))
        for at, unique, values in zip(
            places.values(), rows, channels[name].ask(asking).values(rows), strict=True
        ):
            figures[name][at] = values[np.searchsorted(unique, offered[at])]
    return figures


def _known(figures: Mapping[str, _Values], count: int) -> list[dict[str, float]]:
    """Each pair's figures as a run rounds them, the unknown left out."""
    columns = {name: values.round(DECIMALS).tolist() for name, values in figures.items()}
    return [
        {name: values[place] for name, values in columns.items() if values[place] == values[place]}
        for place in range(count)
    ]


def _rows_by_version(index: Searchable) -> dict[Version, int]:
    return {(listing.id, listing.version): row for row, listing in enumerate(index.listings)}


def _newest_texts(demands: Searchable) -> dict[int, str]:
    """What stands for each demand: its text in the newest version that was graded, so that grades of an
    edited demand stay together, and those of two demands that say the same."""
    newest = sorted(zip(demands.listings, demands.texts, strict=True), key=lambda graded: graded[0].version)
    return {demand.id: text.full for demand, text in newest}
