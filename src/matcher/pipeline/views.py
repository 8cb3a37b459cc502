"""What callers are shown of a match, with one set of JSON keys for the CLI, REST and the widget."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.domain.candidate import Match
from matcher.domain.entries import EntryView, PairView
from matcher.domain.labels import label
from matcher.domain.listing import Side
from matcher.domain.text import TextView, mask_contacts
from matcher.store.catalogue import LiveListing


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

    @classmethod
    def of_pair(cls, entry: PairView) -> "MatchView":
        """A pair that a run wrote, in the ledger or in the reverse feed."""
        return cls(
            rank=entry.rank,
            demand_id=entry.demand_id,
            demand_code=entry.demand_code,
            demand_title=mask_contacts(entry.demand_title),
            demand_organisation=entry.demand_organisation,
            achievement_id=entry.achievement_id,
            achievement_code=entry.achievement_code,
            achievement_title=mask_contacts(entry.achievement_title),
            achievement_organisation=entry.achievement_organisation,
            park=entry.park_code,
            similarity=entry.similarity,
            score=entry.score,
            probability=entry.probability,
            contributions=entry.contributions,
            terms=entry.terms,
        )

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
    ) -> "MatchView":
        """A listing found for a free text that stands on `query_side`."""
        asked: dict[str, Any] = {"id": None, "code": None, "title": query.title, "organisation": None}
        listed: dict[str, Any] = {
            "id": found.id,
            "code": found.listing.code,
            "title": found.listing.title,
            "organisation": found.listing.organisation,
        }
        demand, achievement = (asked, listed) if query_side is Side.DEMAND else (listed, asked)
        sides = {f"demand_{name}": value for name, value in demand.items()}
        sides |= {f"achievement_{name}": value for name, value in achievement.items()}
        for title in ("demand_title", "achievement_title"):
            sides[title] = mask_contacts(sides[title])
        return cls(
            **sides,
            rank=match.rank,
            park=park,
            similarity=match.similarity,
            score=match.score,
            probability=match.probability,
            contributions=match.contributions,
            terms=terms,
        )

    def as_json(self) -> dict[str, Any]:
        """The stable JSON form."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {
            "contributions": dict(self.contributions),
            "terms": list(self.terms),
        }


def ledger_json(entry: EntryView) -> dict[str, Any]:
    """A ledger entry's stable JSON form: a match's keys and the ledger's own."""
    return MatchView.of_pair(entry).as_json() | {
        "entry_id": entry.id,
        "version": entry.version,
        "stage": entry.stage.value,
        "stage_label": label(entry.stage, "zh"),
        "standing": entry.standing.value,
        "standing_label": label(entry.standing, "zh"),
        "cause": None if entry.cause is None else entry.cause.value,
        "run_id": entry.run_id,
        "first_seen": entry.first_seen.isoformat(),
    }
