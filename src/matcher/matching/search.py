"""The search itself: each demand in the supply list, and each achievement in the demands of every park."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from matcher.domain.features import feedback
from matcher.domain.ledger import Proposal
from matcher.domain.listing import LiveListing, Side
from matcher.domain.match import Match
from matcher.domain.opinions import Opinion
from matcher.domain.rules import ParkProfile, Rules
from matcher.domain.scoring import Scorer
from matcher.domain.terms import matched_terms
from matcher.matching.admission import Admission
from matcher.matching.choice import Choice
from matcher.matching.feedback import Judged
from matcher.matching.rank import SearchAll, SecondLook, Shortlist, choose_from, search_all
from matcher.matching.searchable import Searchable
from matcher.matching.second_look import PairLook
from matcher.matching.standing import Plan
from matcher.ports import Channels, Progress, Query, Rows

BATCH = 1024
"""Queries ranked between two reports of progress."""

Look = Callable[[Scorer], SecondLook]


@dataclass(frozen=True, slots=True)
class Search:
    """The search of the supply list for every demand; row i of every part is the same demand.

    `judged` are, by its row, the achievements that people have an opinion of for a demand; `search_all` is
    what searches a whole list.
    """

    demands: Searchable
    supply: Searchable
    rules: Sequence[Rules]
    choices: Sequence[Choice]
    scorers: Sequence[Scorer]
    admission: Admission
    look: PairLook
    judged: Mapping[int, Judged]
    search_all: SearchAll = search_all

    def look_of(self, scorer: Scorer, rows: Rows) -> SecondLook:
        """The second look of those demands at achievements, for what a scorer weighs."""
        return self.look.of(Side.DEMAND, scorer.second_look, rows)


def floor_of(profile: ParkProfile, scorer: Scorer) -> float | None:
    """The score below which nothing is proposed; a least probability counts as the score that has it.

    One that a score of 0 reaches sets no floor, for scores below 0 count as 0 and reach it, too.
    """
    floors = [] if profile.min_score is None else [profile.min_score]
    if profile.min_probability is not None and scorer.calibration is not None:
        likely = scorer.calibration.score_at(profile.min_probability)
        floors += [likely] if likely > 0 else []
    return max(floors, default=None)


def matches_of_demands(
    search: Search, plan: Plan, progress: Progress
) -> tuple[list[tuple[float, Proposal]], dict[int, Shortlist]]:
    """The proposals of the demands that a night looks at, each with the figure it is ordered by; and by the
    demands' rows the shortlists that all of the supply list was searched for."""
    demands, supply = search.demands, search.supply
    weighed: list[tuple[float, Proposal]] = []
    found: dict[int, Shortlist] = {}
    for start in range(0, len(plan.rows) if supply.listings else 0, BATCH):
        rows = plan.rows[start : start + BATCH]
        ranked = _ranked(search, rows, plan, found)
        for row in rows.tolist():
            weights, matches = search.choices[row].weights, ranked[row]
            likes = _likes(search, row, matches)
            for match, like in zip(matches, likes, strict=True):
                weight = 1.0 if weights is None else float(weights[match.row])
                terms = matched_terms(demands.phrases[row], supply.phrases[match.row])
                pair = demands.listings[row], supply.listings[match.row]
                weighed.append((match.score * weight, proposal_of(*pair, match, terms, like)))
        progress("match demands", start + len(rows), len(plan.rows))
    return weighed, found


def _ranked(search: Search, rows: Rows, plan: Plan, found: dict[int, Shortlist]) -> dict[int, list[Match]]:
    """The matches of some demands by their rows, from the shortlists that hold; the others' are `found`."""
    by_row: dict[int, list[Match]] = {}
    for scorer, part in _parted(search.scorers, rows):
        asking = {row: search.demands.query(row) for row in part.tolist()}
        choices = {row: search.choices[row] for row in asking}
        look = partial(search.look_of, scorer)
        by_row |= ranked_by(
            plan, asking, search.supply.channels, scorer, choices, look, found, search.search_all
        )
    return by_row


def ranked_by(
    plan: Plan,
    asking: Mapping[int, Query],
    channels: Channels,
    scorer: Scorer,
    choices: Mapping[int, Choice],
    look: Callable[[Rows], SecondLook],
    found: dict[int, Shortlist],
    search_all: SearchAll,
) -> dict[int, list[Match]]:
    """The matches of some listings by their rows: from the shortlists of a plan where they hold, else of a
    search of all rows, whose shortlists are added to `found`."""
    known = {row: plan.shortlist(row, choices[row].allowed) for row in asking}
    sure = {row: shortlist for row, shortlist in known.items() if shortlist is not None}
    matches = choose_from(
        list(sure.values()),
        [asking[row] for row in sure],
        channels,
        scorer,
        [choices[row] for row in sure],
    )
    by_row = {row: chosen for row, chosen in zip(sure, matches, strict=True) if chosen is not None}
    others = np.array([row for row in asking if row not in by_row], dtype=np.int64)
    queries, chosen = [asking[row] for row in others.tolist()], [choices[row] for row in others.tolist()]
    for row, ranked in zip(
        others.tolist(), search_all(queries, channels, scorer, chosen, look(others)), strict=True
    ):
        by_row[row], found[row] = ranked
    return by_row


