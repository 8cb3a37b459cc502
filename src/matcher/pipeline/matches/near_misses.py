"""Near misses as the last run wrote them: which single change would propose an achievement to a demand."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.counterfactual import Hindrance, obstacle_of_time
from matcher.domain.days import beijing_day
from matcher.domain.errors import NotFound
from matcher.domain.labels import label
from matcher.domain.listing import Achievement, Side
from matcher.domain.remedies import remedy
from matcher.domain.text import mask_contacts
from matcher.pipeline.lists.parks import get_park
from matcher.store import catalogue, near_misses
from matcher.store.catalogue import listing_of
from matcher.store.database import Database, Transaction
from matcher.store.near_misses import Missed


def demand_near_misses(
    database: Database, principal: Principal, demand_id: int, now: datetime
) -> list[dict[str, Any]]:
    """The near misses of one demand, best first.

    Raises:
        NotFound: no such demand in scope.
        Forbidden: the caller may not read the park.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        if catalogue.find(session, Side.DEMAND, demand_id, principal.scope) is None:
            raise NotFound(f"没有编号为 {demand_id} 的需求。", f"there is no demand {demand_id}.")
        return near_misses_of(session, principal.scope, beijing_day(now), [demand_id])[demand_id]


def park_near_misses(
    database: Database, principal: Principal, park: str, now: datetime
) -> list[dict[str, Any]]:
    """The near misses of all demands of one park, by demand.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not read the park.
    """
    principal.require(Right.READ_PARK)
    park_id = get_park(database, park, principal.scope).id
    day = beijing_day(now)
    with database.reading() as session:
        found = near_misses.of_demands(session, principal.scope, day, park_id=park_id)
        return [near_miss_json(one, day) for one in found]


def near_misses_of(
    session: Transaction, scope: Scope, day: date, demand_ids: Collection[int]
) -> dict[int, list[dict[str, Any]]]:
    """Demand id → its near misses, as JSON."""
    listed: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in near_misses.of_demands(session, scope, day, demand_ids=[*demand_ids]):
        listed[one.miss.demand_id].append(near_miss_json(one, day))
    return listed


def near_miss_json(one: Missed, day: date) -> dict[str, Any]:
    """The stable JSON form; a validity would have to reach `day`, whenever the run was."""
    miss, obstacle = one.miss, one.miss.obstacle
    if obstacle.hindrance is Hindrance.VALIDITY:
        achievement = listing_of(one.achievement)
        assert isinstance(achievement, Achievement)
        obstacle = obstacle_of_time(achievement, day)
    change_zh, change_en = remedy(obstacle)
    change = obstacle.change
    return {
        "park": one.park_code,
        "demand_id": miss.demand_id,
        "demand_code": mask_contacts(one.demand.code),
        "demand_title": mask_contacts(one.demand.title),
        "place": miss.place,
        "achievement_id": miss.achievement_id,
        "achievement_code": mask_contacts(one.achievement.code),
        "achievement_title": mask_contacts(one.achievement.title),
        "achievement_organisation": mask_contacts(one.achievement.organisation),
        "similarity": miss.similarity,
        "score": miss.score,
        "probability": miss.probability,
        "constraint": obstacle.hindrance.value,
        "constraint_label": label(obstacle.hindrance, "zh"),
        "wanted": _plain(obstacle.wanted),
        "stated": _plain(obstacle.stated),
        "change": {
            "of": change.whose.value,
            "field": change.field,
            "from": _plain(change.before),
            "to": _plain(change.after),
            "by": _plain(change.by),
        },
        "change_zh": mask_contacts(change_zh),
        "change_en": mask_contacts(change_en),
        "run_id": one.run_id,
    }


def _plain(value: Any) -> Any:
    """A value as JSON has it, contacts in texts masked."""
    match value:
        case str():
            return mask_contacts(value)
        case tuple():
            return [mask_contacts(name) for name in value]
        case _:
            return value
