"""The schema. `park_id` is in every row that belongs to a tenant, and in every query over such rows.

Machine and people are apart: what is in `runs` is written by runs alone (but for a bare `LedgerEntry` of a
pair that people add), what is in `work` by people alone.
"""

from matcher.store.tables.access import AccessKey, AuditRow, IdempotentAnswer, Reminder, ServiceSecret
from matcher.store.tables.base import Base
from matcher.store.tables.human import (
    DemandConstraintsRow,
    Evidence,
    Exclusion,
    GradeRow,
    HumanChange,
    LedgerHuman,
    LedgerImport,
    ParkProfileRow,
    human,
)
from matcher.store.tables.judging import Judging, JudgingGrade, JudgingPair, JudgingText
from matcher.store.tables.lists import (
    AchievementRevision,
    AchievementRow,
    Catalogue,
    DemandRevision,
    DemandRow,
    ImportBatch,
    ImportProfile,
    ListingRow,
    Park,
    RejectedRowRow,
    RevisionRow,
    VectorRow,
)
from matcher.store.tables.runs import (
    AbstentionRow,
    EntryState,
    FeedEntry,
    LedgerEntry,
    MachineColumns,
    NearMissRow,
    Repeat,
    RunRow,
)
from matcher.store.tables.scoring import EncoderChoice, Scoring, ScoringChoice

__all__ = [
    "AbstentionRow",
    "AccessKey",
    "AchievementRevision",
    "AchievementRow",
    "AuditRow",
    "Base",
    "Catalogue",
    "DemandConstraintsRow",
    "DemandRevision",
    "DemandRow",
    "EncoderChoice",
    "EntryState",
    "Evidence",
    "Exclusion",
    "FeedEntry",
    "GradeRow",
    "HumanChange",
    "IdempotentAnswer",
    "ImportBatch",
    "ImportProfile",
    "Judging",
    "JudgingGrade",
    "JudgingPair",
    "JudgingText",
    "LedgerEntry",
    "LedgerHuman",
    "LedgerImport",
    "ListingRow",
    "MachineColumns",
    "NearMissRow",
    "Park",
    "ParkProfileRow",
    "RejectedRowRow",
    "Reminder",
    "Repeat",
    "RevisionRow",
    "RunRow",
    "Scoring",
    "ScoringChoice",
    "ServiceSecret",
    "VectorRow",
    "human",
]