def ranked_demands(
    search: Search, rows: Rows, choices: Sequence[Choice] | Mapping[int, Choice]
) -> list[list[Match]]:
    """The matches of some demands by the choices of their rows, each by its own park's scorer."""
    by_row: dict[int, list[Match]] = {}
    for scorer, part in _parted(search.scorers, rows):
        queries = [search.demands.query(row) for row in part]
        chosen = [choices[row] for row in part]
        look = search.look_of(scorer, part)
        ranked = search.search_all(queries, search.supply.channels, scorer, chosen, look)
        by_row |= {row: matches for row, (matches, _) in zip(part.tolist(), ranked, strict=True)}
    return [by_row[row] for row in rows.tolist()]


def choose_among(
    queries: Sequence[Query],
    channels: Channels,
    parts: Sequence[tuple[Scorer, Rows]],
    choices: Sequence[Choice],
    look: Look,
    search_all: SearchAll = search_all,
) -> list[list[Match]]:
    """The matches of each query in an index whose rows have several scorers, each part its own.

    Scores of different scorers do not compare; their probabilities do, so those order what the parts give.
    """
    if len(parts) == 1:
        [(scorer, _)] = parts
        return [top for top, _ in search_all(queries, channels, scorer, choices, look(scorer))]
    gathered: list[list[Match]] = [[] for _ in queries]
    for scorer, rows in parts:
        within = [replace(choice, allowed=_intersection(choice.allowed, rows)) for choice in choices]
        chosen = search_all(queries, channels, scorer, within, look(scorer))
        for so_far, (some, _) in zip(gathered, chosen, strict=True):
            so_far += some
    return [_best_of(matches, choice.k) for matches, choice in zip(gathered, choices, strict=True)]


def _best_of(matches: Sequence[Match], k: int) -> list[Match]:
    """The best of what the parts gave; repeats are of one park, so no two parts gave the same thing."""
    ordered = sorted(matches, key=lambda match: (-(match.probability or 0.0), -match.score, match.row))
    return [replace(match, rank=rank) for rank, match in enumerate(ordered[:k], start=1)]


def _intersection(allowed: Rows | None, rows: Rows) -> Rows:
    return rows if allowed is None else np.intersect1d(allowed, rows, assume_unique=True)


def by_scorer(scorers: Sequence[Scorer]) -> Iterator[tuple[Scorer, Rows]]:
    """The distinct scorers of some demands, each with the rows of its own, ascending."""
    return _parted(scorers, np.arange(len(scorers)))


def _parted(scorers: Sequence[Scorer], rows: Rows) -> Iterator[tuple[Scorer, Rows]]:
    members: dict[str, list[int]] = {}
    for row in rows.tolist():
        members.setdefault(scorers[row].version, []).append(row)
    for part in members.values():
        yield scorers[part[0]], np.array(part, dtype=np.int64)


def _likes(search: Search, row: int, matches: Sequence[Match]) -> Sequence[tuple[int, Opinion] | None]:
    """For each match of a demand the judged achievement that moved its score most, where any did."""
    moved_by = [match.contributions.get(feedback.__name__, 0.0) for match in matches]
    if not any(moved_by):
        return [None] * len(matches)
    rows = np.array([match.row for match in matches], dtype=np.int64)
    return search.judged[row].most_telling(search.supply.channels, rows, moved_by)


def proposal_of(
    demand: LiveListing,
    achievement: LiveListing,
    match: Match,
    terms: tuple[str, ...],
    like: tuple[int, Opinion] | None = None,
) -> Proposal:
    """What is proposed of a match of these two; `like` is the judged achievement that moved it most."""
    assert demand.park_id is not None
    like_id, opinion = like or (None, None)
    return Proposal(
        demand_id=demand.id,
        achievement_id=achievement.id,
        park_id=demand.park_id,
        rank=match.rank,
        similarity=match.similarity,
        score=match.score,
        contributions=match.contributions,
        terms=terms,
        demand_version=demand.version,
        achievement_version=achievement.version,
        probability=match.probability,
        explored=match.explored,
        like_id=like_id,
        like_opinion=opinion,
    )
