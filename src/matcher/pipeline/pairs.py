"""A pair as every answer shows it, with one set of JSON keys for the CLI, REST and the widget."""

from typing import Any

from matcher.domain.entries import NamedPair, PairView
from matcher.domain.text import mask_contacts


def pair_record(pair: PairView) -> dict[str, Any]:
    """A pair as a run wrote it, by the keys that every answer of one has; contacts are masked."""
    return {
        "rank": pair.rank,
        **names_record(pair),
        "similarity": pair.similarity,
        "score": pair.score,
        "probability": pair.probability,
        "band": pair.band,
        "contributions": dict(pair.contributions),
        "terms": list(pair.terms),
        "explored": pair.explored,
    }


def names_record(pair: NamedPair) -> dict[str, Any]:
    """What the two sides of a pair are called, by the same keys; contacts are masked."""
    return {
        "demand_id": pair.demand_id,
        "demand_code": mask_contacts(pair.demand_code),
        "demand_title": mask_contacts(pair.demand_title),
        "demand_organisation": mask_contacts(pair.demand_organisation),
        "achievement_id": pair.achievement_id,
        "achievement_code": mask_contacts(pair.achievement_code),
        "achievement_title": mask_contacts(pair.achievement_title),
        "achievement_organisation": mask_contacts(pair.achievement_organisation),
        "park": pair.park_code,
    }
