"""Listings as they are answered: the fields of their list, and what the service says of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from pydantic import Field

from matcher.domain.access import Scope
from matcher.domain.listing import Side
from matcher.pipeline.answers import Answer, Moment, Page
from matcher.pipeline.lists.fields import AchievementFields, DemandFields, values_of
from matcher.pipeline.lists.masking import masked
from matcher.store import catalogue, parks, repeats
from matcher.store.catalogue import HeldListing
from matcher.store.database import Transaction


class _Listed(Answer):
    """The service's own fields of a listing."""

    id: int
    version: int = Field(description="版本；即 ETag")
    status: Literal["live", "expired", "withdrawn"] = Field(description="有效、已过期或已撤回")
    updated_at: Moment
    replaced_by: int | None = Field(description="作为重复条目并入了哪一条的编号；没有合并的为 null")
    repeats: tuple[int, ...] = Field(description="上一次运行认为与它相同的其他条目的编号；只含调用者可见的")


class _OfSource(_Listed):
    source: str = Field(description="哪一家的清单")


class _OfPark(_Listed):
    park: str = Field(description="园区代码")


class AchievementAnswer(AchievementFields, _OfSource):
    """一项科技成果，联系方式已隐去。"""


class DemandAnswer(DemandFields, _OfPark):
    """一项企业需求，联系方式已隐去。"""


ListingAnswer = AchievementAnswer | DemandAnswer
ListingPage = Page[AchievementAnswer] | Page[DemandAnswer]


def replacements_shown(
    session: Transaction, side: Side, identifiers: Sequence[int | None], scope: Scope
) -> Mapping[int | None, int]:
    """Those of the listings that replace others which a caller may know of, each by itself."""
    numbers = {number for number in identifiers if number is not None}
    if scope.organisations is not None:
        numbers &= catalogue.held_by_id(session, side, numbers, scope).keys()
    return {number: number for number in numbers}


def answers_of(
    session: Transaction, listings: Sequence[HeldListing], scope: Scope, day: date, *, unmask: bool = False
) -> list[ListingAnswer]:
    """Listings of one side as they are answered on a Beijing day, contacts hidden unless `unmask`."""
    if not listings:
        return []
    side = listings[0].shelf.side
    replacing = replacements_shown(session, side, [item.replaced_by for item in listings], scope)
    alike = repeats.others(session, side, [item.id for item in listings], scope)
    wanted = frozenset(item.park_id for item in listings if side is Side.DEMAND)
    codes = {park.id: park.code for park in parks.page(session, Scope(wanted))} if wanted else {}
    answers: list[ListingAnswer] = []
    for item in listings:
        values = values_of(item.listing if unmask else masked(item.listing)) | {
            "id": item.id,
            "version": item.version,
            "status": item.status_on(day),
            "updated_at": item.updated_at,
            "replaced_by": replacing.get(item.replaced_by),
            "repeats": alike.get(item.id, ()),
        }
        if side is Side.DEMAND:
            answers.append(DemandAnswer.model_construct(**values, park=codes[item.park_id]))
        else:
            answers.append(AchievementAnswer.model_construct(**values, source=item.shelf.source))
    return answers
