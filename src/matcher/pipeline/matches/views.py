"""What callers are shown of a match, with one set of JSON keys for the CLI, REST and the widget."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.domain.entries import PairView
from matcher.domain.listing import LiveListing, Side
from matcher.domain.match import Match
from matcher.domain.text import TextView, mask_contacts


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchView:
    """One ranked pair. A side that is a free text has no id and no code; its title is the text's."""

    rank: int
    demand_id: int | None
    demand_code: str | None
    demand_title: str
    demand_organisation: str | None
    achievement_id: int | None
    achievement_code: str | None
    achievement_title: str
    achievement_organisation: str | None
    park: str | None
    similarity: float
    score: float
    probability: float | None
    contributions: Mapping[str, float]
    terms: tuple[str, ...]
    explored: bool = False
    also: tuple[int, ...] = ()

    @classmethod
    def of_pair(cls, entry: PairView, also: tuple[int, ...] = ()) -> "MatchView":
        """A pair that a run proposes, in the ledger or in the reverse feed; `also` repeat its achievement."""
        return cls(**_pair_record(entry), also=also)

    @classmethod
    def of_free_text(
        cls,
        match: Match,
        *,
        found: LiveListing,
        query: TextView,
        query_side: Side,
        terms: tuple[str, ...],
        park: str | None,
        also: tuple[int, ...] = (),
    ) -> "MatchView":
        """A listing found for a free text that stands on `query_side`."""
        asked: dict[str, Any] = {
            "id": None,
            "code": None,
            "title": mask_contacts(query.title),
            "organisation": None,
        }
        listed: dict[str, Any] = {
            "id": found.id,
            "code": mask_contacts(found.listing.code),
            "title": mask_contacts(found.listing.title),
            "organisation": mask_contacts(found.listing.organisation),
        }
        demand, achievement = (asked, listed) if query_side is Side.DEMAND else (listed, asked)
        sides = {f"demand_{name}": value for name, value in demand.items()}
        sides |= {f"achievement_{name}": value for name, value in achievement.items()}
        return cls(
            **sides,
            rank=match.rank,
            park=park,
            similarity=match.similarity,
            score=match.score,
            probability=match.probability,
            contributions=match.contributions,
            terms=terms,
            also=also,
        )

    def as_json(self) -> dict[str, Any]:
        """The stable JSON form."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {
            "contributions": dict(self.contributions),
            "terms": list(self.terms),
            "also": list(self.also),
        }


def _pair_record(pair: PairView) -> dict[str, Any]:
    return {
        "rank": pair.rank,
        "demand_id": pair.demand_id,
        "demand_code": mask_contacts(pair.demand_code),
        "demand_title": mask_contacts(pair.demand_title),
        "demand_organisation": mask_contacts(pair.demand_organisation),
        "achievement_id": pair.achievement_id,
        "achievement_code": mask_contacts(pair.achievement_code),
        "achievement_title": mask_contacts(pair.achievement_title),
        "achievement_organisation": mask_contacts(pair.achievement_organisation),
        "park": pair.park_code,
        "similarity": pair.similarity,
        "score": pair.score,
        "probability": pair.probability,
        "contributions": pair.contributions,
        "terms": pair.terms,
        "explored": pair.explored,
    }
