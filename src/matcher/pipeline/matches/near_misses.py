"""Near misses as the last run wrote them: which single change would propose an achievement to a demand."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.counterfactual import Obstacle, obstacle_now
from matcher.domain.days import beijing_day
from matcher.domain.errors import NotFound
from matcher.domain.labels import label
from matcher.domain.listing import Achievement, Side
from matcher.domain.remedies import remedy
from matcher.domain.text import mask_contacts
from matcher.pipeline.lists.parks import get_park
from matcher.store import catalogue, near_misses, rule_versions
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
        found = near_misses_of(session, principal.scope, beijing_day(now), [demand_id])
        return [near_miss_json(*standing) for standing in found.get(demand_id, ())]


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
    with database.reading() as session:
        written = near_misses.of_demands(session, principal.scope, beijing_day(now), park_id=park_id)
        return [near_miss_json(*standing) for standing in _standing(session, written, beijing_day(now))]


def near_misses_of(
    session: Transaction, scope: Scope, day: date, demand_ids: Collection[int]
) -> dict[int, list[tuple[Missed, Obstacle]]]:
    """Demand id → its near misses, each with what is in its way by the rules and lists as they are now."""
    listed = defaultdict[int, list[tuple[Missed, Obstacle]]](list)
    written = near_misses.of_demands(session, scope, day, demand_ids=[*demand_ids])
    for missed, obstacle in _standing(session, written, day):
        listed[missed.miss.demand_id].append((missed, obstacle))
    return listed


def _standing(
    session: Transaction, written: Sequence[Missed], day: date
) -> Iterator[tuple[Missed, Obstacle]]:
    """Those of the written near misses that one thing keeps out as of now, with that."""
    rules = rule_versions.rules_of(session, {one.miss.demand_id: one.miss.park_id for one in written})
    for missed in written:
        achievement = listing_of(missed.achievement)
        assert isinstance(achievement, Achievement)
        obstacle = obstacle_now(missed.miss, rules[missed.miss.demand_id], achievement, day)
        if obstacle is not None:
            yield missed, obstacle


def near_miss_json(one: Missed, obstacle: Obstacle) -> dict[str, Any]:
    """The stable JSON form."""
    miss = one.miss
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
