"""Near misses as the last run wrote them: which single change would propose an achievement to a demand."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import ConfigDict, Field

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.bands import Band, Bands
from matcher.domain.counterfactual import Obstacle, obstacle_now
from matcher.domain.days import beijing_day
from matcher.domain.labels import label
from matcher.domain.listing import Achievement, Side
from matcher.domain.remedies import remedy
from matcher.domain.text import mask_contacts
from matcher.domain.verdicts import Hindrance, Whose
from matcher.pipeline.answers import Answer, Listed
from matcher.pipeline.lists.held import held_listing
from matcher.pipeline.lists.parks import get_park
from matcher.store import near_misses, rule_versions
from matcher.store.database import Database, Transaction
from matcher.store.near_misses import Missed

Standing = tuple[Missed, Obstacle, Bands]
"""A near miss as a run wrote it, what is in its way by the rules and lists as they are now, and where its
park's bands begin by these rules."""

Stated = int | float | str | list[str] | dict[str, float] | None
"""A figure, a day, a name, names, or names with weights."""


class ChangeAnswer(Answer):
    """要改动的一项：谁的、哪个字段、由什么改为什么。"""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    of: Whose = Field(description="park 园区规则、demand 需求规则、achievement 成果")
    field: str
    before: Stated | bool = Field(alias="from")
    to: Stated | bool = Field(description="为 null 时须先补充，再重新判断")
    by: Stated = Field(description="改动多少：金额为比例，成熟度为级数，门槛为差值，名单为增减的名称")


class NearMissAnswer(Answer):
    """一项差一点的成果：只有一项条件不满足，改动之后就会列入这项需求的匹配。"""

    park: str
    demand_id: int
    demand_code: str
    demand_title: str
    place: int = Field(description="从 1 起，最好的在前")
    achievement_id: int
    achievement_code: str
    achievement_title: str
    achievement_organisation: str
    similarity: float
    score: float
    probability: float | None
    band: Band | None
    constraint: Hindrance = Field(description="不满足的一项")
    constraint_label: str
    wanted: Stated = Field(description="要求什么")
    stated: Stated = Field(description="成果写的是什么；没有写明的为 null")
    change: ChangeAnswer
    change_zh: str
    change_en: str
    run_id: int = Field(description="最近改动它的运行")

    @classmethod
    def of(cls, missed: Missed, obstacle: Obstacle, bands: Bands) -> "NearMissAnswer":
        """A near miss with what is in its way by the rules and lists as they are now."""
        miss, change = missed.miss, obstacle.change
        change_zh, change_en = remedy(obstacle)
        return cls(
            park=missed.park_code,
            demand_id=miss.demand_id,
            demand_code=mask_contacts(missed.demand.listing.code),
            demand_title=mask_contacts(missed.demand.listing.title),
            place=miss.place,
            achievement_id=miss.achievement_id,
            achievement_code=mask_contacts(missed.achievement.listing.code),
            achievement_title=mask_contacts(missed.achievement.listing.title),
            achievement_organisation=mask_contacts(missed.achievement.listing.organisation),
            similarity=miss.similarity,
            score=miss.score,
            probability=miss.probability,
            band=bands.of(miss.probability),
            constraint=obstacle.hindrance,
            constraint_label=label(obstacle.hindrance, "zh"),
            wanted=_masked(obstacle.wanted),
            stated=_masked(obstacle.stated),
            change=ChangeAnswer(
                of=change.whose,
                field=change.field,
                before=_masked(change.before),
                to=_masked(change.after),
                by=_masked(change.by),
            ),
            change_zh=mask_contacts(change_zh),
            change_en=mask_contacts(change_en),
            run_id=missed.run_id,
        )


def demand_near_misses(
    database: Database, principal: Principal, demand_id: int, now: datetime
) -> Listed[NearMissAnswer]:
    """The near misses of one demand, best first.

    Raises:
        NotFound: no such demand in scope.
        Forbidden: the caller may not read the park.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        held_listing(session, Side.DEMAND, demand_id, principal.scope)
        standing = near_misses_of(session, principal.scope, beijing_day(now), [demand_id])
    return _listed(standing.get(demand_id, ()))


def park_near_misses(
    database: Database, principal: Principal, park: str, now: datetime
) -> Listed[NearMissAnswer]:
    """The near misses of all demands of one park, by demand.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not read the park.
    """
    principal.require(Right.READ_PARK)
    park_id = get_park(database, park, principal.scope).id
    with database.reading() as session:
        written = near_misses.of_demands(session, principal.scope, beijing_day(now), park_id=park_id)
        return _listed(_standing(session, written, beijing_day(now)))


def near_misses_of(
    session: Transaction, scope: Scope, day: date, demand_ids: Collection[int]
) -> dict[int, list[Standing]]:
    """Demand id → its near misses, each with what is in its way by the rules and lists as they are now."""
    listed = defaultdict[int, list[Standing]](list)
    written = near_misses.of_demands(session, scope, day, demand_ids=[*demand_ids])
    for standing in _standing(session, written, day):
        listed[standing[0].miss.demand_id].append(standing)
    return listed


def _standing(session: Transaction, written: Sequence[Missed], day: date) -> Iterator[Standing]:
    """The written near misses that exactly one obstacle keeps out as of now, each with its obstacle."""
    rules = rule_versions.rules_of(session, {near.miss.demand_id: near.miss.park_id for near in written})
    for missed in written:
        achievement = missed.achievement.listing
        assert isinstance(achievement, Achievement)
        obstacle = obstacle_now(missed.miss, rules[missed.miss.demand_id], achievement, day)
        if obstacle is not None:
            yield missed, obstacle, rules[missed.miss.demand_id].profile.bands


def _listed(standing: Iterable[Standing]) -> Listed[NearMissAnswer]:
    return Listed[NearMissAnswer](items=[NearMissAnswer.of(*pair) for pair in standing])


def _masked(value: Any) -> Any:
    """A value as JSON has it, contacts in texts masked."""
    match value:
        case str():
            return mask_contacts(value)
        case tuple():
            return [mask_contacts(name) for name in value]
        case _:
            return value
