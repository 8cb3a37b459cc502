"""Ledger entries and reverse-feed entries as they are asked for and shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from matcher.domain.ledger import Cause, Stage, Standing


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which ledger entries are asked for; None leaves a column free."""

    park_id: int | None = None
    demand_id: int | None = None
    achievement_id: int | None = None
    stage: Stage | None = None
    min_score: float | None = None
    standing: Standing | None = Standing.CURRENT


@dataclass(frozen=True, slots=True, kw_only=True)
class PairView:
    """One pair as a run wrote it. Contacts and the sides' texts are not part of it."""

    park_code: str
    demand_id: int
    demand_code: str
    demand_title: str
    demand_organisation: str
    achievement_id: int
    achievement_code: str
    achievement_title: str
    achievement_organisation: str
    rank: int
    similarity: float
    score: float
    probability: float | None
    contributions: Mapping[str, float]
    terms: tuple[str, ...]
    run_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView(PairView):
    """One ledger entry as it is shown: the pair, its place in the ledger and the people's stage."""

    id: int
    version: int
    park_name: str
    achievement_industry: str
    stage: Stage
    standing: Standing
    cause: Cause | None
    first_seen: datetime
