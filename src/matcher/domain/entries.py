"""Ledger entries and reverse-feed entries as they are asked for and shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from matcher.domain.bands import Band
from matcher.domain.columns import Work
from matcher.domain.listing import Contact
from matcher.domain.opinions import Opinion
from matcher.domain.stages import Stage
from matcher.domain.standings import Cause, Standing

MAX_ID = 2**31 - 1
"""The largest id of anything: what an integer column of the database holds."""


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which ledger entries are asked for; None leaves a column free.

    `in_view` leaves out what neither the last run proposes nor a person has ever touched. `work` leaves out
    what is below the likely band and no person has ever touched. `person` is an owner or technology manager.
    """

    park_id: int | None = None
    demand_id: int | None = None
    achievement_id: int | None = None
    stage: Stage | None = None
    min_score: float | None = None
    band: Band | None = None
    standing: Standing | None = None
    in_view: bool = False
    work: bool = False
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPair:
    """What the two sides of a pair are called, and in which park the demand is."""

    park_code: str
    demand_id: int
    demand_code: str
    demand_title: str
    demand_organisation: str
    achievement_id: int
    achievement_code: str
    achievement_title: str
    achievement_organisation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairView(NamedPair):
    """One pair as a run wrote it. Contacts and the sides' texts are not part of it.

    Figures and run are None for a pair that people added and no run has proposed. `band` is that of the
    probability by the park's thresholds, as `domain.bands` says.
    """

    rank: int | None
    similarity: float | None
    score: float | None
    probability: float | None
    band: Band | None
    contributions: Mapping[str, float]
    terms: tuple[str, ...]
    explored: bool
    run_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView(PairView):
    """One ledger entry as it is shown: the pair, its standing, and the people's columns.

    `machine_version` counts the batch's changes and `human_version` the people's (0: nobody has touched
    it); their sum is the version that `ETag` names. `demand_version` and `achievement_version` are the
    revisions that the figures are of. `like_id` is the achievement whose `like_opinion` moved the score most,
    where people's opinions of others did. `also` are the achievements that the last run found to be the same
    one. `demand_replaced_by` and `achievement_replaced_by` are the listings that its sides were merged into.
    Each side's contact, and what its list says in columns of its own (`extra`), are as the list holds
    them; in the ledger as it was, contacts are as the list held them then, and there is no `extra`.
    """

    id: int
    park_id: int
    park_name: str
    demand_contact: Contact
    achievement_contact: Contact
    achievement_industry: str
    demand_version: int
    achievement_version: int
    like_id: int | None
    like_opinion: Opinion | None
    standing: Standing
    cause: Cause | None
    excluded: bool
    first_seen: datetime
    machine_version: int
    human_version: int
    work: Work
    updated_at: datetime | None
    updated_by: str | None
    also: tuple[int, ...] = ()
    demand_replaced_by: int | None = None
    achievement_replaced_by: int | None = None
    demand_extra: Mapping[str, str] = field(default_factory=dict)
    achievement_extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """Raised by every change of the entry, whoever makes it."""
        return self.machine_version + self.human_version

    @property
    def touched(self) -> bool:
        """Whether a person has ever worked on it."""
        return self.human_version > 0
