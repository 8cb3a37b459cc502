"""What the service answers, and the short requests; listings as they are sent are in bodies.py."""

from types import ModuleType

from pydantic import BaseModel

from matcher.api.schemas.abstentions import AbstentionAnswer, NearestMiss
from matcher.api.schemas.access import (
    EmbedTokenAnswer,
    IssuedKey,
    KeyAnswer,
    KeyList,
    NewEmbedToken,
    NewKey,
    SessionAnswer,
    SignIn,
    WhoAnswer,
)
from matcher.api.schemas.brief import BriefAnswer, BriefCounts, BriefPair, StageCount
from matcher.api.schemas.common import Answer, Moment
from matcher.api.schemas.due import (
    DueAnswer,
    DueList,
    ExclusionAnswer,
    ExclusionPage,
    HandOverAnswer,
    SuppliersAnswer,
)
from matcher.api.schemas.grades import GradeAnswer, GradeList, GradePage
from matcher.api.schemas.history import EvidenceAnswer, EvidenceList, HistoryAnswer
from matcher.api.schemas.ledger import EntryAnswer, EntryPage
from matcher.api.schemas.lists import (
    AchievementAnswer,
    AchievementPage,
    CellProblem,
    DemandAnswer,
    DemandPage,
    ImportAnswer,
    NewPark,
    ParkAnswer,
    ParkList,
    PastImport,
    PastImportPage,
)
from matcher.api.schemas.matches import (
    EmbeddedMatch,
    EmbeddedMatches,
    FoundAnswer,
    FreeText,
    MatchAnswer,
    MatchesAnswer,
    ReasonAnswer,
)
from matcher.api.schemas.near_misses import NearMissAnswer, NearMissList
from matcher.api.schemas.nights import DiffAnswer, DiffItemAnswer
from matcher.api.schemas.problems import FieldProblem, Problem
from matcher.api.schemas.runs import HealthAnswer, RunAnswer, RunPage
from matcher.api.schemas.work import (
    EntryChanges,
    HandOver,
    NewEntry,
    NewExclusion,
    NewGrade,
    NewLink,
    NewReply,
    StageMove,
)

__all__ = [
    "AbstentionAnswer",
    "AchievementAnswer",
    "AchievementPage",
    "Answer",
    "BriefAnswer",
    "BriefCounts",
    "BriefPair",
    "CellProblem",
    "DemandAnswer",
    "DemandPage",
    "DiffAnswer",
    "DiffItemAnswer",
    "DueAnswer",
    "DueList",
    "EmbedTokenAnswer",
    "EmbeddedMatch",
    "EmbeddedMatches",
    "EntryAnswer",
    "EntryChanges",
    "EntryPage",
    "EvidenceAnswer",
    "EvidenceList",
    "ExclusionAnswer",
    "ExclusionPage",
    "FieldProblem",
    "FoundAnswer",
    "FreeText",
    "GradeAnswer",
    "GradeList",
    "GradePage",
    "HandOver",
    "HandOverAnswer",
    "HealthAnswer",
    "HistoryAnswer",
    "ImportAnswer",
    "IssuedKey",
    "KeyAnswer",
    "KeyList",
    "MatchAnswer",
    "MatchesAnswer",
    "Moment",
    "NearMissAnswer",
    "NearMissList",
    "NearestMiss",
    "NewEmbedToken",
    "NewEntry",
    "NewExclusion",
    "NewGrade",
    "NewKey",
    "NewLink",
    "NewPark",
    "NewReply",
    "ParkAnswer",
    "ParkList",
    "PastImport",
    "PastImportPage",
    "Problem",
    "ReasonAnswer",
    "RunAnswer",
    "RunPage",
    "SessionAnswer",
    "SignIn",
    "StageCount",
    "StageMove",
    "SuppliersAnswer",
    "WhoAnswer",
    "models",
]


def models() -> dict[str, type[BaseModel]]:
    """Every model of the package's modules that are imported here, by name: what the document describes."""
    modules = [module for module in globals().values() if isinstance(module, ModuleType)]
    return {
        name: model
        for module in modules
        for name, model in vars(module).items()
        if isinstance(model, type) and issubclass(model, BaseModel)
    }
