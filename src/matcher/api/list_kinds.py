"""What achievements and demands differ in over REST."""

from collections.abc import Callable
from dataclasses import dataclass

from matcher.api.bodies import (
    AchievementBody,
    AchievementBulk,
    AchievementChanges,
    DemandBody,
    DemandBulk,
    DemandChanges,
    NewAchievement,
    NewDemand,
)
from matcher.api.fields import Park
from matcher.domain.listing import Side
from matcher.pipeline.answers import Answer, Page
from matcher.pipeline.lists.answers import AchievementAnswer, DemandAnswer
from matcher.pipeline.lists.fields import ListingFields
from matcher.pipeline.matches.answers import MatchesAnswer
from matcher.pipeline.matches.written import matches_of_achievement, matches_of_demand


@dataclass(frozen=True, slots=True)
class ListKind:
    """What the two lists differ in over REST."""

    side: Side
    noun: str
    zh: str
    new: type[NewAchievement | NewDemand]
    body: type[ListingFields]
    changes: type[ListingFields]
    bulk: type[AchievementBulk | DemandBulk]
    answer: type[Answer]
    page: type[Answer]
    page_description: str
    park: Callable[..., str | None]
    matches: Callable[..., MatchesAnswer]
    matches_summary: str

    @property
    def one(self) -> str:
        """The noun in the singular."""
        return self.noun.removesuffix("s")


def _no_park() -> None:
    """Achievements belong to no park."""


def _asked_park(park: Park = None) -> str | None:
    return park


ACHIEVEMENTS = ListKind(
    side=Side.SUPPLY,
    noun="achievements",
    zh="科技成果",
    new=NewAchievement,
    body=AchievementBody,
    changes=AchievementChanges,
    bulk=AchievementBulk,
    answer=AchievementAnswer,
    page=Page[AchievementAnswer],
    page_description="一页条目，按编号排列。",
    park=_no_park,
    matches=matches_of_achievement,
    matches_summary="成果的反向推送：园区已发布的需求",
)
DEMANDS = ListKind(
    side=Side.DEMAND,
    noun="demands",
    zh="企业需求",
    new=NewDemand,
    body=DemandBody,
    changes=DemandChanges,
    bulk=DemandBulk,
    answer=DemandAnswer,
    page=Page[DemandAnswer],
    page_description="一页条目，按编号排列；只含调用者可见的园区。",
    park=_asked_park,
    matches=matches_of_demand,
    matches_summary="需求的匹配结果",
)
