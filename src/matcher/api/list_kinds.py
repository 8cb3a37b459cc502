"""What achievements and demands differ in over REST."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query

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
from matcher.pipeline.texts import Line

Where = Mapping[str, str]
Source = Annotated[Line | None, Query(description="来源（哪一家的清单），须完全相同")]
Organisation = Annotated[Line | None, Query(description="单位，须完全相同")]
Industry = Annotated[Line | None, Query(description="所属领域，须完全相同")]
Region = Annotated[Line | None, Query(description="所属地区，须完全相同")]


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
    park: Callable[..., Awaitable[str | None]]
    where: Callable[..., Awaitable[Mapping[str, str]]]
    matches: Callable[..., MatchesAnswer]
    matches_summary: str

    @property
    def one(self) -> str:
        """The noun in the singular."""
        return self.noun.removesuffix("s")


async def _no_park() -> None:
    """Achievements belong to no park."""


async def _asked_park(park: Park = None) -> str | None:
    return park


async def _of_demands(
    organisation: Organisation = None, industry: Industry = None, region: Region = None
) -> Where:
    """What the fields of the demands asked for say, field → text."""
    asked = {"organisation": organisation, "industry": industry, "region": region}
    return {name: text for name, text in asked.items() if text is not None}


async def _of_achievements(
    source: Source = None, organisation: Organisation = None, industry: Industry = None, region: Region = None
) -> Where:
    """As of demands, and whose list it is."""
    where = await _of_demands(organisation, industry, region)
    return where if source is None else {"source": source, **where}


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
    where=_of_achievements,
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
    where=_of_demands,
    matches=matches_of_demand,
    matches_summary="需求的匹配结果",
)
